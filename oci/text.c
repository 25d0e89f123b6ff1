/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stdio into memory that grows. */
#include "text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ROOM 512

/* 0 is a failure, by which the stream knows that something was lost. */
static ssize_t take(void *context, const char *bytes, size_t size)
{
	struct text *text = context;
	size_t room = text->room ? text->room : ROOM;
	char *grown;

	while (room <= text->length + size)
		room *= 2;
	if (room != text->room) {
		grown = realloc(text->bytes, room);
		if (!grown)
			return 0;
		text->bytes = grown;
		text->room = room;
	}
	memcpy(text->bytes + text->length, bytes, size);
	text->length += size;
	text->bytes[text->length] = '\0';
	return (ssize_t)size;
}

FILE *text_open(struct text *text)
{
	const cookie_io_functions_t functions = { .write = take };
	FILE *out;

	take(text, "", 0); /* what is empty is a text too */
	out = text->bytes ? fopencookie(text, "w", functions) : NULL;
	if (!out) {
		free(text->bytes);
		*text = (struct text){ 0 };
	}
	return out;
}

char *text_close(struct text *text, FILE *out, size_t *length)
{
	bool lost = ferror(out);
	char *bytes;

	lost |= fclose(out) != 0;
	bytes = text->bytes;
	if (lost) {
		free(bytes);
		bytes = NULL;
	} else if (length) {
		*length = text->length;
	}
	*text = (struct text){ 0 };
	return bytes;
}
