/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an engine's call of a runtime to the real one's. */
#include "wrapper.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "inject.h"
#include "locate.h"
#include "options.h"
#include "program.h"
#include "settings.h"
#include "text.h"

#define RUNTIME_OPTION "--runtime="
#define HANDSHAKE_OPTION "--handshake="

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool wrapper_is_called(const char *program)
{
	const char *name = last_part(program);
	size_t length = strlen(WRAPPER_NAME);

	return strncmp(name, WRAPPER_NAME, length) == 0 && (!name[length] || name[length] == '-');
}

static bool is_runtime_option(const char *argument)
{
	return strncmp(argument, RUNTIME_OPTION, strlen(RUNTIME_OPTION)) == 0;
}

void wrapper_parse(char **argv, struct wrapper *wrapper)
{
	char **rest = argv + 1;

	wrapper->name = last_part(argv[0]);
	wrapper->tunnel = wrapper->name + strlen(WRAPPER_NAME);
	wrapper->tunnel = *wrapper->tunnel ? wrapper->tunnel + 1 : NULL;
	wrapper->options = rest;
	while (*rest && (options_has(*rest) || is_runtime_option(*rest)))
		rest++;
	wrapper->arguments = rest;
	call_parse(rest, &wrapper->call);
}

/* One step alone: crun reads its own name, which another link may give it ("crun-wasm"). */
static int follow_link(char runtime[static PATH_MAX], struct err *err)
{
	char target[PATH_MAX];
	ssize_t length = readlink(WRAPPER_LINK, target, sizeof(target) - 1);
	const char *directory = "";

	if (length < 0)
		return errno == EINVAL ? fail(err, WRAPPER_LINK ": not a symbolic link")
				       : fail_errno(err, errno, WRAPPER_LINK);
	target[length] = '\0';
	if (*target != '/')
		directory = "/etc/oci-wireguard/";
	if (snprintf(runtime, PATH_MAX, "%s%s", directory, target) >= PATH_MAX ||
	    !program_is(runtime))
		return fail(err, WRAPPER_LINK ": leads to no program '%.200s'", target);
	return 0;
}

static int find_default(char runtime[static PATH_MAX], struct err *err)
{
	struct stat status;

	if (lstat(WRAPPER_LINK, &status) == 0 || errno != ENOENT)
		return follow_link(runtime, err);
	if (program_search("runc", runtime) || program_search("crun", runtime))
		return 0;
	return fail(err, "neither runc nor crun is installed");
}

static int find(const struct wrapper *wrapper, char runtime[static PATH_MAX], struct err *err)
{
	const char *wanted = NULL;

	for (char *const *option = wrapper->options; option != wrapper->arguments; option++) {
		if (!is_runtime_option(*option))
			continue;
		if (wanted)
			return fail(err, "--runtime: given twice");
		wanted = *option + strlen(RUNTIME_OPTION);
	}
	if (!wanted)
		return find_default(runtime, err);
	if (!*wanted || (*wanted != '/' && strchr(wanted, '/')))
		return fail(err, "--runtime: neither a program's name nor a path '%.200s'", wanted);
	return program_find("--runtime", wanted, runtime, err);
}

int wrapper_find(const struct wrapper *wrapper, char runtime[static PATH_MAX], struct err *err)
{
	if (find(wrapper, runtime, err) < 0)
		return -1;
	if (program_is_self(runtime))
		return fail(err, "not a runtime but this program itself '%.200s'", runtime);
	return 0;
}

/* What the hook is called with, NULL at the end; the caller frees it, not the texts. */
static char **hook_arguments(const struct wrapper *wrapper, struct err *err)
{
	size_t given = (size_t)(wrapper->arguments - wrapper->options), count = 0;
	const char **arguments = calloc(given + 5, sizeof(*arguments));

	if (!arguments) {
		fail(err, "out of memory");
		return NULL;
	}
	arguments[count++] = "oci-wireguard";
	arguments[count++] = "createRuntime";
	for (size_t i = 0; i < given; i++)
		if (!is_runtime_option(wrapper->options[i]))
			arguments[count++] = wrapper->options[i];
	if (wrapper->tunnel) {
		arguments[count++] = "--conf";
		arguments[count++] = wrapper->tunnel;
	}
	return (char **)arguments;
}

int wrapper_check(const struct wrapper *wrapper, bool *always, struct err *err)
{
	cleanup_free char **arguments = hook_arguments(wrapper, err);
	struct options options = { 0 };
	int count = 0;

	if (!arguments)
		return -1;
	while (arguments[count])
		count++;
	if (options_parse(&count, arguments, &options, err) < 0)
		return -1;
	if (wrapper->tunnel && locate_check_name(wrapper->name, wrapper->tunnel, err) < 0)
		return -1;
	*always = options.require || options.setting[SETTING_CONF];
	return 0;
}

int wrapper_is_asked(const struct bundle_config *config, bool *asked, struct err *err)
{
	const struct json *annotations;
	bool found = false;

	if (json_object_optional(config->tree, "annotations", &annotations, err) < 0)
		return fail_in(err, "%.500s", config->file);
	for (size_t i = 0; i < json_count(annotations); i++)
		found |= setting_is_ours(json_key(json_at(annotations, i)));
	*asked = found;
	return 0;
}

/* Where an option and an annotation differ, the hook refuses both. */
static const char *find_handshake(const struct wrapper *wrapper, const struct bundle_config *config)
{
	const char *found = NULL;
	struct err ignored;

	(void)json_string_optional(json_member(config->tree, "annotations"), "wg.handshake", &found,
				   &ignored);
	for (char *const *option = wrapper->options; option != wrapper->arguments; option++)
		if (strncmp(*option, HANDSHAKE_OPTION, strlen(HANDSHAKE_OPTION)) == 0)
			found = *option + strlen(HANDSHAKE_OPTION);
	return found;
}

static void print_hook(const char *path, char *const *arguments, unsigned int seconds, FILE *out)
{
	fprintf(out, "{\"path\":");
	json_print_string(path, out);
	for (size_t i = 0; arguments[i]; i++) {
		fprintf(out, i ? "," : ",\"args\":[");
		json_print_string(arguments[i], out);
	}
	/* An empty environment: without "env" it is the runtime's, by runc and crun alike. */
	fprintf(out, "],\"env\":[],\"timeout\":%u}", seconds);
}

char *wrapper_hook(const struct wrapper *wrapper, const struct bundle_config *config,
		   struct err *err)
{
	cleanup_free char **arguments = hook_arguments(wrapper, err);
	char path[PATH_MAX], *hook;
	struct text text = { 0 };
	FILE *out;

	if (!arguments || program_self(path, err) < 0)
		return NULL;
	out = text_open(&text);
	if (out)
		print_hook(path, arguments, settings_timeout(find_handshake(wrapper, config)), out);
	hook = out ? text_close(&text, out, NULL) : NULL;
	if (!hook)
		fail(err, "out of memory");
	return hook;
}

int wrapper_inject(const struct bundle_config *config, const char *hook, char **edited,
		   size_t *length, struct err *err)
{
	if (inject_hook(config->text, config->length, config->tree, "createRuntime", hook, edited,
			length, err) < 0)
		return fail_in(err, "%.500s", config->file);
	return 0;
}

int wrapper_become(const struct wrapper *wrapper, char *runtime, struct err *err)
{
	wrapper->arguments[-1] = runtime;
	execv(runtime, wrapper->arguments - 1);
	return fail_errno(err, errno, "%.500s: cannot be executed", runtime);
}
