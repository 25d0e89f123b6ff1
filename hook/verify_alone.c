/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An alias, and what it says that was made. */
#include "verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/rtnetlink.h>

#include "cleanup.h"
#include "guard_compare.h"
#include "netns.h"
#include "plan.h"
#include "view.h"

static bool has_selector(const struct rule *rule)
{
	return rule->to.family || rule->mark;
}

static bool is_same_selector(const struct rule *one, const struct rule *other)
{
	return one->family == other->family && one->mark == other->mark &&
	       one->protocol == other->protocol && one->port == other->port &&
	       prefix_compare(&one->to, &other->to) == 0;
}

static bool is_twin(const struct rule *rule, const struct rule *twin)
{
	return twin->action == RULE_UNREACHABLE && twin->preference == rule->preference + 1 &&
	       !twin->more && is_same_selector(rule, twin);
}

static bool has_twin(const struct view *view, const struct rule *rule)
{
	for (size_t i = 0; i < view->rules_count; i++)
		if (is_twin(rule, &view->rules[i]))
			return true;
	return false;
}

/* One of FAMILY for all packets; NULL: there is none. */
static const struct rule *find_for_all(const struct view *view, uint8_t family,
				       enum rule_action action)
{
	for (size_t i = 0; i < view->rules_count; i++) {
		const struct rule *rule = &view->rules[i];

		if (rule->family == family && rule->action == action && rule->suppress < 0 &&
		    !rule->more && !has_selector(rule))
			return rule;
	}
	return NULL;
}

static void check_twins(const struct view *view, bool guard)
{
	for (size_t i = 0; i < view->rules_count; i++) {
		struct rule rule = view->rules[i];
		char line[256];

		if (rule.action != RULE_LOOKUP || !has_selector(&rule))
			continue;
		/* With killswitch 'off' DNS servers have none. */
		if ((rule.table != RT_TABLE_MAIN && !guard) || has_twin(view, &rule))
			continue;
		rule.action = RULE_UNREACHABLE;
		rule.preference++;
		rule_describe(&rule, line, sizeof(line));
		warn(view->wrong, "missing: %s", line);
	}
}

/* A way into the tunnel. */
static int check_table(struct view *view, uint8_t family, struct err *err)
{
	const struct rule *rule = find_for_all(view, family, RULE_LOOKUP);
	cleanup_free struct prefix *routes = NULL;
	size_t count, others;
	char version = family == AF_INET ? '4' : '6';

	if (!rule) {
		warn(view->wrong, "missing: an IPv%c rule that looks up the tunnel's table",
		     version);
		return 0;
	}
	if (!view->alias.shape.full || (family == AF_INET6 && !view_has_ipv6(view)))
		return 0;
	if (routes_list(&view->route, family, view->link.index, rule->table, &routes, &count,
			&others, err) < 0)
		return fail_in(err, "routes");
	for (size_t i = 0; i < count; i++)
		if (!routes[i].length)
			return 0;
	warn(view->wrong, "missing: IPv%c's default route by %s in table %u", version,
	     view->link.name, rule->table);
	return 0;
}

static int check_family(struct view *view, uint8_t family, bool guard, struct err *err)
{
	if (view->alias.shape.full && guard && !find_for_all(view, family, RULE_UNREACHABLE))
		warn(view->wrong, "missing: an IPv%c rule 'unreachable' for all",
		     family == AF_INET ? '4' : '6');
	return check_table(view, family, err);
}

/* Table = off has none, and no sysctls. */
static int check_rules(struct view *view, bool guard, struct err *err)
{
	const struct shape *shape = &view->alias.shape;

	if (shape->known && view->rules_count != shape->rules)
		warn(view->wrong, "changed: %zu rules of protocol %d, not %zu", view->rules_count,
		     RTNL_PROTOCOL, shape->rules);
	if (shape->known && !shape->rules)
		return 0;
	check_twins(view, guard);
	if (check_family(view, AF_INET, guard, err) < 0 ||
	    (view->ipv6 && check_family(view, AF_INET6, guard, err) < 0))
		return -1;
	for (size_t i = 0; i < PLAN_SYSCTLS; i++)
		if ((view->ipv6 || plan_sysctls[i].family == AF_INET) &&
		    view_check_sysctl(view, plan_sysctls[i].path, plan_sysctls[i].value, err) < 0)
			return -1;
	return 0;
}

static int check_link(struct view *view, struct err *err)
{
	cleanup_free struct prefix *addresses = NULL;
	char path[sizeof(((struct sysctl *)NULL)->path)];
	size_t count;

	view_check_link(view);
	if (view_check_peers(view, NULL, err) < 0)
		return -1;
	if (addresses_list(&view->route, view->link.index, &addresses, &count, err) < 0)
		return fail_in(err, "addresses");
	if (!count)
		warn(view->wrong, "missing: an address of link %s", view->link.name);
	if (!view_has_ipv6(view))
		return 0;
	snprintf(path, sizeof(path), "net/ipv6/conf/%s/disable_ipv6", view->link.name);
	return view_check_sysctl(view, path, '0', err);
}

/* The mark means nothing without a guard: who has rules for it had one. */
static bool has_mark(const struct view *view)
{
	for (size_t i = 0; i < view->rules_count; i++)
		if (view->rules[i].mark == RULESET_MARK)
			return true;
	return false;
}

static void check_guard(const struct view *view, bool guard)
{
	const struct shape *shape = &view->alias.shape;

	if (shape->known && guard)
		guard_measure(&view->guard, shape, view->wrong);
	else if (guard && !view->guard.inet.found)
		warn(view->wrong, "missing: nft table inet " RULESET_TABLE);
	else if (!guard && view->guard.inet.found)
		warn(view->wrong, "surplus: nft table inet " RULESET_TABLE);
}

static int check_all(struct view *view, bool guard, struct err *err)
{
	if (!view->link.index) {
		warn(view->wrong, "missing: the link; other parts of ours are there");
		return 0;
	}
	check_guard(view, guard);
	if (check_rules(view, guard, err) < 0 || check_link(view, err) < 0)
		return -1;
	return view->alias.shape.known ? view_check_mount(view, view->alias.shape.dns, NULL, err)
				       : 0;
}

static const char older[] =
	"; made by an older version: only its link, and which rules are there, were looked at";

int verify_alone(int netns, const struct mntns *mntns, struct findings *findings, struct err *err)
{
	cleanup(view_close) struct view view = { .mntns = mntns, .wrong = &findings->lines };
	const struct shape *shape = &view.alias.shape;
	struct whole whole = { .note = "" };
	bool bare;

	if (view_open(&view, netns, NETNS_LOCK_SECONDS, err) < 0 ||
	    view_is_bare(&view, &bare, err) < 0)
		return -1;
	whole.full = shape->known ? shape->full : -1;
	whole.guard = shape->known ? shape->guard_rules > 0 : has_mark(&view);
	whole.dns = shape->dns;
	if (!shape->known)
		whole.note = older;
	if (!bare && check_all(&view, whole.guard, err) < 0)
		return -1;
	return view_finish(&view, &whole, &findings->complete, err);
}
