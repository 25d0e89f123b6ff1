/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two lists of the same kind of thing, and what is in one of them alone. Pure. */
#ifndef HOOK_DIFFERENCES_H
#define HOOK_DIFFERENCES_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

/* One element as a person would write it. */
typedef void difference_words(const void *element, const void *context, char *out, size_t size);

/* How an array is read: SIZE bytes an element, COMPARE as for qsort(). */
struct difference_kind {
	size_t size;
	int (*compare)(const void *a, const void *b);
	difference_words *words;
	const void *context; /* of WORDS */
	const char *where; /* comes before the words: "nft set own4: "; "" */
};

#define DIFFERENCES_TOLD 4 /* of those missing, and of those there too many */

/*
 * Sorts both arrays. "missing: ..." into WRONG for each element of WANTED that HELD lacks, and
 * "surplus: ..." for each that HELD has besides: the first few of either, and how many more there
 * are. O(n log n).
 */
void differences_tell(const struct difference_kind *kind, void *wanted, size_t wanted_count,
		      void *held, size_t held_count, struct warnings *wrong);

#endif /* HOOK_DIFFERENCES_H */
