/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tests of tunnel files and of requests share: files as templates, and prefixes as text.
 *
 * In a template "$PRIV", "$PSK", "$PUB1" to "$PUB3", "$OWN" (the public key of $PRIV) and "$ZERO"
 * stand for keys that are made here, of no use to anyone, and "$D" for template_directory.
 */
#ifndef TESTS_TEMPLATE_H
#define TESTS_TEMPLATE_H

#include <stddef.h>
#include <stdint.h>

#include "ip.h"
#include "key.h"

enum { PRIV, PSK, PUB1, PUB2, PUB3, OWN, ZERO, KEYS };

extern struct key keys[KEYS];
extern char key_texts[KEYS][KEY_BASE64];

/* NULL: "$D" stands for itself. */
extern const char *template_directory;

/* Always the same of one SEED. */
struct key key_made(uint32_t seed);

/* Fills in the keys above: those of another SET are others. */
void keys_make(uint32_t set);

/*
 * TEMPLATE with its variables filled in, until it has been called seven times more. No memory that
 * is freed ever held it.
 */
const char *expand(const char *template);

/* LIST printed, separated by blanks: one of full length without that if SHORT_FORM. */
void check_prefixes(const char *what, const struct prefix *list, size_t count, bool short_form,
		    const char *wanted);

#endif /* TESTS_TEMPLATE_H */
