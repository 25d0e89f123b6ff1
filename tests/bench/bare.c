/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In hook/wireguard.c's place, for a hook that can be measured on a kernel without WireGuard: no
 * message is sent. The link is of another kind (see kind).
 */
#include "wireguard.h"

int wireguard_configure(struct netlink *genl, int index, const struct tunnel *tunnel, uint16_t port,
			uint32_t mark, bool call, struct err *err)
{
	(void)genl, (void)index, (void)tunnel, (void)port, (void)mark, (void)call, (void)err;
	return 0;
}

int wireguard_set_port(struct netlink *genl, int index, uint16_t port, struct err *err)
{
	(void)genl, (void)index, (void)port;
	return fail(err, "no WireGuard");
}

int wireguard_calm(struct netlink *genl, int index, const struct tunnel *tunnel, struct err *err)
{
	(void)genl, (void)index, (void)tunnel;
	return fail(err, "no WireGuard");
}

int wireguard_dump(struct netlink *genl, int index, netlink_answer *take,
		   void (*forget)(void *context), void *context, struct err *err)
{
	(void)genl, (void)index, (void)take, (void)forget, (void)context;
	return fail(err, "no WireGuard");
}

int wireguard_socket(struct netlink *genl, int index, uint16_t *port, uint32_t *mark,
		     struct err *err)
{
	(void)genl, (void)index, (void)port, (void)mark;
	return fail(err, "no WireGuard");
}

int wireguard_handshakes(struct netlink *genl, int index, const struct tunnel *tunnel,
			 bool *answered, struct err *err)
{
	(void)genl, (void)index, (void)tunnel, (void)answered;
	return fail(err, "no WireGuard");
}
