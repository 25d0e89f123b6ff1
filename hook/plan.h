/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ordered steps from a request to a container behind its tunnel, as plain data: what apply.h
 * carries out, and what plan_print() shows as the lines a person could type instead.
 *
 * The order is the safety: the guard, rules from the terminal one upward, then the link, so that
 * however few of the steps are done, nothing leaves outside the tunnel that would not have before.
 */
#ifndef HOOK_PLAN_H
#define HOOK_PLAN_H

#include <stdint.h>
#include <stdio.h>

#include "request.h"
#include "rtnl.h"
#include "ruleset.h"

/* The table T of the tunnel's routes, unless the file names another (Table = N). */
#define PLAN_TABLE 51820

/*
 * The preference of two rules, "unreachable" to everything, that are there while a half-made
 * network of ours is remade: before all of the plan's.
 */
#define PLAN_CLOSED 90

enum step_kind {
	STEP_GUARD, /* the plan's ruleset, whole */
	STEP_RULE,
	STEP_SYSCTL,
	STEP_LINK, /* with the request's interface and mtu; in the container, but for AmneziaWG */
	STEP_WIREGUARD, /* keys, port and peers of the request's tunnel */
	STEP_ADDRESS,
	STEP_UP,
	STEP_ROUTES, /* by the link, in the plan's table */
	STEP_HANDSHAKE, /* the first ones are waited for */
	STEP_RESOLV, /* the plan's resolv.conf, over the container's */
	STEP_ANCHOR, /* without that, a mount for its own sake (anchor.h) */
	STEP_ALIAS, /* the record that all before it is done */
};

struct sysctl {
	uint8_t family; /* AF_INET6: left out where the kernel has no IPv6 */
	char value; /* '0' or '1' */
	signed char number; /* its place in plan_sysctls; -1: the link's own, which goes with it */
	char path[64]; /* below /proc/sys */
};

/* The namespace's own, so that the replies of a published port find their way by their mark. */
#define PLAN_SYSCTLS 4

extern const struct sysctl plan_sysctls[PLAN_SYSCTLS];

struct step {
	enum step_kind kind;
	union {
		struct rule rule;
		struct sysctl sysctl;
		struct prefix address;
		struct {
			uint8_t family;
			const struct prefix *prefixes; /* the plan's */
			size_t count;
		} routes;
	};
};

struct plan {
	const struct request *request; /* the caller's, must outlive the plan */
	struct step *steps;
	size_t count;
	uint32_t table;
	struct ruleset ruleset; /* with a STEP_GUARD */
	struct prefix *routes;
	char *resolv; /* a resolv.conf's text, NULL without STEP_RESOLV */
	char alias[RTNL_ALIAS_ROOM]; /* as far as the digest (alias.h) */
};

/* On success *plan owns memory: plan_free(). Fails for want of memory alone. */
int plan_build(const struct request *request, struct plan *plan, struct err *err);
void plan_free(struct plan *plan);

/*
 * The guard's table for nft(8), then one line of ip(8), sysctl(8) or wg(8) a step (of "wg set" one
 * a peer), private and preshared keys as "(hidden)"; the container's namespace is called
 * "container". AmneziaWG's link is amneziawg-go's, in the host's namespace: STEP_WIREGUARD has
 * awg(8)'s lines for it, and last the one that moves it. A mount over resolv.conf, which is no line
 * to type, shows as a comment that holds the file.
 */
void plan_print(const struct plan *plan, FILE *out);

/* One step as that line, cut to SIZE bytes: for messages. */
void step_describe(const struct plan *plan, const struct step *step, char *out, size_t size);

/* The same of a rule that is in no plan. */
void rule_describe(const struct rule *rule, char *out, size_t size);

#endif /* HOOK_PLAN_H */
