/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan, and what became of it. */
#include "verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cleanup.h"
#include "differences.h"
#include "guard_compare.h"
#include "netns.h"
#include "plan.h"
#include "view.h"
#include "wireguard.h"

/* What is in one list alone is told as the line that makes it. */

static void rule_words(const void *rule, const void *plan, char *out, size_t size)
{
	const struct step step = { .kind = STEP_RULE, .rule = *(const struct rule *)rule };

	step_describe(plan, &step, out, size);
}

static void address_words(const void *address, const void *plan, char *out, size_t size)
{
	const struct step step = { .kind = STEP_ADDRESS,
				   .address = *(const struct prefix *)address };

	step_describe(plan, &step, out, size);
}

static void route_words(const void *route, const void *plan, char *out, size_t size)
{
	const struct prefix *prefix = route;
	const struct step step = { .kind = STEP_ROUTES, .routes = { prefix->family, prefix, 1 } };

	step_describe(plan, &step, out, size);
}

static int compare_rules(const struct view *view, const struct plan *plan, struct err *err)
{
	const struct difference_kind kind = { sizeof(struct rule), rule_compare, rule_words, plan,
					      "" };
	cleanup_free struct rule *wanted = calloc(plan->count, sizeof(*wanted));
	size_t count = 0;

	if (!wanted)
		return fail(err, "out of memory");
	for (size_t i = 0; i < plan->count; i++) {
		const struct step *step = &plan->steps[i];

		if (step->kind == STEP_RULE && (view->ipv6 || step->rule.family == AF_INET))
			wanted[count++] = step->rule;
	}
	differences_tell(&kind, wanted, count, view->rules, view->rules_count, view->wrong);
	return 0;
}

static int compare_addresses(struct view *view, const struct plan *plan, struct err *err)
{
	const struct difference_kind kind = { sizeof(struct prefix), prefix_compare, address_words,
					      plan, "" };
	cleanup_free struct prefix *wanted = calloc(plan->count, sizeof(*wanted));
	cleanup_free struct prefix *held = NULL;
	size_t count = 0, held_count;

	if (!wanted)
		return fail(err, "out of memory");
	for (size_t i = 0; i < plan->count; i++) {
		const struct step *step = &plan->steps[i];

		if (step->kind == STEP_ADDRESS && (view->ipv6 || step->address.family == AF_INET))
			wanted[count++] = step->address;
	}
	if (addresses_list(&view->route, view->link.index, &held, &held_count, err) < 0)
		return fail_in(err, "addresses");
	differences_tell(&kind, wanted, count, held, held_count, view->wrong);
	return 0;
}

static const struct step *find_routes(const struct plan *plan, uint8_t family)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->steps[i].kind == STEP_ROUTES && plan->steps[i].routes.family == family)
			return &plan->steps[i];
	return NULL;
}

static int compare_routes(struct view *view, const struct plan *plan, uint8_t family,
			  struct err *err)
{
	const struct difference_kind kind = { sizeof(struct prefix), prefix_compare, route_words,
					      plan, "" };
	const struct step *step = find_routes(plan, family);
	size_t count = step ? step->routes.count : 0, held_count, others;
	cleanup_free struct prefix *wanted = calloc(count + 1, sizeof(*wanted));
	cleanup_free struct prefix *held = NULL;

	if (!wanted)
		return fail(err, "out of memory");
	if (step)
		memcpy(wanted, step->routes.prefixes, count * sizeof(*wanted));
	if (routes_list(&view->route, family, view->link.index, plan->table, &held, &held_count,
			&others, err) < 0)
		return fail_in(err, "routes");
	differences_tell(&kind, wanted, count, held, held_count, view->wrong);
	if (others)
		warn(view->wrong, "surplus: routes of protocol %d that lead elsewhere, IPv%c: %zu",
		     RTNL_PROTOCOL, family == AF_INET ? '4' : '6', others);
	return 0;
}

/* The one that the request names, if ours is that. */
static void find_link(struct view *view, const char *interface)
{
	if (view->link.index && strcmp(view->link.name, interface) == 0)
		return;
	warn(view->wrong, "missing: link %s", interface);
	if (view->link.index)
		warn(view->wrong, "surplus: link %s, for tunnel '%s'", view->link.name,
		     view->alias.tunnel);
	view->link = (struct link){ 0 };
}

static int compare_link(struct view *view, const struct plan *plan, struct err *err)
{
	const struct tunnel *tunnel = &plan->request->tunnel;
	const struct link *link = &view->link;

	view_check_link(view);
	if (view->finished && !alias_matches(link->alias, plan->alias))
		warn(view->wrong,
		     "changed: link %s is for tunnel '%s' with other settings or another file",
		     link->name, view->alias.tunnel);
	if (tunnel->mtu && link->mtu != tunnel->mtu)
		warn(view->wrong, "changed: link %s has an MTU of %u, not %u", link->name,
		     link->mtu, tunnel->mtu);
	if (amnezia_used(&tunnel->amnezia) && link->kernel)
		warn(view->wrong, "changed: link %s is WireGuard's, not AmneziaWG's", link->name);
	else if (view_check_peers(view, tunnel, err) < 0)
		return -1;
	return compare_addresses(view, plan, err);
}

/* Addresses and routes are gone with the link; those of IPv6 never were where its MTU is small. */
static int compare_with_link(struct view *view, const struct plan *plan, struct err *err)
{
	if (!view->link.index)
		return 0;
	if (compare_link(view, plan, err) < 0 || compare_routes(view, plan, AF_INET, err) < 0)
		return -1;
	return view_has_ipv6(view) ? compare_routes(view, plan, AF_INET6, err) : 0;
}

static int compare_sysctls(const struct view *view, const struct plan *plan, struct err *err)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct sysctl *sysctl = &plan->steps[i].sysctl;

		if (plan->steps[i].kind != STEP_SYSCTL ||
		    (sysctl->family == AF_INET6 && !view->ipv6) ||
		    (sysctl->number < 0 && !view_has_ipv6(view)))
			continue;
		if (view_check_sysctl(view, sysctl->path, sysctl->value, err) < 0)
			return -1;
	}
	return 0;
}

/* Whether the kernel could guard frames when the guard was made, the alias tells. */
static int compare_guard(const struct view *view, const struct plan *plan, struct err *err)
{
	const struct shape *shape = &view->alias.shape;
	bool frames = shape->known ? shape->frames_rules > 0 : view->guard.netdev.found;

	if (plan->request->killswitch == KILLSWITCH_ON)
		return guard_compare(&view->guard, &plan->ruleset, frames, view->wrong, err);
	if (view->guard.inet.found)
		warn(view->wrong, "surplus: nft table inet " RULESET_TABLE);
	return 0;
}

static int compare_plan(struct view *view, const struct plan *plan, struct err *err)
{
	find_link(view, plan->request->interface);
	if (compare_guard(view, plan, err) < 0 || compare_rules(view, plan, err) < 0 ||
	    compare_sysctls(view, plan, err) < 0 || compare_with_link(view, plan, err) < 0)
		return -1;
	return view_check_mount(view, plan->resolv, plan->resolv, err);
}

/* Of encrypted packets that leave by the container's network the guard lets out the link's alone.
 */
static int take_socket(struct view *view, struct request *request, struct err *err)
{
	const struct link *link = &view->link;
	uint32_t mark;
	uint16_t port;

	if (request->socket != SOCKET_CONTAINER || !link->index || !link->kernel)
		return 0;
	if (wireguard_socket(&view->genl, link->index, &port, &mark, err) < 0)
		return fail_in(err, "link %s", link->name);
	if (!request->tunnel.listen_port)
		request->port = port;
	if (mark != RULESET_ENCRYPTED_MARK)
		warn(view->wrong, "changed: link %s marks with %#x, not %#x", link->name, mark,
		     RULESET_ENCRYPTED_MARK);
	return 0;
}

/* With it all steps of IPv6 are planned; which there could be, the link's own MTU tells. */
#define ANY_MTU 1280

int verify_request(struct request *request, int netns, const struct mntns *mntns,
		   struct findings *findings, struct err *err)
{
	cleanup(view_close) struct view view = { .mntns = mntns, .wrong = &findings->lines };
	cleanup(plan_free) struct plan plan = { 0 };
	struct whole whole = { .full = request->full,
			       .guard = request->killswitch == KILLSWITCH_ON,
			       .note = "" };
	bool bare;

	if (!request->mtu)
		request->mtu = ANY_MTU;
	if (view_open(&view, netns, NETNS_LOCK_SECONDS + request->handshake, err) < 0 ||
	    view_is_bare(&view, &bare, err) < 0)
		return -1;
	if (bare)
		return 0;
	if (take_socket(&view, request, err) < 0 || plan_build(request, &plan, err) < 0 ||
	    compare_plan(&view, &plan, err) < 0)
		return -1;
	whole.dns = plan.resolv;
	return view_finish(&view, &whole, &findings->complete, err);
}
