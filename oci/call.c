/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands, options and their values on a runtime's command line. */
#include "call.h"

#include <stddef.h>
#include <string.h>

/*
 * runc: main.go, create.go, run.go, restore.go; crun: src/crun.c, src/create.c, src/run.c,
 * src/restore.c. No name means one thing before a command and another after it.
 */
static const char *const with_value[] = {
	"root",
	"log",
	"log-format",
	"log-level",
	"criu",
	"rootless",
	"cgroup-manager",
	"bundle",
	"b",
	"console-socket",
	"pid-file",
	"pidfd-socket",
	"preserve-fds",
	"image-path",
	"work-path",
	"empty-ns",
	"lsm-profile",
	"lsm-mount-context",
	"manage-cgroups-mode",
};
static const char *const without_value[] = { "debug", "systemd-cgroup", "help", "h",
					     "usage", "version",        "v",    "V" };

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* An option: its name, without dashes, and its value. */
struct option {
	const char *name;
	size_t length; /* of the name */
	unsigned int dashes;
	const char *value; /* NULL: none that belongs to the same argument */
};

static bool is_option(const char *argument)
{
	return argument[0] == '-' && argument[1] && strcmp(argument, "--") != 0;
}

static struct option take_apart(const char *argument)
{
	struct option option = { .dashes = argument[1] == '-' ? 2 : 1 };

	option.name = argument + option.dashes;
	option.length = strcspn(option.name, "=");
	if (option.name[option.length])
		option.value = option.name + option.length + 1;
	return option;
}

static bool is_called(const struct option *option, const char *name)
{
	return strlen(name) == option->length && memcmp(name, option->name, option->length) == 0;
}

static bool is_among(const struct option *option, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_called(option, names[i]))
			return true;
	return false;
}

static bool makes_container(const char *command)
{
	return strcmp(command, "create") == 0 || strcmp(command, "run") == 0 ||
	       strcmp(command, "restore") == 0;
}

/*
 * Of an option that is not known the next word may be the value, or the command: one that makes a
 * container is taken for the command, for nothing is worse than to miss it.
 */
static const char *value_of(const struct option *option, const char *next)
{
	if (option->value || !next || is_among(option, without_value, COUNT(without_value)))
		return option->value;
	if (is_among(option, with_value, COUNT(with_value)))
		return next;
	return *next == '-' || makes_container(next) ? NULL : next;
}

/* crun takes "file:PATH" too, and names of other logs with a colon; a relative path is nobody's. */
static const char *log_file(const char *value)
{
	if (value && strncmp(value, "file:", strlen("file:")) == 0)
		value += strlen("file:");
	return value && *value == '/' ? value : NULL;
}

void call_parse(char *const *arguments, struct call *call)
{
	const char *log = NULL, *format = NULL;

	while (*arguments && is_option(*arguments)) {
		struct option option = take_apart(*arguments);
		const char *value = value_of(&option, arguments[1]);

		if (is_called(&option, "log"))
			log = value;
		else if (is_called(&option, "log-format"))
			format = value;
		arguments += value && value != option.value ? 2 : 1;
	}
	if (*arguments && strcmp(*arguments, "--") == 0)
		arguments++;
	call->command = *arguments;
	call->rest = *arguments ? arguments + 1 : arguments;
	call->json_log = format && strcmp(format, "json") == 0 ? log_file(log) : NULL;
}

bool call_makes_container(const struct call *call)
{
	return call->command && makes_container(call->command);
}

bool call_restores(const struct call *call)
{
	return call->command && strcmp(call->command, "restore") == 0;
}

static bool begins(const struct option *option, const char *word)
{
	return strncmp(word, option->name, option->length) == 0;
}

/*
 * Go reads "-bundle" as "--bundle" and getopt as "-b undle"; "-b=X" is X to the one and "=X" to the
 * other, which also takes "-db X" and "--bun X". "-f" and "--config", another file, are crun's.
 */
static bool is_doubtful(const struct option *option)
{
	if (option->dashes == 1)
		return option->length != 1 || option->value || *option->name == 'f';
	return !is_called(option, "bundle") &&
	       (begins(option, "bundle") || begins(option, "config"));
}

int call_bundle(const struct call *call, const char **bundle, struct err *err)
{
	const char *found = ".";

	for (char *const *rest = call->rest; *rest && strcmp(*rest, "--") != 0; rest++) {
		struct option option;
		bool wants_next;

		if (!is_option(*rest))
			continue;
		option = take_apart(*rest);
		wants_next = !option.value && is_among(&option, with_value, COUNT(with_value));
		/* Where none follows, runc takes what comes before (urfave/cli, reorderArgs). */
		if (is_doubtful(&option) || (wants_next && !rest[1]))
			return fail(err, "%s: not every runtime reads this alike '%.200s'",
				    call->command, *rest);
		if (wants_next)
			option.value = *++rest;
		if (option.value && (is_called(&option, "bundle") || is_called(&option, "b")))
			found = option.value;
	}
	if (!*found) /* to runc the working directory, to crun none */
		return fail(err, "%s: not every runtime reads an empty --bundle alike",
			    call->command);
	*bundle = found;
	return 0;
}
