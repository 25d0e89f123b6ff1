/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The second half of tunnel_parse(): what no single line of a tunnel file tells. Pure. */
#ifndef HOOK_TUNNEL_CHECK_H
#define HOOK_TUNNEL_CHECK_H

#include "err.h"
#include "tunnel.h"

/*
 * Refuses a TUNNEL without PrivateKey or Address, with an MTU too small for its IPv6, with words of
 * AmneziaWG's that do not go together (amnezia_check()), with a peer that has no PublicKey or the
 * tunnel's own, with two peers of one key; warns of one without peers, and of a prefix in two of
 * them. NAME is what messages call the file. O(n log n) in peers and prefixes.
 */
int tunnel_check(const char *name, const struct tunnel *tunnel, struct warnings *warnings,
		 struct err *err);

#endif /* HOOK_TUNNEL_CHECK_H */
