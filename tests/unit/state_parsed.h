/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of states share: a text parsed, and what came of it; and for everything that is
 * parsed that way, that a failure has one line and leaves the output alone.
 */
#ifndef TESTS_STATE_PARSED_H
#define TESTS_STATE_PARSED_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "state.h"

#define START "{\"ociVersion\":\"1.0.2-dev\",\"id\":\"t\",\"status\":\"creating\","
#define PID "\"pid\":4711"
#define BUNDLE ",\"bundle\":\"/b\""
#define WHOLE START PID BUNDLE "}"
#define ANNOTATED(members) START PID BUNDLE ",\"annotations\":{" members "}}"

#define EMPTY "state: empty: nothing came on standard input"

/* What came of one text. */
extern struct result {
	bool parsed;
	struct state state;
	struct err err;
} result;

/* Checks what holds of all that was parsed. What main() returns. */
int state_done(void);

bool parse(const char *text);
bool parse_bytes(const char *text, size_t length);
bool parse_from(int fd); /* what state_read() makes of it */
void result_free(void);

/* LINE is the whole of the message. */
void refuses(const char *what, const char *text, const char *line);

/* As not JSON; what yajl says of it is yajl's. */
void refuses_json(const char *what, const char *text, size_t length);
bool taken(const char *what, const char *text);

/* The annotation NAME of what was parsed; "(none)" without it. */
const char *annotation(const char *name);

#endif /* TESTS_STATE_PARSED_H */
