/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hook/another.c: when a container's other hook is the one that does it. This test is "the
 * program". */
#include "another.h"
#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "program.h"

static char directory[] = "/tmp/owg-another.XXXXXX";
static char program[PATH_MAX];
static struct options options;

/* HOOKS is config.json's createRuntime, in which '@' stands for the program's path. */
static void put(const char *hooks)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/config.json", directory);
	file = fopen(path, "w");
	if (!file)
		exit(1);
	fputs("{\"hooks\":{\"createRuntime\":", file);
	for (const char *c = hooks; *c; c++)
		if (*c == '@')
			fputs(program, file);
		else
			fputc(*c, file);
	fputs("}}", file);
	fclose(file);
}

static bool asks(const char *annotations, const char *bundle_path)
{
	struct state state;
	struct bundle bundle = { .state = &state };
	struct err err;
	char text[512];
	bool other;

	snprintf(text, sizeof(text),
		 "{\"ociVersion\":\"1.0.2\",\"status\":\"creating\",\"pid\":42,\"bundle\":\"%s\","
		 "\"annotations\":{%s}}",
		 bundle_path, annotations);
	if (state_parse(text, strlen(text), &state, &err) < 0)
		exit(1);
	other = another_serves(&options, &bundle);
	bundle_close(&bundle);
	state_free(&state);
	return other;
}

#define US "{\"path\":\"@\",\"args\":[\"oci-wireguard\",\"createRuntime\""
#define CDI US ",\"--conf\",\"mullvad\"]}"
#define BYPASS "\"wg.bypass\":\"10.0.0.0/8\""

static void test_hooks(void)
{
	static const struct {
		const char *what, *hooks;
		bool other;
	} cases[] = {
		{ "a CDI device's hook beside this one", "[" CDI "," US "]}]", true },
		{ "whatever their order", "[" US "]}," CDI "]", true },
		{ "an option with a '='", "[" US ",\"--conf=mullvad\"]}]", true },
		{ "this one alone", "[" US "]}]", false },
		{ "twice this one", "[" US "]}," US ",\"--config-dir\",\"/a\"]}]", false },
		{ "another program", "[{\"path\":\"/bin/sh\",\"args\":[\"sh\",\"--conf\",\"a\"]}]",
		  false },
		{ "a program that is not there",
		  "[{\"path\":\"@x\",\"args\":[\"oci-wireguard\",\"--conf\",\"a\"]}]", false },
		{ "no arguments", "[{\"path\":\"@\"}]", false },
		{ "arguments that are no strings", "[{\"path\":\"@\",\"args\":[1,null,{}]}]",
		  false },
		{ "a path that is no string", "[{\"path\":1,\"args\":[\"--conf\"]}]", false },
		{ "hooks that are no array", "{}", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		put(cases[i].hooks);
		check(cases[i].what, asks(BYPASS, directory) == cases[i].other);
	}
}

static void test_left_to_it(void)
{
	put("[" CDI "]");
	check("with any annotation of ours", asks("\"wg.conf\":\"mullvad\"", directory));
	check("also one that is mistyped", asks("\"wg.config\":\"mullvad\"", directory));
	check("not without", !asks("\"wg.example.org/x\":\"y\"", directory));
	check("not where config.json cannot be read", !asks(BYPASS, "/"));
	options.require = true;
	check("not with --require", !asks(BYPASS, directory));
	options.require = false;
	options.setting[SETTING_CONF] = "mullvad";
	check("not that one to this one", !asks(BYPASS, directory));
}

static void test_link(void)
{
	char path[64], hook[256];

	snprintf(path, sizeof(path), "%s/link", directory);
	if (symlink(program, path) < 0)
		exit(1);
	snprintf(hook, sizeof(hook), "[{\"path\":\"%s\",\"args\":[\"a\",\"--conf\",\"b\"]}]", path);
	options.setting[SETTING_CONF] = NULL;
	put(hook);
	check("this program by another name", asks(BYPASS, directory));
	unlink(path);
	check("which is gone", !asks(BYPASS, directory));
	snprintf(path, sizeof(path), "%s/config.json", directory);
	unlink(path);
}

int main(void)
{
	struct err err;

	if (!mkdtemp(directory) || program_self(program, &err) < 0)
		return 1;
	check("the program's own path", *program == '/' && access(program, X_OK) == 0);
	test_hooks();
	test_left_to_it();
	test_link();
	rmdir(directory);
	return unit_done();
}
