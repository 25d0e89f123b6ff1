/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WG_CMD_GET_DEVICE's answer beside struct tunnel. */
#include "peers.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/wireguard.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "differences.h"
#include "wireguard.h"

#define NOBODY SIZE_MAX

/* Which peer has a prefix: no two have the same one. */
struct allowed {
	struct prefix prefix;
	size_t peer; /* its place in the tunnel file; NOBODY: it is not there */
};

/* What came of a peer of the file's. */
struct seen {
	bool found;
	bool other_secret; /* its preshared key is another */
	bool other_keepalive;
};

struct comparison {
	const struct tunnel *tunnel; /* NULL: none */
	struct seen *seen; /* one a peer of it */
	struct allowed *allowed; /* what the link has */
	size_t allowed_count;
	size_t strangers; /* peers that the file has not */
	char stranger[KEY_BASE64]; /* the first of them */
	bool key; /* there is a private key, the tunnel's if there is one */
	size_t peer; /* the one whose parts come */
};

static int no_memory(struct err *err)
{
	return fail_errno(err, ENOMEM, "what WireGuard holds");
}

static void forget(void *context)
{
	struct comparison *comparison = context;

	if (comparison->tunnel)
		memset(comparison->seen, 0,
		       comparison->tunnel->peers_count * sizeof(*comparison->seen));
	comparison->allowed_count = comparison->strangers = 0;
	comparison->key = false;
	comparison->peer = NOBODY;
}

static void free_comparison(struct comparison *comparison)
{
	free(comparison->seen);
	free(comparison->allowed);
}

/* They come in the order that they were set in, mostly: looked for from the last one on. */
static size_t find_peer(const struct comparison *comparison, const struct key *key)
{
	const struct tunnel *tunnel = comparison->tunnel;
	size_t count = tunnel ? tunnel->peers_count : 0;
	size_t start = comparison->peer == NOBODY ? 0 : comparison->peer;

	for (size_t i = 0; i < count; i++) {
		size_t number = (start + i) % count;

		if (key_equal(&tunnel->peers[number].public_key, key))
			return number;
	}
	return NOBODY;
}

/* A long list of a peer's comes in parts, each with its key, without all else but in the first. */
static void take_public_key(struct comparison *comparison, const struct attribute *attribute)
{
	struct key key;

	memcpy(key.bytes, attribute->data, KEY_LEN);
	comparison->peer = find_peer(comparison, &key);
	if (comparison->peer != NOBODY)
		comparison->seen[comparison->peer].found = true;
	else if (comparison->tunnel && comparison->strangers++ == 0)
		key_format(&key, comparison->stranger);
}

static void take_secret(struct comparison *comparison, const struct attribute *attribute)
{
	struct key key;

	if (comparison->peer == NOBODY)
		return;
	memcpy(key.bytes, attribute->data, KEY_LEN);
	comparison->seen[comparison->peer].other_secret =
		!key_equal(&comparison->tunnel->peers[comparison->peer].preshared_key, &key);
	key_wipe(&key, sizeof(key));
}

static void take_keepalive(struct comparison *comparison, const struct attribute *attribute)
{
	uint16_t seconds;

	if (comparison->peer == NOBODY)
		return;
	memcpy(&seconds, attribute->data, sizeof(seconds));
	comparison->seen[comparison->peer].other_keepalive =
		seconds != comparison->tunnel->peers[comparison->peer].keepalive;
}

static bool append(struct comparison *comparison, struct allowed allowed)
{
	size_t count = comparison->allowed_count;
	struct allowed *grown = comparison->allowed;

	if ((count & (count - 1)) == 0) {
		grown = reallocarray(grown, count ? 2 * count : 1, sizeof(*grown));
		if (!grown)
			return false;
		comparison->allowed = grown;
	}
	grown[comparison->allowed_count++] = allowed;
	return true;
}

static bool take_allowed(struct comparison *comparison, const struct attribute *allowed)
{
	struct attributes inner = attribute_nest(allowed);
	struct allowed one = { .peer = comparison->peer };
	struct attribute attribute;

	while (attribute_next(&inner, &attribute)) {
		if (attribute.type == WGALLOWEDIP_A_IPADDR && attribute.size <= 16) {
			one.prefix.family = attribute.size == 4 ? AF_INET : AF_INET6;
			memcpy(one.prefix.address, attribute.data, attribute.size);
		} else if (attribute.type == WGALLOWEDIP_A_CIDR_MASK && attribute.size == 1) {
			one.prefix.length = *(const uint8_t *)attribute.data;
		}
	}
	return append(comparison, one);
}

static bool take_peer(struct comparison *comparison, const struct attribute *peer)
{
	struct attributes inner = attribute_nest(peer), list;
	struct attribute attribute, allowed;

	while (attribute_next(&inner, &attribute)) {
		if (attribute.type == WGPEER_A_PUBLIC_KEY && attribute.size == KEY_LEN)
			take_public_key(comparison, &attribute);
		else if (attribute.type == WGPEER_A_PRESHARED_KEY && attribute.size == KEY_LEN)
			take_secret(comparison, &attribute);
		else if (attribute.type == WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL &&
			 attribute.size == sizeof(uint16_t))
			take_keepalive(comparison, &attribute);
		if (attribute.type != WGPEER_A_ALLOWEDIPS)
			continue;
		list = attribute_nest(&attribute);
		while (attribute_next(&list, &allowed))
			if (!take_allowed(comparison, &allowed))
				return false;
	}
	return true;
}

static void take_private_key(struct comparison *comparison, const struct attribute *attribute)
{
	struct key key;

	memcpy(key.bytes, attribute->data, KEY_LEN);
	comparison->key = comparison->tunnel ? key_equal(&comparison->tunnel->private_key, &key)
					     : !key_is_zero(&key);
	key_wipe(&key, sizeof(key));
}

static int take_device(const struct nlmsghdr *answer, void *context, struct err *err)
{
	struct attributes attributes = message_attributes(answer, GENL_HDRLEN), peers;
	struct comparison *comparison = context;
	struct attribute attribute, peer;

	while (attribute_next(&attributes, &attribute)) {
		if (attribute.type == WGDEVICE_A_PRIVATE_KEY && attribute.size == KEY_LEN)
			take_private_key(comparison, &attribute);
		if (attribute.type != WGDEVICE_A_PEERS)
			continue;
		peers = attribute_nest(&attribute);
		while (attribute_next(&peers, &peer))
			if (!take_peer(comparison, &peer))
				return no_memory(err);
	}
	return 0;
}

/* What is told */

static const char *peer_words(const struct tunnel *tunnel, size_t peer, char out[static KEY_BASE64])
{
	if (peer == NOBODY)
		return "another";
	key_format(&tunnel->peers[peer].public_key, out);
	return out;
}

static int compare_allowed(const void *a, const void *b)
{
	const struct allowed *one = a, *other = b;
	int result = prefix_compare(&one->prefix, &other->prefix);

	return result ? result : one->peer < other->peer ? -1 : one->peer > other->peer;
}

static void allowed_words(const void *element, const void *tunnel, char *out, size_t size)
{
	const struct allowed *one = element;
	char prefix[PREFIX_TEXT], key[KEY_BASE64];

	snprintf(out, size, "AllowedIPs %s of peer %s", prefix_format(&one->prefix, false, prefix),
		 peer_words(tunnel, one->peer, key));
}

/* Of one prefix in several peers the last has it; sorted, that is the last of equal ones. */
static size_t leave_out_repeated(struct allowed *allowed, size_t count)
{
	size_t kept = 0;

	if (count)
		qsort(allowed, count, sizeof(*allowed), compare_allowed);
	for (size_t i = 0; i < count; i++)
		if (i + 1 == count ||
		    prefix_compare(&allowed[i].prefix, &allowed[i + 1].prefix) != 0)
			allowed[kept++] = allowed[i];
	return kept;
}

static int tell_allowed(struct comparison *comparison, const char *where, struct warnings *wrong,
			struct err *err)
{
	const struct tunnel *tunnel = comparison->tunnel;
	const struct difference_kind kind = { .size = sizeof(struct allowed),
					      .compare = compare_allowed,
					      .words = allowed_words,
					      .context = tunnel,
					      .where = where };
	cleanup_free struct allowed *wanted = NULL;
	size_t count = 0;

	for (size_t i = 0; i < tunnel->peers_count; i++)
		count += tunnel->peers[i].allowed_count;
	wanted = calloc(count + 1, sizeof(*wanted));
	if (!wanted)
		return no_memory(err);
	count = 0;
	for (size_t i = 0; i < tunnel->peers_count; i++)
		for (size_t j = 0; j < tunnel->peers[i].allowed_count; j++)
			wanted[count++] = (struct allowed){ tunnel->peers[i].allowed[j], i };
	count = leave_out_repeated(wanted, count);
	differences_tell(&kind, wanted, count, comparison->allowed, comparison->allowed_count,
			 wrong);
	return 0;
}

/* The first few, as all lists are told. */
static void tell_peers(const struct comparison *comparison, const char *where,
		       struct warnings *wrong)
{
	const struct tunnel *tunnel = comparison->tunnel;
	size_t missing = 0;
	char key[KEY_BASE64];

	for (size_t i = 0; i < tunnel->peers_count; i++) {
		const struct seen *seen = &comparison->seen[i];

		key_format(&tunnel->peers[i].public_key, key);
		if (!seen->found && missing++ < DIFFERENCES_TOLD)
			warn(wrong, "missing: %speer %s", where, key);
		else if (seen->other_secret)
			warn(wrong, "changed: %sthe preshared key of peer %s", where, key);
		else if (seen->other_keepalive)
			warn(wrong, "changed: %sthe keepalive of peer %s", where, key);
	}
	if (missing > DIFFERENCES_TOLD)
		warn(wrong, "missing: %s%zu more peers", where, missing - DIFFERENCES_TOLD);
	if (comparison->strangers)
		warn(wrong, "surplus: %speer %s", where, comparison->stranger);
	if (comparison->strangers > 1)
		warn(wrong, "surplus: %s%zu more peers", where, comparison->strangers - 1);
}

int peers_compare(struct netlink *genl, int index, const char *link, const struct tunnel *tunnel,
		  struct warnings *wrong, struct err *err)
{
	cleanup(free_comparison) struct comparison comparison = { .tunnel = tunnel,
								  .peer = NOBODY };
	char where[64];

	snprintf(where, sizeof(where), "link %s: ", link);
	comparison.seen = calloc(tunnel ? tunnel->peers_count + 1 : 1, sizeof(*comparison.seen));
	if (!comparison.seen)
		return no_memory(err);
	if (wireguard_dump(genl, index, take_device, forget, &comparison, err) < 0)
		return fail_in(err, "link %s", link);
	if (!comparison.key)
		warn(wrong, tunnel ? "changed: %sits private key" : "missing: %sa private key",
		     where);
	if (!tunnel)
		return 0;
	tell_peers(&comparison, where, wrong);
	return tell_allowed(&comparison, where, wrong, err);
}
