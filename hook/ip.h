/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IP addresses and prefixes as plain values, and sets of prefixes. No sockets, no name lookups. */
#ifndef HOOK_IP_H
#define HOOK_IP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An address is a prefix of full length (32 or 128). */
struct prefix {
	uint8_t family; /* AF_INET or AF_INET6 */
	uint8_t length; /* bits */
	uint8_t address[16]; /* network order; of IPv4 the first four, the rest zero */
};

#define PREFIX_TEXT (INET6_ADDRSTRLEN + 4)

/* 4 or 16 bytes; 32 or 128 bits. */
size_t family_bytes(int family);
unsigned int family_bits(int family);

/*
 * "10.0.0.1", "10.0.0.1/8", "fd00::/64": as wg(8) reads it (IPv6 when it holds a ':', the length
 * digits alone, a missing one the family's full length). Host bits are kept. False, and *prefix
 * untouched, when TEXT is anything else; "" is.
 */
bool prefix_parse(const char *text, struct prefix *prefix);

/* The same network with its host bits zero. */
struct prefix prefix_network(struct prefix prefix);

/* The address alone: length set to the family's full length. */
struct prefix prefix_address(struct prefix prefix);

/* Whether every address of INNER lies in OUTER; never across families. */
bool prefix_covers(const struct prefix *outer, const struct prefix *inner);

/* The address after the last one of PREFIX into *next; false, and it is zero, if there is none. */
bool prefix_after(const struct prefix *prefix, struct prefix *next);

/* Address order, families apart, shorter prefixes first: for qsort(). Host bits count. */
int prefix_compare(const void *a, const void *b);

/* "10.0.0.0/8"; an address without "/32" or "/128" when SHORT_FORM. Returns OUT. */
const char *prefix_format(const struct prefix *prefix, bool short_form,
			  char out[static PREFIX_TEXT]);

/*
 * Appends to an array that began as NULL; it grows by powers of two, so that COUNT tells its room.
 * False without memory, with both untouched; *list is the caller's to free().
 */
bool prefix_append(struct prefix **list, size_t *count, struct prefix prefix);

/*
 * Sorts PREFIXES (networks, without host bits) and leaves out those that another of them covers,
 * equal ones included. Returns how many remain, at the front. O(n log n).
 */
size_t prefixes_reduce(struct prefix *prefixes, size_t count);

/* Whether one of the COUNT prefixes covers INNER. */
bool prefixes_cover(const struct prefix *prefixes, size_t count, const struct prefix *inner);

/*
 * Whether PREFIXES, together with the special-purpose ranges that are not globally reachable (IANA
 * registries, RFC 6890; for IPv6 all outside 2000::/3), cover FAMILY whole: "0.0.0.0/1,128.0.0.0/1"
 * and "all but my LAN" do. PREFIXES is sorted and reduced already (prefixes_reduce).
 */
bool prefixes_global(const struct prefix *prefixes, size_t count, int family);

/* "51820", or a service name of /etc/services for UDP, as wg(8) takes. False for anything else. */
bool port_parse(const char *text, uint16_t *port);

#endif /* HOOK_IP_H */
