/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Annotations and options to what was asked for. */
#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alphabet.h"

#define PREFIX "wg."

#define HOOK_SECONDS 60 /* as in 50-oci-wireguard.json */

static const char *const names[SETTINGS] = {
	[SETTING_CONF] = "conf",
	[SETTING_INTERFACE] = "interface",
	[SETTING_BYPASS] = "bypass",
	[SETTING_DNS] = "dns",
	[SETTING_KILLSWITCH] = "killswitch",
	[SETTING_NETWORKS] = "networks",
	[SETTING_SOCKET] = "socket",
	[SETTING_HANDSHAKE] = "handshake",
};

const char *setting_name(enum setting setting)
{
	return names[setting];
}

int setting_find(const char *name)
{
	for (int i = 0; i < SETTINGS; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

/* Levenshtein's distance, row by row; both are short. */
static size_t distance(const char *a, const char *b)
{
	size_t row[32], length = strlen(b);

	for (size_t j = 0; j <= length; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= length; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]);
			size_t other = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

			diagonal = row[j];
			row[j] = change < other ? change : other;
		}
	}
	return row[length];
}

const char *setting_nearest(const char *name)
{
	size_t best = 4;
	const char *nearest = NULL;

	if (strlen(name) > 24)
		return NULL;
	for (int i = 0; i < SETTINGS; i++) {
		size_t d = distance(name, names[i]);

		if (d < best && d < strlen(names[i])) {
			best = d;
			nearest = names[i];
		}
	}
	return nearest;
}

static int unknown_annotation(const char *name, struct err *err)
{
	const char *nearest = setting_nearest(name);

	if (!nearest)
		return fail(err, "%s%.64s: unknown annotation", PREFIX, name);
	return fail(err, "%s%.64s: unknown annotation; did you mean %s%s?", PREFIX, name, PREFIX,
		    nearest);
}

static int take_annotation(struct asked *asked, const struct options *options,
			   const struct json *member, struct err *err)
{
	const char *name = json_key(member) + strlen(PREFIX);
	int setting = setting_find(name);
	const char *value, *option;

	if (setting < 0)
		return unknown_annotation(name, err);
	if (json_text(member, &value, err) < 0)
		return -1;
	option = options->setting[setting];
	if (option && strcmp(option, value) != 0)
		return fail(err, "%s%s: '%s' disagrees with the option's '%s'", PREFIX, name, value,
			    option);
	if (!option && options->require && setting != SETTING_CONF && !options->allow[setting])
		return fail(err, "%s%s: not allowed here (--require without --allow %s%s)", PREFIX,
			    name, PREFIX, name);
	asked->value[setting] = value;
	snprintf(asked->where[setting], sizeof(asked->where[setting]), "%s%s", PREFIX, name);
	return 0;
}

/* Others' annotations may begin like ours when they are a domain's: "wg.example.org/name". */
bool setting_is_ours(const char *key)
{
	return strncmp(key, PREFIX, strlen(PREFIX)) == 0 && !strchr(key, '/');
}

unsigned int settings_timeout(const char *handshake)
{
	unsigned int more = 0;

	if (handshake && strlen(handshake) <= 4 && !handshake[strspn(handshake, DIGITS)])
		more = (unsigned int)strtoul(handshake, NULL, 10);
	return HOOK_SECONDS + more;
}

bool settings_any(const struct state *state)
{
	for (size_t i = 0; i < json_count(state->annotations); i++)
		if (setting_is_ours(json_key(json_at(state->annotations, i))))
			return true;
	return false;
}

static int take_annotations(struct asked *asked, const struct options *options,
			    const struct json *annotations, bool *any, struct err *err)
{
	for (size_t i = 0; i < json_count(annotations); i++) {
		const struct json *member = json_at(annotations, i);

		if (!setting_is_ours(json_key(member)))
			continue;
		*any = true;
		if (take_annotation(asked, options, member, err) < 0)
			return -1;
	}
	return 0;
}

int settings_collect(const struct options *options, const struct state *state, struct asked *asked,
		     bool *wanted, struct err *err)
{
	struct asked collected = { .annotations = state ? state->annotations : NULL };
	bool any = false;

	for (int i = 0; i < SETTINGS; i++) {
		collected.value[i] = options->setting[i];
		snprintf(collected.where[i], sizeof(collected.where[i]), "--%s", names[i]);
	}
	if (options->any_file)
		snprintf(collected.where[SETTING_CONF], sizeof(collected.where[SETTING_CONF]),
			 "tunnel");
	if (take_annotations(&collected, options, collected.annotations, &any, err) < 0)
		return -1;
	if (options->annotated && !any)
		return fail(err,
			    "no wg.* annotation reached the hook, though it was called for one: "
			    "does the runtime's pod_annotations let them pass?");
	if (!collected.value[SETTING_CONF] && any)
		return fail(err, "wg.conf: missing beside other wg.* annotations");
	if (!collected.value[SETTING_CONF] && options->require)
		return fail(err, "wg.conf: missing, and --require was given");
	*asked = collected;
	*wanted = collected.value[SETTING_CONF];
	return 0;
}
