/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is reached outside the tunnel: a prefix, or one port of it. Pure. */
#ifndef HOOK_BYPASS_H
#define HOOK_BYPASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "ip.h"

struct bypass {
	struct prefix prefix; /* a network */
	uint8_t protocol; /* IPPROTO_TCP or IPPROTO_UDP; 0: all there is, port or not */
	uint16_t port; /* the destination's, host order; 0 without a protocol */
};

/*
 * "PREFIX", "PREFIX:PORT/PROTOCOL" or "[PREFIX]:PORT/PROTOCOL", which IPv6 with a port has to be,
 * for "fd00::1:53" is an address. Host bits go. A prefix shorter than /8 (IPv6: /16) is refused,
 * with a port too. WHERE begins the line of a failure.
 */
int bypass_parse(const char *where, const char *text, struct bypass *bypass, struct err *err);

/* As prefix_append(). */
bool bypass_append(struct bypass **list, size_t *count, struct bypass bypass);

/*
 * Sorts LIST by its prefixes, and leaves out what another of it covers, equal ones included.
 * Returns how many remain, at the front. O(n log n).
 */
size_t bypass_reduce(struct bypass *list, size_t count);

/* Whether it is one of the ports that names are asked at, 53 and 853. */
bool bypass_is_of_names(const struct bypass *bypass);

#endif /* HOOK_BYPASS_H */
