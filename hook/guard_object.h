/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the guard consists of, as libnftnl's objects: guard.c sends them, guard_held.c reads the
 * kernel's. These three are the only users of libnftnl.
 *
 * Each returns NULL for want of memory; the object is the caller's to free.
 */
#ifndef HOOK_GUARD_OBJECT_H
#define HOOK_GUARD_OBJECT_H

#include <libnftnl/chain.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>

#include "ruleset.h"

/* Of no more than a table and a name, for its elements. */
struct nftnl_set *guard_set_name(const struct set_content *content);

/* Described as it is made, without elements. */
struct nftnl_set *guard_set(const struct set_content *content);

/* Without the links of a chain of family netdev. */
struct nftnl_chain *guard_chain(const struct ruleset *ruleset, enum chain number);

struct nftnl_rule *guard_rule(const struct ruleset *ruleset, const struct row *row);

static inline void guard_free_set(struct nftnl_set **set)
{
	if (*set)
		nftnl_set_free(*set);
}

static inline void guard_free_chain(struct nftnl_chain **chain)
{
	if (*chain)
		nftnl_chain_free(*chain);
}

static inline void guard_free_rule(struct nftnl_rule **rule)
{
	if (*rule)
		nftnl_rule_free(*rule);
}

#endif /* HOOK_GUARD_OBJECT_H */
