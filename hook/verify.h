/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a namespace holds a complete tunnel of ours. Changes nothing.
 *
 * Both functions move the calling thread into the container's network namespace, for good, wait for
 * its lock as a hook would (what another is at work on is not wrong), and need root.
 */
#ifndef HOOK_VERIFY_H
#define HOOK_VERIFY_H

#include <stdbool.h>

#include "err.h"
#include "mntns.h"
#include "request.h"

struct findings {
	/*
	 * A line each thing that is wrong, "missing: ...", "surplus: ..." or "changed: ...", where
	 * it can be as the line that would make it; or one that says what was found.
	 */
	struct warnings lines;
	bool complete; /* the latter */
};

/*
 * What was made, by what its alias says: the link, how many rules there are and that each has its
 * twin, the sysctls, a way in the tunnel's table, what can be counted of the guard and where it
 * hangs, and the mount that a process in MNTNS (NULL: there can be none) sees.
 */
int verify_alone(int netns, const struct mntns *mntns, struct findings *findings, struct err *err);

/*
 * The same beside the plan of REQUEST, one step after the other. What may be another by now is not
 * compared: the addresses that endpoints had, and an MTU that the file does not give; so names need
 * not be resolved before. REQUEST gets an MTU where the file gives none, and its port where that
 * was chosen at random.
 */
int verify_request(struct request *request, int netns, const struct mntns *mntns,
		   struct findings *findings, struct err *err);

#endif /* HOOK_VERIFY_H */
