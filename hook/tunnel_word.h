/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A part of tunnel_parse(): the keys of a tunnel file, and what each of them takes. Pure. */
#ifndef HOOK_TUNNEL_WORD_H
#define HOOK_TUNNEL_WORD_H

#include <errno.h>
#include <stdbool.h>

#include "err.h"
#include "removals.h"
#include "tunnel.h"

enum section {
	SECTION_NONE,
	SECTION_INTERFACE,
	SECTION_PEER,
};

/* What was read so far; the line and its section are those being read. */
struct parser {
	const char *name; /* of the file */
	unsigned int line;
	enum section section;
	bool secret; /* the line's value may hold a key */
	bool interface; /* a section of that name was seen */
	struct tunnel tunnel;
	struct removals removals;
	struct warnings *warnings;
};

/* A key of the file's grammar. READ gets its name as NAME and may cut up VALUE. */
struct word {
	const char *name;
	enum section section;
	enum { WG, QUICK } owner;
	int (*read)(struct parser *p, const char *name, char *value, struct err *err);
};

/* READ is NULL of a NAME that is none. */
struct word word_find(const char *name);

/*
 * Whether a key, or a piece of one, may be in VALUE, blanks or not. Judged of the whole value, not
 * of the element of a list that is wrong in it.
 */
bool word_may_hold_key(const char *value);

/* Always -1. */
static inline int out_of_memory(struct err *err)
{
	return fail_errno(err, ENOMEM, "tunnel file");
}

#endif /* HOOK_TUNNEL_WORD_H */
