/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The packet policy: which rules, routes and sysctls a request amounts to, and in which order. */
#include "plan.h"

#include <ctype.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "alias.h"
#include "text.h"

/* Lower is asked first. 0 is the kernel's local table, 32766 its main table. */
enum preference {
	PREFERENCE_MARK = 100,
	PREFERENCE_MARK_TWIN = 101,
	PREFERENCE_ENCRYPTED = 102,
	PREFERENCE_ENCRYPTED_TWIN = 103,
	PREFERENCE_DNS = 110,
	PREFERENCE_DNS_TWIN = 111,
	PREFERENCE_BYPASS = 120,
	PREFERENCE_BYPASS_TWIN = 121,
	PREFERENCE_MAIN = 130,
	PREFERENCE_TUNNEL = 140,
	PREFERENCE_TERMINAL = 150,
};

/* A file may name one twice; the kernel refuses the second. */
static bool came_before(const struct prefix *addresses, size_t number)
{
	for (size_t i = 0; i < number; i++)
		if (prefix_compare(&addresses[i], &addresses[number]) == 0)
			return true;
	return false;
}

static const uint8_t families[] = { AF_INET, AF_INET6 };

#define NO_PREFIX ((struct prefix){ 0 })

/* plan_build() has counted them: there is room. */
static struct step *add_step(struct plan *plan, enum step_kind kind)
{
	struct step *step = &plan->steps[plan->count++];

	*step = (struct step){ .kind = kind };
	return step;
}

static struct rule *add_rule(struct plan *plan, uint8_t family, uint32_t preference,
			     enum rule_action action, struct prefix to)
{
	struct rule *rule = &add_step(plan, STEP_RULE)->rule;

	*rule = (struct rule){
		.family = family,
		.preference = preference,
		.action = action,
		.table = RT_TABLE_MAIN,
		.suppress = -1,
		.to = to,
	};
	return rule;
}

/*
 * A rule, not an unreachable route: for a socket bound to another link IPv6 passes such a route
 * over and goes on to main's default (rt6_score_route, net/ipv6/route.c). With it last, a default
 * route that an engine adds to main later is never reached, and a link that is down or gone leaves
 * nothing but "unreachable".
 */
static void add_terminal_rules(struct plan *plan)
{
	for (size_t i = 0; i < 2; i++)
		add_rule(plan, families[i], PREFERENCE_TERMINAL, RULE_UNREACHABLE, NO_PREFIX);
}

static void add_tunnel_rules(struct plan *plan)
{
	for (size_t i = 0; i < 2; i++)
		add_rule(plan, families[i], PREFERENCE_TUNNEL, RULE_LOOKUP, NO_PREFIX)->table =
			plan->table;
}

/*
 * Networks of the container's own stay reachable, and an engine that asks for the way to its
 * gateway is told. Not only a default is passed over: 0.0.0.0/1, or IPv6's 2000::/3, stands for
 * one where somebody wants traffic past the tunnel (CVE-2024-3661).
 */
static void add_main_rules(struct plan *plan)
{
	for (size_t i = 0; i < 2; i++)
		add_rule(plan, families[i], PREFERENCE_MAIN, RULE_LOOKUP, NO_PREFIX)->suppress =
			families[i] == AF_INET ? 7 : 6;
}

static void add_bypass_rule(struct plan *plan, const struct bypass *bypass, uint32_t preference,
			    enum rule_action action)
{
	struct rule *rule =
		add_rule(plan, bypass->prefix.family, preference, action, bypass->prefix);

	rule->protocol = bypass->protocol;
	rule->port = bypass->port;
}

/* Each with a twin: where main has no route, a bypassed packet would go on to the tunnel. */
static void add_bypass_rules(struct plan *plan)
{
	const struct request *request = plan->request;

	for (size_t i = 0; i < request->bypass_count; i++) {
		const struct bypass *bypass = &request->bypass[i];

		add_bypass_rule(plan, bypass, PREFERENCE_BYPASS_TWIN, RULE_UNREACHABLE);
		add_bypass_rule(plan, bypass, PREFERENCE_BYPASS, RULE_LOOKUP);
	}
}

/* Pinned servers have a twin: with the link gone, a bypass or such a network would be asked. */
static void add_dns_rules(struct plan *plan)
{
	const struct names *names = request_names(plan->request);

	for (size_t i = 0; i < names->servers_count; i++) {
		const struct prefix *server = &names->servers[i];

		if (!request_is_pinned(plan->request, server) || came_before(names->servers, i))
			continue;
		if (plan->request->killswitch != KILLSWITCH_OFF)
			add_rule(plan, server->family, PREFERENCE_DNS_TWIN, RULE_UNREACHABLE,
				 *server);
		add_rule(plan, server->family, PREFERENCE_DNS, RULE_LOOKUP, *server)->table =
			plan->table;
	}
}

/* Table = off is with killswitch 'off' alone. */
static bool has_guard(const struct request *request)
{
	return request->killswitch == KILLSWITCH_ON;
}

static void add_mark_rules(struct plan *plan, uint32_t mark, enum preference lookup,
			   enum preference twin)
{
	for (size_t i = 0; i < 2; i++)
		add_rule(plan, families[i], twin, RULE_UNREACHABLE, NO_PREFIX)->mark = mark;
	for (size_t i = 0; i < 2; i++)
		add_rule(plan, families[i], lookup, RULE_LOOKUP, NO_PREFIX)->mark = mark;
}

/*
 * Before all others. By the main table go replies of published ports, which the guard marks, to
 * where their requests came from: a client may be anywhere. Without the guard that mark would be a
 * way out for whoever has CAP_NET_RAW. And encrypted packets, which the link marks, go that way
 * where its socket is the container's: in the tunnel they would go round and round.
 */
static void add_rules_of_marks(struct plan *plan)
{
	if (plan->request->socket == SOCKET_CONTAINER)
		add_mark_rules(plan, RULESET_ENCRYPTED_MARK, PREFERENCE_ENCRYPTED,
			       PREFERENCE_ENCRYPTED_TWIN);
	if (has_guard(plan->request))
		add_mark_rules(plan, RULESET_MARK, PREFERENCE_MARK, PREFERENCE_MARK_TWIN);
}

static void add_rules(struct plan *plan)
{
	if (plan->request->tunnel.table == TUNNEL_TABLE_OFF)
		return;
	if (plan->request->full && plan->request->killswitch != KILLSWITCH_OFF)
		add_terminal_rules(plan);
	add_tunnel_rules(plan);
	add_main_rules(plan);
	add_bypass_rules(plan);
	add_dns_rules(plan);
	add_rules_of_marks(plan);
}

/* Linux, Documentation/networking/ip-sysctl.rst; the first is of both families. */
const struct sysctl plan_sysctls[PLAN_SYSCTLS] = {
	{ AF_INET, '1', 0, "net/ipv4/tcp_fwmark_accept" },
	{ AF_INET, '1', 1, "net/ipv4/fwmark_reflect" },
	{ AF_INET6, '1', 2, "net/ipv6/fwmark_reflect" },
	{ AF_INET, '1', 3, "net/ipv4/conf/all/src_valid_mark" },
};

static void add_sysctls(struct plan *plan)
{
	if (plan->request->tunnel.table == TUNNEL_TABLE_OFF)
		return;
	for (size_t i = 0; i < PLAN_SYSCTLS; i++)
		add_step(plan, STEP_SYSCTL)->sysctl = plan_sysctls[i];
}

/* Below IPv6's least MTU the kernel gives a link no IPv6 at all (addrconf_notify). */
static bool has_ipv6(const struct request *request)
{
	return request->mtu >= 1280;
}

/* Where an engine switched IPv6 off for all links, it stays off but for the tunnel's. */
static void add_ipv6_on(struct plan *plan)
{
	struct sysctl *sysctl = &add_step(plan, STEP_SYSCTL)->sysctl;

	*sysctl = (struct sysctl){ .family = AF_INET6, .value = '0', .number = -1 };
	snprintf(sysctl->path, sizeof(sysctl->path), "net/ipv6/conf/%s/disable_ipv6",
		 plan->request->interface);
}

static void add_link(struct plan *plan)
{
	const struct tunnel *tunnel = &plan->request->tunnel;

	add_step(plan, STEP_LINK);
	add_step(plan, STEP_WIREGUARD);
	if (has_ipv6(plan->request))
		add_ipv6_on(plan);
	for (size_t i = 0; i < tunnel->addresses_count; i++)
		if (!came_before(tunnel->addresses, i))
			add_step(plan, STEP_ADDRESS)->address = tunnel->addresses[i];
	add_step(plan, STEP_UP);
}

/*
 * All that belongs into table T. Full: a default in both families, since WireGuard itself refuses
 * what no peer carries. Split: what the peers carry, and the networks of the link's own addresses,
 * whose routes the kernel was told not to make.
 */
static size_t list_routes(const struct request *request, struct prefix *routes)
{
	const struct tunnel *tunnel = &request->tunnel;
	size_t count = 0;

	if (tunnel->table == TUNNEL_TABLE_OFF)
		return 0;
	if (request->full) {
		routes[count++] = (struct prefix){ .family = AF_INET };
		routes[count++] = (struct prefix){ .family = AF_INET6 };
		return count;
	}
	for (; count < request->carried_count; count++)
		routes[count] = request->carried[count];
	for (size_t i = 0; i < tunnel->addresses_count; i++)
		if (tunnel->addresses[i].length < family_bits(tunnel->addresses[i].family))
			routes[count++] = prefix_network(tunnel->addresses[i]);
	return prefixes_reduce(routes, count);
}

static void add_routes(struct plan *plan)
{
	size_t count = list_routes(plan->request, plan->routes), first = 0;

	while (first < count) {
		struct step *step;
		size_t end = first;

		if (plan->routes[first].family == AF_INET6 && !has_ipv6(plan->request))
			break; /* the last, for they are sorted */
		step = add_step(plan, STEP_ROUTES);
		while (end < count && plan->routes[end].family == plan->routes[first].family)
			end++;
		step->routes.family = plan->routes[first].family;
		step->routes.prefixes = plan->routes + first;
		step->routes.count = end - first;
		first = end;
	}
}

/*
 * The tunnel's name, cut where the alias would have no room; what is no letter of such a name
 * becomes '_', for a file that check or attach was given may be called anything.
 */
static void copy_name(const struct request *request, char name[static ALIAS_NAME_ROOM])
{
	snprintf(name, ALIAS_NAME_ROOM, "%s", request->name);
	for (char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("_.+=-", *c))
			*c = '_';
}

static int add_resolv(struct plan *plan, struct err *err)
{
	const struct names *names = request_names(plan->request);
	char name[ALIAS_NAME_ROOM];
	struct text text = { 0 };
	FILE *out;

	if (!names->servers_count) {
		add_step(plan, STEP_ANCHOR);
		return 0;
	}
	out = text_open(&text);
	if (!out)
		return fail(err, "out of memory");
	copy_name(plan->request, name);
	fprintf(out, "# Mounted by oci-wireguard, for tunnel %s\n", name);
	names_print(names, out);
	plan->resolv = text_close(&text, out, NULL);
	if (!plan->resolv)
		return fail(err, "out of memory");
	add_step(plan, STEP_RESOLV);
	return 0;
}

static void add_alias(struct plan *plan)
{
	char name[ALIAS_NAME_ROOM];

	add_step(plan, STEP_ALIAS);
	copy_name(plan->request, name);
	snprintf(plan->alias, sizeof(plan->alias), ALIAS_START "%s %016llx", name,
		 (unsigned long long)request_digest(plan->request));
}

/* The first step: what no rule of routing can hold, a socket bound to another link. */
static int add_guard(struct plan *plan, struct err *err)
{
	add_step(plan, STEP_GUARD);
	return ruleset_build(plan->request, &plan->ruleset, err);
}

int plan_build(const struct request *request, struct plan *plan, struct err *err)
{
	const struct tunnel *tunnel = &request->tunnel;
	struct plan built = {
		.request = request,
		.table = tunnel->table == TUNNEL_TABLE_NUMBER ? tunnel->table_number : PLAN_TABLE,
	};
	/* The guard, 14 rules, five sysctls, two steps of routes, link, WireGuard, up, handshake,
	 * resolv.conf or anchor, alias; and the lists.
	 */
	size_t steps = 28 + 2 * request->bypass_count + 2 * request_names(request)->servers_count +
		       tunnel->addresses_count;

	built.steps = calloc(steps, sizeof(*built.steps));
	built.routes =
		calloc(request->carried_count + tunnel->addresses_count + 2, sizeof(*built.routes));
	if (!built.steps || !built.routes) {
		plan_free(&built);
		return fail(err, "out of memory");
	}
	if (has_guard(request) && add_guard(&built, err) < 0) {
		plan_free(&built);
		return -1;
	}
	add_rules(&built);
	add_sysctls(&built);
	add_link(&built);
	add_routes(&built);
	if (request->handshake)
		add_step(&built, STEP_HANDSHAKE);
	if (add_resolv(&built, err) < 0) {
		plan_free(&built);
		return -1;
	}
	add_alias(&built);
	*plan = built;
	return 0;
}

void plan_free(struct plan *plan)
{
	ruleset_free(&plan->ruleset);
	free(plan->steps);
	free(plan->routes);
	free(plan->resolv);
	*plan = (struct plan){ 0 };
}
