/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A CDI specification of the tunnels that there are. */
#include "cdi.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alphabet.h"
#include "cleanup.h"
#include "json.h"
#include "text.h"

/* The hook's argv. All but the tunnel is the same for each device. */
struct arguments {
	char *text[8 + 2 * (CONFIG_DIRS_MAX + 2 * SETTINGS)];
	size_t count;
};

static void arguments_free(struct arguments *arguments)
{
	for (size_t i = 0; i < arguments->count; i++)
		free(arguments->text[i]);
}

static int add(struct arguments *arguments, const char *prefix, const char *text, struct err *err)
{
	char *whole;

	if (asprintf(&whole, "%s%s", prefix, text) < 0)
		return fail(err, "out of memory");
	arguments->text[arguments->count++] = whole;
	return 0;
}

static int add_option(struct arguments *arguments, const char *name, const char *value,
		      struct err *err)
{
	if (add(arguments, "--", name, err) < 0)
		return -1;
	return add(arguments, "", value, err);
}

static int add_settings(struct arguments *arguments, const struct options *options, struct err *err)
{
	for (int i = 0; i < SETTINGS; i++) {
		const char *name = setting_name(i);

		if (options->setting[i] &&
		    add_option(arguments, name, options->setting[i], err) < 0)
			return -1;
		if (options->allow[i] && (add(arguments, "", "--allow", err) < 0 ||
					  add(arguments, "wg.", name, err) < 0))
			return -1;
	}
	return 0;
}

static int add_options(struct arguments *arguments, const struct options *options, struct err *err)
{
	for (size_t i = 0; i < options->config_dir_count; i++)
		if (add_option(arguments, "config-dir", options->config_dir[i], err) < 0)
			return -1;
	if (options->userspace && add_option(arguments, "userspace", options->userspace, err) < 0)
		return -1;
	if (options->require && add(arguments, "--", "require", err) < 0)
		return -1;
	return add_settings(arguments, options, err);
}

/* ParseQualifiedName() and ValidateDeviceName() of CDI's pkg/parser. */
static bool is_device_name(const char *name)
{
	size_t length = strlen(name);

	return strspn(name, ALPHANUMERIC "_-.:") == length && strspn(name, ALPHANUMERIC) &&
	       strspn(name + length - 1, ALPHANUMERIC);
}

static void print_arguments(const struct arguments *arguments, const char *tunnel, FILE *out)
{
	fputs("\"oci-wireguard\", \"createRuntime\", \"--conf\", ", out);
	json_print_string(tunnel, out);
	for (size_t i = 0; i < arguments->count; i++) {
		fputs(", ", out);
		json_print_string(arguments->text[i], out);
	}
}

static void print_device(const char *tunnel, const struct arguments *arguments, const char *program,
			 unsigned int seconds, FILE *out)
{
	fprintf(out, "\t\t{ \"name\": \"%s\", \"containerEdits\": { \"hooks\": [ {\n", tunnel);
	fputs("\t\t\t\"hookName\": \"createRuntime\",\n\t\t\t\"path\": ", out);
	json_print_string(program, out);
	fputs(",\n\t\t\t\"args\": [", out);
	print_arguments(arguments, tunnel, out);
	fprintf(out, "],\n\t\t\t\"timeout\": %u\n\t\t} ] } }", seconds);
}

/* How many of TUNNELS are devices now. */
static size_t print_devices(const struct tunnels *tunnels, const struct arguments *arguments,
			    const char *program, unsigned int seconds, FILE *out,
			    struct warnings *warnings)
{
	size_t printed = 0;

	for (size_t i = 0; i < tunnels->count; i++) {
		const char *tunnel = tunnels->name[i];

		if (!is_device_name(tunnel)) {
			warn(warnings, "tunnel '%s': not a name that CDI has (left out)", tunnel);
			continue;
		}
		fputs(printed++ ? ",\n" : "", out);
		print_device(tunnel, arguments, program, seconds, out);
	}
	return printed;
}

static int print_all(const struct options *options, const struct tunnels *tunnels,
		     const char *program, FILE *out, struct warnings *warnings, struct err *err)
{
	cleanup(arguments_free) struct arguments arguments = { 0 };
	unsigned int seconds = settings_timeout(options->setting[SETTING_HANDSHAKE]);

	if (add_options(&arguments, options, err) < 0)
		return -1;
	fputs("{\n\t\"cdiVersion\": \"0.5.0\",\n\t\"kind\": \"oci-wireguard/tunnel\",\n", out);
	fputs("\t\"devices\": [\n", out);
	if (!print_devices(tunnels, &arguments, program, seconds, out, warnings))
		return fail(
			err, "cdi: no tunnel file that can be used in %s%s", options->config_dir[0],
			options->config_dir_count > 1 ? " or the other tunnel directories" : "");
	fputs("\n\t]\n}\n", out);
	return 0;
}

/* Of what is a string by our making, JSON refuses what is not UTF-8. */
static int read_back(const char *text, size_t length, struct err *err)
{
	struct json *tree;

	if (json_parse(text, length, &tree, err) < 0)
		return fail(err, "cdi: a path or a value is not UTF-8");
	json_free(tree);
	return 0;
}

int cdi_print(const struct options *options, const struct tunnels *tunnels, const char *program,
	      char **text, struct warnings *warnings, struct err *err)
{
	cleanup_free char *printed = NULL;
	struct text content = { 0 };
	FILE *out = text_open(&content);
	size_t length;
	int result;

	if (!out)
		return fail(err, "out of memory");
	result = print_all(options, tunnels, program, out, warnings, err);
	printed = text_close(&content, out, &length);
	if (!printed && result == 0)
		result = fail(err, "out of memory");
	if (result == 0)
		result = read_back(printed, length, err);
	if (result == 0)
		*text = cleanup_steal(&printed);
	return result;
}
