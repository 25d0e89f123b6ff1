/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What there is, and what can be said of it. */
#include "view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "anchor.h"
#include "cleanup.h"
#include "guard_compare.h"
#include "netns.h"
#include "peers.h"
#include "sysctl.h"

void view_close(struct view *view)
{
	netlink_close(&view->route);
	netlink_close(&view->genl);
	guard_forget(&view->guard);
	free(view->rules);
}

static int add_rules(struct view *view, uint8_t family, struct err *err)
{
	cleanup_free struct rule *rules = NULL;
	struct rule *grown;
	size_t count;

	if (rules_list(&view->route, family, &rules, &count, err) < 0)
		return fail_in(err, "rules");
	grown = reallocarray(view->rules, view->rules_count + count + 1, sizeof(*grown));
	if (!grown)
		return fail(err, "out of memory");
	if (count)
		memcpy(grown + view->rules_count, rules, count * sizeof(*grown));
	view->rules = grown;
	view->rules_count += count;
	return 0;
}

int view_open(struct view *view, int netns, unsigned int seconds, struct err *err)
{
	bool found = false;

	if (netns_lock(netns, seconds, err) < 0 || netns_enter(netns, err) < 0 ||
	    netlink_open(NETLINK_ROUTE, &view->route, err) < 0 ||
	    netlink_open(NETLINK_GENERIC, &view->genl, err) < 0 ||
	    sysctl_ipv6(&view->ipv6, err) < 0)
		return -1;
	if (link_find_ours(&view->route, &view->link, &found, err) < 0)
		return fail_in(err, "links");
	view->finished = found && alias_parse(view->link.alias, &view->alias);
	if (add_rules(view, AF_INET, err) < 0 || (view->ipv6 && add_rules(view, AF_INET6, err) < 0))
		return -1;
	return guard_read(&view->guard, err);
}

static int look_for_mount(const struct view *view, const char *text, enum cover_found *found,
			  struct err *err)
{
	*found = COVER_NOTHING;
	return view->mntns ? cover_look(view->mntns, COVER_RESOLV, text, found, err) : 0;
}

int view_is_bare(const struct view *view, bool *bare, struct err *err)
{
	enum cover_found mount;

	/* The anchor is nothing without the rest. */
	if (look_for_mount(view, NULL, &mount, err) < 0)
		return -1;
	*bare = !view->link.index && !view->rules_count && !view->guard.inet.found &&
		!view->guard.netdev.found && mount == COVER_NOTHING;
	if (*bare)
		warn(view->wrong, "missing: all of it: there is nothing of ours");
	return 0;
}

bool view_has_ipv6(const struct view *view)
{
	return view->ipv6 && view->link.mtu >= 1280;
}

void view_check_link(const struct view *view)
{
	if (!view->finished)
		warn(view->wrong, "missing: the alias of link %s: who made it did not finish",
		     view->link.name);
	if (!view->link.up)
		warn(view->wrong, "changed: link %s is down", view->link.name);
}

int view_check_peers(struct view *view, const struct tunnel *tunnel, struct err *err)
{
	const struct link *link = &view->link;

	if (!link->kernel)
		return 0;
	return peers_compare(&view->genl, link->index, link->name, tunnel, view->wrong, err);
}

int view_check_sysctl(const struct view *view, const char *path, char value, struct err *err)
{
	char held;

	if (sysctl_read(path, &held, err) < 0) {
		if (err->number != ENOENT)
			return -1;
		warn(view->wrong, "missing: %s", path);
	} else if (held != value) {
		warn(view->wrong, "changed: %s is %c, not %c", path, held, value);
	}
	return 0;
}

static int check_anchor(const struct view *view, struct err *err)
{
	bool missing = false;

	if (view->mntns && anchor_look(view->mntns, &missing, err) < 0)
		return -1;
	if (missing)
		warn(view->wrong, "missing: the mount over " ANCHOR_PATH);
	return 0;
}

int view_check_mount(const struct view *view, bool dns, const char *text, struct err *err)
{
	enum cover_found found;

	if (!dns)
		return check_anchor(view, err);

	if (look_for_mount(view, text, &found, err) < 0)
		return -1;
	switch (found) {
	case COVER_NOTHING: warn(view->wrong, "missing: the mount over " COVER_RESOLV); break;
	case COVER_OTHER: warn(view->wrong, "changed: the text of " COVER_RESOLV); break;
	case COVER_OURS: break;
	}
	return 0;
}

int view_finish(const struct view *view, const struct whole *whole, bool *complete, struct err *err)
{
	const struct link *link = &view->link;
	char blind[256] = "";

	*complete = false;
	if (view->wrong->count)
		return 0;
	if (whole->guard && guard_blind(&view->guard, link->name, blind, sizeof(blind), err) < 0)
		return -1;
	warn(view->wrong, "complete: tunnel '%s'%s, link %s%s, %zu rules, guard %s, DNS %s%s%s%s",
	     view->alias.tunnel,
	     whole->full < 0 ? ""
	     : whole->full   ? ", full"
			     : ", split",
	     link->name, link->kernel ? "" : " (userspace)", view->rules_count,
	     whole->guard ? "yes" : "no", whole->dns ? "yes" : "no",
	     *blind ? "; frames that a process writes itself are not guarded on " : "", blind,
	     whole->note);
	*complete = true;
	return 0;
}
