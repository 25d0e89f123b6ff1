/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows to expressions, sets and chains to their attributes. */
#include "guard_object.h"

#include <arpa/inet.h>
#include <linux/icmpv6.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tuple_common.h>
#include <linux/netfilter/nf_tables.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>

#include <libnftnl/expr.h>

/*
 * Registers of 16 bytes. The IPv6 key of the maps, two ports in 4 bytes each and an address, takes
 * the first and half of the second; nft 1.0.6 puts the address that goes with it into the second
 * all the same, and keeps half an address (facts of the kernel's own: nft_parse_register).
 */
#define KEY NFT_REG_1
#define KEY_PORT NFT_REG32_01
#define KEY_ADDRESS NFT_REG32_02
#define VALUE NFT_REG_4

/* Expressions: of a rule under construction, as nft(8) would have them. */

struct draft {
	struct nftnl_rule *rule;
	const struct ruleset *ruleset;
	bool frames; /* of the netdev family */
	bool failed; /* for want of memory */
};

/* NULL without memory, with which the following go on. */
static struct nftnl_expr *add(struct draft *draft, const char *name)
{
	struct nftnl_expr *expr = nftnl_expr_alloc(name);

	if (expr)
		nftnl_rule_add_expr(draft->rule, expr);
	else
		draft->failed = true;
	return expr;
}

static void put(struct nftnl_expr *expr, uint16_t attribute, uint32_t value)
{
	if (expr)
		nftnl_expr_set_u32(expr, attribute, value);
}

static void put_data(struct draft *draft, struct nftnl_expr *expr, uint16_t attribute,
		     const void *data, size_t length)
{
	if (expr && nftnl_expr_set(expr, attribute, data, (uint32_t)length) < 0)
		draft->failed = true;
}

static void put_name(struct draft *draft, struct nftnl_expr *expr, uint16_t attribute,
		     const char *name)
{
	put_data(draft, expr, attribute, name, strlen(name) + 1);
}

static void load_meta(struct draft *draft, enum nft_meta_keys key)
{
	struct nftnl_expr *expr = add(draft, "meta");

	put(expr, NFTNL_EXPR_META_KEY, key);
	put(expr, NFTNL_EXPR_META_DREG, KEY);
}

static void load_ct(struct draft *draft, enum nft_ct_keys key)
{
	struct nftnl_expr *expr = add(draft, "ct");

	put(expr, NFTNL_EXPR_CT_KEY, key);
	put(expr, NFTNL_EXPR_CT_DREG, KEY);
}

static void load(struct draft *draft, enum nft_payload_bases base, size_t offset, size_t length,
		 uint32_t into)
{
	struct nftnl_expr *expr = add(draft, "payload");

	put(expr, NFTNL_EXPR_PAYLOAD_BASE, base);
	put(expr, NFTNL_EXPR_PAYLOAD_OFFSET, (uint32_t)offset);
	put(expr, NFTNL_EXPR_PAYLOAD_LEN, (uint32_t)length);
	put(expr, NFTNL_EXPR_PAYLOAD_DREG, into);
}

static void compare(struct draft *draft, enum nft_cmp_ops operation, const void *data,
		    size_t length)
{
	struct nftnl_expr *expr = add(draft, "cmp");

	put(expr, NFTNL_EXPR_CMP_SREG, KEY);
	put(expr, NFTNL_EXPR_CMP_OP, operation);
	put_data(draft, expr, NFTNL_EXPR_CMP_DATA, data, length);
}

static void compare_u8(struct draft *draft, uint8_t value)
{
	compare(draft, NFT_CMP_EQ, &value, sizeof(value));
}

static void compare_u32(struct draft *draft, enum nft_cmp_ops operation, uint32_t value)
{
	compare(draft, operation, &value, sizeof(value));
}

static void mask(struct draft *draft, const void *bits, size_t length)
{
	static const uint8_t zero[16];
	struct nftnl_expr *expr = add(draft, "bitwise");

	put(expr, NFTNL_EXPR_BITWISE_SREG, KEY);
	put(expr, NFTNL_EXPR_BITWISE_DREG, KEY);
	put(expr, NFTNL_EXPR_BITWISE_LEN, (uint32_t)length);
	put_data(draft, expr, NFTNL_EXPR_BITWISE_MASK, bits, length);
	put_data(draft, expr, NFTNL_EXPR_BITWISE_XOR, zero, length);
}

static struct nftnl_expr *look_up(struct draft *draft, const char *set)
{
	struct nftnl_expr *expr = add(draft, "lookup");

	put(expr, NFTNL_EXPR_LOOKUP_SREG, KEY);
	put_name(draft, expr, NFTNL_EXPR_LOOKUP_SET, set);
	return expr;
}

static void verdict(struct draft *draft, int code, const char *chain)
{
	struct nftnl_expr *expr = add(draft, "immediate");

	put(expr, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
	put(expr, NFTNL_EXPR_IMM_VERDICT, (uint32_t)code);
	if (chain)
		put_name(draft, expr, NFTNL_EXPR_IMM_CHAIN, chain);
}

static void reject(struct draft *draft, enum nft_reject_types type, uint8_t code)
{
	struct nftnl_expr *expr = add(draft, "reject");

	put(expr, NFTNL_EXPR_REJECT_TYPE, type);
	if (expr)
		nftnl_expr_set_u8(expr, NFTNL_EXPR_REJECT_CODE, code);
}

/* Terms */

static void match_link(struct draft *draft, enum nft_meta_keys key, const struct term *term)
{
	char name[IFNAMSIZ] = "";

	strncpy(name, ruleset_link(draft->ruleset, term), sizeof(name) - 1);
	load_meta(draft, key);
	compare(draft, NFT_CMP_EQ, name, sizeof(name));
}

static void compare_u16(struct draft *draft, uint16_t value)
{
	compare(draft, NFT_CMP_EQ, &value, sizeof(value));
}

/* Netfilter's numbers of families are AF_INET and AF_INET6; in its netdev family they are not it.
 */
static void match_family(struct draft *draft, uint8_t family)
{
	if (draft->frames) {
		load_meta(draft, NFT_META_PROTOCOL);
		compare_u16(draft, htons(family == AF_INET ? ETH_P_IP : ETH_P_IPV6));
		return;
	}
	load_meta(draft, NFT_META_NFPROTO);
	compare_u8(draft, family);
}

/* Linux 5.10. Connecting gives a socket an address too. */
static void match_bound(struct draft *draft)
{
	struct nftnl_expr *expr = add(draft, "socket");

	put(expr, NFTNL_EXPR_SOCKET_KEY, NFT_SOCKET_WILDCARD);
	put(expr, NFTNL_EXPR_SOCKET_DREG, KEY);
	compare_u8(draft, 0);
}

/* Whatever number it is: there is one. */
static void match_stack(struct draft *draft)
{
	load_meta(draft, NFT_META_RTCLASSID);
	compare_u32(draft, NFT_CMP_GTE, 0);
}

static void match_frame(struct draft *draft, uint16_t type)
{
	load_meta(draft, NFT_META_OIFTYPE);
	compare_u16(draft, ARPHRD_ETHER);
	load(draft, NFT_PAYLOAD_LL_HEADER, offsetof(struct ethhdr, h_proto), sizeof(type), KEY);
	compare_u16(draft, htons(type));
}

static void match_protocol(struct draft *draft, uint8_t protocol)
{
	load_meta(draft, NFT_META_L4PROTO);
	compare_u8(draft, protocol);
}

static size_t source_offset(uint8_t family)
{
	return family == AF_INET ? 12 : 8; /* RFC 791, RFC 8200 */
}

static void load_source(struct draft *draft, uint8_t family, uint32_t into)
{
	load(draft, NFT_PAYLOAD_NETWORK_HEADER, source_offset(family), family_bytes(family), into);
}

static void load_destination(struct draft *draft, uint8_t family, uint32_t into)
{
	load(draft, NFT_PAYLOAD_NETWORK_HEADER, source_offset(family) + family_bytes(family),
	     family_bytes(family), into);
}

static void load_port(struct draft *draft, bool source, uint32_t into)
{
	load(draft, NFT_PAYLOAD_TRANSPORT_HEADER, source ? 0 : 2, 2, into);
}

static void match_prefix(struct draft *draft, const struct prefix *to)
{
	struct prefix ones = { .family = to->family, .length = to->length };

	match_family(draft, to->family);
	load_destination(draft, to->family, KEY);
	if (to->length < family_bits(to->family)) {
		memset(ones.address, 0xff, sizeof(ones.address));
		ones = prefix_network(ones);
		mask(draft, ones.address, family_bytes(to->family));
	}
	compare(draft, NFT_CMP_EQ, to->address, family_bytes(to->family));
}

static void match_set(struct draft *draft, const struct set_content *set)
{
	match_family(draft, set->family);
	load_destination(draft, set->family, KEY);
	look_up(draft, set->name);
}

static void match_port(struct draft *draft, uint8_t protocol, bool source, uint16_t port)
{
	match_protocol(draft, protocol);
	load_port(draft, source, KEY);
	compare_u16(draft, htons(port));
}

static void match_icmpv6(struct draft *draft, uint8_t type)
{
	match_family(draft, AF_INET6);
	match_protocol(draft, IPPROTO_ICMPV6);
	load(draft, NFT_PAYLOAD_TRANSPORT_HEADER, 0, 1, KEY);
	compare_u8(draft, type);
}

/* Found wherever it stands among the options or headers (nft_exthdr). */
static void match_routed(struct draft *draft, uint8_t option)
{
	bool ipv6 = option == IPPROTO_ROUTING;
	struct nftnl_expr *expr;

	match_family(draft, ipv6 ? AF_INET6 : AF_INET);
	expr = add(draft, "exthdr");
	put(expr, NFTNL_EXPR_EXTHDR_DREG, KEY);
	if (expr)
		nftnl_expr_set_u8(expr, NFTNL_EXPR_EXTHDR_TYPE, option);
	put(expr, NFTNL_EXPR_EXTHDR_OFFSET, 0);
	put(expr, NFTNL_EXPR_EXTHDR_LEN, 1);
	put(expr, NFTNL_EXPR_EXTHDR_OP, ipv6 ? NFT_EXTHDR_OP_IPV6 : NFT_EXTHDR_OP_IPV4);
	put(expr, NFTNL_EXPR_EXTHDR_FLAGS, NFT_EXTHDR_F_PRESENT);
	compare_u8(draft, 1);
}

static void match_new(struct draft *draft)
{
	const uint32_t new = NF_CT_STATE_BIT(IP_CT_NEW);

	load_ct(draft, NFT_CT_STATE);
	mask(draft, &new, sizeof(new));
	compare_u32(draft, NFT_CMP_NEQ, 0);
}

static void match_direction(struct draft *draft, enum ip_conntrack_dir direction)
{
	load_ct(draft, NFT_CT_DIRECTION);
	compare_u8(draft, direction);
}

static void set_mark(struct draft *draft, bool of_connection, uint32_t mark)
{
	struct nftnl_expr *expr = add(draft, "immediate");

	put(expr, NFTNL_EXPR_IMM_DREG, KEY);
	put_data(draft, expr, NFTNL_EXPR_IMM_DATA, &mark, sizeof(mark));
	expr = add(draft, of_connection ? "ct" : "meta");
	put(expr, of_connection ? NFTNL_EXPR_CT_KEY : NFTNL_EXPR_META_KEY,
	    of_connection ? (uint32_t)NFT_CT_MARK : (uint32_t)NFT_META_MARK);
	put(expr, of_connection ? NFTNL_EXPR_CT_SREG : NFTNL_EXPR_META_SREG, KEY);
}

/* The key is client's port, our port, client's address: the source's on the way in. */
static void load_key(struct draft *draft, uint8_t family, bool way_in)
{
	match_family(draft, family);
	match_protocol(draft, IPPROTO_UDP);
	load_port(draft, way_in, KEY);
	load_port(draft, !way_in, KEY_PORT);
	if (way_in)
		load_source(draft, family, KEY_ADDRESS);
	else
		load_destination(draft, family, KEY_ADDRESS);
}

static void record(struct draft *draft, const struct set_content *map)
{
	struct nftnl_expr *expr;

	load_key(draft, map->family, true);
	load_destination(draft, map->family, VALUE);
	expr = add(draft, "dynset");
	put(expr, NFTNL_EXPR_DYNSET_SREG_KEY, KEY);
	put(expr, NFTNL_EXPR_DYNSET_SREG_DATA, VALUE);
	put(expr, NFTNL_EXPR_DYNSET_OP, NFT_DYNSET_OP_UPDATE);
	put_name(draft, expr, NFTNL_EXPR_DYNSET_SET_NAME, map->name);
}

/* Both checksums follow: IPv4's own, and UDP's, which covers the addresses. */
static void answer(struct draft *draft, const struct set_content *map)
{
	bool ipv4 = map->family == AF_INET;
	struct nftnl_expr *expr;

	load_key(draft, map->family, false);
	put(look_up(draft, map->name), NFTNL_EXPR_LOOKUP_DREG, VALUE);
	expr = add(draft, "payload");
	put(expr, NFTNL_EXPR_PAYLOAD_SREG, VALUE);
	put(expr, NFTNL_EXPR_PAYLOAD_BASE, NFT_PAYLOAD_NETWORK_HEADER);
	put(expr, NFTNL_EXPR_PAYLOAD_OFFSET, (uint32_t)source_offset(map->family));
	put(expr, NFTNL_EXPR_PAYLOAD_LEN, (uint32_t)family_bytes(map->family));
	put(expr, NFTNL_EXPR_PAYLOAD_CSUM_TYPE,
	    ipv4 ? NFT_PAYLOAD_CSUM_INET : NFT_PAYLOAD_CSUM_NONE);
	put(expr, NFTNL_EXPR_PAYLOAD_CSUM_OFFSET, ipv4 ? 10 : 0); /* RFC 791 */
	put(expr, NFTNL_EXPR_PAYLOAD_FLAGS, NFT_PAYLOAD_L4CSUM_PSEUDOHDR);
}

static void add_term(struct draft *draft, const struct term *term)
{
	const struct set_content *sets = draft->ruleset->sets;

	switch (term->kind) {
	case TERM_END: break;
	case TERM_IN: match_link(draft, NFT_META_IIFNAME, term); break;
	case TERM_OUT: match_link(draft, NFT_META_OIFNAME, term); break;
	case TERM_TO: match_prefix(draft, &term->prefix); break;
	case TERM_TO_SET: match_set(draft, &sets[term->set]); break;
	case TERM_PROTOCOL: match_protocol(draft, (uint8_t)term->number); break;
	case TERM_PORT: match_port(draft, term->protocol, false, term->number); break;
	case TERM_LISTEN_PORT: match_port(draft, IPPROTO_UDP, true, draft->ruleset->port); break;
	case TERM_ICMPV6: match_icmpv6(draft, (uint8_t)term->number); break;
	case TERM_ROUTED: match_routed(draft, (uint8_t)term->number); break;
	case TERM_UNICAST:
		load_meta(draft, NFT_META_PKTTYPE);
		compare_u8(draft, PACKET_HOST);
		break;
	case TERM_PROCESS: /* every user but the one that there is not */
		load_meta(draft, NFT_META_SKUID);
		compare_u32(draft, NFT_CMP_NEQ, UINT32_MAX);
		break;
	case TERM_BOUND: match_bound(draft); break;
	case TERM_STACK: match_stack(draft); break;
	case TERM_FRAME: match_frame(draft, term->number); break;
	case TERM_NEW: match_new(draft); break;
	case TERM_ORIGINAL: match_direction(draft, IP_CT_DIR_ORIGINAL); break;
	case TERM_REPLY: match_direction(draft, IP_CT_DIR_REPLY); break;
	case TERM_MARKED:
		load_meta(draft, NFT_META_MARK);
		compare_u32(draft, NFT_CMP_EQ, term->mark);
		break;
	case TERM_OF_MARK:
		load_ct(draft, NFT_CT_MARK);
		compare_u32(draft, NFT_CMP_EQ, term->mark);
		break;
	case TERM_MARK_CONNECTION: set_mark(draft, true, term->mark); break;
	case TERM_MARK_PACKET: set_mark(draft, false, term->mark); break;
	case TERM_RECORD: record(draft, &sets[term->set]); break;
	case TERM_ANSWER: answer(draft, &sets[term->set]); break;
	case TERM_ACCEPT: verdict(draft, NF_ACCEPT, NULL); break;
	case TERM_DROP: verdict(draft, NF_DROP, NULL); break;
	case TERM_RETURN: verdict(draft, NFT_RETURN, NULL); break;
	case TERM_JUMP: verdict(draft, NFT_JUMP, ruleset_chains[term->chain].name); break;
	case TERM_GOTO: verdict(draft, NFT_GOTO, ruleset_chains[term->chain].name); break;
	case TERM_RESET: reject(draft, NFT_REJECT_TCP_RST, 0); break;
	case TERM_REJECT:
		reject(draft, NFT_REJECT_ICMPX_UNREACH, NFT_REJECT_ICMPX_ADMIN_PROHIBITED);
		break;
	}
}

/* Sets, chains, rules */

struct nftnl_set *guard_set_name(const struct set_content *content)
{
	struct nftnl_set *set = nftnl_set_alloc();

	if (set && (nftnl_set_set_str(set, NFTNL_SET_TABLE, RULESET_TABLE) < 0 ||
		    nftnl_set_set_str(set, NFTNL_SET_NAME, content->name) < 0)) {
		nftnl_set_free(set);
		return NULL;
	}
	return set;
}

/* nft(8)'s numbers of types, by which it prints what it reads (its datatype.h); 6 bits each. */
enum { TYPE_IPADDR = 7, TYPE_IP6ADDR = 8, TYPE_INET_SERVICE = 13 };

static void describe_set(struct nftnl_set *set, const struct set_content *content)
{
	uint32_t address = content->family == AF_INET ? TYPE_IPADDR : TYPE_IP6ADDR;
	uint32_t bytes = (uint32_t)family_bytes(content->family);

	if (!content->map) {
		nftnl_set_set_u32(set, NFTNL_SET_FLAGS, content->interval ? NFT_SET_INTERVAL : 0);
		nftnl_set_set_u32(set, NFTNL_SET_KEY_TYPE, address);
		nftnl_set_set_u32(set, NFTNL_SET_KEY_LEN, bytes);
		return;
	}
	nftnl_set_set_u32(set, NFTNL_SET_FLAGS, NFT_SET_MAP | NFT_SET_TIMEOUT | NFT_SET_EVAL);
	nftnl_set_set_u32(set, NFTNL_SET_KEY_TYPE,
			  TYPE_INET_SERVICE << 12 | TYPE_INET_SERVICE << 6 | address);
	nftnl_set_set_u32(set, NFTNL_SET_KEY_LEN, 4 + 4 + bytes);
	nftnl_set_set_u32(set, NFTNL_SET_DATA_TYPE, address);
	nftnl_set_set_u32(set, NFTNL_SET_DATA_LEN, bytes);
	nftnl_set_set_u64(set, NFTNL_SET_TIMEOUT, RULESET_ASKED_SECONDS * UINT64_C(1000));
	nftnl_set_set_u32(set, NFTNL_SET_DESC_SIZE, RULESET_ASKED_MOST);
}

struct nftnl_set *guard_set(const struct set_content *content)
{
	struct nftnl_set *set = guard_set_name(content);

	if (!set)
		return NULL;
	nftnl_set_set_u32(set, NFTNL_SET_FAMILY, NFPROTO_INET);
	describe_set(set, content);
	return set;
}

struct nftnl_chain *guard_chain(const struct ruleset *ruleset, enum chain number)
{
	const struct chain_place *place = &ruleset_chains[number];
	struct nftnl_chain *chain = nftnl_chain_alloc();

	if (!chain)
		return NULL;
	if (nftnl_chain_set_str(chain, NFTNL_CHAIN_TABLE, RULESET_TABLE) < 0 ||
	    nftnl_chain_set_str(chain, NFTNL_CHAIN_NAME, place->name) < 0 ||
	    (place->type && nftnl_chain_set_str(chain, NFTNL_CHAIN_TYPE, place->type) < 0)) {
		nftnl_chain_free(chain);
		return NULL;
	}
	if (place->type) {
		nftnl_chain_set_u32(chain, NFTNL_CHAIN_HOOKNUM, place->hook);
		nftnl_chain_set_s32(chain, NFTNL_CHAIN_PRIO, place->priority);
		nftnl_chain_set_u32(chain, NFTNL_CHAIN_POLICY,
				    ruleset_drops(ruleset, number) ? NF_DROP : NF_ACCEPT);
	}
	return chain;
}

struct nftnl_rule *guard_rule(const struct ruleset *ruleset, const struct row *row)
{
	struct nftnl_rule *rule = nftnl_rule_alloc();
	struct draft draft = { .rule = rule,
			       .ruleset = ruleset,
			       .frames = row->chain == CHAIN_FRAMES };

	if (!rule)
		return NULL;
	draft.failed =
		nftnl_rule_set_str(rule, NFTNL_RULE_TABLE, RULESET_TABLE) < 0 ||
		nftnl_rule_set_str(rule, NFTNL_RULE_CHAIN, ruleset_chains[row->chain].name) < 0;
	for (size_t i = 0; i < RULESET_TERMS; i++)
		add_term(&draft, &row->terms[i]);
	if (draft.failed) {
		nftnl_rule_free(rule);
		return NULL;
	}
	return rule;
}
