/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of requests share: tunnel files in a directory that is made here, a question, and
 * what came of it. Texts are templates, in which "$D" is that directory.
 */
#ifndef TESTS_REQUEST_ASKED_H
#define TESTS_REQUEST_ASKED_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "err.h"
#include "request.h"

/* Of tunnel files. */
#define HEAD "[Interface]\nPrivateKey = $PRIV\nAddress = 10.0.0.2/32, fd00::2/128\n"
#define DNS "DNS = 10.0.0.1, example.org\n"
#define PEER "[Peer]\nPublicKey = $PUB1\nPresharedKey = $PSK\nEndpoint = vpn.example.org:51820\n"
#define ALL "AllowedIPs = 0.0.0.0/0, ::/0\n"

/* Of annotations. */
#define QUIET "\"wg.conf\":\"quiet\"" /* a full tunnel with DNS: no warning */
#define WITH(name, value) QUIET ",\"wg." name "\":\"" value "\""

/* What a test asks with, beside annotations: options_reset() leaves $D/conf as tunnel directory. */
extern struct options options;
void options_reset(void);

/* What came of it. */
extern struct result {
	bool parsed, wanted;
	struct request request;
	struct warnings warnings;
	struct err err;
} result;

/* Makes $D/conf with quiet.conf, and both.conf, whose MTU is 1401. */
void request_begin(void);

/* Checks what holds of all that was asked. What main() returns. */
int request_done(void);

/* Ends the test, with errno's words, where the system does not do what it needs. */
void must(bool done, const char *what);

/* PATH is below $D; what was there is replaced. */
void put(const char *path, const char *template);
void put_mode(const char *path, mode_t mode, const char *template);
void put_directory(const char *path);
void put_link(const char *path, const char *target);

/* ANNOTATIONS: the members of the JSON object; NULL: no state at all. */
bool ask(const char *annotations);

/* TEXT: the whole state, no template; NULL: none at all. */
bool ask_state(const char *text);

/* LINE is the whole of the message. */
void refuses(const char *what, const char *annotations, const char *line);
bool taken(const char *what, const char *annotations);

/* WANTED is all the warnings, each followed by a newline. */
void warned(const char *what, const char *wanted);

/* NAME is the tunnel's. */
void takes_file(const char *what, const char *annotations, const char *file, const char *name);

/* LIST is of what was asked for, WANTED the same by blanks. */
void check_list(const char *what, const struct prefix *list, size_t count, const char *wanted);

#endif /* TESTS_REQUEST_ASKED_H */
