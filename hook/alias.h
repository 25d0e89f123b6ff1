/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The link's alias, the record that all is done:
 *
 *   oci-wireguard TUNNEL DIGEST full rules=16 guard=41/52/3 dns sysctls=f
 *
 * DIGEST is of what was asked for (request_digest); what follows it is the shape of what was made,
 * by which it is known to be whole where nobody says what was asked for. Pure.
 */
#ifndef HOOK_ALIAS_H
#define HOOK_ALIAS_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "rtnl.h"

#define ALIAS_START "oci-wireguard "

/* So much of a tunnel's name that all of the rest has room; the NUL included. */
#define ALIAS_NAME_ROOM 161

struct shape {
	bool known; /* older versions did not record it, nor does a plan that is typed */
	bool full;
	size_t rules; /* of ip-rule(8), both families' */
	size_t guard_rules, guard_elements; /* of its table inet: 0 without a guard */
	size_t frames_rules; /* of its table netdev, likewise */
	bool dns; /* a resolv.conf is mounted over each container's own */
	unsigned int sysctls; /* which of plan_sysctls were changed, as bits; of any version */
};

struct alias {
	char tunnel[RTNL_ALIAS_ROOM];
	struct shape shape;
};

/* PREFIX is the alias as far as the digest, SHAPE what follows, for ever known. */
int alias_format(const char *prefix, const struct shape *shape, char out[static RTNL_ALIAS_ROOM],
		 struct err *err);

/* False, and *alias untouched, when TEXT is none of ours. Words that are unknown are passed over.
 */
bool alias_parse(const char *text, struct alias *alias);

/* Whether TEXT begins with PREFIX, as far as the digest. */
bool alias_matches(const char *text, const char *prefix);

#endif /* HOOK_ALIAS_H */
