/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config.json, as the runtime wrapper edits it and as the hook reads it: the hook is the last of
 * its stage then, all else is where it was byte for byte, and a second time nothing is edited.
 */
#include "another.h"
#include "bundle.h"
#include "fuzz.h"
#include "inject.h"
#include "wrapper.h"

#define STAGE "createRuntime"
#define HOOK                                                                                       \
	"{\"path\":\"/usr/bin/x\",\"args\":[\"x\",\"createRuntime\"],\"env\":[],\"timeout\":60}"

/* How many bytes ONE and OTHER begin with that are the same, of SIZE at most. */
static UNWATCHED size_t in_common(const char *one, const char *other, size_t size)
{
	size_t count = 0;

	while (count < size && one[count] == other[count])
		count++;
	return count;
}

/* Whether TEXT is ORIGINAL with something put into it, in place of "null" or of nothing. */
static bool is_original(const char *text, size_t length, const char *original, size_t size)
{
	size_t front = in_common(text, original, size < length ? size : length);
	const char *rest = original + front;

	if (length < size)
		return false;
	if (is_same(rest, text + length - (size - front), size - front))
		return true;
	if (size - front < 4 || !is_same(rest, "null", 4))
		return false;
	return is_same(rest + 4, text + length - (size - front - 4), size - front - 4);
}

static const struct json *hooks_of(const struct json *tree)
{
	return json_member(json_member(tree, "hooks"), STAGE);
}

static void must_be_last(const struct json *list)
{
	const struct json *path;
	const char *text;
	struct err err;

	must(json_count(list), "there are hooks");
	path = json_member(json_at(list, json_count(list) - 1), "path");
	must(path && json_text(path, &text, &err) == 0 && strcmp(text, "/usr/bin/x") == 0,
	     "ours is the last");
}

static void inject(const uint8_t *data, size_t size, const struct json *tree)
{
	size_t before = json_count(hooks_of(tree)), length, again;
	struct json *edited_tree;
	struct err err = { 0 };
	char *edited, *twice;
	int result;

	fill(&edited, sizeof(edited));
	result = inject_hook((const char *)data, size, tree, STAGE, HOOK, &edited, &length, &err);
	must_be_told(&err, result < 0);
	if (result < 0)
		must_be_filled(&edited, sizeof(edited));
	if (result < 0 || !edited)
		return;
	must(is_original(edited, length, (const char *)data, size), "all else is as it was");
	must(json_parse(edited, length, &edited_tree, &err) == 0, "JSON");
	must(json_count(hooks_of(edited_tree)) == before + 1, "one more hook");
	must_be_last(hooks_of(edited_tree));
	must(inject_hook(edited, length, edited_tree, STAGE, HOOK, &twice, &again, &err) == 0 &&
		     !twice,
	     "once is enough");
	json_free(edited_tree);
	free(edited);
}

/* What the hook asks of it. */
static void look_into(struct json *tree)
{
	const struct state state = { .bundle = "/run/bundle", .id = "", .root = "" };
	struct bundle bundle = { .state = &state,
				 .read = true,
				 .config = { .file = "/run/bundle/config.json", .tree = tree } };
	const struct options options = { 0 };
	struct err err = { 0 };
	char *path;
	bool asked;

	fill(&path, sizeof(path));
	if (bundle_root(&bundle, &path, &err) == 0) {
		must(*path == '/', "an absolute path");
		free(path);
	} else {
		must_be_told(&err, true);
		must_be_filled(&path, sizeof(path));
	}
	must(bundle_network_of(&bundle) >= 0, "a pid or none");
	(void)another_serves(&options, &bundle);
	if (wrapper_is_asked(&bundle.config, &asked, &err) < 0)
		must_be_told(&err, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json *tree;
	struct err err = { 0 };

	fill(&tree, sizeof(tree));
	if (json_parse((const char *)data, size, &tree, &err) < 0) {
		must_be_told(&err, true);
		must_be_filled(&tree, sizeof(tree));
		return 0;
	}
	inject(data, size, tree);
	look_into(tree);
	json_free(tree);
	return 0;
}
