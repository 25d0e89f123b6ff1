/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What AmneziaWG adds to a tunnel file's [Interface]: junk packets, padding, types of messages and
 * packets of a user's own making, all of which hide what WireGuard looks like. Pure.
 *
 * Facts are amneziawg-go's (device/uapi.go, device/obf.go, device/noise-types.go) and
 * amneziawg-tools' (src/config.c).
 */
#ifndef HOOK_AMNEZIA_H
#define HOOK_AMNEZIA_H

#include <stdbool.h>

#include "err.h"

enum amnezia_word {
	AMNEZIA_JC, /* how many junk packets before a handshake */
	AMNEZIA_JMIN, /* bytes of each, from */
	AMNEZIA_JMAX, /* to */
	AMNEZIA_S1, /* bytes before a handshake's first message */
	AMNEZIA_S2, /* its answer */
	AMNEZIA_S3, /* a cookie */
	AMNEZIA_S4, /* a packet of data */
	AMNEZIA_H1, /* the same four's type: a number of 32 bits, or a range to choose from */
	AMNEZIA_H2,
	AMNEZIA_H3,
	AMNEZIA_H4,
	AMNEZIA_I1, /* packets before a handshake, as tags */
	AMNEZIA_I2,
	AMNEZIA_I3,
	AMNEZIA_I4,
	AMNEZIA_I5,
	AMNEZIA_WORDS
};

/*
 * Zero-initialised it is WireGuard. A value is as amneziawg-go's UAPI and awg(8) take it, and NULL
 * if it was not given, or is what a new device has: 0, and 1 to 4 for H1 to H4.
 */
struct amnezia {
	char *value[AMNEZIA_WORDS];
};

/* The word that a tunnel file calls NAME, in any case; -1: none. */
int amnezia_find(const char *name);

/* As tunnel files write it, "Jc"; and as UAPI and awg(8) do, "jc". */
const char *amnezia_name(enum amnezia_word word);
const char *amnezia_key(enum amnezia_word word);

/* Whether white space is a part of WORD's value, and "" one: it is I1 to I5, which are tags. */
bool amnezia_is_tags(enum amnezia_word word);

/* "AmneziaWG 3" or "AmneziaWG 1.5" for one of their keys that is not read here, else NULL. */
const char *amnezia_unread(const char *name);

/* Whether anything sets the tunnel apart from one of WireGuard's. */
bool amnezia_used(const struct amnezia *amnezia);

/*
 * Checks VALUE and keeps a copy, in place of an earlier one. VALUE has no white space around it,
 * and inside only if it is tags. The message says what is wrong, without WORD and without any of
 * VALUE. *amnezia owns memory: amnezia_free().
 */
int amnezia_set(enum amnezia_word word, const char *value, struct amnezia *amnezia,
		struct err *err);

/* What no single word tells: Jmin is not above Jmax, and no two of H1 to H4 overlap. */
int amnezia_check(const struct amnezia *amnezia, struct err *err);

/* S4, the bytes that every packet of data is longer for it. */
unsigned int amnezia_transport_padding(const struct amnezia *amnezia);

void amnezia_free(struct amnezia *amnezia);

#endif /* HOOK_AMNEZIA_H */
