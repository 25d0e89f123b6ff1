/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hook/differences.c: two lists side by side. */
#include "differences.h"
#include "unit.h"

static int compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void words(const void *element, const void *context, char *out, size_t size)
{
	snprintf(out, size, "%s%d", (const char *)context, *(const int *)element);
}

static const struct difference_kind kind = { sizeof(int), compare, words, "number ", "here: " };

/* All lines, each ended by a '|'. */
static const char *told(const int *wanted, size_t wanted_count, const int *held, size_t held_count)
{
	static char text[1024];
	int one[32], other[32];
	struct warnings wrong = { 0 };

	memcpy(one, wanted, wanted_count * sizeof(*one));
	memcpy(other, held, held_count * sizeof(*other));
	differences_tell(&kind, one, wanted_count, other, held_count, &wrong);
	*text = '\0';
	for (size_t i = 0; i < wrong.count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s|", wrong.line[i]);
	warnings_free(&wrong);
	return text;
}

int main(void)
{
	const int some[] = { 3, 1, 2 }, same[] = { 2, 3, 1 }, less[] = { 3, 1 }, other[] = { 2, 4 };
	const int twice[] = { 1, 1, 2, 3 };
	const int many[] = { 9, 8, 7, 6, 5, 4, 3 };

	check_text("the same in another order", told(some, 3, same, 3), "");
	check_text("none and none", told(some, 0, some, 0), "");
	check_text("one that is missing", told(some, 3, less, 2), "missing: here: number 2|");
	check_text("one too many", told(less, 2, some, 3), "surplus: here: number 2|");
	check_text("both", told(some, 3, other, 2),
		   "missing: here: number 1|missing: here: number 3|surplus: here: number 4|");
	check_text("one that is there twice", told(some, 3, twice, 4), "surplus: here: number 1|");
	check_text("all are missing", told(less, 2, some, 0),
		   "missing: here: number 1|missing: here: number 3|");
	check_text("of many the first few", told(many, 7, some, 3),
		   "surplus: here: number 1|surplus: here: number 2|missing: here: number 4|"
		   "missing: here: number 5|missing: here: number 6|missing: here: number 7|"
		   "missing: here: 2 more like these|");
	return unit_done();
}
