/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What wg takes in silence and a user would want told: it shows in the whole file alone. */
#include "tunnel_check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

#define MTU_IPV6 1280 /* RFC 8200, section 5 */

struct file {
	const char *name;
	const struct tunnel *tunnel;
	struct warnings *warnings;
};

static int check_interface(const struct file *file, struct err *err)
{
	const struct tunnel *t = file->tunnel;

	if (key_is_zero(&t->private_key))
		return fail(err, "%s: no PrivateKey, or one of zeros", file->name);
	if (!t->addresses_count)
		return fail(err, "%s: no Address", file->name);
	/* the kernel's addrconf_notify() takes IPv6 off a link with less */
	if (t->mtu && t->mtu < MTU_IPV6 && tunnel_has_ipv6(t))
		return fail(err, "%s:%u: MTU: %u is too small: IPv6 needs %d", file->name,
			    t->mtu_line, t->mtu, MTU_IPV6);
	return amnezia_check(&t->amnezia, err) ? fail_in(err, "%s", file->name) : 0;
}

static int peer_compare(const void *a, const void *b)
{
	const struct peer *x = *(const struct peer *const *)a;
	const struct peer *y = *(const struct peer *const *)b;
	int order = memcmp(x->public_key.bytes, y->public_key.bytes, KEY_LEN);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* Two peers of one key: the second's AllowedIPs would replace the first's (set_peer()). */
static int check_twins(const struct file *file, struct err *err)
{
	size_t count = file->tunnel->peers_count;
	cleanup_free const struct peer **sorted = calloc(count + 1, sizeof(*sorted));

	if (!sorted)
		return fail_errno(err, ENOMEM, "tunnel file");
	for (size_t i = 0; i < count; i++)
		sorted[i] = &file->tunnel->peers[i];
	qsort(sorted, count, sizeof(*sorted), peer_compare);
	for (size_t i = 1; i < count; i++)
		if (key_equal(&sorted[i - 1]->public_key, &sorted[i]->public_key))
			return fail(err, "%s:%u: the [Peer] of line %u has the same PublicKey",
				    file->name, sorted[i]->line, sorted[i - 1]->line);
	return 0;
}

static int check_peers(const struct file *file, struct err *err)
{
	struct key own;

	if (!file->tunnel->peers_count)
		warn(file->warnings, "%s: no [Peer] section: the tunnel leads nowhere", file->name);
	key_public(&file->tunnel->private_key, &own);
	for (size_t i = 0; i < file->tunnel->peers_count; i++) {
		const struct peer *peer = &file->tunnel->peers[i];

		if (key_is_zero(&peer->public_key))
			return fail(err, "%s:%u: this [Peer] has no PublicKey, or one of zeros",
				    file->name, peer->line);
		/* the kernel drops such a peer in silence (netlink.c, set_peer()) */
		if (key_equal(&peer->public_key, &own))
			return fail(err, "%s:%u: this [Peer] has the tunnel's own PublicKey",
				    file->name, peer->line);
	}
	return check_twins(file, err);
}

/* A prefix, and the line of the [Peer] that wants it. */
struct claim {
	struct prefix prefix;
	unsigned int line;
};

static int claim_compare(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int order = prefix_compare(&x->prefix, &y->prefix);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* One prefix in two peers: the kernel's allowedips_insert() moves it to the last one. */
static int check_claims(const struct file *file, struct err *err)
{
	const struct peer *peers = file->tunnel->peers;
	size_t total = 0, n = 0;
	cleanup_free struct claim *claims = NULL;
	char text[PREFIX_TEXT];

	for (size_t i = 0; i < file->tunnel->peers_count; i++)
		total += peers[i].allowed_count;
	claims = calloc(total + 1, sizeof(*claims));
	if (!claims)
		return fail_errno(err, ENOMEM, "tunnel file");
	for (size_t i = 0; i < file->tunnel->peers_count; i++)
		for (size_t j = 0; j < peers[i].allowed_count; j++)
			claims[n++] = (struct claim){ peers[i].allowed[j], peers[i].line };
	qsort(claims, n, sizeof(*claims), claim_compare);
	for (size_t i = 1; i < n; i++)
		if (prefix_compare(&claims[i - 1].prefix, &claims[i].prefix) == 0 &&
		    claims[i - 1].line != claims[i].line)
			warn(file->warnings,
			     "%s:%u: AllowedIPs: %s is taken from the [Peer] of line %u",
			     file->name, claims[i].line,
			     prefix_format(&claims[i].prefix, false, text), claims[i - 1].line);
	return 0;
}

int tunnel_check(const char *name, const struct tunnel *tunnel, struct warnings *warnings,
		 struct err *err)
{
	const struct file file = { name, tunnel, warnings };

	if (check_interface(&file, err) || check_peers(&file, err))
		return -1;
	return check_claims(&file, err);
}
