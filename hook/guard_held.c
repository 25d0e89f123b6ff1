/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dumps of nf_tables to plain data. */
#include "guard_held.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnftnl/expr.h>
#include <libnftnl/table.h>

#include "cleanup.h"
#include "guard_object.h"
#include "netlink.h"
#include "text.h"

#define REQUEST_ROOM 1024

static int no_memory(struct err *err)
{
	return fail_errno(err, ENOMEM, "what nf_tables holds");
}

/* Room for one more in the array at *ARRAY, which grows by powers of two. */
static bool grow(void *array, size_t count, size_t size)
{
	void **pointer = array, *grown;

	if (count & (count - 1))
		return true;
	grown = reallocarray(*pointer, count ? 2 * count : 1, size);
	if (grown)
		*pointer = grown;
	return grown;
}

/* A text that may be missing. */
static bool copy(char **to, const char *from)
{
	*to = from ? strdup(from) : NULL;
	return *to || !from;
}

/* Forgetting */

static void free_chain(struct held_chain *chain)
{
	while (chain->devices_count)
		free(chain->devices[--chain->devices_count]);
	free(chain->devices);
	free(chain->name);
	free(chain->type);
}

static void free_rule(struct held_rule *rule)
{
	free(rule->chain);
	free(rule->text);
}

static void free_set(struct held_set *set)
{
	free(set->name);
	free(set->elements);
}

static void forget_chains(void *context)
{
	struct held_table *table = context;

	while (table->chains_count)
		free_chain(&table->chains[--table->chains_count]);
}

static void forget_rules(void *context)
{
	struct held_table *table = context;

	while (table->rules_count)
		free_rule(&table->rules[--table->rules_count]);
}

static void forget_sets(void *context)
{
	struct held_table *table = context;

	while (table->sets_count)
		free_set(&table->sets[--table->sets_count]);
}

static void forget_elements(void *context)
{
	((struct held_set *)context)->count = 0;
}

static void forget_table(struct held_table *table)
{
	forget_chains(table);
	forget_rules(table);
	forget_sets(table);
	free(table->chains);
	free(table->rules);
	free(table->sets);
	*table = (struct held_table){ 0 };
}

void guard_forget(struct guard_held *held)
{
	forget_table(&held->inet);
	forget_table(&held->netdev);
}

/* Answers */

static int not_a(const char *what, struct err *err)
{
	return fail(err, "an answer of nf_tables that is no %s", what);
}

static bool is_ours(const char *table)
{
	return table && strcmp(table, RULESET_TABLE) == 0;
}

static void free_table(struct nftnl_table **table)
{
	if (*table)
		nftnl_table_free(*table);
}

static int take_table(const struct nlmsghdr *answer, void *context, struct err *err)
{
	cleanup(free_table) struct nftnl_table *object = nftnl_table_alloc();
	struct held_table *table = context;

	if (!object)
		return no_memory(err);
	if (nftnl_table_nlmsg_parse(answer, object) < 0)
		return not_a("table", err);
	table->found = true;
	table->dormant = nftnl_table_get_u32(object, NFTNL_TABLE_FLAGS) & NFT_TABLE_F_DORMANT;
	return 0;
}

static bool copy_device(struct held_chain *chain, const char *device)
{
	return grow(&chain->devices, chain->devices_count, sizeof(*chain->devices)) &&
	       copy(&chain->devices[chain->devices_count++], device);
}

/* One link is told as one, and some as a list up to a NULL. */
static bool copy_devices(struct held_chain *chain, const struct nftnl_chain *object)
{
	const char *const *devices = NULL;

	if (nftnl_chain_is_set(object, NFTNL_CHAIN_DEVICES))
		devices = nftnl_chain_get_array(object, NFTNL_CHAIN_DEVICES);
	if (!devices && nftnl_chain_is_set(object, NFTNL_CHAIN_DEV))
		return copy_device(chain, nftnl_chain_get_str(object, NFTNL_CHAIN_DEV));
	for (; devices && *devices; devices++)
		if (!copy_device(chain, *devices))
			return false;
	return true;
}

static bool copy_chain(struct held_chain *chain, const struct nftnl_chain *object)
{
	if (!copy(&chain->name, nftnl_chain_get_str(object, NFTNL_CHAIN_NAME)) ||
	    !copy(&chain->type, nftnl_chain_get_str(object, NFTNL_CHAIN_TYPE)))
		return false;
	if (!chain->type)
		return true;
	chain->hook = nftnl_chain_get_u32(object, NFTNL_CHAIN_HOOKNUM);
	chain->priority = nftnl_chain_get_s32(object, NFTNL_CHAIN_PRIO);
	chain->drops = nftnl_chain_get_u32(object, NFTNL_CHAIN_POLICY) == NF_DROP;
	return copy_devices(chain, object);
}

/* Dumps of chains are not narrowed down to a table. */
static int take_chain(const struct nlmsghdr *answer, void *context, struct err *err)
{
	cleanup(guard_free_chain) struct nftnl_chain *object = nftnl_chain_alloc();
	struct held_table *table = context;
	struct held_chain chain = { 0 };

	if (!object || !grow(&table->chains, table->chains_count, sizeof(chain)))
		return no_memory(err);
	if (nftnl_chain_nlmsg_parse(answer, object) < 0 ||
	    !nftnl_chain_is_set(object, NFTNL_CHAIN_NAME))
		return not_a("chain", err);
	if (!is_ours(nftnl_chain_get_str(object, NFTNL_CHAIN_TABLE)))
		return 0;
	if (!copy_chain(&chain, object)) {
		free_chain(&chain);
		return no_memory(err);
	}
	table->chains[table->chains_count++] = chain;
	return 0;
}

/* The kernel tells these of an expression that was sent without them. */
static void complete(struct nftnl_expr *expr)
{
	const char *name = nftnl_expr_get_str(expr, NFTNL_EXPR_NAME);

	if (strcmp(name, "lookup") == 0 && !nftnl_expr_is_set(expr, NFTNL_EXPR_LOOKUP_FLAGS))
		nftnl_expr_set_u32(expr, NFTNL_EXPR_LOOKUP_FLAGS, 0);
	if (strcmp(name, "dynset") == 0 && !nftnl_expr_is_set(expr, NFTNL_EXPR_DYNSET_TIMEOUT))
		nftnl_expr_set_u64(expr, NFTNL_EXPR_DYNSET_TIMEOUT, 0);
}

static int write_expression(struct nftnl_expr *expr, void *out)
{
	char text[512] = "";

	complete(expr);
	nftnl_expr_snprintf(text, sizeof(text), expr, NFTNL_OUTPUT_DEFAULT, 0);
	return fprintf(out, "[ %s %s]", nftnl_expr_get_str(expr, NFTNL_EXPR_NAME), text) < 0 ? -1
											     : 0;
}

/*
 * The expressions alone: handle and position are the kernel's to give. It tells registers by the
 * numbers they were given (nft_dump_register), and a set by its name.
 */
static char *rule_text(struct nftnl_rule *rule)
{
	struct text text = { 0 };
	FILE *out = text_open(&text);

	if (!out)
		return NULL;
	nftnl_expr_foreach(rule, write_expression, out);
	return text_close(&text, out, NULL);
}

static int take_rule(const struct nlmsghdr *answer, void *context, struct err *err)
{
	cleanup(guard_free_rule) struct nftnl_rule *object = nftnl_rule_alloc();
	struct held_table *table = context;
	struct held_rule rule = { 0 };

	if (!object || !grow(&table->rules, table->rules_count, sizeof(rule)))
		return no_memory(err);
	if (nftnl_rule_nlmsg_parse(answer, object) < 0 ||
	    !nftnl_rule_is_set(object, NFTNL_RULE_CHAIN))
		return not_a("rule", err);
	if (!is_ours(nftnl_rule_get_str(object, NFTNL_RULE_TABLE)))
		return 0;
	rule.text = rule_text(object);
	rule.handle = nftnl_rule_get_u64(object, NFTNL_RULE_HANDLE);
	if (!copy(&rule.chain, nftnl_rule_get_str(object, NFTNL_RULE_CHAIN)) || !rule.text) {
		free_rule(&rule);
		return no_memory(err);
	}
	table->rules[table->rules_count++] = rule;
	return 0;
}

static struct set_type type_of(const struct nftnl_set *object)
{
	return (struct set_type){
		.flags = nftnl_set_get_u32(object, NFTNL_SET_FLAGS),
		.key_type = nftnl_set_get_u32(object, NFTNL_SET_KEY_TYPE),
		.key_length = nftnl_set_get_u32(object, NFTNL_SET_KEY_LEN),
		.data_type = nftnl_set_get_u32(object, NFTNL_SET_DATA_TYPE),
		.data_length = nftnl_set_get_u32(object, NFTNL_SET_DATA_LEN),
		.size = nftnl_set_get_u32(object, NFTNL_SET_DESC_SIZE),
		.timeout = nftnl_set_get_u64(object, NFTNL_SET_TIMEOUT),
	};
}

static int take_set(const struct nlmsghdr *answer, void *context, struct err *err)
{
	cleanup(guard_free_set) struct nftnl_set *object = nftnl_set_alloc();
	struct held_table *table = context;
	struct held_set set = { 0 };

	if (!object || !grow(&table->sets, table->sets_count, sizeof(set)))
		return no_memory(err);
	if (nftnl_set_nlmsg_parse(answer, object) < 0 || !nftnl_set_is_set(object, NFTNL_SET_NAME))
		return not_a("set", err);
	if (!is_ours(nftnl_set_get_str(object, NFTNL_SET_TABLE)))
		return 0;
	if (!copy(&set.name, nftnl_set_get_str(object, NFTNL_SET_NAME)))
		return no_memory(err);
	set.type = type_of(object);
	table->sets[table->sets_count++] = set;
	return 0;
}

/* What is no address, or bears more than its key and that it is an end, is none of ours. */
static struct element read_element(struct nftnl_set_elem *object)
{
	struct element element = { 0 };
	uint32_t length = 0;
	const void *key = nftnl_set_elem_get(object, NFTNL_SET_ELEM_KEY, &length);
	uint32_t flags = 0;

	/* Asked for one that is not there, libnftnl reads from nowhere. */
	if (nftnl_set_elem_is_set(object, NFTNL_SET_ELEM_FLAGS))
		flags = nftnl_set_elem_get_u32(object, NFTNL_SET_ELEM_FLAGS);
	if (!key || (length != 4 && length != 16) || flags & ~(uint32_t)NFT_SET_ELEM_INTERVAL_END)
		return element;
	element.address.family = length == 4 ? AF_INET : AF_INET6;
	element.address.length = (uint8_t)family_bits(element.address.family);
	memcpy(element.address.address, key, length);
	element.end = flags & NFT_SET_ELEM_INTERVAL_END;
	return element;
}

static int take_element(struct nftnl_set_elem *object, void *context)
{
	struct held_set *set = context;

	if (!grow(&set->elements, set->count, sizeof(*set->elements)))
		return -1;
	set->elements[set->count++] = read_element(object);
	return 0;
}

/* libnftnl up to 1.2.4 writes what has another type past the end of an array (set_elem.c). */
static bool are_known(const struct attribute *elements)
{
	struct attributes list = attribute_nest(elements);
	struct attribute element, one;

	while (attribute_next(&list, &element)) {
		struct attributes parts = attribute_nest(&element);

		while (attribute_next(&parts, &one))
			if (one.type > NFTA_SET_ELEM_MAX)
				return false;
	}
	return true;
}

static bool is_list_of_known(const struct nlmsghdr *answer)
{
	struct attributes all = message_attributes(answer, sizeof(struct nfgenmsg));
	struct attribute one;

	while (attribute_next(&all, &one))
		if (one.type == NFTA_SET_ELEM_LIST_ELEMENTS && !are_known(&one))
			return false;
	return true;
}

static int take_elements(const struct nlmsghdr *answer, void *set, struct err *err)
{
	cleanup(guard_free_set) struct nftnl_set *part = nftnl_set_alloc();

	if (!part)
		return no_memory(err);
	if (!is_list_of_known(answer) || nftnl_set_elems_nlmsg_parse(answer, part) < 0)
		return not_a("list of elements", err);
	return nftnl_set_elem_foreach(part, take_element, set) < 0 ? no_memory(err) : 0;
}

/* Questions */

struct question {
	struct netlink netlink;
	uint16_t family;
	char buffer[REQUEST_ROOM] __attribute__((aligned(NLMSG_ALIGNTO)));
};

static void close_question(struct question *question)
{
	netlink_close(&question->netlink);
}

static struct nlmsghdr *ask_of_all(struct question *question, uint16_t type)
{
	return nftnl_nlmsg_build_hdr(question->buffer, type, question->family, 0, 0);
}

/* Of our table alone; NFTA_RULE_TABLE and NFTA_SET_TABLE are the same number. */
static struct nlmsghdr *ask(struct question *question, uint16_t type)
{
	struct nlmsghdr *request = ask_of_all(question, type);

	mnl_attr_put_strz(request, NFTA_TABLE_NAME, RULESET_TABLE);
	return request;
}

static int read_elements(struct question *question, struct held_set *set, struct err *err)
{
	struct nlmsghdr *request = ask(question, NFT_MSG_GETSETELEM);

	if (set->type.flags & NFT_SET_MAP)
		return 0;
	mnl_attr_put_strz(request, NFTA_SET_ELEM_LIST_SET, set->name);
	return netlink_dump(&question->netlink, request, take_elements, forget_elements, set, err);
}

/* EINVAL is what a kernel without nf_tables says (nfnetlink_rcv_msg). */
static bool is_absent(int number)
{
	return number == ENOENT || number == EINVAL || number == EPROTONOSUPPORT ||
	       number == EAFNOSUPPORT || number == EOPNOTSUPP;
}

static int open_table(struct question *question, struct held_table *table, struct err *err)
{
	if (netlink_open(NETLINK_NETFILTER, &question->netlink, err) == 0 &&
	    netlink_request(&question->netlink, ask(question, NFT_MSG_GETTABLE), take_table, table,
			    err) == 0)
		return 0;
	return is_absent(err->number) ? 0 : -1;
}

static int read_table(uint16_t family, struct held_table *table, struct err *err)
{
	cleanup(close_question) struct question question = { .family = family };
	struct netlink *netlink = &question.netlink;

	if (open_table(&question, table, err) < 0)
		return -1;
	if (!table->found)
		return 0;
	if (netlink_dump(netlink, ask_of_all(&question, NFT_MSG_GETCHAIN), take_chain,
			 forget_chains, table, err) < 0 ||
	    netlink_dump(netlink, ask(&question, NFT_MSG_GETRULE), take_rule, forget_rules, table,
			 err) < 0 ||
	    netlink_dump(netlink, ask(&question, NFT_MSG_GETSET), take_set, forget_sets, table,
			 err) < 0)
		return -1;
	for (size_t i = 0; i < table->sets_count; i++)
		if (read_elements(&question, &table->sets[i], err) < 0)
			return -1;
	return 0;
}

int guard_read(struct guard_held *held, struct err *err)
{
	if (read_table(NFPROTO_INET, &held->inet, err) < 0 ||
	    read_table(NFPROTO_NETDEV, &held->netdev, err) < 0)
		return fail_in(err, "nft table " RULESET_TABLE);
	return 0;
}

/* What is wanted, in the same words */

char *guard_row_text(const struct ruleset *ruleset, const struct row *row)
{
	cleanup(guard_free_rule) struct nftnl_rule *rule = guard_rule(ruleset, row);

	return rule ? rule_text(rule) : NULL;
}

int guard_set_type(const struct set_content *content, struct set_type *type, struct err *err)
{
	cleanup(guard_free_set) struct nftnl_set *set = guard_set(content);

	if (!set)
		return no_memory(err);
	*type = type_of(set);
	return 0;
}
