/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Links, addresses, routes and rules. The only user of libnl, which builds the messages; netlink.h
 * carries them, since libnl folds errnos together and drops the kernel's words.
 *
 * Every function takes the rtnetlink socket whose namespace it acts on, makes one round trip, and
 * leaves the kernel as it was when it refuses (err->number is the errno then).
 */
#ifndef HOOK_RTNL_H
#define HOOK_RTNL_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "ip.h"
#include "netlink.h"

/*
 * FRA_PROTOCOL and RTA_PROTOCOL of what is ours, to know it by: a number that iproute2's rt_protos
 * and the kernel's rtnetlink.h leave free.
 */
#define RTNL_PROTOCOL 119

/*
 * The group of a link of ours (IFLA_GROUP): it has it from the moment it exists, so that one that
 * was left half-made is known for ours too. Groups mean nothing to the kernel.
 */
#define RTNL_GROUP 119

#define RTNL_ALIAS_ROOM 256 /* IFALIASZ, the NUL included */

enum rule_action {
	RULE_LOOKUP,
	RULE_UNREACHABLE,
};

struct rule {
	uint8_t family; /* AF_INET or AF_INET6 */
	uint32_t preference; /* lower is asked first */
	enum rule_action action;
	uint32_t table; /* of RULE_LOOKUP */
	int suppress; /* the longest prefix length that is passed over; -1: none is */
	struct prefix to; /* family 0: every destination */
	uint8_t protocol; /* IPPROTO_TCP or IPPROTO_UDP (Linux 4.17); 0: any, and any port */
	uint16_t port; /* the destination's, host order */
	uint32_t mark; /* 0: any */
	bool more; /* of one that was found: it says more than this, and is none of ours */
};

struct link {
	int index;
	bool ours; /* of RTNL_GROUP, and WireGuard's or a daemon's (TUN) */
	bool kernel; /* the former */
	bool up;
	unsigned int mtu; /* bytes */
	char name[IFNAMSIZ];
	char alias[RTNL_ALIAS_ROOM];
};

/* *found is false when no link has that name, which is no failure. */
int link_get(struct netlink *rtnl, const char *name, struct link *link, bool *found,
	     struct err *err);

/*
 * Creates a WireGuard link of RTNL_GROUP in the namespace behind the descriptor NETNS, while its
 * UDP socket will live in the namespace of the socket RTNL: rtnl_newlink_create
 * (net/core/rtnetlink.c) hands the sender's namespace to wg_newlink. NAME may end in "%d". Before
 * Linux 6.14.9 the kernel looks for an existing NAME in the sender's namespace, so that EEXIST may
 * mean a link of the host's.
 */
int link_add_wireguard(struct netlink *rtnl, int netns, const char *name, unsigned int mtu,
		       struct err *err);

/*
 * Moves the link INDEX, which is down, into the namespace behind the descriptor NETNS, where it is
 * called NAME, has MTU and is of RTNL_GROUP; its index may be another there. With IPV6 it makes no
 * address of its own, as a WireGuard link does not. One request (do_setlink, net/core/rtnetlink.c);
 * failing, it may have moved the link already.
 */
int link_move(struct netlink *rtnl, int index, int netns, const char *name, unsigned int mtu,
	      bool ipv6, struct err *err);

int link_rename(struct netlink *rtnl, int index, const char *name, struct err *err);
int link_up(struct netlink *rtnl, int index, struct err *err);
int link_set_alias(struct netlink *rtnl, int index, const char *alias, struct err *err);
int link_delete(struct netlink *rtnl, int index, struct err *err);

/* Without the route that the kernel would add for its prefix (IFA_F_NOPREFIXROUTE). */
int address_add(struct netlink *rtnl, int index, const struct prefix *address, struct err *err);

/*
 * Routes PREFIXES by the link, in TABLE, as many to a message buffer as fit. Of several, the line
 * of a failure begins with the one that was refused.
 */
int routes_add(struct netlink *rtnl, int index, uint32_t table, const struct prefix *prefixes,
	       size_t count, struct err *err);

/* EEXIST when an equal rule is there. */
int rule_add(struct netlink *rtnl, const struct rule *rule, struct err *err);
/* ENOENT when there is none. */
int rule_delete(struct netlink *rtnl, const struct rule *rule, struct err *err);

/*
 * Deletes every rule of FAMILY that bears RTNL_PROTOCOL, the last one (the terminal) last; one of
 * the preference KEPT (0: none) stays.
 */
int rules_delete_ours(struct netlink *rtnl, int family, uint32_t kept, size_t *deleted,
		      struct err *err);

/* A link of ours, one with an alias if there is one. */
int link_find_ours(struct netlink *rtnl, struct link *link, bool *found, struct err *err);

/* Deletes every link of ours; the alias of the last one into ALIAS. */
int links_delete_ours(struct netlink *rtnl, char alias[static RTNL_ALIAS_ROOM], size_t *deleted,
		      struct err *err);

#endif /* HOOK_RTNL_H */
