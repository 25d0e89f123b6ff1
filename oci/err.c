/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line for a person: made here, printed by main. */
#include "err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#undef fail
#undef fail_errno
#undef fail_in

/*
 * Values come from annotations and files: a newline or an escape sequence must not reach a log.
 * U+0080 to U+009F, C2 80 to C2 9F in UTF-8, are escapes of one character to some terminals.
 */
static void make_one_line(char *line)
{
	for (unsigned char *byte = (unsigned char *)line; *byte; byte++) {
		if (*byte < 0x20 || *byte == 0x7f)
			*byte = '?';
		else if (byte[0] == 0xc2 && byte[1] >= 0x80 && byte[1] <= 0x9f)
			byte[0] = byte[1] = '?';
	}
}

static void format_line(struct err *err, const char *format, va_list args)
{
	if (vsnprintf(err->line, sizeof(err->line), format, args) < 0)
		err->line[0] = '\0';
	make_one_line(err->line);
}

int fail(struct err *err, const char *format, ...)
{
	va_list args;

	err->number = 0;
	va_start(args, format);
	format_line(err, format, args);
	va_end(args);
	return -1;
}

int fail_errno(struct err *err, int number, const char *format, ...)
{
	va_list args;
	size_t used;

	err->number = number;
	va_start(args, format);
	format_line(err, format, args);
	va_end(args);
	used = strlen(err->line);
	snprintf(err->line + used, sizeof(err->line) - used, ": %s", strerror(number));
	return -1;
}

int fail_in(struct err *err, const char *format, ...)
{
	char inner[sizeof(err->line)];
	va_list args;
	size_t used;

	memcpy(inner, err->line, sizeof(inner));
	va_start(args, format);
	format_line(err, format, args);
	va_end(args);
	used = strlen(err->line);
	snprintf(err->line + used, sizeof(err->line) - used, ": %s", inner);
	return -1;
}

void warn(struct warnings *warnings, const char *format, ...)
{
	va_list args;
	char *line = NULL;

	if (warnings->count++ >= WARNINGS_MAX)
		return;
	va_start(args, format);
	if (vasprintf(&line, format, args) < 0)
		line = NULL;
	va_end(args);
	if (line)
		make_one_line(line);
	warnings->line[warnings->count - 1] = line;
}

void warnings_free(struct warnings *warnings)
{
	for (size_t i = 0; i < warnings->count && i < WARNINGS_MAX; i++)
		free(warnings->line[i]);
	*warnings = (struct warnings){ 0 };
}
