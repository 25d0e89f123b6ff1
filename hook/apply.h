/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Carries out a plan, wholly or not at all. The only part that changes anything.
 *
 * Both functions move the calling thread into the container's network namespace, for good.
 */
#ifndef HOOK_APPLY_H
#define HOOK_APPLY_H

#include <stdbool.h>

#include "err.h"
#include "plan.h"
#include "cover.h"

/* What came of it. */
struct applied {
	bool made; /* the network is of this run's making: it was not there */
	bool undone; /* after a failure: what was done of it */
};

/*
 * NETNS is the container's namespace; the caller is in the host's, where the UDP socket will live.
 * With SOCKET_CONTAINER, whose socket does not, it may be in the container's already.
 * One hook at a time is let in (netns_lock). For pods run it once a container: where the plan is
 * carried out already, by its digest, only that mount is left to do; where another plan is, or a
 * link that is not ours, it fails and touches nothing. What a hook that was killed left half-made,
 * or a link that went, is remade behind closed doors; failing at that leaves them closed. The mount
 * over resolv.conf, or the anchor, is each container's own: it is made in PLACE. When a
 * step fails, it and all before it are undone, in reverse, on fresh sockets. What was there before
 * stays: a rule that was found, not added, or a sysctl that had its value.
 */
int apply_plan(const struct plan *plan, int netns, const struct cover_place *place,
	       struct warnings *warnings, struct applied *applied, struct err *err);

/*
 * Removes what a finished plan made: the mount in MNTNS (NULL: there can be none),
 * the link, then its rules, the terminal ones last, the guard, then the sysctls that its alias says
 * were changed. *found is whether something of ours was there; after a failure, whether some of it
 * is gone already.
 */
int apply_remove(int netns, const struct mntns *mntns, bool *found, struct err *err);

#endif /* HOOK_APPLY_H */
