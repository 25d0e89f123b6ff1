/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The unit tests' whole harness: check(what, condition) prints "ok - what" or "not ok - what", and
 * unit_done() the plan "1..N"; a program that dies in between has no plan, which tests/run counts
 * as a failure. What they look at alike is below: texts, failures, warnings, outputs.
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "err.h"

/* Checks so far: those of a child process are its parent's to add. */
extern int unit_count;

/* Returns CONDITION, as all that check something return whether it holds. */
bool check(const char *what, bool condition);

/* For texts: on a difference both are shown. */
bool check_text(const char *what, const char *got, const char *wanted);

/* Of what may be refused, with the reason in ERR: that it was TAKEN. */
bool check_taken(const char *what, bool taken, const struct err *err);

/* That it was not, and that LINE is the whole of the reason. */
bool check_refused(const char *what, bool taken, const struct err *err, const char *line);

/* WANTED is all of them, each followed by a newline. */
bool check_warnings(const char *what, const struct warnings *warnings, const char *wanted);

/* An output is blotted before a call, and is_blotted() after it where nothing was written to it. */
void blot(void *output, size_t size);
bool is_blotted(const void *output, size_t size);

/* What main() returns. */
int unit_done(void);

#endif /* TESTS_UNIT_H */
