/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Linked with each of the unit tests. */
#include "unit.h"

#define BLOT 0x5a

int unit_count;
static int failed;

bool check(const char *what, bool condition)
{
	unit_count++;
	failed += !condition;
	printf("%s - %s\n", condition ? "ok" : "not ok", what);
	fflush(stdout);
	return condition;
}

bool check_text(const char *what, const char *got, const char *wanted)
{
	bool same = strcmp(got, wanted) == 0;

	if (!same)
		printf("# got:    %s\n# wanted: %s\n", got, wanted);
	return check(what, same);
}

bool check_taken(const char *what, bool taken, const struct err *err)
{
	if (!taken)
		printf("# %s\n", err->line);
	return check(what, taken);
}

bool check_refused(const char *what, bool taken, const struct err *err, const char *line)
{
	return check_text(what, taken ? "(taken)" : err->line, line);
}

bool check_warnings(const char *what, const struct warnings *warnings, const char *wanted)
{
	char got[4096] = "";
	size_t used = 0;

	for (size_t i = 0; i < warnings->count && i < WARNINGS_MAX && used < sizeof(got); i++)
		used += (size_t)snprintf(got + used, sizeof(got) - used, "%s\n",
					 warnings->line[i] ? warnings->line[i] : "(no memory)");
	return check_text(what, got, wanted);
}

void blot(void *output, size_t size)
{
	memset(output, BLOT, size);
}

bool is_blotted(const void *output, size_t size)
{
	const unsigned char *bytes = output;

	for (size_t i = 0; i < size; i++)
		if (bytes[i] != BLOT)
			return false;
	return true;
}

int unit_done(void)
{
	printf("1..%d\n", unit_count);
	return failed ? 1 : 0;
}
