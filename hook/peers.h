/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a WireGuard link of the kernel's holds, beside what a tunnel file says. */
#ifndef HOOK_PEERS_H
#define HOOK_PEERS_H

#include "netlink.h"
#include "tunnel.h"

/*
 * A line into WRONG for each difference between the link INDEX, called LINK in messages, and
 * TUNNEL: the private key, the peers, and of each its preshared key, its AllowedIPs and its
 * keepalive. Neither endpoints, for peers roam, nor the port, which another may have had. With
 * TUNNEL NULL only whether there is a private key. No key but a peer's public one is ever told.
 * GENL as in wireguard.h.
 */
int peers_compare(struct netlink *genl, int index, const char *link, const struct tunnel *tunnel,
		  struct warnings *wrong, struct err *err);

#endif /* HOOK_PEERS_H */
