/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Step by step, and back. */
#include "apply.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "alias.h"
#include "anchor.h"
#include "cleanup.h"
#include "device.h"
#include "filter.h"
#include "guard.h"
#include "netlink.h"
#include "netns.h"
#include "rtnl.h"
#include "sysctl.h"

/* What undo opens at once: its socket, and three of mntns_inside()'s. */
#define UNDO_DESCRIPTORS 4

/* What undo must know of a step. */
struct record {
	bool done; /* or perhaps done: its transaction broke in between */
	char before; /* of a sysctl: its value */
};

struct work {
	const struct plan *plan;
	struct device device;
	const struct cover_place *place;
	struct cover_done cover;
	struct record *records; /* one a step */
	int kept[UNDO_DESCRIPTORS]; /* for undo, where there are no more to be had */
	size_t kept_count;
	struct shape shape; /* of what was made so far */
	bool met; /* a rule or a guard of ours was there already */
	bool remaking;
};

/* What is there of ours already. */
enum meeting {
	MEETING_NOTHING, /* or rules and a guard: they are met when ours are added */
	MEETING_SAME, /* this very plan, carried out */
	MEETING_HALF, /* a link that is not finished */
};

static void give_descriptors(struct work *work)
{
	while (work->kept_count)
		close(work->kept[--work->kept_count]);
}

static int keep_descriptors(struct work *work, struct err *err)
{
	while (work->kept_count < UNDO_DESCRIPTORS) {
		int fd = fcntl(work->device.netns, F_DUPFD_CLOEXEC, 0);

		if (fd < 0)
			return fail_errno(err, errno, "descriptors");
		work->kept[work->kept_count++] = fd;
	}
	return 0;
}

static void close_work(struct work *work)
{
	give_descriptors(work);
	device_close(&work->device);
	cover_release(&work->cover);
	free(work->records);
}

static int refuse_only_ipv6(const struct work *work, struct err *err)
{
	const struct tunnel *tunnel = &work->plan->request->tunnel;

	if (work->device.ipv6)
		return 0;
	for (size_t i = 0; i < tunnel->addresses_count; i++)
		if (tunnel->addresses[i].family == AF_INET)
			return 0;
	return fail(err, "%s: only IPv6 addresses, and this kernel has no IPv6",
		    work->plan->request->file);
}

static bool is_finished(const struct link *link)
{
	return link->ours && strncmp(link->alias, ALIAS_START, strlen(ALIAS_START)) == 0;
}

static bool is_same(const struct work *work, const struct link *link)
{
	return alias_matches(link->alias, work->plan->alias) &&
	       strcmp(link->name, work->plan->request->interface) == 0;
}

static int refuse_other(const struct link *link, struct err *err)
{
	const char *tunnel = link->alias + strlen(ALIAS_START);

	return fail(
		err,
		"link %s: already in the container, for tunnel '%.*s' with other settings or another file ('detach' removes it)",
		link->name, (int)strcspn(tunnel, " "), tunnel);
}

/* Whatever it is called: what it left is not to be touched, by undo least of all. */
static int refuse_other_link(struct work *work, struct err *err)
{
	struct link link;
	bool found;

	if (link_find_ours(&work->device.route, &link, &found, err) < 0)
		return fail_in(err, "links");
	return found && is_finished(&link) ? refuse_other(&link, err) : 0;
}

static int meet(struct work *work, enum meeting *meeting, struct err *err)
{
	const char *interface = work->plan->request->interface;
	struct link link;
	bool found;

	if (link_get(&work->device.route, interface, &link, &found, err) < 0)
		return fail_in(err, "link %s", interface);
	*meeting = MEETING_NOTHING;
	if (!found)
		return refuse_other_link(work, err);
	if (!link.ours)
		return fail(err, "link %s: already in the container, and not ours", interface);
	if (is_finished(&link) && !is_same(work, &link))
		return refuse_other(&link, err);
	*meeting = is_finished(&link) ? MEETING_SAME : MEETING_HALF;
	return 0;
}

static void free_links(struct if_nameindex **links)
{
	if (*links)
		if_freenameindex(*links);
}

/* A network that an engine makes after the hook would be waited for in vain. */
static int refuse_wait_without_network(const struct work *work, struct err *err)
{
	const struct request *request = work->plan->request;
	cleanup(free_links) struct if_nameindex *links = NULL;

	if (!request->handshake || request->socket != SOCKET_CONTAINER)
		return 0;
	links = if_nameindex();
	if (!links)
		return fail_errno(err, errno, "links");
	for (const struct if_nameindex *link = links; link->if_index; link++)
		if (strcmp(link->if_name, "lo") != 0 &&
		    strcmp(link->if_name, request->interface) != 0)
			return 0;
	return fail(err,
		    "wg.handshake: the container has no network yet by which a peer could answer");
}

static int open_work(struct work *work, struct err *err)
{
	work->records = calloc(work->plan->count, sizeof(*work->records));
	if (!work->records)
		return fail(err, "out of memory");
	/* Another's hook may be waiting for as long. */
	if (netns_lock(work->device.netns, NETNS_LOCK_SECONDS + work->plan->request->handshake,
		       err) < 0 ||
	    device_open(&work->device, err) < 0)
		return -1;
	return refuse_only_ipv6(work, err);
}

/* Read first: what has its value need not be written, where /proc/sys is read-only even. */
static int set_sysctl(const struct sysctl *sysctl, struct record *record, struct work *work,
		      struct err *err)
{
	if (sysctl_read(sysctl->path, &record->before, err) < 0)
		return -1;
	if (record->before == sysctl->value)
		return 0;
	if (sysctl_write(sysctl->path, sysctl->value, err) < 0)
		return -1;
	record->done = true;
	if (sysctl->number >= 0)
		work->shape.sysctls |= 1u << sysctl->number;
	return 0;
}

static int set_alias(struct work *work, struct err *err)
{
	char alias[RTNL_ALIAS_ROOM];

	work->shape.full = work->plan->request->full;
	work->shape.dns = work->plan->resolv;
	if (alias_format(work->plan->alias, &work->shape, alias, err) < 0)
		return -1;
	return link_set_alias(&work->device.route, work->device.index, alias, err);
}

static int add_guard(struct work *work, bool *perhaps, struct err *err)
{
	struct ruleset_size size = ruleset_size(&work->plan->ruleset);
	bool frames;

	if (guard_add(&work->plan->ruleset, work->remaking, &frames, perhaps, err) < 0)
		return -1;
	work->shape.guard_rules = size.rules;
	work->shape.guard_elements = size.elements;
	work->shape.frames_rules = frames ? size.frames_rules : 0;
	return 0;
}

static int add_rule(struct work *work, const struct rule *rule, struct err *err)
{
	if (rule_add(&work->device.route, rule, err) < 0)
		return -1;
	work->shape.rules++;
	return 0;
}

static bool has_mounts(const struct work *work)
{
	return work->place->root;
}

/* The last that starts a process, or calls what is not ours. */
static int make_link(struct work *work, struct err *err)
{
	if (device_create(&work->device, err) < 0)
		return -1;
	filter_system_calls(has_mounts(work));
	return 0;
}

static uint8_t step_family(const struct step *step)
{
	switch (step->kind) {
	case STEP_RULE: return step->rule.family;
	case STEP_SYSCTL: return step->sysctl.family;
	case STEP_ADDRESS: return step->address.family;
	case STEP_ROUTES: return step->routes.family;
	case STEP_GUARD:
	case STEP_LINK:
	case STEP_WIREGUARD:
	case STEP_UP:
	case STEP_HANDSHAKE:
	case STEP_RESOLV:
	case STEP_ANCHOR:
	case STEP_ALIAS: break;
	}
	return AF_UNSPEC;
}

static int carry_out(struct work *work, const struct step *step, struct record *record,
		     struct err *err)
{
	struct device *device = &work->device;

	switch (step->kind) {
	case STEP_GUARD: return add_guard(work, &record->done, err);
	case STEP_RULE: return add_rule(work, &step->rule, err);
	case STEP_SYSCTL: return set_sysctl(&step->sysctl, record, work, err);
	case STEP_LINK: return make_link(work, err);
	case STEP_WIREGUARD: return device_configure(device, err);
	case STEP_ADDRESS: return address_add(&device->route, device->index, &step->address, err);
	case STEP_UP: return device_up(device, err);
	case STEP_ROUTES:
		return routes_add(&device->route, device->index, work->plan->table,
				  step->routes.prefixes, step->routes.count, err);
	case STEP_HANDSHAKE: return device_wait_handshakes(device, err);
	case STEP_RESOLV:
		return cover_mount(work->place, COVER_RESOLV, work->plan->resolv, &work->cover,
				   err);
	case STEP_ANCHOR:
		return has_mounts(work)
			       ? cover_mount(work->place, ANCHOR_PATH, "", &work->cover, err)
			       : 0;
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

	if (step_family(step) == AF_INET6 && !work->device.ipv6)
		return 0;
	if (carry_out(work, step, record, err) < 0) {
		record->done |= work->device.host.broken || work->device.route.broken ||
				step->kind == STEP_LINK;
		work->met |= (step->kind == STEP_RULE || step->kind == STEP_GUARD) &&
			     err->number == EEXIST;
		if (step->kind == STEP_HANDSHAKE)
			return -1; /* is told by peer */
		step_describe(work->plan, step, line, sizeof(line));
		return fail_in(err, "%s", line);
	}
	record->done |= step->kind != STEP_SYSCTL;
	return 0;
}

static int undo_rule(struct netlink *route, const struct rule *rule, struct err *err)
{
	return rule_delete(route, rule, err) < 0 && err->number != ENOENT ? -1 : 0;
}

/* The link's own is gone where the link is. */
static int undo_sysctl(const struct sysctl *sysctl, char before, struct err *err)
{
	return sysctl_write(sysctl->path, before, err) < 0 &&
			       (sysctl->number >= 0 || err->number != ENOENT)
		       ? -1
		       : 0;
}

static int undo_step(struct work *work, size_t number, struct netlink *route, struct err *err)
{
	const struct step *step = &work->plan->steps[number];
	bool found;

	switch (step->kind) {
	case STEP_GUARD: return guard_delete(&found, err);
	case STEP_RULE: return undo_rule(route, &step->rule, err);
	case STEP_SYSCTL: return undo_sysctl(&step->sysctl, work->records[number].before, err);
	case STEP_LINK: return device_remove(&work->device, route, err);
	case STEP_RESOLV:
	case STEP_ANCHOR: return cover_undo(work->place, &work->cover, err);
	case STEP_WIREGUARD:
	case STEP_ADDRESS:
	case STEP_UP:
	case STEP_ROUTES:
	case STEP_HANDSHAKE:
	case STEP_ALIAS: return 0;
	}
	return 0;
}

/* What closes the namespace stays, where it did before this run. */
static bool is_undone(const struct work *work, size_t number)
{
	enum step_kind kind = work->plan->steps[number].kind;

	return work->records[number].done &&
	       !(work->remaking && (kind == STEP_GUARD || kind == STEP_RULE));
}

/*
 * On a fresh socket: an old one may still hold the answer to a request that broke. In the
 * container's namespace, from which a step may have failed to come back to it.
 */
static int undo(struct work *work, struct err *err)
{
	struct netlink route = { 0 };
	int result = 0;

	give_descriptors(work);
	if (netns_enter(work->device.netns, err) < 0 ||
	    netlink_open(NETLINK_ROUTE, &route, err) < 0)
		return -1;
	for (size_t i = work->plan->count; i-- > 0;) {
		struct err one;

		if (!is_undone(work, i) || undo_step(work, i, &route, &one) == 0)
			continue;
		if (result == 0)
			*err = one; /* the first is told, the rest is tried all the same */
		result = -1;
	}
	netlink_close(&route);
	return result;
}

static int try_all(struct work *work, struct err *err)
{
	for (size_t i = 0; i < work->plan->count; i++)
		if (try_step(work, i, err) < 0)
			return -1;
	return device_keep(&work->device, err);
}

static int carry_out_all(struct work *work, bool *undone, struct err *err)
{
	struct err why;

	if (keep_descriptors(work, err) < 0)
		return -1;
	if (try_all(work, err) == 0)
		return 0;
	if (undo(work, &why) < 0) {
		*undone = false;
		fail(err, "%.500s; and not wholly undone: %.400s", strdupa(err->line), why.line);
	}
	return -1;
}

typedef int rule_change(struct netlink *rtnl, const struct rule *rule, struct err *err);

/* Adds or deletes the two rules that close everything, but for what is done already. */
static int change_closed(struct work *work, rule_change *change, int already, struct err *err)
{
	const struct rule closed[] = {
		{ AF_INET, PLAN_CLOSED, .action = RULE_UNREACHABLE, .suppress = -1 },
		{ AF_INET6, PLAN_CLOSED, .action = RULE_UNREACHABLE, .suppress = -1 },
	};

	for (size_t i = 0; i < (work->device.ipv6 ? 2 : 1); i++)
		if (change(&work->device.route, &closed[i], err) < 0 && err->number != already)
			return fail_in(err, "rule %u", PLAN_CLOSED);
	return 0;
}

static int remove_half(struct work *work, struct err *err)
{
	struct netlink *route = &work->device.route;
	char alias[RTNL_ALIAS_ROOM];
	size_t deleted = 0;
	bool found;

	if (links_delete_ours(route, alias, &deleted, err) < 0)
		return fail_in(err, "links");
	if (rules_delete_ours(route, AF_INET, PLAN_CLOSED, &deleted, err) < 0 ||
	    (work->device.ipv6 &&
	     rules_delete_ours(route, AF_INET6, PLAN_CLOSED, &deleted, err) < 0))
		return fail_in(err, "rules");
	if (work->plan->count && work->plan->steps[0].kind == STEP_GUARD)
		return 0; /* which is replaced in one go */
	return guard_delete(&found, err);
}

/*
 * What a killed hook left is closed, and others of a pod may live behind it: so it is closed more
 * tightly first, and opened when all is done.
 */
static int remake(struct work *work, bool *undone, struct err *err)
{
	memset(work->records, 0, work->plan->count * sizeof(*work->records));
	work->shape = (struct shape){ 0 };
	work->remaking = true;
	if (change_closed(work, rule_add, EEXIST, err) < 0 || remove_half(work, err) < 0)
		return -1;
	if (carry_out_all(work, undone, err) < 0)
		return -1;
	return change_closed(work, rule_delete, ENOENT, err);
}

static int carry_out_or_remake(struct work *work, bool *undone, struct err *err)
{
	if (carry_out_all(work, undone, err) == 0)
		return 0;
	if (!work->met || !*undone)
		return -1;
	return remake(work, undone, err);
}

/*
 * Another container of a pod, whose network is done, but that who remade it may have been killed
 * before he opened it.
 */
static int carry_out_mount(struct work *work, struct err *err)
{
	filter_system_calls(has_mounts(work));
	if (change_closed(work, rule_delete, ENOENT, err) < 0)
		return -1;
	for (size_t i = 0; i < work->plan->count; i++)
		if (work->plan->steps[i].kind == STEP_RESOLV ||
		    work->plan->steps[i].kind == STEP_ANCHOR)
			return try_step(work, i, err);
	return 0;
}

int apply_plan(const struct plan *plan, int netns, const struct cover_place *place,
	       struct warnings *warnings, struct applied *applied, struct err *err)
{
	cleanup(close_work) struct work work = {
		.plan = plan,
		.place = place,
		.device = { .request = plan->request, .warnings = warnings, .netns = netns },
	};
	enum meeting meeting = MEETING_NOTHING;
	int result = 0;

	*applied = (struct applied){ .undone = true };
	if (open_work(&work, err) < 0 || meet(&work, &meeting, err) < 0)
		return -1;
	if (meeting != MEETING_SAME && refuse_wait_without_network(&work, err) < 0)
		return -1;
	switch (meeting) {
	case MEETING_NOTHING: result = carry_out_or_remake(&work, &applied->undone, err); break;
	case MEETING_SAME: result = carry_out_mount(&work, err); break;
	case MEETING_HALF: result = remake(&work, &applied->undone, err); break;
	}
	applied->made = result == 0 && meeting != MEETING_SAME;
	return result;
}

/* Those that the alias TEXT says were changed. */
static int restore_sysctls(const char *text, struct err *err)
{
	struct alias alias = { 0 };

	(void)alias_parse(text, &alias);
	for (size_t i = 0; i < PLAN_SYSCTLS; i++) {
		char before = plan_sysctls[i].value == '1' ? '0' : '1';

		if (alias.shape.sysctls & (1u << i) &&
		    sysctl_write(plan_sysctls[i].path, before, err) < 0)
			return -1;
	}
	return 0;
}

static int remove_links_and_rules(struct netlink *route, char alias[static RTNL_ALIAS_ROOM],
				  size_t *deleted, struct err *err)
{
	if (links_delete_ours(route, alias, deleted, err) < 0)
		return fail_in(err, "links");
	if (rules_delete_ours(route, AF_INET, 0, deleted, err) < 0)
		return fail_in(err, "IPv4 rules");
	if (rules_delete_ours(route, AF_INET6, 0, deleted, err) < 0 &&
	    err->number != EAFNOSUPPORT && err->number != EOPNOTSUPP)
		return fail_in(err, "IPv6 rules");
	return 0;
}

static int remove_guard(bool *found, struct err *err)
{
	bool guard;

	if (guard_delete(&guard, err) < 0)
		return fail_in(err, "nft table inet %s", RULESET_TABLE);
	*found |= guard;
	return 0;
}

int apply_remove(int netns, const struct mntns *mntns, bool *found, struct err *err)
{
	cleanup(netlink_close) struct netlink route = { 0 };
	char alias[RTNL_ALIAS_ROOM] = "";
	struct err second;
	size_t deleted = 0;
	int result;

	*found = false;
	if (netns_lock(netns, NETNS_LOCK_SECONDS, err) < 0 ||
	    (mntns && cover_remove(mntns, found, err) < 0) || netns_enter(netns, err) < 0 ||
	    netlink_open(NETLINK_ROUTE, &route, err) < 0)
		return -1;
	result = remove_links_and_rules(&route, alias, &deleted, err);
	*found |= deleted > 0;
	/* The guard last: while a rule is left, it is needed. */
	if (result == 0)
		result = remove_guard(found, err);
	/* Whatever became of the rules: with the link its alias is gone, and what it said. */
	if (restore_sysctls(alias, result < 0 ? &second : err) < 0)
		result = -1;
	return result;
}
