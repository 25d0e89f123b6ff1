/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What went wrong, as one line for a person, made where it went wrong and printed by main alone.
 *
 * A function that can fail takes a caller-owned struct err last, and returns 0, or -1 with the
 * line filled in and all other outputs as they were. After a success the err says nothing: what
 * was tried before, and failed, may have left its line there. So who keeps a line and goes on
 * gives another err to what follows.
 * A line reads "where: what 'value'". Control characters that come in with a value are shown as
 * '?', so that it stays one line whatever a stranger's text holds.
 */
#ifndef OCI_ERR_H
#define OCI_ERR_H

#include <stddef.h>

struct err {
	int number; /* the errno it began with, 0 when there was none */
	char line[1024];
};

/* Always -1, so that failing is one statement: return fail(err, "pid: not a number"). */
int fail(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same, with ": " and the words of NUMBER at the end; err->number is NUMBER. */
int fail_errno(struct err *err, int number, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "where: " before the line that a callee has left in ERR. Always -1. */
int fail_in(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#ifdef __clang_analyzer__ /* It reads one file at a time: this tells it what they return. */
static inline int err_always(int result)
{
	(void)result;
	return -1;
}
#define fail(...) err_always(fail(__VA_ARGS__))
#define fail_errno(...) err_always(fail_errno(__VA_ARGS__))
#define fail_in(...) err_always(fail_in(__VA_ARGS__))
#endif

/*
 * What a user should know though it stops nothing, in the order it was found. At most WARNINGS_MAX
 * lines are kept (a file of 10,000 peers can be wrong 10,000 times); the rest are counted.
 * Zero-initialised it is empty; warnings_free() releases the lines.
 */
#define WARNINGS_MAX 20

struct warnings {
	char *line[WARNINGS_MAX];
	size_t count; /* all that were found, kept or not */
};

void warn(struct warnings *warnings, const char *format, ...) __attribute__((format(printf, 2, 3)));
void warnings_free(struct warnings *warnings);

#endif /* OCI_ERR_H */
