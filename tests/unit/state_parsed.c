/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Linked with the tests of states. */
#include "state_parsed.h"
#include "unit.h"

#include <stdlib.h>

struct result result;

static int touched; /* outputs written to by a failure */
static int unclear; /* failures without exactly one line */

void result_free(void)
{
	if (result.parsed)
		state_free(&result.state);
	result.parsed = false;
}

static void begin(void)
{
	result_free();
	blot(&result.state, sizeof(result.state));
	result.err = (struct err){ 0 };
}

static bool end(int returned)
{
	result.parsed = returned == 0;
	if (!result.parsed) {
		touched += !is_blotted(&result.state, sizeof(result.state));
		unclear += strncmp(result.err.line, "state: ", 7) != 0 || !result.err.line[7];
		for (const char *c = result.err.line; *c; c++)
			unclear += (unsigned char)*c < 0x20 || *c == 0x7f;
	}
	return result.parsed;
}

/* From a copy without a byte to spare, so that a sanitizer sees a read beyond the end. */
bool parse_bytes(const char *text, size_t length)
{
	char *copy = malloc(length ? length : 1);

	if (!copy)
		exit(1);
	memcpy(copy, text, length);
	begin();
	end(state_parse(copy, length, &result.state, &result.err));
	free(copy);
	return result.parsed;
}

bool parse_from(int fd)
{
	begin();
	return end(state_read(fd, &result.state, &result.err));
}

bool parse(const char *text)
{
	return parse_bytes(text, strlen(text));
}

void refuses(const char *what, const char *text, const char *line)
{
	parse(text);
	check_refused(what, result.parsed, &result.err, line);
}

void refuses_json(const char *what, const char *text, size_t length)
{
	parse_bytes(text, length);
	if (!check(what, !result.parsed && strncmp(result.err.line, "state: not JSON: ", 17) == 0 &&
				 result.err.line[17]))
		printf("# got: %s\n", result.parsed ? "(taken)" : result.err.line);
}

bool taken(const char *what, const char *text)
{
	parse(text);
	return check_taken(what, result.parsed, &result.err);
}

const char *annotation(const char *name)
{
	const char *value = "(none)";
	struct err err = { 0 };

	if (!result.parsed)
		return "(not parsed)";
	if (json_string_optional(result.state.annotations, name, &value, &err) < 0)
		return "(refused)";
	return value;
}

int state_done(void)
{
	check("a failure leaves the output alone", touched == 0);
	check("every failure has one line", unclear == 0);
	result_free();
	return unit_done();
}
