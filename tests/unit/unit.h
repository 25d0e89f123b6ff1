/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The unit tests' whole harness: check(what, condition) prints "ok - what" or "not ok - what", and
 * unit_done() the plan "1..N"; a program that dies in between has no plan, which tests/run counts
 * as a failure.
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int unit_count, unit_failed;

static inline bool check(const char *what, bool condition)
{
	unit_count++;
	unit_failed += !condition;
	printf("%s - %s\n", condition ? "ok" : "not ok", what);
	fflush(stdout);
	return condition;
}

/* For texts: on a difference both are shown. */
static inline bool check_text(const char *what, const char *got, const char *wanted)
{
	bool same = strcmp(got, wanted) == 0;

	if (!same)
		printf("# got:    %s\n# wanted: %s\n", got, wanted);
	return check(what, same);
}

static inline int unit_done(void)
{
	printf("1..%d\n", unit_count);
	return unit_failed ? 1 : 0;
}

#endif /* TESTS_UNIT_H */
