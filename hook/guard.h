/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guard in the kernel: a ruleset's table, sent as expressions (guard_object.h).
 *
 * Both functions act on the network namespace that the calling thread is in, by a socket of their
 * own, and touch no other table.
 */
#ifndef HOOK_GUARD_H
#define HOOK_GUARD_H

#include <stdbool.h>

#include "err.h"
#include "ruleset.h"

/*
 * Makes the table, with REPLACE in the place of one that is there, in one transaction, so that
 * it guards wholly or not at all, and one that is replaced until then. Failing, nothing of it is
 * left, but where *perhaps is true then: it is for guard_delete(). EEXIST when there is such a
 * table. A kernel that cannot do it is said to be one, with the way out.
 *
 * With it, where the kernel can (egress of the netdev family, Linux 5.16), the table that the
 * links' frames pass: those of all links but lo and the tunnel's, and of eth0 also before there is
 * one (Linux 6.16, nft_netdev_hook_alloc). *frames is whether it was made.
 */
int guard_add(const struct ruleset *ruleset, bool replace, bool *frames, bool *perhaps,
	      struct err *err);

/* Both tables; *found is whether there was one of inet; a kernel without nf_tables has none. */
int guard_delete(bool *found, struct err *err);

#endif /* HOOK_GUARD_H */
