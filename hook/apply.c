/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Step by step, and back. */
#include "apply.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cleanup.h"
#include "netlink.h"
#include "netns.h"
#include "rtnl.h"
#include "wireguard.h"

/* What undo must know of a step. */
struct record {
	bool done; /* or perhaps done: its transaction broke in between */
	char before; /* of a sysctl: its value */
};

struct work {
	const struct plan *plan;
	int netns;
	struct netlink host; /* rtnetlink, in the host's namespace */
	struct netlink route; /* rtnetlink, in the container's */
	struct netlink genl; /* generic netlink, in the container's */
	struct record *records; /* one a step */
	bool ipv6; /* the kernel has it */
	int index; /* of the link, 0 until known */
	char created[IFNAMSIZ]; /* the name it was asked for under, "" before that */
	unsigned int sysctls; /* plan_sysctls that were changed, as bits */
	struct warnings *warnings;
};

static void close_work(struct work *work)
{
	netlink_close(&work->host);
	netlink_close(&work->route);
	netlink_close(&work->genl);
	free(work->records);
}

static int refuse_only_ipv6(const struct work *work, struct err *err)
{
	const struct tunnel *tunnel = &work->plan->request->tunnel;

	if (work->ipv6)
		return 0;
	for (size_t i = 0; i < tunnel->addresses_count; i++)
		if (tunnel->addresses[i].family == AF_INET)
			return 0;
	return fail(err, "%s: only IPv6 addresses, and this kernel has no IPv6",
		    work->plan->request->file);
}

static int refuse_second(struct work *work, struct err *err)
{
	const char *interface = work->plan->request->interface;
	struct link link;
	bool found;

	if (link_get(&work->route, interface, &link, &found, err) < 0)
		return fail_in(err, "link %s", interface);
	if (!found)
		return 0;
	if (!link.ours)
		return fail(err, "link %s: already in the container, and not ours", interface);
	if (strncmp(link.alias, PLAN_ALIAS, strlen(PLAN_ALIAS)) != 0)
		return fail(err,
			    "link %s: half-made, by a hook that was killed ('detach' removes it)",
			    interface);
	return fail(err,
		    "link %s: already in the container, for tunnel '%.*s' ('detach' removes it)",
		    interface, (int)strcspn(link.alias + strlen(PLAN_ALIAS), " "),
		    link.alias + strlen(PLAN_ALIAS));
}

/* The first socket is the host's: the link's own UDP socket will live where it was opened. */
static int open_work(struct work *work, struct err *err)
{
	work->records = calloc(work->plan->count, sizeof(*work->records));
	if (!work->records)
		return fail(err, "out of memory");
	if (netlink_open(NETLINK_ROUTE, &work->host, err) < 0 ||
	    netns_enter(work->netns, err) < 0 ||
	    netlink_open(NETLINK_ROUTE, &work->route, err) < 0 ||
	    netlink_open(NETLINK_GENERIC, &work->genl, err) < 0)
		return -1;
	work->ipv6 = access("/proc/sys/net/ipv6", F_OK) == 0;
	if (refuse_only_ipv6(work, err) < 0)
		return -1;
	return refuse_second(work, err);
}

static int open_sysctl(const char *path, int flags)
{
	cleanup_free char *whole = NULL;

	if (asprintf(&whole, "/proc/sys/%s", path) < 0)
		return -1;
	return open(whole, flags | O_CLOEXEC | O_NOFOLLOW);
}

static int write_sysctl(const char *path, char value, struct err *err)
{
	cleanup_close int fd = open_sysctl(path, O_WRONLY);

	if (fd < 0 || write(fd, &value, 1) != 1)
		return fail_errno(err, errno, "%s", path);
	return 0;
}

/* Read first: what has its value need not be written, where /proc/sys is read-only even. */
static int set_sysctl(const struct sysctl *sysctl, struct record *record, struct work *work,
		      struct err *err)
{
	cleanup_close int fd = open_sysctl(sysctl->path, O_RDONLY);

	if (fd < 0 || read(fd, &record->before, 1) != 1)
		return fail_errno(err, errno, "%s", sysctl->path);
	if (record->before == sysctl->value)
		return 0;
	if (write_sysctl(sysctl->path, sysctl->value, err) < 0)
		return -1;
	record->done = true;
	if (sysctl->number >= 0)
		work->sysctls |= 1u << sysctl->number;
	return 0;
}

static int ask_for_link(struct work *work, const char *name, struct err *err)
{
	const struct request *request = work->plan->request;

	snprintf(work->created, sizeof(work->created), "%s", name);
	return link_add_wireguard(&work->host, work->netns, name, request->mtu, err);
}

/*
 * Up to Linux 6.14.8 a name that some link of the host's has cannot be asked for, though it is free
 * in the container (rtnl_newlink looked it up in the sender's namespace). "wg%d" is no link's name,
 * and the container's namespace makes "wg0" of it; for names that do not end so, another name at
 * first. A rename waits for a grace period of RCU up to 6.8, some 20 ms.
 */
static int ask_by_another_name(struct work *work, struct err *err)
{
	const char *wanted = work->plan->request->interface;
	size_t length = strlen(wanted);
	char name[IFNAMSIZ];

	if (length >= 2 && length + 1 < sizeof(name) && wanted[length - 1] == '0' &&
	    !(wanted[length - 2] >= '0' && wanted[length - 2] <= '9')) {
		snprintf(name, sizeof(name), "%.*s%%d", (int)length - 1, wanted);
		if (ask_for_link(work, name, err) < 0)
			return -1;
		memcpy(work->created, wanted, length + 1);
		return 0;
	}
	snprintf(name, sizeof(name), "owg%x", (unsigned int)getpid());
	return ask_for_link(work, name, err);
}

/* The link that was just made; nobody else's of that name, which would be up or have an alias. */
static int find_created(struct work *work, struct netlink *route, struct err *err)
{
	struct link link;
	bool found;

	if (link_get(route, work->created, &link, &found, err) < 0)
		return -1;
	if (!found || !link.ours || link.up || *link.alias)
		return fail_errno(err, ENODEV, "the link that was made");
	work->index = link.index;
	return 0;
}

static int create_link(struct work *work, struct err *err)
{
	const char *wanted = work->plan->request->interface;

	if (ask_for_link(work, wanted, err) < 0) {
		if (err->number != EEXIST || work->host.broken)
			return -1;
		if (ask_by_another_name(work, err) < 0)
			return -1;
	}
	if (find_created(work, &work->route, err) < 0)
		return -1;
	if (strcmp(work->created, wanted) == 0)
		return 0;
	return link_rename(&work->route, work->index, wanted, err);
}

static bool every_peer_has_endpoint(const struct tunnel *tunnel)
{
	for (size_t i = 0; i < tunnel->peers_count; i++)
		if (!tunnel->peers[i].host)
			return false;
	return tunnel->peers_count > 0;
}

/*
 * The UDP socket is opened when the link goes up, so that is when a taken port is heard of. Client
 * files carry 51820 by habit; a peer that must find us needs the port that it was told.
 */
static int bring_up(struct work *work, struct err *err)
{
	const struct request *request = work->plan->request;

	if (link_up(&work->route, work->index, err) == 0)
		return 0;
	if (err->number != EADDRINUSE || work->route.broken || !request->tunnel.listen_port)
		return -1;
	if (!every_peer_has_endpoint(&request->tunnel))
		return fail(
			err,
			"ListenPort %u is taken on the host, and a peer without Endpoint needs it",
			request->tunnel.listen_port);
	warn(work->warnings, "%s: ListenPort %u is taken on the host: another port is used",
	     request->file, request->tunnel.listen_port);
	if (wireguard_set_port(&work->genl, work->index, 0, err) < 0)
		return -1;
	return link_up(&work->route, work->index, err);
}

static int set_alias(struct work *work, struct err *err)
{
	char alias[RTNL_ALIAS_ROOM];
	int used = snprintf(alias, sizeof(alias), "%s", work->plan->alias);

	if (work->sysctls && used > 0 && (size_t)used < sizeof(alias))
		snprintf(alias + used, sizeof(alias) - (size_t)used, " sysctls=%x", work->sysctls);
	return link_set_alias(&work->route, work->index, alias, err);
}

static uint8_t step_family(const struct step *step)
{
	switch (step->kind) {
	case STEP_RULE: return step->rule.family;
	case STEP_SYSCTL: return step->sysctl.family;
	case STEP_ADDRESS: return step->address.family;
	case STEP_ROUTES: return step->routes.family;
	case STEP_LINK:
	case STEP_WIREGUARD:
	case STEP_UP:
	case STEP_ALIAS: break;
	}
	return AF_UNSPEC;
}

static int carry_out(struct work *work, const struct step *step, struct record *record,
		     struct err *err)
{
	const struct plan *plan = work->plan;

	switch (step->kind) {
	case STEP_RULE: return rule_add(&work->route, &step->rule, err);
	case STEP_SYSCTL: return set_sysctl(&step->sysctl, record, work, err);
	case STEP_LINK: return create_link(work, err);
	case STEP_WIREGUARD:
		return wireguard_configure(&work->genl, work->index, &plan->request->tunnel, err);
	case STEP_ADDRESS: return address_add(&work->route, work->index, &step->address, err);
	case STEP_UP: return bring_up(work, err);
	case STEP_ROUTES:
		return routes_add(&work->route, work->index, plan->table, step->routes.prefixes,
				  step->routes.count, err);
	case STEP_ALIAS: return set_alias(work, err);
	}
	return fail(err, "unknown step %d", (int)step->kind);
}

/* Sysctls keep their own record: whether there was anything to change. */
static int try_step(struct work *work, size_t number, struct err *err)
{
	const struct step *step = &work->plan->steps[number];
	struct record *record = &work->records[number];
	char line[256];

	if (step_family(step) == AF_INET6 && !work->ipv6)
		return 0;
	if (carry_out(work, step, record, err) < 0) {
		record->done |= work->host.broken || work->route.broken || step->kind == STEP_LINK;
		if (step->kind == STEP_RULE && err->number == EEXIST)
			fail(err,
			     "there already, of another tunnel or a hook that was killed ('detach' removes it)");
		if (step->kind == STEP_LINK && err->number == EOPNOTSUPP)
			fail(err,
			     "this kernel has no WireGuard (Linux 5.6 and its module wireguard have)");
		step_describe(work->plan, step, line, sizeof(line));
		return fail_in(err, "%s", line);
	}
	record->done |= step->kind != STEP_SYSCTL;
	return 0;
}

static bool is_gone(const struct err *err)
{
	return err->number == ENOENT || err->number == ENODEV;
}

static int undo_rule(struct netlink *route, const struct rule *rule, struct err *err)
{
	return rule_delete(route, rule, err) < 0 && !is_gone(err) ? -1 : 0;
}

/* Addresses, routes, keys and the alias go with it. */
static int undo_link(struct work *work, struct netlink *route, struct err *err)
{
	if (!*work->created)
		return 0;
	if (!work->index && find_created(work, route, err) < 0)
		return is_gone(err) ? 0 : -1;
	return link_delete(route, work->index, err) < 0 && !is_gone(err) ? -1 : 0;
}

static int undo_step(struct work *work, size_t number, struct netlink *route, struct err *err)
{
	const struct step *step = &work->plan->steps[number];

	switch (step->kind) {
	case STEP_RULE: return undo_rule(route, &step->rule, err);
	case STEP_SYSCTL: return write_sysctl(step->sysctl.path, work->records[number].before, err);
	case STEP_LINK: return undo_link(work, route, err);
	case STEP_WIREGUARD:
	case STEP_ADDRESS:
	case STEP_UP:
	case STEP_ROUTES:
	case STEP_ALIAS: return 0;
	}
	return 0;
}

/* On a fresh socket: an old one may still hold the answer to a request that broke. */
static int undo(struct work *work, struct err *err)
{
	struct netlink route = { 0 };
	int result = 0;

	if (netlink_open(NETLINK_ROUTE, &route, err) < 0)
		return -1;
	for (size_t i = work->plan->count; i-- > 0;) {
		struct err one;

		if (!work->records[i].done || undo_step(work, i, &route, &one) == 0)
			continue;
		if (result == 0)
			*err = one; /* the first is told, the rest is tried all the same */
		result = -1;
	}
	netlink_close(&route);
	return result;
}

int apply_plan(const struct plan *plan, int netns, struct warnings *warnings, bool *undone,
	       struct err *err)
{
	cleanup(close_work) struct work work = {
		.plan = plan,
		.netns = netns,
		.warnings = warnings,
	};
	struct err why;

	*undone = true;
	if (open_work(&work, err) < 0)
		return -1;
	for (size_t i = 0; i < plan->count; i++) {
		if (try_step(&work, i, err) == 0)
			continue;
		if (undo(&work, &why) < 0) {
			*undone = false;
			fail(err, "%.500s; and not wholly undone: %.400s", strdupa(err->line),
			     why.line);
		}
		return -1;
	}
	return 0;
}

/* The number after " sysctls=" at the alias's end, 0 without it. */
static unsigned int changed_sysctls(const char *alias)
{
	const char *last = strrchr(alias, ' ');
	unsigned int bits;

	return last && sscanf(last, " sysctls=%x", &bits) == 1 ? bits : 0;
}

static int restore_sysctls(const char *alias, struct err *err)
{
	unsigned int changed = changed_sysctls(alias);

	for (size_t i = 0; i < PLAN_SYSCTLS; i++) {
		char before = plan_sysctls[i].value == '1' ? '0' : '1';

		if (changed & (1u << i) && write_sysctl(plan_sysctls[i].path, before, err) < 0)
			return -1;
	}
	return 0;
}

static int remove_links_and_rules(struct netlink *route, char alias[static RTNL_ALIAS_ROOM],
				  size_t *deleted, struct err *err)
{
	if (links_delete_ours(route, alias, deleted, err) < 0)
		return fail_in(err, "links");
	if (rules_delete_ours(route, AF_INET, deleted, err) < 0)
		return fail_in(err, "IPv4 rules");
	if (rules_delete_ours(route, AF_INET6, deleted, err) < 0 && err->number != EAFNOSUPPORT &&
	    err->number != EOPNOTSUPP)
		return fail_in(err, "IPv6 rules");
	return 0;
}

int apply_remove(int netns, bool *found, struct err *err)
{
	cleanup(netlink_close) struct netlink route = { 0 };
	char alias[RTNL_ALIAS_ROOM] = "";
	struct err second;
	size_t deleted = 0;
	int result;

	*found = false;
	if (netns_enter(netns, err) < 0 || netlink_open(NETLINK_ROUTE, &route, err) < 0)
		return -1;
	result = remove_links_and_rules(&route, alias, &deleted, err);
	*found = deleted > 0;
	/* Whatever became of the rules: with the link its alias is gone, and what it said. */
	if (restore_sysctls(alias, result < 0 ? &second : err) < 0)
		result = -1;
	return result;
}
