/* SPDX-License-Identifier: GPL-2.0-or-later */
/* state_parse(): any bytes on a hook's standard input. */
#include "fuzz.h"
#include "state.h"

/* A value of the tree, which is written down and read again as it was. */
static void must_survive(const char *text)
{
	char *printed = NULL;
	struct json *tree;
	const char *again;
	size_t length;
	struct err err;
	FILE *out = open_memstream(&printed, &length);

	must(out, "memory");
	fputc('[', out);
	json_print_string(text, out);
	fputc(']', out);
	must(fclose(out) == 0, "memory");
	must(json_parse(printed, length, &tree, &err) == 0, "a string as JSON");
	must(json_text(json_at(tree, 0), &again, &err) == 0 && strcmp(text, again) == 0,
	     "the same string");
	json_free(tree);
	free(printed);
}

static void must_be_sound(const struct state *state, size_t size)
{
	size_t count = json_count(state->annotations);

	must(state->pid >= 1 && state->pid <= STATE_PID_MAX, "a pid");
	must_survive(state->id);
	must_survive(state->bundle);
	must_survive(state->root);
	must(!state->annotations || json_is_object(state->annotations), "annotations: an object");
	for (size_t i = 0; i < count; i++) {
		const struct json *member = json_at(state->annotations, i);

		must(json_member(state->annotations, json_key(member)) == member, "found by key");
		must(json_end(member) <= json_end(state->annotations), "ends inside");
		must_survive(json_key(member));
	}
	must(json_end(state->tree) <= size, "ends with the text");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { 0 };
	struct state state;
	bool taken;

	fill(&state, sizeof(state));
	taken = state_parse((const char *)data, size, &state, &err) == 0;
	must_be_told(&err, !taken);
	if (taken) {
		must_be_sound(&state, size);
		state_free(&state);
	} else {
		must_be_filled(&state, sizeof(state));
		must(strncmp(err.line, "state: ", strlen("state: ")) == 0, "where it was");
	}
	return 0;
}
