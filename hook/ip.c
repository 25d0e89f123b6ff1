/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IP addresses, prefixes and ports: from text, to text, and as sets. */
#include "ip.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alphabet.h"

size_t family_bytes(int family)
{
	return family == AF_INET ? 4 : 16;
}

unsigned int family_bits(int family)
{
	return 8 * (unsigned int)family_bytes(family);
}

static bool digits_parse(const char *text, unsigned long long most, unsigned long long *number)
{
	unsigned long long value;

	if (!*text || text[strspn(text, DIGITS)])
		return false;
	value = strtoull(text, NULL, 10); /* too long a number is ULLONG_MAX */
	if (value > most)
		return false;
	*number = value;
	return true;
}

bool prefix_parse(const char *text, struct prefix *prefix)
{
	struct prefix parsed = { .family = strchr(text, ':') ? AF_INET6 : AF_INET };
	unsigned long long length = family_bits(parsed.family);
	size_t used = strcspn(text, "/");
	char address[INET6_ADDRSTRLEN];

	if (used >= sizeof(address))
		return false;
	memcpy(address, text, used);
	address[used] = '\0';
	if (inet_pton(parsed.family, address, parsed.address) != 1)
		return false;
	if (text[used] && !digits_parse(text + used + 1, length, &length))
		return false;
	parsed.length = (uint8_t)length;
	*prefix = parsed;
	return true;
}

struct prefix prefix_network(struct prefix prefix)
{
	size_t whole = prefix.length / 8;

	if (whole >= sizeof(prefix.address))
		return prefix;
	prefix.address[whole] &= (uint8_t)(0xff00 >> prefix.length % 8);
	memset(prefix.address + whole + 1, 0, sizeof(prefix.address) - whole - 1);
	return prefix;
}

struct prefix prefix_address(struct prefix prefix)
{
	prefix.length = (uint8_t)family_bits(prefix.family);
	return prefix;
}

bool prefix_covers(const struct prefix *outer, const struct prefix *inner)
{
	size_t whole = outer->length / 8;
	uint8_t mask = (uint8_t)(0xff00 >> outer->length % 8);

	if (outer->family != inner->family || outer->length > inner->length)
		return false;
	if (memcmp(outer->address, inner->address, whole) != 0)
		return false;
	return !mask || !((outer->address[whole] ^ inner->address[whole]) & mask);
}

int prefix_compare(const void *a, const void *b)
{
	const struct prefix *x = a, *y = b;
	int order;

	if (x->family != y->family)
		return x->family == AF_INET ? -1 : 1;
	order = memcmp(x->address, y->address, sizeof(x->address));
	return order ? order : x->length - y->length;
}

const char *prefix_format(const struct prefix *prefix, bool short_form,
			  char out[static PREFIX_TEXT])
{
	size_t used;

	if (!inet_ntop(prefix->family, prefix->address, out, PREFIX_TEXT))
		out[0] = '\0';
	used = strlen(out);
	if (!short_form || prefix->length != family_bits(prefix->family))
		snprintf(out + used, PREFIX_TEXT - used, "/%u", prefix->length);
	return out;
}

bool prefix_append(struct prefix **list, size_t *count, struct prefix prefix)
{
	if ((*count & (*count - 1)) == 0) {
		size_t room = *count ? 2 * *count : 1;
		struct prefix *grown = reallocarray(*list, room, sizeof(*grown));

		if (!grown)
			return false;
		*list = grown;
	}
	(*list)[(*count)++] = prefix;
	return true;
}

size_t prefixes_reduce(struct prefix *prefixes, size_t count)
{
	size_t kept = 0;

	if (count)
		qsort(prefixes, count, sizeof(*prefixes), prefix_compare);
	/* In this order what a prefix covers follows it without a gap. */
	for (size_t i = 0; i < count; i++)
		if (!kept || !prefix_covers(&prefixes[kept - 1], &prefixes[i]))
			prefixes[kept++] = prefixes[i];
	return kept;
}

bool prefixes_cover(const struct prefix *prefixes, size_t count, const struct prefix *inner)
{
	for (size_t i = 0; i < count; i++)
		if (prefix_covers(&prefixes[i], inner))
			return true;
	return false;
}

/*
 * IANA's special-purpose registries (RFC 6890 and its updates), what is not globally reachable;
 * and multicast (RFC 5771), which "exclude private IPs" of WireGuard's own apps leaves out too.
 * Sorted, and none covers another.
 */
static const struct prefix special4[] = {
	{ AF_INET, 8, { 0 } }, /* this network, RFC 791 */
	{ AF_INET, 8, { 10 } }, /* private use, RFC 1918 */
	{ AF_INET, 10, { 100, 64 } }, /* shared by carriers, RFC 6598 */
	{ AF_INET, 8, { 127 } }, /* loopback */
	{ AF_INET, 16, { 169, 254 } }, /* link-local, RFC 3927 */
	{ AF_INET, 12, { 172, 16 } }, /* private use */
	{ AF_INET, 24, { 192, 0, 0 } }, /* IETF protocol assignments */
	{ AF_INET, 24, { 192, 0, 2 } }, /* documentation, RFC 5737 */
	{ AF_INET, 24, { 192, 88, 99 } }, /* 6to4 relays, gone since RFC 7526 */
	{ AF_INET, 16, { 192, 168 } }, /* private use */
	{ AF_INET, 15, { 198, 18 } }, /* benchmarks, RFC 2544 */
	{ AF_INET, 24, { 198, 51, 100 } }, /* documentation */
	{ AF_INET, 24, { 203, 0, 113 } }, /* documentation */
	{ AF_INET, 4, { 224 } }, /* multicast */
	{ AF_INET, 4, { 240 } }, /* reserved, limited broadcast, RFC 1112 */
};

static const struct prefix special6[] = {
	{ AF_INET6, 3, { 0 } }, /* below 2000::/3, all there is of global */
	{ AF_INET6, 23, { 0x20, 0x01 } }, /* IETF protocol assignments */
	{ AF_INET6, 32, { 0x20, 0x01, 0x0d, 0xb8 } }, /* documentation, RFC 3849 */
	{ AF_INET6, 16, { 0x20, 0x02 } }, /* 6to4, RFC 3056 */
	{ AF_INET6, 20, { 0x3f, 0xff } }, /* documentation, RFC 9637 */
	{ AF_INET6, 2, { 0x40 } }, /* above 2000::/3 */
	{ AF_INET6, 1, { 0x80 } },
};

/* A sorted list, and how far a walk upward through the addresses has come in it. */
struct walk {
	const struct prefix *prefixes;
	size_t count, at;
};

/* The prefix that holds NEXT, an address that never goes down; NULL if none does. */
static const struct prefix *walk_find(struct walk *walk, const struct prefix *next)
{
	for (; walk->at < walk->count; walk->at++) {
		const struct prefix *prefix = &walk->prefixes[walk->at];

		if (prefix_covers(prefix, next))
			return prefix;
		if (prefix_compare(prefix, next) > 0)
			return NULL;
	}
	return NULL;
}

bool prefix_after(const struct prefix *prefix, struct prefix *next)
{
	unsigned int carry = prefix->length % 8 ? 1U << (8 - prefix->length % 8) : 1;

	*next = prefix_address(*prefix);
	for (size_t i = (prefix->length + 7U) / 8; i-- > 0 && carry; carry >>= 8) {
		carry += next->address[i];
		next->address[i] = (uint8_t)carry;
	}
	return !carry;
}

bool prefixes_global(const struct prefix *prefixes, size_t count, int family)
{
	struct walk given = { .prefixes = prefixes, .count = count };
	struct walk special = { .prefixes = special4,
				.count = sizeof(special4) / sizeof(*special4) };
	struct prefix next = prefix_address((struct prefix){ .family = (uint8_t)family });
	const struct prefix *found;

	if (family == AF_INET6)
		special = (struct walk){ special6, sizeof(special6) / sizeof(*special6), 0 };
	do {
		found = walk_find(&given, &next);
		if (!found)
			found = walk_find(&special, &next);
		if (!found)
			return false;
	} while (prefix_after(found, &next));
	return true;
}

bool port_parse(const char *text, uint16_t *port)
{
	struct servent entry, *found = NULL;
	unsigned long long number;
	char buffer[4096]; /* names and aliases of one line of /etc/services */

	if (digits_parse(text, UINT16_MAX, &number)) {
		*port = (uint16_t)number;
		return true;
	}
	if (getservbyname_r(text, "udp", &entry, buffer, sizeof(buffer), &found) != 0 || !found)
		return false;
	*port = ntohs((uint16_t)found->s_port);
	return true;
}
