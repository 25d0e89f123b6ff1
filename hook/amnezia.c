/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AmneziaWG's words: what amneziawg-go would refuse is refused here, where the line is known. */
#include "amnezia.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alphabet.h"

/*
 * amneziawg-go reads UAPI with Go's bufio.Scanner, whose lines are at most 64 KiB, newline
 * included; "i1=" stands before the value.
 */
#define TAGS_MAX (64 * 1024 - 4)

static const struct {
	const char *name, *key;
} words[AMNEZIA_WORDS] = {
	[AMNEZIA_JC] = { "Jc", "jc" },       [AMNEZIA_JMIN] = { "Jmin", "jmin" },
	[AMNEZIA_JMAX] = { "Jmax", "jmax" }, [AMNEZIA_S1] = { "S1", "s1" },
	[AMNEZIA_S2] = { "S2", "s2" },       [AMNEZIA_S3] = { "S3", "s3" },
	[AMNEZIA_S4] = { "S4", "s4" },       [AMNEZIA_H1] = { "H1", "h1" },
	[AMNEZIA_H2] = { "H2", "h2" },       [AMNEZIA_H3] = { "H3", "h3" },
	[AMNEZIA_H4] = { "H4", "h4" },       [AMNEZIA_I1] = { "I1", "i1" },
	[AMNEZIA_I2] = { "I2", "i2" },       [AMNEZIA_I3] = { "I3", "i3" },
	[AMNEZIA_I4] = { "I4", "i4" },       [AMNEZIA_I5] = { "I5", "i5" },
};

int amnezia_find(const char *name)
{
	for (int word = 0; word < AMNEZIA_WORDS; word++)
		if (strcasecmp(words[word].name, name) == 0)
			return word;
	return -1;
}

const char *amnezia_name(enum amnezia_word word)
{
	return words[word].name;
}

const char *amnezia_key(enum amnezia_word word)
{
	return words[word].key;
}

bool amnezia_is_tags(enum amnezia_word word)
{
	return word >= AMNEZIA_I1;
}

static bool is_header(enum amnezia_word word)
{
	return word >= AMNEZIA_H1 && word <= AMNEZIA_H4;
}

static bool is_listed(const char *list, const char *name)
{
	for (; *list; list += strlen(list) + 1)
		if (strcasecmp(list, name) == 0)
			return true;
	return false;
}

const char *amnezia_unread(const char *name)
{
	if (is_listed("HeaderProtectionKey\0ContentPaddingAddition\0RekeyAfterTime\0"
		      "RekeyTimeout\0RejectAfterTime\0KeepaliveTimeout\0MaxHandshakeAttempts\0"
		      "RandomTrailers\0DisableCookies\0",
		      name))
		return "AmneziaWG 3";
	return is_listed("J1\0J2\0J3\0Itime\0", name) ? "AmneziaWG 1.5" : NULL;
}

bool amnezia_used(const struct amnezia *amnezia)
{
	for (int word = 0; word < AMNEZIA_WORDS; word++)
		if (amnezia->value[word])
			return true;
	return false;
}

/* Numbers. In decimal alone: neither amneziawg-go (ParseUint) nor awg (strtoul) takes "0x". */

struct range {
	uint32_t least, most;
};

/* Of what *TEXT begins with, and moves *TEXT behind it. */
static bool take_number(const char **text, uint32_t most, uint32_t *number)
{
	size_t digits = strspn(*text, DIGITS);
	unsigned long long value = strtoull(*text, NULL, 10); /* too long a one is ULLONG_MAX */

	if (!digits || value > most)
		return false;
	*number = (uint32_t)value;
	*text += digits;
	return true;
}

/* "5" or, of headers, "5-9". */
static bool range_parse(enum amnezia_word word, const char *text, struct range *range)
{
	uint32_t most = is_header(word) ? UINT32_MAX : UINT16_MAX;

	if (!take_number(&text, most, &range->least))
		return false;
	range->most = range->least;
	if (is_header(word) && *text == '-') {
		text++;
		if (!take_number(&text, most, &range->most))
			return false;
	}
	return !*text && range->least <= range->most;
}

/* What a new device has (NewDevice(), device/device.go): WireGuard's own types, and zeros. */
static struct range range_new(enum amnezia_word word)
{
	uint32_t value = is_header(word) ? word - AMNEZIA_H1 + 1 : 0;

	return (struct range){ value, value };
}

static struct range range_of(const struct amnezia *amnezia, enum amnezia_word word)
{
	struct range range = range_new(word);

	if (amnezia->value[word])
		range_parse(word, amnezia->value[word], &range);
	return range;
}

/* Room for two numbers of 32 bits, a '-' and a NUL. */
struct range_text {
	char text[24];
};

static struct range_text range_format(struct range range)
{
	struct range_text result;

	if (range.least == range.most)
		snprintf(result.text, sizeof(result.text), "%u", range.least);
	else
		snprintf(result.text, sizeof(result.text), "%u-%u", range.least, range.most);
	return result;
}

/* Tags (device/obf.go), whose names amneziawg-go tells apart by case. */

enum argument {
	NOTHING,
	BYTES,
	NUMBER,
};

static const struct tag {
	const char *name;
	enum argument argument;
} tags[] = {
	{ "b", BYTES },   { "t", NOTHING },  { "r", NUMBER },  { "rc", NUMBER },
	{ "d", NOTHING }, { "ds", NOTHING }, { "rd", NUMBER }, { "dz", NUMBER },
};

struct piece {
	const char *text;
	size_t length;
};

static struct piece take_piece(const char **text)
{
	const char *start = *text + strspn(*text, SPACE);
	size_t length = strcspn(start, SPACE "<>");

	*text = start + length + strspn(start + length, SPACE);
	return (struct piece){ start, length };
}

static const struct tag *tag_find(struct piece name)
{
	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
		if (strlen(tags[i].name) == name.length &&
		    memcmp(tags[i].name, name.text, name.length) == 0)
			return &tags[i];
	return NULL;
}

/* "0x" may be missing, and a digit may not. */
static bool is_bytes(struct piece argument)
{
	size_t prefix = strncmp(argument.text, "0x", 2) == 0 ? 2 : 0, digits;

	digits = strspn(argument.text + prefix, DIGITS "abcdefABCDEF");
	return digits && digits % 2 == 0 && prefix + digits == argument.length;
}

static bool is_number(struct piece argument)
{
	const char *end = argument.text;
	uint32_t number;

	return take_number(&end, UINT16_MAX, &number) && end == argument.text + argument.length;
}

static int check_argument(const struct tag *tag, struct piece argument, struct err *err)
{
	switch (tag->argument) {
	case NOTHING:
		if (!argument.length)
			return 0;
		return fail(err, "<%s> stands alone", tag->name);
	case BYTES:
		if (is_bytes(argument))
			return 0;
		return fail(err, "<%s> wants an even number of hexadecimal digits", tag->name);
	case NUMBER: break;
	}
	if (is_number(argument))
		return 0;
	return fail(err, "<%s> wants a number from 0 to 65535", tag->name);
}

/* One, and moves *TEXT behind it. amneziawg-go passes over what stands outside, as over a typo. */
static int take_tag(const char **text, struct err *err)
{
	struct piece name, argument;
	const struct tag *tag;

	if (**text != '<')
		return fail(err, "not a sequence of tags such as <b 0x0a0b> and <r 16>");
	(*text)++;
	name = take_piece(text);
	argument = take_piece(text);
	if (**text != '>')
		return fail(err, "a tag does not end after its name and one argument");
	(*text)++;
	tag = tag_find(name);
	if (!tag)
		return fail(err, "unknown tag: there are b, t, r, rc, rd, d, ds and dz");
	return check_argument(tag, argument, err);
}

static int check_tags(const char *text, struct err *err)
{
	if (strlen(text) > TAGS_MAX)
		return fail(err, "longer than the %d bytes that amneziawg-go reads", TAGS_MAX);
	for (text += strspn(text, SPACE); *text; text += strspn(text, SPACE))
		if (take_tag(&text, err))
			return -1;
	return 0;
}

/* The whole */

/* A copy that replaces what WORD had. Any white space is a blank: it must not end a line of UAPI.
 */
static int keep(enum amnezia_word word, const char *value, struct amnezia *amnezia, struct err *err)
{
	char *copy = value ? strdup(value) : NULL;

	if (value && !copy)
		return fail_errno(err, ENOMEM, "tunnel file");
	for (char *c = copy; c && *c; c++)
		if (strchr(SPACE, *c))
			*c = ' ';
	free(amnezia->value[word]);
	amnezia->value[word] = copy;
	return 0;
}

/*
 * What a new device has is not said to it: amneziawg-go before version 3 refuses a zero as Jc, Jmin
 * and Jmax.
 */
static int set_range(enum amnezia_word word, const char *value, struct amnezia *amnezia,
		     struct err *err)
{
	struct range range, new = range_new(word);

	if (!range_parse(word, value, &range))
		return fail(err, is_header(word)
					 ? "not a number of 32 bits, nor a range such as 5-9"
					 : "not a number from 0 to 65535");
	if (range.least == new.least && range.most == new.most)
		return keep(word, NULL, amnezia, err);
	return keep(word, range_format(range).text, amnezia, err);
}

int amnezia_set(enum amnezia_word word, const char *value, struct amnezia *amnezia, struct err *err)
{
	if (!amnezia_is_tags(word))
		return set_range(word, value, amnezia, err);
	if (check_tags(value, err))
		return -1;
	return keep(word, *value ? value : NULL, amnezia, err);
}

/* amneziawg-go takes it, and at the first handshake panics (before 3) or asks for gigabytes. */
static int check_junk(const struct amnezia *amnezia, struct err *err)
{
	uint32_t least = range_of(amnezia, AMNEZIA_JMIN).least;
	uint32_t most = range_of(amnezia, AMNEZIA_JMAX).least;

	return least <= most ? 0 : fail(err, "Jmin, %u, is more than Jmax, %u", least, most);
}

/* mergeWithDevice(), device/uapi.go: those that are not given count as what a new device has. */
static int check_headers(const struct amnezia *amnezia, struct err *err)
{
	for (enum amnezia_word i = AMNEZIA_H1; i < AMNEZIA_H4; i++)
		for (enum amnezia_word j = i + 1; j <= AMNEZIA_H4; j++) {
			struct range a = range_of(amnezia, i), b = range_of(amnezia, j);

			if (a.least <= b.most && b.least <= a.most)
				return fail(err, "%s, %s, and %s, %s, overlap", amnezia_name(i),
					    range_format(a).text, amnezia_name(j),
					    range_format(b).text);
		}
	return 0;
}

int amnezia_check(const struct amnezia *amnezia, struct err *err)
{
	return check_junk(amnezia, err) || check_headers(amnezia, err) ? -1 : 0;
}

unsigned int amnezia_transport_padding(const struct amnezia *amnezia)
{
	return range_of(amnezia, AMNEZIA_S4).least;
}

void amnezia_free(struct amnezia *amnezia)
{
	for (int word = 0; word < AMNEZIA_WORDS; word++)
		free(amnezia->value[word]);
	*amnezia = (struct amnezia){ 0 };
}
