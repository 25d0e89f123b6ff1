/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links, addresses, routes and rules: built by libnl, carried by netlink.h. */
#include "rtnl.h"

#include <errno.h>
#include <string.h>

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <netlink/addr.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>
#include <netlink/route/rule.h>

#include "cleanup.h"

/* Acknowledgements of a batch must fit the socket's receive buffer even if every request fails. */
#define BATCH_ROOM 8192

static void free_message(struct nl_msg **message)
{
	nlmsg_free(*message);
}

static void free_address(struct nl_addr **address)
{
	nl_addr_put(*address);
}

static void free_link(struct rtnl_link **link)
{
	rtnl_link_put(*link);
}

static void free_ifaddr(struct rtnl_addr **address)
{
	rtnl_addr_put(*address);
}

static void free_route(struct rtnl_route **route)
{
	rtnl_route_put(*route);
}

static void free_rule(struct rtnl_rule **rule)
{
	rtnl_rule_put(*rule);
}

#define cleanup_message cleanup(free_message) struct nl_msg
#define cleanup_address cleanup(free_address) struct nl_addr
#define cleanup_link cleanup(free_link) struct rtnl_link
#define cleanup_ifaddr cleanup(free_ifaddr) struct rtnl_addr
#define cleanup_route cleanup(free_route) struct rtnl_route
#define cleanup_rule cleanup(free_rule) struct rtnl_rule

/* libnl's builders fail for want of memory alone, given what we give them. */
static int no_memory(struct err *err)
{
	return fail_errno(err, ENOMEM, "netlink message");
}

static int request(struct netlink *rtnl, struct nl_msg *message, struct err *err)
{
	return netlink_request(rtnl, nlmsg_hdr(message), NULL, NULL, err);
}

static struct nl_addr *to_address(const struct prefix *prefix)
{
	struct nl_addr *address =
		nl_addr_build(prefix->family, prefix->address, family_bytes(prefix->family));

	if (address)
		nl_addr_set_prefixlen(address, prefix->length);
	return address;
}

/* A message about one link: struct ifinfomsg, attributes to follow. */
static struct nl_msg *link_message(int type, int flags, int index, unsigned int change)
{
	struct ifinfomsg info = { .ifi_index = index, .ifi_flags = change, .ifi_change = change };
	struct nl_msg *message = nlmsg_alloc_simple(type, flags);

	if (message && nlmsg_append(message, &info, sizeof(info), NLMSG_ALIGNTO) < 0) {
		nlmsg_free(message);
		return NULL;
	}
	return message;
}

static uint32_t u32_of(const struct attribute *attribute)
{
	uint32_t value = 0;

	if (attribute->size == sizeof(value))
		memcpy(&value, attribute->data, sizeof(value));
	return value;
}

/* Cut to ROOM bytes. */
static void copy_text(const struct attribute *attribute, char *out, size_t room)
{
	size_t length = strnlen(attribute->data, attribute->size);

	length = length < room ? length : room - 1;
	memcpy(out, attribute->data, length);
	out[length] = '\0';
}

static bool is_text(const struct attribute *attribute, const char *text)
{
	size_t size = strlen(text) + 1;

	return attribute->size == size && memcmp(attribute->data, text, size) == 0;
}

/* What kind of link it is; of RTNL_GROUP or not is not known yet. */
static void read_kind(const struct attribute *detail, struct link *link)
{
	struct attributes inner = attribute_nest(detail);
	struct attribute attribute;

	while (attribute_next(&inner, &attribute)) {
		if (attribute.type != IFLA_INFO_KIND)
			continue;
		link->kernel = is_text(&attribute, "wireguard");
		link->ours = link->kernel || is_text(&attribute, "tun");
	}
}

/* False: it is no link. Not libnl's way, which takes an attribute to be as long as it should be. */
static bool read_link(const struct nlmsghdr *header, struct link *link)
{
	struct attributes attributes = message_attributes(header, sizeof(struct ifinfomsg));
	const struct ifinfomsg *info = nlmsg_data(header);
	struct attribute attribute;
	uint32_t group = 0;

	if (header->nlmsg_type != RTM_NEWLINK || header->nlmsg_len < NLMSG_LENGTH(sizeof(*info)))
		return false;
	*link = (struct link){ .index = info->ifi_index, .up = info->ifi_flags & IFF_UP };
	while (attribute_next(&attributes, &attribute)) {
		switch (attribute.type) {
		case IFLA_IFNAME: copy_text(&attribute, link->name, sizeof(link->name)); break;
		case IFLA_IFALIAS: copy_text(&attribute, link->alias, sizeof(link->alias)); break;
		case IFLA_LINKINFO: read_kind(&attribute, link); break;
		case IFLA_GROUP: group = u32_of(&attribute); break;
		case IFLA_MTU: link->mtu = u32_of(&attribute); break;
		default: break;
		}
	}
	link->ours &= group == RTNL_GROUP;
	return true;
}

static int take_link(const struct nlmsghdr *answer, void *link, struct err *err)
{
	(void)err;
	(void)read_link(answer, link);
	return 0;
}

int link_get(struct netlink *rtnl, const char *name, struct link *link, bool *found,
	     struct err *err)
{
	cleanup_message *message = link_message(RTM_GETLINK, 0, 0, 0);
	struct link answer = { 0 };

	if (!message || nla_put_string(message, IFLA_IFNAME, name) < 0)
		return no_memory(err);
	if (netlink_request(rtnl, nlmsg_hdr(message), take_link, &answer, err) < 0) {
		if (err->number != ENODEV)
			return -1;
		*found = false;
		return 0;
	}
	*found = answer.index;
	if (*found)
		*link = answer;
	return 0;
}

int link_add_wireguard(struct netlink *rtnl, int netns, const char *name, unsigned int mtu,
		       struct err *err)
{
	cleanup_link *link = rtnl_link_alloc();
	cleanup_message *message = NULL;

	if (!link || rtnl_link_set_type(link, "wireguard") < 0)
		return no_memory(err);
	rtnl_link_set_name(link, name);
	rtnl_link_set_mtu(link, mtu);
	rtnl_link_set_group(link, RTNL_GROUP);
	rtnl_link_set_ns_fd(link, netns);
	/* Without NLM_F_EXCL an old kernel would move the host's link of that name away. */
	if (rtnl_link_build_add_request(link, NLM_F_CREATE | NLM_F_EXCL, &message) < 0)
		return no_memory(err);
	return request(rtnl, message, err);
}

/* IN6_ADDR_GEN_MODE_NONE: the kernel gives TUN links a random address otherwise. */
static int put_no_addresses(struct nl_msg *message)
{
	struct nlattr *families = nla_nest_start(message, IFLA_AF_SPEC), *ipv6;

	if (!families)
		return -1;
	ipv6 = nla_nest_start(message, AF_INET6);
	if (!ipv6 || nla_put_u8(message, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE) < 0)
		return -1;
	nla_nest_end(message, ipv6);
	nla_nest_end(message, families);
	return 0;
}

int link_move(struct netlink *rtnl, int index, int netns, const char *name, unsigned int mtu,
	      bool ipv6, struct err *err)
{
	cleanup_message *message = link_message(RTM_SETLINK, 0, index, 0);

	if (!message || nla_put_u32(message, IFLA_NET_NS_FD, (uint32_t)netns) < 0 ||
	    nla_put_string(message, IFLA_IFNAME, name) < 0 ||
	    nla_put_u32(message, IFLA_MTU, mtu) < 0 ||
	    nla_put_u32(message, IFLA_GROUP, RTNL_GROUP) < 0 ||
	    (ipv6 && put_no_addresses(message) < 0))
		return no_memory(err);
	return request(rtnl, message, err);
}

int link_rename(struct netlink *rtnl, int index, const char *name, struct err *err)
{
	cleanup_message *message = link_message(RTM_SETLINK, 0, index, 0);

	if (!message || nla_put_string(message, IFLA_IFNAME, name) < 0)
		return no_memory(err);
	return request(rtnl, message, err);
}

int link_up(struct netlink *rtnl, int index, struct err *err)
{
	cleanup_message *message = link_message(RTM_SETLINK, 0, index, IFF_UP);

	return message ? request(rtnl, message, err) : no_memory(err);
}

int link_set_alias(struct netlink *rtnl, int index, const char *alias, struct err *err)
{
	cleanup_message *message = link_message(RTM_SETLINK, 0, index, 0);

	if (!message || nla_put(message, IFLA_IFALIAS, (int)strlen(alias), alias) < 0)
		return no_memory(err);
	return request(rtnl, message, err);
}

int link_delete(struct netlink *rtnl, int index, struct err *err)
{
	cleanup_message *message = link_message(RTM_DELLINK, 0, index, 0);

	return message ? request(rtnl, message, err) : no_memory(err);
}

int address_add(struct netlink *rtnl, int index, const struct prefix *address, struct err *err)
{
	cleanup_ifaddr *ifaddr = rtnl_addr_alloc();
	cleanup_address *local = to_address(address);
	cleanup_message *message = NULL;

	if (!ifaddr || !local || rtnl_addr_set_local(ifaddr, local) < 0)
		return no_memory(err);
	rtnl_addr_set_ifindex(ifaddr, index);
	rtnl_addr_set_flags(ifaddr, IFA_F_NOPREFIXROUTE);
	if (rtnl_addr_build_add_request(ifaddr, NLM_F_CREATE | NLM_F_EXCL, &message) < 0)
		return no_memory(err);
	return request(rtnl, message, err);
}

static struct nl_msg *route_message(int index, uint32_t table, const struct prefix *prefix)
{
	cleanup_route *route = rtnl_route_alloc();
	cleanup_address *destination = to_address(prefix);
	struct rtnl_nexthop *nexthop = rtnl_route_nh_alloc();
	struct nl_msg *message = NULL;

	if (!route || !destination || !nexthop) {
		if (nexthop) /* libnl looks at its gateways unasked */
			rtnl_route_nh_free(nexthop);
		return NULL;
	}
	rtnl_route_nh_set_ifindex(nexthop, index);
	rtnl_route_add_nexthop(route, nexthop); /* the route's from now on */
	rtnl_route_set_family(route, prefix->family);
	rtnl_route_set_table(route, table);
	rtnl_route_set_protocol(route, RTNL_PROTOCOL);
	/* IPv6 knows no scopes; of an IPv4 destination without a gateway the kernel wants "link".
	 */
	rtnl_route_set_scope(route, prefix->family == AF_INET ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE);
	if (rtnl_route_set_dst(route, destination) < 0 ||
	    rtnl_route_build_add_request(route, NLM_F_CREATE | NLM_F_EXCL, &message) < 0)
		return NULL;
	return message;
}

/* PREFIXES are those in the batch, NAMED is whether the one that is refused is to be said. */
static int send_routes(struct netlink *rtnl, void *batch, size_t length,
		       const struct prefix *prefixes, bool named, struct err *err)
{
	char text[PREFIX_TEXT];
	size_t refused = SIZE_MAX;

	if (netlink_batch(rtnl, batch, length, &refused, err) == 0)
		return 0;
	if (!named || refused == SIZE_MAX)
		return -1;
	return fail_in(err, "%s", prefix_format(&prefixes[refused], false, text));
}

int routes_add(struct netlink *rtnl, int index, uint32_t table, const struct prefix *prefixes,
	       size_t count, struct err *err)
{
	char batch[BATCH_ROOM] __attribute__((aligned(NLMSG_ALIGNTO)));
	size_t used = 0, first = 0;

	for (size_t i = 0; i < count; i++) {
		cleanup_message *message = route_message(index, table, &prefixes[i]);
		size_t length;

		if (!message)
			return no_memory(err);
		length = nlmsg_hdr(message)->nlmsg_len;
		if (used + NLMSG_ALIGN(length) > sizeof(batch)) {
			if (send_routes(rtnl, batch, used, &prefixes[first], true, err) < 0)
				return -1;
			used = 0;
			first = i;
		}
		memcpy(batch + used, nlmsg_hdr(message), length);
		used += NLMSG_ALIGN(length);
	}
	return used ? send_routes(rtnl, batch, used, &prefixes[first], count > 1, err) : 0;
}

/* libnl builds all of a rule but suppress_prefixlength, for which it has no word. */
static struct nl_msg *rule_message(const struct rule *rule, bool add)
{
	cleanup_rule *object = rtnl_rule_alloc();
	cleanup_address *to = rule->to.family ? to_address(&rule->to) : NULL;
	struct nl_msg *message = NULL;
	int built;

	if (!object || (rule->to.family && (!to || rtnl_rule_set_dst(object, to) < 0)))
		return NULL;
	rtnl_rule_set_family(object, rule->family);
	rtnl_rule_set_prio(object, rule->preference);
	rtnl_rule_set_protocol(object, RTNL_PROTOCOL);
	if (rule->mark) {
		rtnl_rule_set_mark(object, rule->mark);
		rtnl_rule_set_mask(object, UINT32_MAX);
	}
	if (rule->protocol && (rtnl_rule_set_ipproto(object, rule->protocol) < 0 ||
			       rtnl_rule_set_dport(object, rule->port) < 0))
		return NULL;
	switch (rule->action) {
	case RULE_LOOKUP:
		rtnl_rule_set_action(object, FR_ACT_TO_TBL);
		rtnl_rule_set_table(object, rule->table);
		break;
	case RULE_UNREACHABLE: rtnl_rule_set_action(object, FR_ACT_UNREACHABLE); break;
	}
	if (add)
		built = rtnl_rule_build_add_request(object, NLM_F_CREATE | NLM_F_EXCL, &message);
	else
		built = rtnl_rule_build_delete_request(object, 0, &message);
	if (built < 0)
		return NULL;
	if (rule->suppress >= 0 &&
	    nla_put_u32(message, FRA_SUPPRESS_PREFIXLEN, (uint32_t)rule->suppress) < 0) {
		nlmsg_free(message);
		return NULL;
	}
	return message;
}

int rule_add(struct netlink *rtnl, const struct rule *rule, struct err *err)
{
	cleanup_message *message = rule_message(rule, true);

	return message ? request(rtnl, message, err) : no_memory(err);
}

int rule_delete(struct netlink *rtnl, const struct rule *rule, struct err *err)
{
	cleanup_message *message = rule_message(rule, false);

	return message ? request(rtnl, message, err) : no_memory(err);
}

/* Messages of a dump that are to be acted on once it has ended. */
struct collected {
	struct nl_msg **message;
	size_t count;
	char *alias; /* of links: room for the last one's */
	uint32_t kept; /* of rules: the preference that is passed over */
};

static void forget_collected(void *context)
{
	struct collected *collected = context;

	while (collected->count)
		nlmsg_free(collected->message[--collected->count]);
}

static void free_collected(struct collected *collected)
{
	forget_collected(collected);
	free(collected->message);
}

static int collect(struct collected *collected, struct nl_msg *message, struct err *err)
{
	struct nl_msg **grown =
		reallocarray(collected->message, collected->count + 1, sizeof(struct nl_msg *));

	if (!message || !grown) {
		nlmsg_free(message);
		if (grown)
			collected->message = grown;
		return no_memory(err);
	}
	collected->message = grown;
	collected->message[collected->count++] = message;
	return 0;
}

static int collect_dump(struct netlink *rtnl, struct nl_msg *dump, netlink_answer *take,
			struct collected *collected, struct err *err)
{
	return netlink_dump(rtnl, nlmsg_hdr(dump), take, forget_collected, collected, err);
}

static int delete_collected(struct netlink *rtnl, struct collected *collected, size_t *deleted,
			    struct err *err)
{
	for (size_t i = 0; i < collected->count; i++) {
		if (request(rtnl, collected->message[i], err) < 0)
			return -1;
		++*deleted;
	}
	return 0;
}

/* Whether it bears RTNL_PROTOCOL; its preference. */
static bool is_our_rule(const struct nlmsghdr *answer, uint32_t *preference)
{
	struct attributes attributes = message_attributes(answer, sizeof(struct fib_rule_hdr));
	struct attribute attribute;
	bool ours = false;

	*preference = 0;
	while (attribute_next(&attributes, &attribute)) {
		if (attribute.type == FRA_PRIORITY)
			*preference = u32_of(&attribute);
		else if (attribute.type == FRA_PROTOCOL && attribute.size == 1)
			ours = *(const uint8_t *)attribute.data == RTNL_PROTOCOL;
	}
	return answer->nlmsg_type == RTM_NEWRULE && ours;
}

static int collect_rule(const struct nlmsghdr *answer, void *context, struct err *err)
{
	struct collected *collected = context;
	struct nl_msg *message;
	uint32_t preference;

	if (!is_our_rule(answer, &preference))
		return 0;
	if (collected->kept && preference == collected->kept)
		return 0;
	/* The kernel takes a rule as it dumps it (fib_nl_delrule compares what is there). */
	message = nlmsg_convert((struct nlmsghdr *)answer);
	if (message) {
		nlmsg_hdr(message)->nlmsg_type = RTM_DELRULE;
		nlmsg_hdr(message)->nlmsg_flags = 0;
	}
	return collect(collected, message, err);
}

int rules_delete_ours(struct netlink *rtnl, int family, uint32_t kept, size_t *deleted,
		      struct err *err)
{
	struct fib_rule_hdr header = { .family = (uint8_t)family };
	cleanup_message *dump = nlmsg_alloc_simple(RTM_GETRULE, NLM_F_DUMP);
	cleanup(free_collected) struct collected collected = { .kept = kept };

	if (!dump || nlmsg_append(dump, &header, sizeof(header), NLMSG_ALIGNTO) < 0)
		return no_memory(err);
	if (collect_dump(rtnl, dump, collect_rule, &collected, err) < 0)
		return -1;
	return delete_collected(rtnl, &collected, deleted, err);
}

static int collect_link(const struct nlmsghdr *answer, void *context, struct err *err)
{
	struct collected *collected = context;
	struct link link;

	if (!read_link(answer, &link) || !link.ours)
		return 0;
	memcpy(collected->alias, link.alias, sizeof(link.alias));
	return collect(collected, link_message(RTM_DELLINK, 0, link.index, 0), err);
}

int links_delete_ours(struct netlink *rtnl, char alias[static RTNL_ALIAS_ROOM], size_t *deleted,
		      struct err *err)
{
	cleanup_message *dump = link_message(RTM_GETLINK, NLM_F_DUMP, 0, 0);
	cleanup(free_collected) struct collected collected = { .alias = alias };

	if (!dump)
		return no_memory(err);
	if (collect_dump(rtnl, dump, collect_link, &collected, err) < 0)
		return -1;
	return delete_collected(rtnl, &collected, deleted, err);
}

static int take_ours(const struct nlmsghdr *answer, void *context, struct err *err)
{
	struct link link, *best = context;

	(void)err;
	if (read_link(answer, &link) && link.ours &&
	    (!best->ours || (!*best->alias && *link.alias)))
		*best = link;
	return 0;
}

static void forget_link(void *link)
{
	*(struct link *)link = (struct link){ 0 };
}

int link_find_ours(struct netlink *rtnl, struct link *link, bool *found, struct err *err)
{
	cleanup_message *dump = link_message(RTM_GETLINK, NLM_F_DUMP, 0, 0);
	struct link best = { 0 };

	if (!dump)
		return no_memory(err);
	if (netlink_dump(rtnl, nlmsg_hdr(dump), take_ours, forget_link, &best, err) < 0)
		return -1;
	*found = best.ours;
	if (best.ours)
		*link = best;
	return 0;
}
