/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The OCI state: bytes to struct state. */
#include "state.h"

#include <ctype.h>
#include <stdbool.h>

#include "cleanup.h"
#include "file.h"

static bool blank(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isspace((unsigned char)text[i]))
			return false;
	return true;
}

/*
 * Kata sends both empty, with the pid of its hypervisor or its shim (katautils/hook.go): a link in
 * that process's namespace would do nothing for the guest.
 */
static int check_runtime(const struct json *tree, struct err *err)
{
	static const char *const keys[] = { "ociVersion", "status" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const char *value;

		if (json_string(tree, keys[i], &value, err) < 0)
			return -1;
		if (!*value)
			return fail(err, "%s: empty, as a VM runtime sends it: not supported",
				    keys[i]);
	}
	return 0;
}

/* Not in the specification: what another runtime may mean by it is no reason to fail. */
static void fill_root(struct state *state)
{
	struct err ignored;

	(void)json_string_optional(state->tree, "root", &state->root, &ignored);
}

static int fill(struct state *state, struct err *err)
{
	long pid;

	if (check_runtime(state->tree, err) < 0 ||
	    json_string_optional(state->tree, "id", &state->id, err) < 0 ||
	    json_string_optional(state->tree, "bundle", &state->bundle, err) < 0 ||
	    json_object_optional(state->tree, "annotations", &state->annotations, err) < 0 ||
	    json_integer(state->tree, "pid", 1, STATE_PID_MAX, &pid, err) < 0)
		return -1;
	fill_root(state);
	state->pid = (pid_t)pid;
	return 0;
}

int state_parse(const char *text, size_t length, struct state *state, struct err *err)
{
	struct state parsed = { .id = "", .bundle = "", .root = "" };

	if (blank(text, length))
		return fail(err, "state: empty: nothing came on standard input");
	if (json_parse(text, length, &parsed.tree, err) < 0)
		return fail_in(err, "state");
	if (fill(&parsed, err) < 0) {
		state_free(&parsed);
		return fail_in(err, "state");
	}
	*state = parsed;
	return 0;
}

int state_read(int fd, struct state *state, struct err *err)
{
	cleanup_free char *text = NULL;
	size_t length;

	if (file_read(fd, STATE_SIZE_MAX, 10, &text, &length, err) < 0)
		return fail_in(err, "state: standard input");
	return state_parse(text, length, state, err);
}

void state_free(struct state *state)
{
	json_free(state->tree);
	*state = (struct state){ 0 };
}
