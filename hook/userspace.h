/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A userspace WireGuard: a program that makes a TUN link, for kernels without WireGuard, and for
 * AmneziaWG. wireguard-go, amneziawg-go and boringtun-cli are alike in what is relied on:
 * "PROGRAM --foreground NAME" makes the link NAME in its own network namespace, opens its UDP
 * sockets there, and listens on NAME.sock below /var/run/wireguard or /var/run/amneziawg. It ends
 * when its link goes, wherever that was moved, so nothing need be stopped later.
 *
 * It has the privilege that its work needs, of what the caller has (needs.h), and cannot gain more.
 *
 * Until userspace_keep() a keeper stands between the two processes: should the caller end in any
 * way, SIGKILL too, the keeper ends the daemon; should the keeper, the caller does. It holds none
 * of the caller's descriptors, and no capability. It and all that is started below it are one
 * process group, and are ended as one. Left behind is what leaves the group (setsid), and a daemon
 * whose keeper and caller are killed at once. (PR_SET_PDEATHSIG would end it then, but also when
 * the keeper has done its work, and only the daemon itself could take that back.)
 */
#ifndef HOOK_USERSPACE_H
#define HOOK_USERSPACE_H

#include <net/if.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "err.h"
#include "tunnel.h"

#define USERSPACE_SECONDS 10 /* how long a daemon may take to start, and for each answer */

struct userspace {
	char program[PATH_MAX];
	char link[IFNAMSIZ]; /* the name of its link until that is moved */
	pid_t keeper; /* 0: nothing was started, or it is kept */
	int line; /* to the keeper */
};

/*
 * The program to start: WANTED (a path, or a name to look for), or with NULL the first of those
 * that can carry TUNNEL. Looked for where root's programs are, not by $PATH.
 */
int userspace_find(const char *wanted, const struct tunnel *tunnel, char program[static PATH_MAX],
		   struct err *err);

/*
 * Starts us->program in the caller's network namespace, with a link name that is nobody else's, and
 * waits until it answers. On failure nothing of it is left.
 */
int userspace_start(struct userspace *us, struct err *err);

/* Keys, port and peers, which may be done once; CALL and the rest as in wireguard.h. */
int userspace_configure(const struct userspace *us, const struct tunnel *tunnel, uint16_t port,
			bool call, struct err *err);
int userspace_calm(const struct userspace *us, const struct tunnel *tunnel, struct err *err);
int userspace_handshakes(const struct userspace *us, const struct tunnel *tunnel, bool *answered,
			 struct err *err);

/* From now on the daemon lives as long as its link. Failing, it is ended. */
int userspace_keep(struct userspace *us, struct err *err);

/* Ends it and waits until it is gone, and its link with it, wherever that is. */
void userspace_stop(struct userspace *us);

#endif /* HOOK_USERSPACE_H */
