/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What may be asked, and by whom: options, annotations, and what both are made into. An input is
 * arguments, a line each, an empty line, the state's JSON, an empty line, and the tunnel file that
 * each name leads to.
 */
#include <errno.h>
#include <fcntl.h>

#include "file.h"
#include "fuzz.h"
#include "locate.h"
#include "made.h"
#include "options.h"
#include "placeholder.h"
#include "request.h"
#include "state.h"
#include "wrapper.h"

/* The seam: every file that is asked for is the input's, or is not there. */

int __wrap_file_open_inside(const char *directory, const char *path);
int __wrap_file_open(const char *path);

static int open_tunnel(const char *path)
{
	if (strstr(path, "none")) {
		errno = ENOENT;
		return -1;
	}
	return fcntl(TUNNEL_FD, F_DUPFD_CLOEXEC, 0);
}

int __wrap_file_open_inside(const char *directory, const char *path)
{
	must(*directory == '/', "an absolute directory");
	must(*path && *path != '/', "something inside it");
	return open_tunnel(path);
}

int __wrap_file_open(const char *path)
{
	return open_tunnel(path);
}

#define ARGUMENTS_MAX 64

struct command {
	char *text;
	char *argument[ARGUMENTS_MAX + 2];
	int count;
};

static void take_arguments(struct bytes *bytes, struct command *command)
{
	size_t length;
	char *rest, *line;

	command->text = rest = take_part(bytes, "\n\n", &length);
	command->argument[command->count++] = rest + length; /* "" */
	while ((line = strsep(&rest, "\n")) && command->count <= ARGUMENTS_MAX)
		command->argument[command->count++] = line;
	command->argument[command->count] = NULL;
}

/* The same as a runtime's command line, which the wrapper takes apart and changes nothing of. */
static void call_wrapper(struct command *command)
{
	static char name[] = WRAPPER_NAME "-mullvad";
	char *argument[ARGUMENTS_MAX + 2];
	struct wrapper wrapper;
	struct err err = { 0 };
	const char *bundle;
	bool always;
	int result;

	memcpy(argument, command->argument, sizeof(argument));
	argument[0] = name;
	wrapper_parse(argument, &wrapper);
	must(wrapper.options == argument + 1 && wrapper.arguments >= argument + 1 &&
		     wrapper.arguments <= argument + command->count,
	     "the runtime's arguments among all");
	result = wrapper_check(&wrapper, &always, &err);
	must_be_told(&err, result < 0);
	must(result < 0 || always, "a name with a tunnel in it wants one always");
	err = (struct err){ 0 };
	if (call_makes_container(&wrapper.call)) {
		result = call_bundle(&wrapper.call, &bundle, &err);
		must_be_told(&err, result < 0);
		must(result < 0 || *bundle, "a directory");
	}
	must(is_same(argument + 1, command->argument + 1,
		     (size_t)command->count * sizeof(*argument)),
	     "nothing is changed");
}

static void check_directories(const struct options *options, const struct state *state)
{
	for (size_t i = 0; i < options->config_dir_count; i++) {
		const char *directory = options->config_dir[i];
		struct err err = { 0 };
		char before[] = "", *filled = before;
		size_t literal;
		int result;

		result = placeholder_fill(directory, state ? state->annotations : NULL, &filled,
					  &literal, &err);
		must_be_told(&err, result < 0);
		if (result < 0) {
			must(filled == before, "an output that a failure leaves");
			continue;
		}
		must(!strchr(filled, '{') && literal <= strlen(filled), "all of it is filled in");
		must(is_same(filled, directory, literal), "but for what is literal");
		must(placeholder_any(directory) || strcmp(filled, directory) == 0, "no more");
		free(filled);
	}
}

static void must_be_request(struct request *request, bool host_is_ours)
{
	struct warnings warnings = { 0 };
	struct err err = { 0 };
	int result;

	must(request->file && request->name && *request->interface, "a name, a file, a link");
	must_be_line(request->file);
	must(request->tunnel.addresses_count, "a tunnel");
	must(request_digest(request) == request_digest(request), "one digest");
	result = request_place_socket(request, host_is_ours, &warnings, &err);
	must_be_told(&err, result < 0);
	must(result < 0 || request->socket == SOCKET_HOST || request->port, "the guard's port");
	must_be_lines(&warnings);
	warnings_free(&warnings);
}

static void make_request(const struct options *options, const struct state *state)
{
	struct warnings warnings = { 0 };
	struct err err = { 0 };
	struct request request;
	bool wanted;
	int result;

	fill(&request, sizeof(request));
	fill(&wanted, sizeof(wanted));
	result = request_parse(options, state, &request, &wanted, &warnings, &err);
	must_be_told(&err, result < 0);
	must_be_lines(&warnings);
	must_hold_no_secret(err.line);
	must_hold_no_secrets(&warnings);
	if (result < 0) {
		must_be_filled(&request, sizeof(request));
		must_be_filled(&wanted, sizeof(wanted));
	} else {
		if (wanted)
			must_be_request(&request, options->require);
		request_free(&request);
	}
	warnings_free(&warnings);
}

static void check_settings(const struct options *options, const struct state *state)
{
	struct err err = { 0 };
	struct asked asked;
	bool wanted;
	int result;

	result = request_check(options, &err);
	must_be_told(&err, result < 0);
	err = (struct err){ 0 };
	fill(&asked, sizeof(asked));
	fill(&wanted, sizeof(wanted));
	result = settings_collect(options, state, &asked, &wanted, &err);
	must_be_told(&err, result < 0);
	if (result < 0) {
		must_be_filled(&asked, sizeof(asked));
		must_be_filled(&wanted, sizeof(wanted));
	}
	for (int i = 0; result == 0 && i < SETTINGS; i++)
		must_be_line(asked.where[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { data, size };
	struct command command = { 0 };
	struct options options = { .any_file = take_byte(&bytes) & 1 };
	struct state state = { 0 };
	struct err err = { 0 };
	size_t length;
	char *json, *tunnel;
	int taken;

	if (knows_secret(data, size))
		return 0;
	take_arguments(&bytes, &command);
	json = take_part(&bytes, "\n\n", &length);
	call_wrapper(&command);
	taken = options_parse(&command.count, command.argument, &options, &err);
	must_be_told(&err, taken < 0);
	must(taken < 0 || !command.argument[command.count], "NULL after the operands");
	if (taken == 0 && (!length || state_parse(json, length, &state, &err) == 0)) {
		const struct state *given = length ? &state : NULL;

		tunnel = with_secrets(bytes.next, bytes.left, &length);
		put_tunnel(tunnel, length);
		check_directories(&options, given);
		check_settings(&options, given);
		make_request(&options, given);
	}
	state_free(&state);
	free(json);
	free(command.text);
	return 0;
}
