/* SPDX-License-Identifier: GPL-2.0-or-later */
/* On a fresh device that is all that wg's '-' amounts to: a prefix goes if it came before. */
#include "removals.h"

#include <stdlib.h>

/* The capacity is always the next power of two, so that it needs no field of its own. */
bool removals_add(struct removals *removals, const struct peer *peer, const struct prefix *prefix)
{
	size_t count = removals->count;
	struct removal *grown = removals->removal;

	if ((count & (count - 1)) == 0)
		grown = reallocarray(grown, count ? 2 * count : 1, sizeof(*grown));
	if (!grown)
		return false;
	removals->removal = grown;
	grown[removals->count++] = (struct removal){
		.line = peer->line,
		.prefix = *prefix,
		.before = peer->allowed_count,
	};
	return true;
}

static int compare_prefix(const void *a, const void *b)
{
	const struct removal *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return prefix_compare(&x->prefix, &y->prefix);
}

static int compare(const void *a, const void *b)
{
	const struct removal *x = a, *y = b;
	int order = compare_prefix(a, b);

	return order ? order : (x->before < y->before) - (x->before > y->before);
}

/* Of one prefix's removals the last, which comes first here, does what the others do. */
static void reduce(struct removals *removals)
{
	struct removal *list = removals->removal;
	size_t kept = 0;

	qsort(list, removals->count, sizeof(*list), compare);
	for (size_t i = 0; i < removals->count; i++)
		if (!kept || compare_prefix(&list[kept - 1], &list[i]) != 0)
			list[kept++] = list[i];
	removals->count = kept;
}

static void apply_to(const struct removals *removals, struct peer *peer)
{
	size_t kept = 0;

	for (size_t i = 0; i < peer->allowed_count; i++) {
		struct removal wanted = { .line = peer->line, .prefix = peer->allowed[i] };
		const struct removal *found = bsearch(&wanted, removals->removal, removals->count,
						      sizeof(wanted), compare_prefix);

		if (!found || found->before <= i)
			peer->allowed[kept++] = peer->allowed[i];
	}
	peer->allowed_count = kept;
}

void removals_apply(struct removals *removals, struct tunnel *tunnel)
{
	if (!removals->count)
		return;
	reduce(removals);
	for (size_t i = 0; i < tunnel->peers_count; i++)
		apply_to(removals, &tunnel->peers[i]);
}

void removals_free(struct removals *removals)
{
	free(removals->removal);
	*removals = (struct removals){ 0 };
}
