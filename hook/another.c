/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of two hooks of ours is the one. */
#include "another.h"

#include <string.h>

#include "json.h"
#include "program.h"

static bool has_conf(const struct json *arguments)
{
	struct err ignored;
	const char *text;

	for (size_t i = 0; i < json_count(arguments); i++)
		if (json_text(json_at(arguments, i), &text, &ignored) == 0 &&
		    (strcmp(text, "--conf") == 0 || strncmp(text, "--conf=", 7) == 0))
			return true;
	return false;
}

bool another_serves(const struct options *options, struct bundle *bundle)
{
	const struct json *hooks;

	if (options->setting[SETTING_CONF] || options->require || !settings_any(bundle->state))
		return false;
	hooks = bundle_hooks(bundle, "createRuntime");
	for (size_t i = 0; i < json_count(hooks); i++) {
		const struct json *hook = json_at(hooks, i);
		const char *path = "";
		struct err ignored;

		(void)json_string_optional(hook, "path", &path, &ignored);
		if (has_conf(json_member(hook, "args")) && program_is_self(path))
			return true;
	}
	return false;
}
