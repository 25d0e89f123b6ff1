/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guard that the kernel holds beside the one that was made: a line for each thing that is
 * wrong.
 */
#ifndef HOOK_GUARD_COMPARE_H
#define HOOK_GUARD_COMPARE_H

#include "alias.h"
#include "err.h"
#include "guard_held.h"
#include "ruleset.h"

/*
 * Rule by rule and element by element, but for those of the maps. With FRAMES the table netdev was
 * made; without, it is not looked at.
 */
int guard_compare(const struct guard_held *held, const struct ruleset *ruleset, bool frames,
		  struct warnings *wrong, struct err *err);

/* The same where only the SHAPE is known: what can be counted, and where the chains hang. */
void guard_measure(const struct guard_held *held, const struct shape *shape,
		   struct warnings *wrong);

/*
 * The links, by commas, whose frames the table netdev does not see, but for lo and INTERFACE: they
 * came after it was made, or there is none. Cut to SIZE bytes; "" without any.
 */
int guard_blind(const struct guard_held *held, const char *interface, char *out, size_t size,
		struct err *err);

#endif /* HOOK_GUARD_COMPARE_H */
