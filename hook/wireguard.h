/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * WireGuard's generic netlink (include/uapi/linux/wireguard.h), split over as many messages as it
 * takes. The socket must have been opened in the link's namespace, with CAP_NET_ADMIN there and in
 * the one where the link's UDP socket lives (wg_set_device).
 */
#ifndef HOOK_WIREGUARD_H
#define HOOK_WIREGUARD_H

#include <stdint.h>

#include "netlink.h"
#include "tunnel.h"

/*
 * Keys, port (host order, 0: any), the mark of encrypted packets (0: none) and peers, onto a link
 * that is down and has none: nothing is transactional, a failure leaves what went before it. Every
 * peer with a host has its address by now. With CALL, each of
 * these is called as soon as the link is up, by a keepalive of peer_calling_keepalive() (wg_open,
 * drivers/net/wireguard/device.c), until wireguard_calm() sets it to what the file says.
 */
int wireguard_configure(struct netlink *genl, int index, const struct tunnel *tunnel, uint16_t port,
			uint32_t mark, bool call, struct err *err);
int wireguard_calm(struct netlink *genl, int index, const struct tunnel *tunnel, struct err *err);

/* Asks the link INDEX for all it has, a dump; FORGET as netlink_dump(). Keys are in what comes. */
int wireguard_dump(struct netlink *genl, int index, netlink_answer *take,
		   void (*forget)(void *context), void *context, struct err *err);

/* Sets ANSWERED[i] for each peer i of TUNNEL that a handshake was made with. */
int wireguard_handshakes(struct netlink *genl, int index, const struct tunnel *tunnel,
			 bool *answered, struct err *err);

/* The port (host order) of the link's socket, and the mark of what that sends. */
int wireguard_socket(struct netlink *genl, int index, uint16_t *port, uint32_t *mark,
		     struct err *err);

/* Host order; 0 lets the kernel choose. */
int wireguard_set_port(struct netlink *genl, int index, uint16_t port, struct err *err);

#endif /* HOOK_WIREGUARD_H */
