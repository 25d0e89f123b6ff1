/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of tunnel files share: a text parsed, and what came of it; and for everything that
 * is parsed that way, that no message holds eight characters of a key in a row, that a failure
 * leaves the output alone, and that what is freed holds no key. Texts are templates, whose keys are
 * those of set 0.
 */
#ifndef TESTS_TUNNEL_PARSED_H
#define TESTS_TUNNEL_PARSED_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "ip.h"
#include "tunnel.h"

#define HEAD "[Interface]\nPrivateKey = $PRIV\nAddress = 10.0.0.2\n" /* three lines */
#define PEER "[Peer]\nPublicKey = $PUB1\n"

/* A sanitizer has allocations of its own. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED
#endif

#if defined(__GLIBC__) && !defined(SANITIZED)
#define WATCHED
extern int live; /* allocations that were not freed, of those made while parsing */
extern int budget; /* allocations to grant while parsing, -1: all */
#endif

/* What came of one text. */
extern struct result {
	bool parsed;
	struct tunnel tunnel;
	struct warnings warnings;
	struct err err;
} result;
extern const struct tunnel *const t; /* the result's */

void tunnel_begin(void);

/* Checks what holds of all that was parsed. What main() returns. */
int tunnel_done(void);

/* The file is called t.conf. */
bool parse(const char *template);
bool parse_bytes(const char *text, size_t length);
void result_free(void);

/* LINE is the whole of the message. */
void refuses(const char *what, const char *template, const char *line);

/* Parsed, with one warning, or with none if LINE is NULL. */
bool takes(const char *what, const char *template, const char *line);

/* Of what was parsed; prefixes by blanks, without "/32" and "/128". */
void check_list(const char *what, const struct prefix *list, size_t count, const char *wanted);
void check_lists(const char *what, const char *addresses, const char *dns);
void check_allowed(const char *what, size_t peer, const char *wanted);

/* That of the first peer. */
void check_endpoint(const char *what, const char *host, unsigned int port, int family);

/* WANTED is "(none)" of a word that the file has not. */
void check_amnezia(const char *what, enum amnezia_word word, const char *wanted);

#endif /* TESTS_TUNNEL_PARSED_H */
