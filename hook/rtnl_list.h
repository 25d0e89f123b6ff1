/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a namespace holds of rules, addresses and routes. Nothing of libnl's: what comes is read as
 * it is. Each takes the rtnetlink socket of the namespace; the list is the caller's to free().
 */
#ifndef HOOK_RTNL_LIST_H
#define HOOK_RTNL_LIST_H

#include "rtnl.h"

/* The rules of FAMILY that bear RTNL_PROTOCOL. */
int rules_list(struct netlink *rtnl, uint8_t family, struct rule **rules, size_t *count,
	       struct err *err);

/* For qsort(): by preference and then by all else; rules that no packet could tell apart are equal.
 */
int rule_compare(const void *a, const void *b);

/* The addresses of the link INDEX, with their lengths. */
int addresses_list(struct netlink *rtnl, int index, struct prefix **addresses, size_t *count,
		   struct err *err);

/*
 * The routes of FAMILY that bear RTNL_PROTOCOL and do no more than lead to the link INDEX, in
 * TABLE; *others is how many bear it and do something else.
 */
int routes_list(struct netlink *rtnl, uint8_t family, int index, uint32_t table,
		struct prefix **routes, size_t *count, size_t *others, struct err *err);

#endif /* HOOK_RTNL_LIST_H */
