/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sorted, and walked through side by side. */
#include "differences.h"

#include <stdlib.h>

struct told {
	const struct difference_kind *kind;
	struct warnings *wrong;
	const char *word;
	size_t count;
};

static void tell(struct told *told, const char *element)
{
	char words[512] = "";

	if (told->count++ >= DIFFERENCES_TOLD)
		return;
	told->kind->words(element, told->kind->context, words, sizeof(words));
	warn(told->wrong, "%s: %s%s", told->word, told->kind->where, words);
}

static void tell_rest(const struct told *told)
{
	if (told->count > DIFFERENCES_TOLD)
		warn(told->wrong, "%s: %s%zu more like these", told->word, told->kind->where,
		     told->count - DIFFERENCES_TOLD);
}

static void sort(const struct difference_kind *kind, void *elements, size_t count)
{
	if (count)
		qsort(elements, count, kind->size, kind->compare);
}

void differences_tell(const struct difference_kind *kind, void *wanted, size_t wanted_count,
		      void *held, size_t held_count, struct warnings *wrong)
{
	struct told missing = { .kind = kind, .wrong = wrong, .word = "missing" };
	struct told surplus = { .kind = kind, .wrong = wrong, .word = "surplus" };
	const char *one = wanted, *other = held;

	sort(kind, wanted, wanted_count);
	sort(kind, held, held_count);
	while (wanted_count || held_count) {
		int result = !held_count ? -1 : !wanted_count ? 1 : kind->compare(one, other);

		if (result < 0)
			tell(&missing, one);
		if (result > 0)
			tell(&surplus, other);
		if (result <= 0) {
			one += kind->size;
			wanted_count--;
		}
		if (result >= 0) {
			other += kind->size;
			held_count--;
		}
	}
	tell_rest(&missing);
	tell_rest(&surplus);
}
