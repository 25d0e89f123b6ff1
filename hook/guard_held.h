/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel holds of the guard, read as plain data from the network namespace that the
 * calling thread is in. Nothing is changed.
 */
#ifndef HOOK_GUARD_HELD_H
#define HOOK_GUARD_HELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "ruleset.h"

struct held_chain {
	char *name;
	char *type; /* NULL: of no hook, and then all that follows is nothing */
	uint32_t hook;
	int32_t priority;
	bool drops; /* its policy */
	char **devices; /* the links of one of family netdev */
	size_t devices_count;
};

struct held_rule {
	char *chain;
	char *text; /* its expressions, as guard_row_text() */
	uint64_t handle;
};

/* How a set was made; nf_tables.h has what the numbers mean. */
struct set_type {
	uint32_t flags, key_type, key_length, data_type, data_length, size;
	uint64_t timeout; /* milliseconds */
};

struct held_set {
	char *name;
	struct set_type type;
	struct element *elements; /* none of a map's, which packets fill */
	size_t count;
};

struct held_table {
	bool found;
	bool dormant; /* it does nothing */
	struct held_chain *chains;
	size_t chains_count;
	struct held_rule *rules; /* those of a chain are in its order */
	size_t rules_count;
	struct held_set *sets;
	size_t sets_count;
};

struct guard_held {
	struct held_table inet, netdev;
};

/*
 * A kernel without nf_tables holds none, which is no failure. *held is to be zero-initialised, and
 * guard_forget() due whatever comes of it.
 */
int guard_read(struct guard_held *held, struct err *err);
void guard_forget(struct guard_held *held);

/* What a rule that ROW makes reads like; NULL without memory, else the caller's to free(). */
char *guard_row_text(const struct ruleset *ruleset, const struct row *row);

/* How a set of CONTENT is made. -1 without memory. */
int guard_set_type(const struct set_content *content, struct set_type *type, struct err *err);

#endif /* HOOK_GUARD_HELD_H */
