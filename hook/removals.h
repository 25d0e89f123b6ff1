/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A part of tunnel_parse(): "AllowedIPs = -PREFIX", which takes away what was given. Pure. */
#ifndef HOOK_REMOVALS_H
#define HOOK_REMOVALS_H

#include <stdbool.h>
#include <stddef.h>

#include "ip.h"
#include "tunnel.h"

/* Takes PREFIX out of the first BEFORE of the peer whose [Peer] is LINE. */
struct removal {
	unsigned int line;
	struct prefix prefix;
	size_t before;
};

struct removals {
	struct removal *removal;
	size_t count;
};

/* Of what PEER has so far. False without memory, and *removals is as it was. */
bool removals_add(struct removals *removals, const struct peer *peer, const struct prefix *prefix);

/* Once all is read: orders *removals, and changes the peers of *tunnel. O(n log n). */
void removals_apply(struct removals *removals, struct tunnel *tunnel);

void removals_free(struct removals *removals);

#endif /* HOOK_REMOVALS_H */
