/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tunnel's link, and the sockets by which it is made: by the kernel, or, where that has no
 * WireGuard and for AmneziaWG, by a daemon (userspace.h), whose link is moved into the container.
 *
 * A daemon is for SOCKET_HOST alone: its sockets, and it, would keep the container's namespace
 * alive when nobody else is left in it, and nothing would ever end it.
 */
#ifndef HOOK_DEVICE_H
#define HOOK_DEVICE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "netlink.h"
#include "request.h"
#include "userspace.h"

struct device {
	const struct request *request; /* the caller's, as is what follows */
	struct warnings *warnings;
	int netns; /* the container's */

	struct netlink host; /* rtnetlink, in the host's namespace; with SOCKET_HOST */
	struct netlink route; /* rtnetlink, in the container's */
	struct netlink genl; /* generic netlink, in the container's */
	bool ipv6; /* the kernel has it */
	int index; /* of the link in the container, 0 until known */
	char created[IFNAMSIZ]; /* the name the kernel was asked for, "" before that */
	uint16_t port; /* host order, 0: any */
	struct userspace daemon;
};

/*
 * Opens the sockets, and moves the thread from the host's namespace into the container's for good.
 * *device has request, warnings and netns; device_close() is due whatever comes of it.
 */
int device_open(struct device *device, struct err *err);

/* Ends a daemon too that was not kept. */
void device_close(struct device *device);

/* Makes the link: with a daemon it is still the host's afterwards. */
int device_create(struct device *device, struct err *err);

/* Keys, port and peers; a daemon's link is in the container afterwards. */
int device_configure(struct device *device, struct err *err);

int device_up(struct device *device, struct err *err);

/*
 * Waits until a handshake was made with every peer that has an Endpoint, request->handshake seconds
 * at most. A signal that asks the process to end, blocked meanwhile, ends the wait.
 */
int device_wait_handshakes(struct device *device, struct err *err);

/* All is done: a daemon lives as long as its link from now on. Failing, it is ended. */
int device_keep(struct device *device, struct err *err);

/* Takes back what device_create() did, whether or not it succeeded; ROUTE is a fresh socket. */
int device_remove(struct device *device, struct netlink *route, struct err *err);

#endif /* HOOK_DEVICE_H */
