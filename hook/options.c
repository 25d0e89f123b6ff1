/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command line's options, one by one. */
#include "options.h"

#include <stdio.h>
#include <string.h>

#include "placeholder.h"

#define NAME_SIZE 16 /* an option's name, with its NUL */

static int take_allow(struct options *options, const char *value, struct err *err)
{
	int setting = strncmp(value, "wg.", 3) == 0 ? setting_find(value + 3) : -1;

	if (setting < 0)
		return fail(err, "--allow: unknown annotation '%.64s'", value);
	options->allow[setting] = true;
	return 0;
}

static int take_config_dir(struct options *options, const char *value, struct err *err)
{
	if (*value != '/')
		return fail(err, "--config-dir: not an absolute path '%.200s'", value);
	if (options->config_dir_count == CONFIG_DIRS_MAX)
		return fail(err, "--config-dir: more than %d", CONFIG_DIRS_MAX);
	if (placeholder_check(value, err) < 0)
		return -1;
	options->config_dir[options->config_dir_count++] = value;
	return 0;
}

static int take_userspace(struct options *options, const char *value, struct err *err)
{
	if (!*value || (*value != '/' && strchr(value, '/')))
		return fail(err, "--userspace: neither none, a program's name nor a path '%.200s'",
			    value);
	if (options->userspace)
		return fail(err, "--userspace: given twice");
	options->userspace = value;
	return 0;
}

static int take_setting(struct options *options, int setting, const char *value, struct err *err)
{
	if (options->setting[setting])
		return fail(err, "--%s: given twice", setting_name(setting));
	options->setting[setting] = value;
	return 0;
}

/* False: TEXT is none of those that have no value. */
static bool take_flag(struct options *options, const char *text)
{
	if (strcmp(text, "--require") == 0)
		options->require = true;
	else if (strcmp(text, "--annotated") == 0)
		options->annotated = true;
	else
		return false;
	return true;
}

/* All others. */
static int take_value(struct options *options, const char *name, const char *value, struct err *err)
{
	int setting = setting_find(name);

	if (setting >= 0)
		return take_setting(options, setting, value, err);
	if (strcmp(name, "config-dir") == 0)
		return take_config_dir(options, value, err);
	if (strcmp(name, "allow") == 0)
		return take_allow(options, value, err);
	return take_userspace(options, value, err);
}

static bool has_value(const char *name)
{
	return setting_find(name) >= 0 || strcmp(name, "config-dir") == 0 ||
	       strcmp(name, "allow") == 0 || strcmp(name, "userspace") == 0;
}

/* The name of TEXT, "--name" or "--name=value"; false: it is none of ours. */
static bool take_name(const char *text, char name[static NAME_SIZE])
{
	size_t length = strcspn(text, "=");

	if (length < 3 || length - 2 >= NAME_SIZE || text[0] != '-' || text[1] != '-')
		return false;
	snprintf(name, NAME_SIZE, "%.*s", (int)length - 2, text + 2);
	return has_value(name);
}

bool options_has(const char *argument)
{
	char name[NAME_SIZE];
	struct options any = { 0 };

	return take_flag(&any, argument) || (strchr(argument, '=') && take_name(argument, name));
}

/* One option at ARGV[0], "--name value" or "--name=value"; the number of arguments it is, or -1. */
static int take_option(char **argv, struct options *options, struct err *err)
{
	const char *text = argv[0];
	char name[NAME_SIZE];
	size_t length = strcspn(text, "=");

	if (take_flag(options, text))
		return 1;
	if (!take_name(text, name))
		return fail(err, "unknown option '%.64s'; see --help", text);
	if (text[length])
		return take_value(options, name, text + length + 1, err) < 0 ? -1 : 1;
	if (!argv[1])
		return fail(err, "%.64s: needs a value; see --help", text);
	return take_value(options, name, argv[1], err) < 0 ? -1 : 2;
}

/* Not getopt_long(): it takes abbreviations, which change their meaning when an option is added. */
int options_parse(int *argc, char **argv, struct options *options, struct err *err)
{
	int operands = 1;
	bool ended = false; /* by "--" */

	for (int i = 1; i < *argc;) {
		int taken = 1;

		if (!ended && strcmp(argv[i], "--") == 0)
			ended = true;
		else if (!ended && argv[i][0] == '-' && argv[i][1])
			taken = take_option(argv + i, options, err);
		else
			argv[operands++] = argv[i];
		if (taken < 0)
			return -1;
		i += taken;
	}
	argv[operands] = NULL;
	*argc = operands;
	return 0;
}

void options_complete(struct options *options)
{
	if (!options->config_dir_count)
		options->config_dir[options->config_dir_count++] =
			options->usual_dir ? options->usual_dir : "/etc/wireguard";
}

int options_refuse_placeholders(const struct options *options, struct err *err)
{
	for (size_t i = 0; i < options->config_dir_count; i++)
		if (placeholder_any(options->config_dir[i]))
			return fail(
				err,
				"--config-dir: there is no container's state to fill in '%.200s'",
				options->config_dir[i]);
	return 0;
}

int options_refuse(const struct options *options, bool settings_too, struct err *err)
{
	bool allow = false;

	for (int i = 0; i < SETTINGS; i++) {
		allow |= options->allow[i];
		if (settings_too && options->setting[i])
			return fail(err, "--%s: means nothing to this verb", setting_name(i));
	}
	if (settings_too && (options->config_dir_count || options->userspace))
		return fail(err, "--config-dir, --userspace: mean nothing to this verb");
	if (options->require || allow)
		return fail(err, "--require, --allow: for createRuntime and cdi alone");
	if (options->annotated)
		return fail(err, "--annotated: for createRuntime alone");
	return options_refuse_placeholders(options, err);
}
