/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who answers names, as DNS= of a tunnel file and wg.dns say it: servers and search domains. Pure.
 */
#ifndef HOOK_NAMES_H
#define HOOK_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "err.h"
#include "ip.h"

/* Zero-initialised it is empty. */
struct names {
	struct prefix *servers; /* addresses, in the order given */
	size_t servers_count;
	char **search; /* domains, likewise */
	size_t search_count;
};

/*
 * Adds one element of a list: a server when it holds a ':' or nothing but digits and dots, as
 * wg-quick tells them apart, else a search domain. err->number is EINVAL when it is neither, and
 * the words, which may repeat ELEMENT or not, are the caller's to find.
 */
int names_add(struct names *names, const char *element, struct err *err);

void names_free(struct names *names);

/* As resolv.conf(5) wants them, a line each and one for all domains. */
void names_print(const struct names *names, FILE *out);

/* 1 to 253 (RFC 1035) letters, digits, '-', '_' and dots, the first no dot and no '-'. */
bool name_is_plausible(const char *name);

#endif /* HOOK_NAMES_H */
