/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guard: sets to elements, all of it to one batch. */
#include "guard.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnftnl/table.h>

#include "cleanup.h"
#include "guard_object.h"
#include "netlink.h"

#define BATCH_ROOM (64 * 1024UL) /* to begin with; it grows */

/* libnftnl does not look at the room: no message of ours is longer. */
#define MESSAGE_MOST (32 * 1024UL)
#define ELEMENTS_MOST 500 /* to a message, of at most 52 bytes */

/* Links that a chain can be of (nf_tables.h, NFT_NETDEVICE_MAX). */
#define DEVICES_MOST 256

struct batch {
	struct netlink netlink;
	uint16_t family; /* of its table */
	char *room;
	size_t size, used;
};

static void close_batch(struct batch *batch)
{
	netlink_close(&batch->netlink);
	free(batch->room);
}

static int no_memory(struct err *err)
{
	return fail_errno(err, ENOMEM, "netfilter message");
}

static void begin(struct batch *batch)
{
	batch->used = nftnl_batch_begin(batch->room, 0)->nlmsg_len;
}

static int open_batch(struct batch *batch, uint16_t family, struct err *err)
{
	batch->family = family;
	batch->room = malloc(BATCH_ROOM);
	if (!batch->room)
		return no_memory(err);
	batch->size = BATCH_ROOM;
	begin(batch);
	return netlink_open(NETLINK_NETFILTER, &batch->netlink, err);
}

/* There is always room for one more message; what pointed into the batch does so no more. */
static bool grow(struct batch *batch)
{
	char *room;

	if (batch->used + MESSAGE_MOST <= batch->size)
		return true;
	room = realloc(batch->room, 2 * batch->size);
	if (!room)
		return false;
	batch->room = room;
	batch->size *= 2;
	return true;
}

/* A message at the batch's end; finished by add_message(). NULL without memory. */
static struct nlmsghdr *start_message(struct batch *batch, uint16_t type, uint16_t flags)
{
	if (!grow(batch))
		return NULL;
	return nftnl_nlmsg_build_hdr(batch->room + batch->used, type, batch->family, flags, 0);
}

static void add_message(struct batch *batch, const struct nlmsghdr *message)
{
	batch->used += MNL_ALIGN(message->nlmsg_len);
}

static int send_batch(struct batch *batch, struct err *err)
{
	if (!grow(batch))
		return no_memory(err);
	batch->used += nftnl_batch_end(batch->room + batch->used, 0)->nlmsg_len;
	if (netlink_transaction(&batch->netlink, batch->room, batch->used, err) < 0)
		return -1;
	begin(batch);
	return 0;
}

/* Table, sets, chains, rules */

static void free_table(struct nftnl_table **table)
{
	if (*table)
		nftnl_table_free(*table);
}

static int add_table(struct batch *batch, uint16_t type, uint16_t flags, struct err *err)
{
	cleanup(free_table) struct nftnl_table *table = nftnl_table_alloc();
	struct nlmsghdr *message = start_message(batch, type, flags);

	if (!table || !message || nftnl_table_set_str(table, NFTNL_TABLE_NAME, RULESET_TABLE) < 0)
		return no_memory(err);
	nftnl_table_nlmsg_build_payload(message, table);
	add_message(batch, message);
	return 0;
}

static int add_set(struct batch *batch, const struct set_content *content, uint32_t id,
		   struct err *err)
{
	cleanup(guard_free_set) struct nftnl_set *set = guard_set(content);
	struct nlmsghdr *message = start_message(batch, NFT_MSG_NEWSET, NLM_F_CREATE | NLM_F_EXCL);

	if (!set || !message)
		return no_memory(err);
	nftnl_set_set_u32(set, NFTNL_SET_ID, id);
	/*
	 * A map's is what nft_dynset_init() makes of none. If we named it, the kernel would lay out
	 * a mebibyte of hash table at once (nft_rhash_init()); so it grows when it is filled.
	 */
	nftnl_set_unset(set, NFTNL_SET_DESC_SIZE);
	nftnl_set_nlmsg_build_payload(message, set);
	add_message(batch, message);
	return 0;
}

static bool add_element(struct nftnl_set *set, const struct element *one)
{
	struct nftnl_set_elem *element = nftnl_set_elem_alloc();

	if (!element)
		return false;
	nftnl_set_elem_add(set, element); /* the set's from now on */
	if (one->end)
		nftnl_set_elem_set_u32(element, NFTNL_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
	return nftnl_set_elem_set(element, NFTNL_SET_ELEM_KEY, one->address.address,
				  (uint32_t)family_bytes(one->address.family)) == 0;
}

static bool add_prefix(struct nftnl_set *set, const struct set_content *content, size_t number)
{
	struct element elements[2];
	size_t count = set_elements(content, number, elements);

	for (size_t i = 0; i < count; i++)
		if (!add_element(set, &elements[i]))
			return false;
	return true;
}

/* One message of them; how many prefixes went into it, or -1. */
static int add_some(struct batch *batch, const struct set_content *content, size_t first,
		    struct err *err)
{
	cleanup(guard_free_set) struct nftnl_set *set = guard_set_name(content);
	struct nlmsghdr *message =
		start_message(batch, NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_EXCL);
	size_t left = content->count - first;
	size_t count = left < ELEMENTS_MOST / 2 ? left : ELEMENTS_MOST / 2;

	if (!set || !message)
		return no_memory(err);
	/* cppcheck-suppress knownConditionTrueFalse -- it reads that there never is one */
	for (size_t i = 0; i < count; i++)
		if (!add_prefix(set, content, first + i))
			return no_memory(err);
	nftnl_set_elems_nlmsg_build_payload(message, set);
	add_message(batch, message);
	return (int)count;
}

static int add_elements(struct batch *batch, const struct set_content *content, struct err *err)
{
	for (size_t done = 0; done < content->count;) {
		int count;

		count = add_some(batch, content, done, err);
		if (count < 0)
			return -1;
		done += (size_t)count;
	}
	return 0;
}

/* libnftnl copies the names without a look whether it could (nftnl_str_array_set). */
static bool set_devices(struct nftnl_chain *chain, const char *const *devices)
{
	const char *const *copied;

	if (nftnl_chain_set_array(chain, NFTNL_CHAIN_DEVICES, (const char **)(uintptr_t)devices) <
	    0)
		return false;
	copied = nftnl_chain_get_array(chain, NFTNL_CHAIN_DEVICES);
	for (size_t i = 0; devices[i]; i++)
		if (!copied || !copied[i])
			return false;
	return true;
}

/* DEVICES, up to a NULL, are the links of a chain of family netdev. */
static int add_chain(struct batch *batch, const struct ruleset *ruleset, enum chain number,
		     const char *const *devices, struct err *err)
{
	cleanup(guard_free_chain) struct nftnl_chain *chain = guard_chain(ruleset, number);
	struct nlmsghdr *message =
		start_message(batch, NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL);

	if (!chain || !message || (devices && !set_devices(chain, devices)))
		return no_memory(err);
	nftnl_chain_nlmsg_build_payload(message, chain);
	add_message(batch, message);
	return 0;
}

static int add_rule(struct batch *batch, const struct ruleset *ruleset, const struct row *row,
		    struct err *err)
{
	cleanup(guard_free_rule) struct nftnl_rule *rule = guard_rule(ruleset, row);
	struct nlmsghdr *message =
		start_message(batch, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);

	if (!rule || !message)
		return no_memory(err);
	nftnl_rule_nlmsg_build_payload(message, rule);
	add_message(batch, message);
	return 0;
}

/* With REPLACE: made first if it is not there, for what is not there cannot be deleted. */
static int renew_table(struct batch *batch, bool replace, struct err *err)
{
	if (replace && (add_table(batch, NFT_MSG_NEWTABLE, NLM_F_CREATE, err) < 0 ||
			add_table(batch, NFT_MSG_DELTABLE, 0, err) < 0))
		return -1;
	return add_table(batch, NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL, err);
}

static int add_inet(struct batch *batch, const struct ruleset *ruleset, bool replace,
		    struct err *err)
{
	if (renew_table(batch, replace, err) < 0)
		return -1;
	for (uint32_t i = 0; i < SETS; i++)
		if (ruleset->sets[i].used && add_set(batch, &ruleset->sets[i], i + 1, err) < 0)
			return -1;
	for (uint32_t i = 0; i < SETS; i++)
		if (ruleset->sets[i].used && add_elements(batch, &ruleset->sets[i], err) < 0)
			return -1;
	for (enum chain i = 0; i < CHAINS_INET; i++)
		if (ruleset_has_chain(ruleset, i) && add_chain(batch, ruleset, i, NULL, err) < 0)
			return -1;
	for (size_t i = 0; i < ruleset->rows_count; i++)
		if (ruleset->rows[i].chain != CHAIN_FRAMES &&
		    add_rule(batch, ruleset, &ruleset->rows[i], err) < 0)
			return -1;
	return 0;
}

static int add_netdev(struct batch *batch, const struct ruleset *ruleset,
		      const char *const *devices, bool replace, struct err *err)
{
	if (renew_table(batch, replace, err) < 0 ||
	    add_chain(batch, ruleset, CHAIN_FRAMES, devices, err) < 0)
		return -1;
	for (size_t i = 0; i < ruleset->rows_count; i++)
		if (ruleset->rows[i].chain == CHAIN_FRAMES &&
		    add_rule(batch, ruleset, &ruleset->rows[i], err) < 0)
			return -1;
	return 0;
}

/*
 * Without nfnetlink there is no such socket, without nf_tables no such subsystem, without inet no
 * such family, and without one of the modules no such expression or type of chain.
 */
static bool lacks_support(int number)
{
	return number == EPROTONOSUPPORT || number == EOPNOTSUPP || number == EAFNOSUPPORT ||
	       number == ENOENT;
}

static int delete_table(struct batch *batch, struct err *err)
{
	begin(batch);
	if (add_table(batch, NFT_MSG_DELTABLE, 0, err) < 0)
		return -1;
	return send_batch(batch, err);
}

/* The whole guard, with a table of DEVICES' frames where there are any. As guard_add(). */
static int try_add(const struct ruleset *ruleset, const char *const *devices, bool replace,
		   bool *perhaps, struct err *err)
{
	cleanup(close_batch) struct batch batch = { 0 };

	if (open_batch(&batch, NFPROTO_INET, err) == 0 &&
	    add_inet(&batch, ruleset, replace, err) == 0) {
		batch.family = NFPROTO_NETDEV;
		if ((!*devices || add_netdev(&batch, ruleset, devices, replace, err) == 0) &&
		    send_batch(&batch, err) == 0)
			return 0;
	}
	*perhaps = batch.netlink.broken;
	return -1;
}

static void free_links(struct if_nameindex **links)
{
	if (*links)
		if_freenameindex(*links);
}

/* Those of LINKS that are neither lo nor the tunnel's; *has_eth0 is whether eth0 is one. */
static size_t pick_devices(const struct ruleset *ruleset, const struct if_nameindex *links,
			   const char *devices[static DEVICES_MOST], bool *has_eth0)
{
	size_t count = 0;

	*has_eth0 = false;
	for (; links->if_index && count < DEVICES_MOST - 1; links++) {
		if (strcmp(links->if_name, "lo") == 0 ||
		    strcmp(links->if_name, ruleset->interface) == 0)
			continue;
		*has_eth0 |= strcmp(links->if_name, "eth0") == 0;
		devices[count++] = links->if_name;
	}
	return count;
}

/* What the kernel cannot do of frames is left out: with an eth0 to come, of what is there, none. */
static int add_what_can_be(const struct ruleset *ruleset, bool replace, bool *frames, bool *perhaps,
			   struct err *err)
{
	cleanup(free_links) struct if_nameindex *links = if_nameindex();
	const char *devices[DEVICES_MOST + 1] = { NULL };
	bool has_eth0;
	size_t count;

	if (!links)
		return fail_errno(err, errno, "links");
	*frames = true;
	count = pick_devices(ruleset, links, devices, &has_eth0);
	if (!has_eth0) {
		devices[count] = "eth0";
		if (try_add(ruleset, devices, replace, perhaps, err) == 0)
			return 0;
		devices[count] = NULL;
		if (*perhaps || !lacks_support(err->number))
			return -1;
	}
	if (count) {
		if (try_add(ruleset, devices, replace, perhaps, err) == 0)
			return 0;
		*devices = NULL;
		if (*perhaps || !lacks_support(err->number))
			return -1;
	}
	*frames = false;
	return try_add(ruleset, devices, replace, perhaps, err);
}

int guard_add(const struct ruleset *ruleset, bool replace, bool *frames, bool *perhaps,
	      struct err *err)
{
	bool tried;

	if (add_what_can_be(ruleset, replace, &tried, perhaps, err) == 0) {
		*frames = tried;
		return 0;
	}
	if (!*perhaps && lacks_support(err->number))
		fail(err,
		     "this kernel lacks what the guard needs: %s; wg.killswitch=routes does without it",
		     strerror(err->number));
	return -1;
}

/* Deleted, or none was there: *found. */
static int delete_of(uint16_t family, bool *found, struct err *err)
{
	cleanup(close_batch) struct batch batch = { 0 };

	*found = false;
	if (open_batch(&batch, family, err) == 0 && delete_table(&batch, err) == 0) {
		*found = true;
		return 0;
	}
	return !batch.netlink.broken && lacks_support(err->number) ? 0 : -1;
}

int guard_delete(bool *found, struct err *err)
{
	bool frames;

	return delete_of(NFPROTO_NETDEV, &frames, err) < 0 ? -1
							   : delete_of(NFPROTO_INET, found, err);
}
