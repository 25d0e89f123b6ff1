/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * WireGuard's cross-platform configuration protocol (https://www.wireguard.com/xplatform/), which a
 * userspace WireGuard speaks on its socket, as text. Pure; userspace.h has the socket.
 */
#ifndef HOOK_UAPI_H
#define HOOK_UAPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "tunnel.h"

/* Takes LENGTH bytes, which are wiped afterwards. Returns 0, or -1 with *err filled in. */
typedef int uapi_sink(void *context, const char *text, size_t length, struct err *err);

/*
 * A whole "set=1": keys (in hexadecimal), PORT (host order, 0: any), AmneziaWG's values and peers,
 * for a device that has none yet. With CALL, as in wireguard.h. Handed to SINK in as many pieces as
 * it takes; a failure of SINK ends it. Every peer with a host has its address by now.
 */
int uapi_set(const struct tunnel *tunnel, uint16_t port, bool call, uapi_sink *sink, void *context,
	     struct err *err);

/* A "set=1" that takes back what CALL did. */
int uapi_calm(const struct tunnel *tunnel, uapi_sink *sink, void *context, struct err *err);

/* An answer as it comes, zero-initialised before its first byte, with its last line. */
struct uapi_answer {
	bool ended; /* by an empty line, after "errno=" */
	bool said; /* "errno=" has come: */
	int number; /* 0 for success; boringtun says EINVAL where wireguard-go says -EINVAL */
	size_t used;
	char line[192]; /* longer ones are cut: none that is looked at is as long */
};

/* One line "NAME=VALUE" of it. */
typedef void uapi_line(void *context, const char *name, const char *value);

/* LENGTH more bytes; LINE may be NULL. */
void uapi_read(struct uapi_answer *answer, const char *bytes, size_t length, uapi_line *line,
	       void *context);

/*
 * For uapi_read() of the answer to "get=1": which of TUNNEL's peers a handshake was made with.
 * Starts with all but TUNNEL and ANSWERED (one a peer, false) zero.
 */
struct uapi_handshakes {
	const struct tunnel *tunnel;
	bool *answered;
	size_t peer; /* the one whose lines come, plus 1 */
};

void uapi_take_handshake(void *handshakes, const char *name, const char *value);

#endif /* HOOK_UAPI_H */
