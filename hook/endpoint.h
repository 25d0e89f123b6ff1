/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host knows of the peers' endpoints: addresses for names, and the path MTU. */
#ifndef HOOK_ENDPOINT_H
#define HOOK_ENDPOINT_H

#include "err.h"
#include "tunnel.h"

#define ENDPOINT_SECONDS 5 /* for all names together */

/* What wg-quick takes off a path's MTU: IPv6 40, UDP 8, WireGuard 32 bytes. */
#define ENDPOINT_OVERHEAD 80

/*
 * Looks up every peer's host that is a name, in the caller's network namespace, and fills in its
 * address: the first in getaddrinfo()'s order, so that a family the host cannot route is not chosen
 * while the other works. FILE and a line of it begin the messages.
 *
 * getaddrinfo() can wait for longer than any time asked of it. After ENDPOINT_SECONDS SIGALRM ends
 * the process with exit code EXIT_CODE and one line, as PROGRAM: nothing has been changed by then.
 */
int endpoint_resolve(const char *program, const char *file, int exit_code, struct tunnel *tunnel,
		     struct err *err);

/*
 * The least path MTU to an endpoint, in bytes, of packets from the caller's network namespace that
 * bear MARK (0: none), or LEAST if that is less; 0 is not known, as when no endpoint has a route.
 */
unsigned int endpoint_path(const struct tunnel *tunnel, uint32_t mark, unsigned int least);

/*
 * The MTU in bytes for the tunnel's link: that of the PATH (0: 1500), less ENDPOINT_OVERHEAD and
 * AmneziaWG's S4. At least 1280 (RFC 8200, section 5) where the tunnel has an IPv6 address, else at
 * least 576.
 */
unsigned int endpoint_mtu(const struct tunnel *tunnel, unsigned int path);

#endif /* HOOK_ENDPOINT_H */
