/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the fuzz targets share: each is one LLVMFuzzerTestOneInput() (libFuzzer), which feeds its
 * input to one surface and ends the process by must() where a contract of its headers is broken.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Of what is the target's own: comparisons there must not tell libFuzzer what to write into its
 * input, and are many.
 */
#define UNWATCHED __attribute__((no_sanitize("coverage", "address", "undefined")))

static inline void must(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "broken contract: %s\n", what);
	abort();
}

/* One line for a person: there, and without a control character. */
static inline UNWATCHED void must_be_line(const char *line)
{
	must(*line, "a line that says something");
	for (const unsigned char *c = (const unsigned char *)line; *c; c++)
		must(*c >= 0x20 && *c != 0x7f && !(c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f),
		     "one line without control characters");
}

/*
 * Of an err that FAILED says was written, or not. That is more than err.h promises, and holds where
 * no failure is passed over: a line without one has lost its -1.
 */
static inline void must_be_told(const struct err *err, bool failed)
{
	if (failed)
		must_be_line(err->line);
	else
		must(!*err->line && !err->number, "no line without a failure");
}

static inline void must_be_lines(const struct warnings *warnings)
{
	for (size_t i = 0; i < warnings->count && i < WARNINGS_MAX; i++)
		must_be_line(warnings->line[i]);
}

static inline UNWATCHED bool is_same(const void *a, const void *b, size_t size)
{
	const unsigned char *one = a, *other = b;

	for (size_t i = 0; i < size; i++)
		if (one[i] != other[i])
			return false;
	return true;
}

/* For outputs that failures leave alone. */
static inline void fill(void *memory, size_t size)
{
	memset(memory, 0xa5, size);
}

static inline UNWATCHED void must_be_filled(const void *memory, size_t size)
{
	unsigned char wanted[4096];

	must(size <= sizeof(wanted), "an output of some size");
	memset(wanted, 0xa5, size);
	must(is_same(memory, wanted, size), "an output that a failure leaves");
}

/*
 * Keys that targets put into their inputs, so that it is known what is secret: SECRETS of them, in
 * base64. Made up of a counter, and of nobody's.
 */
#define SECRETS 4
#define SECRET_PIECE 10 /* characters in a row that nobody repeats by chance */

static inline UNWATCHED const char *secret(unsigned int number, char text[static KEY_BASE64])
{
	struct key key;
	uint32_t state = 2463534242u + number;

	for (size_t i = 0; i < KEY_LEN; i++) {
		state ^= state << 13; /* xorshift */
		state ^= state >> 17;
		state ^= state << 5;
		key.bytes[i] = (uint8_t)state;
	}
	key_format(&key, text);
	return text;
}

static inline UNWATCHED bool holds(const char *text, size_t size, const char *piece, size_t length)
{
	for (size_t i = 0; i + length <= size; i++) {
		size_t same = 0;

		while (same < length && text[i + same] == piece[same])
			same++;
		if (same == length)
			return true;
	}
	return false;
}

static inline UNWATCHED bool holds_secret(const char *text, size_t size)
{
	static char keys[SECRETS][KEY_BASE64];

	for (unsigned int i = 0; i < SECRETS; i++) {
		if (!*keys[i])
			secret(i, keys[i]);
		for (size_t j = 0; j + SECRET_PIECE < KEY_BASE64; j += SECRET_PIECE / 2)
			if (holds(text, size, keys[i] + j, SECRET_PIECE))
				return true;
	}
	return false;
}

static inline void must_hold_no_secret(const char *text)
{
	must(!holds_secret(text, strlen(text)), "no piece of a key in it");
}

/* Whether libFuzzer has seen a key in a comparison, and put it where it is none: no such inputs. */
static inline bool knows_secret(const uint8_t *data, size_t size)
{
	return holds_secret((const char *)data, size);
}

static inline void must_hold_no_secrets(const struct warnings *warnings)
{
	for (size_t i = 0; i < warnings->count && i < WARNINGS_MAX; i++)
		must_hold_no_secret(warnings->line[i]);
}

/* An input with bytes 1 to SECRETS in it as the texts of those keys; the caller's, with a NUL. */
static inline UNWATCHED char *with_secrets(const uint8_t *data, size_t size, size_t *length)
{
	char *text = calloc(size + 1, KEY_BASE64), key[KEY_BASE64];
	size_t used = 0;

	must(text, "memory");
	for (size_t i = 0; i < size; i++) {
		if (data[i] >= 1 && data[i] <= SECRETS) {
			memcpy(text + used, secret(data[i] - 1u, key), KEY_BASE64 - 1);
			used += KEY_BASE64 - 1;
		} else {
			text[used++] = (char)data[i];
		}
	}
	*length = used;
	return text;
}

/* An input taken piece by piece; what is not there any more is zero. */
struct bytes {
	const uint8_t *next;
	size_t left;
};

static inline uint8_t take_byte(struct bytes *bytes)
{
	if (!bytes->left)
		return 0;
	bytes->left--;
	return *bytes->next++;
}

static inline uint16_t take_number(struct bytes *bytes)
{
	uint16_t high = take_byte(bytes);

	return (uint16_t)(high << 8 | take_byte(bytes));
}

/* As far as END, which is passed over; the caller's, with a NUL. */
static inline char *take_part(struct bytes *bytes, const char *end, size_t *length)
{
	const uint8_t *found = memmem(bytes->next, bytes->left, end, strlen(end));
	size_t size = found ? (size_t)(found - bytes->next) : bytes->left;
	char *text = calloc(1, size + 1);

	must(text, "memory");
	if (size)
		memcpy(text, bytes->next, size);
	size += found ? strlen(end) : 0;
	bytes->next += size;
	bytes->left -= size;
	*length = size - (found ? strlen(end) : 0);
	return text;
}

#endif /* TESTS_FUZZ_H */
