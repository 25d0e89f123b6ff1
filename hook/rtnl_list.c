/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dumps of rtnetlink to plain values. */
#include "rtnl_list.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define REQUEST_ROOM 64

/* Of Linux 6.15, FRA_DPORT_MASK; what has a port has all of it. */
#define DPORT_MASK 29

static int no_memory(struct err *err)
{
	return fail_errno(err, ENOMEM, "a list of the kernel's");
}

/* Behind the family header, of SIZE bytes, of an answer that is long enough for it. */
static bool open_answer(const struct nlmsghdr *answer, uint16_t type, size_t size,
			const void **header, struct attributes *attributes)
{
	if (answer->nlmsg_type != type || answer->nlmsg_len < NLMSG_LENGTH(size))
		return false;
	*header = NLMSG_DATA(answer);
	*attributes = message_attributes(answer, size);
	return true;
}

static uint32_t u32_of(const struct attribute *attribute)
{
	uint32_t value = 0;

	if (attribute->size == sizeof(value))
		memcpy(&value, attribute->data, sizeof(value));
	return value;
}

static uint16_t u16_of(const struct attribute *attribute)
{
	uint16_t value = 0;

	if (attribute->size == sizeof(value))
		memcpy(&value, attribute->data, sizeof(value));
	return value;
}

static uint8_t u8_of(const struct attribute *attribute)
{
	return attribute->size == 1 ? *(const uint8_t *)attribute->data : 0;
}

static bool is_prefix(uint8_t family, uint8_t length)
{
	return (family == AF_INET || family == AF_INET6) && length <= family_bits(family);
}

/* False, and *prefix untouched, for what is none. */
static bool take_prefix(uint8_t family, uint8_t length, const struct attribute *attribute,
			struct prefix *prefix)
{
	if (!is_prefix(family, length) || attribute->size != family_bytes(family))
		return false;
	*prefix = (struct prefix){ .family = family, .length = length };
	memcpy(prefix->address, attribute->data, attribute->size);
	return true;
}

/* Rules */

struct rules {
	struct rule *rule;
	size_t count;
};

static void forget_rules(void *context)
{
	((struct rules *)context)->count = 0;
}

static void take_ports(const struct attribute *attribute, struct rule *rule)
{
	struct fib_rule_port_range range = { 0 };

	if (attribute->size == sizeof(range))
		memcpy(&range, attribute->data, sizeof(range));
	rule->port = range.start;
	rule->more |= range.start != range.end;
}

/* What is neither here nor padding narrows the rule down. */
static void take_rule_attribute(const struct attribute *attribute, uint8_t length,
				struct rule *rule, uint8_t *protocol)
{
	switch (attribute->type) {
	case FRA_PRIORITY: rule->preference = u32_of(attribute); break;
	case FRA_PROTOCOL: *protocol = u8_of(attribute); break;
	case FRA_TABLE: rule->table = u32_of(attribute); break;
	case FRA_SUPPRESS_PREFIXLEN: rule->suppress = (int)u32_of(attribute); break;
	case FRA_DST: rule->more |= !take_prefix(rule->family, length, attribute, &rule->to); break;
	case FRA_FWMARK: rule->mark = u32_of(attribute); break;
	case FRA_FWMASK: rule->more |= u32_of(attribute) != UINT32_MAX; break;
	case FRA_IP_PROTO: rule->protocol = u8_of(attribute); break;
	case FRA_DPORT_RANGE: take_ports(attribute, rule); break;
	case DPORT_MASK: rule->more |= u16_of(attribute) != UINT16_MAX; break;
	case FRA_PAD: break;
	default: rule->more = true;
	}
}

static int append_rule(struct rules *rules, const struct rule *rule, struct err *err)
{
	struct rule *grown = rules->rule;

	/* By powers of two: the count tells the room. */
	if ((rules->count & (rules->count - 1)) == 0)
		grown = reallocarray(grown, rules->count ? 2 * rules->count : 1, sizeof(*grown));
	if (!grown)
		return no_memory(err);
	rules->rule = grown;
	grown[rules->count++] = *rule;
	return 0;
}

static int take_rule(const struct nlmsghdr *answer, void *rules, struct err *err)
{
	struct rule rule = { .suppress = -1 };
	const struct fib_rule_hdr *header;
	struct attributes attributes;
	struct attribute attribute;
	const void *start;
	uint8_t protocol = 0;

	if (!open_answer(answer, RTM_NEWRULE, sizeof(*header), &start, &attributes))
		return 0;
	header = start;
	rule.family = header->family;
	while (attribute_next(&attributes, &attribute))
		take_rule_attribute(&attribute, header->dst_len, &rule, &protocol);
	if (header->action == FR_ACT_UNREACHABLE)
		rule.action = RULE_UNREACHABLE;
	else
		rule.more |= header->action != FR_ACT_TO_TBL;
	rule.more |= header->src_len || header->tos || header->flags & FIB_RULE_INVERT;
	return protocol == RTNL_PROTOCOL ? append_rule(rules, &rule, err) : 0;
}

int rules_list(struct netlink *rtnl, uint8_t family, struct rule **rules, size_t *count,
	       struct err *err)
{
	char buffer[REQUEST_ROOM] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct rules list = { 0 };
	struct message message;
	struct fib_rule_hdr *header =
		message_start(&message, buffer, sizeof(buffer), RTM_GETRULE, 0, sizeof(*header));

	header->family = family;
	if (netlink_dump(rtnl, message.header, take_rule, forget_rules, &list, err) < 0) {
		free(list.rule);
		return -1;
	}
	*rules = list.rule;
	*count = list.count;
	return 0;
}

static int order(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

int rule_compare(const void *a, const void *b)
{
	const struct rule *one = a, *other = b;
	int result = order(one->preference, other->preference);

	if (!result)
		result = order(one->family, other->family);
	if (!result)
		result = order(one->action, other->action);
	if (!result && one->action == RULE_LOOKUP)
		result = order(one->table, other->table);
	if (!result)
		result = order((uint32_t)one->suppress, (uint32_t)other->suppress);
	if (!result)
		result = prefix_compare(&one->to, &other->to);
	if (!result)
		result = order(one->protocol, other->protocol);
	if (!result)
		result = order(one->port, other->port);
	if (!result)
		result = order(one->mark, other->mark);
	return result ? result : order(one->more, other->more);
}

/* Addresses */

struct prefixes {
	struct prefix *prefix;
	size_t count, others;
	int index; /* of the link */
	uint32_t table;
};

static void forget_prefixes(void *context)
{
	struct prefixes *prefixes = context;

	prefixes->count = prefixes->others = 0;
}

static int append_prefix(struct prefixes *prefixes, struct prefix prefix, struct err *err)
{
	if (!prefix_append(&prefixes->prefix, &prefixes->count, prefix))
		return no_memory(err);
	return 0;
}

/* IFA_LOCAL is the link's own where there is another at its far end. */
static int take_address(const struct nlmsghdr *answer, void *context, struct err *err)
{
	struct prefixes *prefixes = context;
	struct prefix address = { 0 };
	const struct ifaddrmsg *header;
	struct attributes attributes;
	struct attribute attribute;
	const void *start;
	bool local = false;

	if (!open_answer(answer, RTM_NEWADDR, sizeof(*header), &start, &attributes))
		return 0;
	header = start;
	while (attribute_next(&attributes, &attribute)) {
		if (attribute.type != IFA_LOCAL && (attribute.type != IFA_ADDRESS || local))
			continue;
		local = attribute.type == IFA_LOCAL;
		(void)take_prefix(header->ifa_family, header->ifa_prefixlen, &attribute, &address);
	}
	if ((int)header->ifa_index != prefixes->index || !address.family)
		return 0;
	return append_prefix(prefixes, address, err);
}

static int finish_list(struct netlink *rtnl, struct message *message, netlink_answer *take,
		       struct prefixes *list, struct prefix **prefixes, size_t *count,
		       struct err *err)
{
	if (netlink_dump(rtnl, message->header, take, forget_prefixes, list, err) < 0) {
		free(list->prefix);
		return -1;
	}
	*prefixes = list->prefix;
	*count = list->count;
	return 0;
}

int addresses_list(struct netlink *rtnl, int index, struct prefix **addresses, size_t *count,
		   struct err *err)
{
	char buffer[REQUEST_ROOM] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct prefixes list = { .index = index };
	struct message message;

	message_start(&message, buffer, sizeof(buffer), RTM_GETADDR, 0, sizeof(struct ifaddrmsg));
	return finish_list(rtnl, &message, take_address, &list, addresses, count, err);
}

/* Routes */

struct route {
	struct prefix to;
	uint32_t table;
	int index;
	bool plain;
};

static void take_route_attribute(const struct attribute *attribute, struct route *route)
{
	switch (attribute->type) {
	case RTA_DST:
		route->plain &=
			take_prefix(route->to.family, route->to.length, attribute, &route->to);
		break;
	case RTA_TABLE: route->table = u32_of(attribute); break;
	case RTA_OIF: route->index = (int)u32_of(attribute); break;
	case RTA_GATEWAY:
	case RTA_VIA:
	case RTA_MULTIPATH:
	case RTA_NH_ID:
	case RTA_ENCAP: route->plain = false; break;
	default: break;
	}
}

static int take_route(const struct nlmsghdr *answer, void *context, struct err *err)
{
	struct prefixes *prefixes = context;
	const struct rtmsg *header;
	struct attributes attributes;
	struct attribute attribute;
	struct route route = { 0 };
	const void *start;

	if (!open_answer(answer, RTM_NEWROUTE, sizeof(*header), &start, &attributes))
		return 0;
	header = start;
	if (header->rtm_protocol != RTNL_PROTOCOL)
		return 0;
	route.to.family = header->rtm_family;
	route.to.length = header->rtm_dst_len;
	route.plain = header->rtm_type == RTN_UNICAST && !header->rtm_src_len && !header->rtm_tos &&
		      is_prefix(header->rtm_family, header->rtm_dst_len);
	while (attribute_next(&attributes, &attribute))
		take_route_attribute(&attribute, &route);
	if (route.plain && route.index == prefixes->index && route.table == prefixes->table)
		return append_prefix(prefixes, route.to, err);
	prefixes->others++;
	return 0;
}

int routes_list(struct netlink *rtnl, uint8_t family, int index, uint32_t table,
		struct prefix **routes, size_t *count, size_t *others, struct err *err)
{
	char buffer[REQUEST_ROOM] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct prefixes list = { .index = index, .table = table };
	struct message message;
	struct rtmsg *header =
		message_start(&message, buffer, sizeof(buffer), RTM_GETROUTE, 0, sizeof(*header));

	header->rtm_family = family;
	if (finish_list(rtnl, &message, take_route, &list, routes, count, err) < 0)
		return -1;
	*others = list.others;
	return 0;
}
