/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What there is of ours in a container's network namespace, and what is wrong with it whether or
 * not it is known what was asked for. verify.h has the two forms of asking.
 */
#ifndef HOOK_VIEW_H
#define HOOK_VIEW_H

#include <stdbool.h>

#include "alias.h"
#include "guard_held.h"
#include "mntns.h"
#include "rtnl_list.h"
#include "tunnel.h"

struct view {
	const struct mntns *mntns; /* the caller's; NULL: there can be no mount */
	struct warnings *wrong; /* likewise */

	struct netlink route, genl; /* in the container */
	bool ipv6; /* the kernel has it */
	struct link link; /* ours; index 0: there is none */
	bool finished; /* it has an alias: */
	struct alias alias;
	struct rule *rules; /* ours, of both families */
	size_t rules_count;
	struct guard_held guard;
};

/*
 * Moves the thread into NETNS, once its lock has come, within SECONDS, and looks. *view has mntns
 * and wrong; view_close() is due whatever comes of it.
 */
int view_open(struct view *view, int netns, unsigned int seconds, struct err *err);
void view_close(struct view *view);

/* *bare: there is nothing of ours, which one line says. */
int view_is_bare(const struct view *view, bool *bare, struct err *err);

/* Below IPv6's least MTU the kernel gives a link no IPv6 at all (addrconf_notify). */
bool view_has_ipv6(const struct view *view);

/* These tell what is wrong. */

/* The link is up, and made by who finished it. */
void view_check_link(const struct view *view);

/* Of a link of the kernel's, as peers_compare(): which socket is a daemon's, nobody knows any more.
 */
int view_check_peers(struct view *view, const struct tunnel *tunnel, struct err *err);

int view_check_sysctl(const struct view *view, const char *path, char value, struct err *err);

/* The mount over resolv.conf, with TEXT unless that is NULL; without DNS the anchor. */
int view_check_mount(const struct view *view, bool dns, const char *text, struct err *err);

/* Where nothing is wrong: what is complete. */
struct whole {
	int full; /* -1: nobody knows */
	bool guard, dns;
	const char *note; /* comes last; "" */
};

/* A line that says so, if nothing was wrong; *complete is whether that is so. */
int view_finish(const struct view *view, const struct whole *whole, bool *complete,
		struct err *err);

#endif /* HOOK_VIEW_H */
