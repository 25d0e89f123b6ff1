/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chain by chain, rule by rule, set by set. */
#include "guard_compare.h"

#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "differences.h"

/* What is compared, and where it is told. */
struct side {
	const struct held_table *held;
	const struct ruleset *ruleset;
	const char *table; /* its name, for messages */
	enum chain first, end; /* its chains */
	struct warnings *wrong;
};

static int no_memory(struct err *err)
{
	return fail_errno(err, ENOMEM, "the guard beside what nf_tables holds");
}

/* Whether it is there to be looked into. */
static bool stands(const struct side *side)
{
	if (!side->held->found)
		warn(side->wrong, "missing: %s", side->table);
	else if (side->held->dormant)
		warn(side->wrong, "changed: %s: dormant", side->table);
	return side->held->found;
}

/* Chains */

static const struct held_chain *find_chain(const struct held_table *table, const char *name)
{
	for (size_t i = 0; i < table->chains_count; i++)
		if (strcmp(table->chains[i].name, name) == 0)
			return &table->chains[i];
	return NULL;
}

static bool is_in_place(const struct held_chain *held, const struct chain_place *place)
{
	if (!held->type || !place->type)
		return !held->type && !place->type;
	return strcmp(held->type, place->type) == 0 && held->hook == place->hook &&
	       held->priority == place->priority;
}

static void compare_chain(const struct side *side, enum chain number)
{
	const struct chain_place *place = &ruleset_chains[number];
	const struct held_chain *held = find_chain(side->held, place->name);
	bool drops = ruleset_drops(side->ruleset, number);

	if (!held)
		warn(side->wrong, "missing: %s: chain %s", side->table, place->name);
	else if (!is_in_place(held, place))
		warn(side->wrong, "changed: %s: chain %s: not of its type, hook and priority",
		     side->table, place->name);
	else if (held->type && held->drops != drops)
		warn(side->wrong, "changed: %s: chain %s: policy %s, not %s", side->table,
		     place->name, held->drops ? "drop" : "accept", drops ? "drop" : "accept");
}

static bool has_chain(const struct side *side, const char *name)
{
	for (enum chain i = side->first; i < side->end; i++)
		if (ruleset_has_chain(side->ruleset, i) &&
		    strcmp(ruleset_chains[i].name, name) == 0)
			return true;
	return false;
}

/* Rules */

/* Whether TEXT reads as ONE and OTHER, which are of a length, but where these differ. */
static bool reads_as(const char *text, const char *one, const char *other)
{
	size_t length = strlen(one), first = 0, last = length;

	while (one[first] && one[first] == other[first])
		first++;
	if (first == length)
		return strcmp(text, one) == 0;
	while (one[last] == other[last]) /* the end of both to begin with */
		last--;
	return strlen(text) == length && memcmp(text, one, first) == 0 &&
	       strcmp(text + last + 1, one + last + 1) == 0;
}

/* The next rule of CHAIN, from number *NEXT on, that reads as ONE and OTHER; NULL: any. */
static const struct held_rule *find_rule(const struct held_table *table, const char *chain,
					 const char *one, const char *other, size_t *next)
{
	for (size_t i = *next; i < table->rules_count; i++) {
		const struct held_rule *rule = &table->rules[i];

		if (strcmp(rule->chain, chain) != 0 || (one && !reads_as(rule->text, one, other)))
			continue;
		*next = i + 1;
		return rule;
	}
	return NULL;
}

/* Those of CHAIN from number NEXT to END, or to the last. */
static void tell_surplus(const struct side *side, const char *chain, size_t next,
			 const struct held_rule *end)
{
	const struct held_rule *rule;

	while ((rule = find_rule(side->held, chain, NULL, NULL, &next)) && rule != end)
		warn(side->wrong, "surplus: %s: chain %s: the rule with handle %" PRIu64,
		     side->table, chain, rule->handle);
}

/* ROW with all bytes of its address BYTE. NULL without memory. */
static char *text_with(const struct side *side, const struct row *row, uint8_t family, uint8_t byte)
{
	struct prefix to = { .family = family, .length = (uint8_t)family_bits(family) };
	struct row made = *row;

	memset(to.address, byte, family_bytes(family));
	made.terms[0].prefix = to;
	return guard_row_text(side->ruleset, &made);
}

/* A name's address may have been any, of either family. *FOUND: NULL, there is no such rule. */
static int find_any(const struct side *side, const struct row *row, size_t *next,
		    const struct held_rule **found, struct err *err)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };

	*found = NULL;
	for (size_t i = 0; i < 2 && !*found; i++) {
		cleanup_free char *least = text_with(side, row, families[i], 0);
		cleanup_free char *most = text_with(side, row, families[i], 0xff);

		if (!least || !most)
			return no_memory(err);
		*found = find_rule(side->held, ruleset_chains[row->chain].name, least, most, next);
	}
	return 0;
}

static int find_row(const struct side *side, const struct row *row, size_t *next,
		    const struct held_rule **found, struct err *err)
{
	cleanup_free char *text = NULL;

	if (row->terms[0].kind == TERM_TO && !row->terms[0].prefix.family)
		return find_any(side, row, next, found, err);
	text = guard_row_text(side->ruleset, row);
	if (!text)
		return no_memory(err);
	*found = find_rule(side->held, ruleset_chains[row->chain].name, text, text, next);
	return 0;
}

/* ROW's rule, which comes behind number *NEXT. */
static int compare_rule(const struct side *side, const struct row *row, size_t *next,
			struct err *err)
{
	const char *chain = ruleset_chains[row->chain].name;
	const struct held_rule *held = NULL;
	size_t from = *next;
	char words[512];

	if (find_row(side, row, next, &held, err) < 0)
		return -1;
	if (held) {
		tell_surplus(side, chain, from, held);
		return 0;
	}
	ruleset_describe(side->ruleset, row, words, sizeof(words));
	warn(side->wrong, "missing: %s: chain %s: %s", side->table, chain, words);
	return 0;
}

static int compare_rules(const struct side *side, enum chain number, struct err *err)
{
	const struct ruleset *ruleset = side->ruleset;
	size_t next = 0;

	for (size_t i = 0; i < ruleset->rows_count; i++)
		if (ruleset->rows[i].chain == number &&
		    compare_rule(side, &ruleset->rows[i], &next, err) < 0)
			return -1;
	tell_surplus(side, ruleset_chains[number].name, next, NULL);
	return 0;
}

static int compare_chains(const struct side *side, struct err *err)
{
	for (enum chain i = side->first; i < side->end; i++) {
		if (!ruleset_has_chain(side->ruleset, i))
			continue;
		compare_chain(side, i);
		if (compare_rules(side, i, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < side->held->chains_count; i++)
		if (!has_chain(side, side->held->chains[i].name))
			warn(side->wrong, "surplus: %s: chain %s", side->table,
			     side->held->chains[i].name);
	return 0;
}

/* Sets */

static const struct held_set *find_set(const struct held_table *table, const char *name)
{
	for (size_t i = 0; i < table->sets_count; i++)
		if (strcmp(table->sets[i].name, name) == 0)
			return &table->sets[i];
	return NULL;
}

static bool has_set(const struct side *side, const char *name)
{
	for (size_t i = 0; i < SETS; i++)
		if (side->ruleset->sets[i].used && strcmp(side->ruleset->sets[i].name, name) == 0)
			return true;
	return false;
}

static int compare_elements(const void *a, const void *b)
{
	const struct element *one = a, *other = b;
	int result = prefix_compare(&one->address, &other->address);

	return result ? result : one->end - other->end;
}

static void element_words(const void *element, const void *context, char *out, size_t size)
{
	const struct element *one = element;
	char text[PREFIX_TEXT];

	(void)context;
	if (!one->address.family)
		snprintf(out, size, "an element that is no address");
	else
		snprintf(out, size, "%s%s", one->end ? "the end before " : "",
			 prefix_format(&one->address, true, text));
}

static int compare_contents(const struct side *side, const struct set_content *content,
			    const struct held_set *held, struct err *err)
{
	cleanup_free struct element *wanted = calloc(2 * content->count + 1, sizeof(*wanted));
	char where[64];
	const struct difference_kind kind = { .size = sizeof(*wanted),
					      .compare = compare_elements,
					      .words = element_words,
					      .where = where };
	size_t count = 0;

	if (!wanted)
		return no_memory(err);
	for (size_t i = 0; i < content->count; i++)
		count += set_elements(content, i, wanted + count);
	snprintf(where, sizeof(where), "%s: set %s: ", side->table, content->name);
	differences_tell(&kind, wanted, count, held->elements, held->count, side->wrong);
	return 0;
}

static int compare_set(const struct side *side, const struct set_content *content, struct err *err)
{
	const struct held_set *held = find_set(side->held, content->name);
	struct set_type wanted;

	if (guard_set_type(content, &wanted, err) < 0)
		return -1;
	if (!held)
		warn(side->wrong, "missing: %s: set %s", side->table, content->name);
	else if (memcmp(&held->type, &wanted, sizeof(wanted)) != 0)
		warn(side->wrong, "changed: %s: set %s: not of its type", side->table,
		     content->name);
	else if (!content->map)
		return compare_contents(side, content, held, err);
	return 0;
}

static int compare_sets(const struct side *side, struct err *err)
{
	for (size_t i = 0; i < SETS; i++)
		if (side->ruleset->sets[i].used &&
		    compare_set(side, &side->ruleset->sets[i], err) < 0)
			return -1;
	for (size_t i = 0; i < side->held->sets_count; i++)
		if (!has_set(side, side->held->sets[i].name))
			warn(side->wrong, "surplus: %s: set %s", side->table,
			     side->held->sets[i].name);
	return 0;
}

/* All of it */

static struct side inet_side(const struct guard_held *held, const struct ruleset *ruleset,
			     struct warnings *wrong)
{
	return (struct side){ &held->inet, ruleset,     "nft table inet " RULESET_TABLE,
			      0,           CHAINS_INET, wrong };
}

static struct side netdev_side(const struct guard_held *held, const struct ruleset *ruleset,
			       struct warnings *wrong)
{
	return (struct side){ &held->netdev, ruleset, "nft table netdev " RULESET_TABLE,
			      CHAIN_FRAMES,  CHAINS,  wrong };
}

int guard_compare(const struct guard_held *held, const struct ruleset *ruleset, bool frames,
		  struct warnings *wrong, struct err *err)
{
	const struct side inet = inet_side(held, ruleset, wrong);
	const struct side netdev = netdev_side(held, ruleset, wrong);

	if (stands(&inet) && (compare_sets(&inet, err) < 0 || compare_chains(&inet, err) < 0))
		return -1;
	return frames && stands(&netdev) ? compare_chains(&netdev, err) : 0;
}

static void measure(const struct side *side, size_t held, size_t wanted, const char *what)
{
	if (held != wanted)
		warn(side->wrong, "changed: %s: %zu %s, not %zu", side->table, held, what, wanted);
}

static void measure_inet(const struct side *side, const struct shape *shape)
{
	size_t elements = 0;

	for (size_t i = 0; i < side->held->sets_count; i++)
		elements += side->held->sets[i].count;
	measure(side, side->held->rules_count, shape->guard_rules, "rules");
	measure(side, elements, shape->guard_elements, "elements of sets");
	/* Whether names and endpoints have a chain is not known. */
	for (enum chain i = side->first; i < side->end; i++)
		if (i != CHAIN_NAMES && i != CHAIN_ENDPOINTS)
			compare_chain(side, i);
}

void guard_measure(const struct guard_held *held, const struct shape *shape, struct warnings *wrong)
{
	const struct ruleset ruleset = { .closed = shape->full };
	const struct side inet = inet_side(held, &ruleset, wrong);
	const struct side netdev = netdev_side(held, &ruleset, wrong);

	if (stands(&inet))
		measure_inet(&inet, shape);
	if (!shape->frames_rules || !stands(&netdev))
		return;
	measure(&netdev, held->netdev.rules_count, shape->frames_rules, "rules");
	compare_chain(&netdev, CHAIN_FRAMES);
}

/* Links */

static bool sees(const struct held_chain *frames, const char *link)
{
	for (size_t i = 0; frames && i < frames->devices_count; i++)
		if (strcmp(frames->devices[i], link) == 0)
			return true;
	return false;
}

static void free_links(struct if_nameindex **links)
{
	if (*links)
		if_freenameindex(*links);
}

int guard_blind(const struct guard_held *held, const char *interface, char *out, size_t size,
		struct err *err)
{
	const struct held_chain *frames =
		find_chain(&held->netdev, ruleset_chains[CHAIN_FRAMES].name);
	cleanup(free_links) struct if_nameindex *links = if_nameindex();

	if (!links)
		return fail_errno(err, errno, "links");
	*out = '\0';
	for (const struct if_nameindex *link = links; link->if_index; link++) {
		size_t used = strlen(out);

		if (strcmp(link->if_name, "lo") != 0 && strcmp(link->if_name, interface) != 0 &&
		    !sees(frames, link->if_name))
			snprintf(out + used, size - used, "%s%s", used ? "," : "", link->if_name);
	}
	return 0;
}
