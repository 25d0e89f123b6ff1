/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * WireGuard keys. They are read and compared in constant time, wiped where they lay, and never
 * printed: the only key with a text form is a public one.
 */
#ifndef HOOK_KEY_H
#define HOOK_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEY_LEN 32
#define KEY_BASE64 45 /* 44 characters and a NUL */

struct key {
	uint8_t bytes[KEY_LEN];
};

/*
 * Exactly what wg(8) takes: 44 characters of base64, the last '=', no stray bits in the one before
 * it (wireguard-tools, encoding.c). False otherwise, and *key is zero then. The time taken depends
 * on LENGTH alone.
 */
bool key_parse(const char *text, size_t length, struct key *key);

/* For public keys: 44 characters and a NUL into OUT. */
void key_format(const struct key *key, char out[static KEY_BASE64]);

bool key_equal(const struct key *a, const struct key *b);
bool key_is_zero(const struct key *key);

/* The public key of a private one: X25519 of the base point (RFC 7748, sections 5 and 6.1). */
void key_public(const struct key *private_key, struct key *public_key);

/* Overwrites SIZE bytes in a way that no compiler leaves out. */
void key_wipe(void *memory, size_t size);

#endif /* HOOK_KEY_H */
