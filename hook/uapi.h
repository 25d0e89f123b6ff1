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
 * for a device that has none yet. Handed to SINK in as many pieces as it takes; a failure of SINK
 * ends it. Every peer with a host has its address by now.
 */
int uapi_set(const struct tunnel *tunnel, uint16_t port, uapi_sink *sink, void *context,
	     struct err *err);

/*
 * The errno that an answer says, 0 for success, negative ones made positive: wireguard-go and
 * boringtun differ. -1 while its end, an empty line, has not come, or when it holds no "errno=".
 */
int uapi_answer(const char *text, size_t length);

#endif /* HOOK_UAPI_H */
