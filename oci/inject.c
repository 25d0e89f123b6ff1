/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a hook goes, and the text with it. */
#include "inject.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

/* TEXT in place of REMOVED bytes at offset AT. */
struct splice {
	size_t at, removed;
	char *text;
};

static void free_splice(struct splice *splice)
{
	free(splice->text);
}

static void free_json(struct json **tree)
{
	json_free(*tree);
}

/* Strings both, or neither there. */
static bool is_same_text(const struct json *one, const struct json *other)
{
	const char *left, *right;
	struct err ignored;

	if (!one || !other)
		return one == other;
	return json_text(one, &left, &ignored) == 0 && json_text(other, &right, &ignored) == 0 &&
	       strcmp(left, right) == 0;
}

static bool is_same_hook(const struct json *one, const struct json *other)
{
	const struct json *left = json_member(one, "args"), *right = json_member(other, "args");

	if (!is_same_text(json_member(one, "path"), json_member(other, "path")) ||
	    json_count(left) != json_count(right))
		return false;
	for (size_t i = 0; i < json_count(left); i++)
		if (!is_same_text(json_at(left, i), json_at(right, i)))
			return false;
	return true;
}

static bool has_hook(const struct json *list, const struct json *hook)
{
	for (size_t i = 0; i < json_count(list); i++)
		if (is_same_hook(json_at(list, i), hook))
			return true;
	return false;
}

static int append(const struct json *list, const char *element, struct splice *splice,
		  struct err *err)
{
	splice->at = json_end(list) - strlen("]");
	splice->removed = 0;
	if (asprintf(&splice->text, "%s%s", json_count(list) ? "," : "", element) < 0) {
		splice->text = NULL;
		return fail(err, "out of memory");
	}
	return 0;
}

/* VALUE as the member KEY of OBJECT, which has none, or null. */
static int put(const struct json *object, const char *key, const char *value, struct splice *splice,
	       struct err *err)
{
	const struct json *null = json_member(object, key);
	int length;

	splice->removed = null ? strlen("null") : 0;
	splice->at = null ? json_end(null) - splice->removed : json_end(object) - strlen("}");
	length = null ? asprintf(&splice->text, "%s", value)
		      : asprintf(&splice->text, "%s\"%s\":%s", json_count(object) ? "," : "", key,
				 value);
	if (length < 0) {
		splice->text = NULL;
		return fail(err, "out of memory");
	}
	return 0;
}

static int put_stage(const struct json *tree, const struct json *hooks, const char *stage,
		     const char *hook, struct splice *splice, struct err *err)
{
	cleanup_free char *text = NULL;
	int length = hooks ? asprintf(&text, "[%s]", hook)
			   : asprintf(&text, "{\"%s\":[%s]}", stage, hook);

	if (length < 0) {
		text = NULL;
		return fail(err, "out of memory");
	}
	return hooks ? put(hooks, stage, text, splice, err) : put(tree, "hooks", text, splice, err);
}

static int apply_splice(const char *text, size_t length, const struct splice *splice, char **edited,
			size_t *edited_length, struct err *err)
{
	size_t added = strlen(splice->text), rest = splice->at + splice->removed;
	char *made = malloc(length + added);

	if (!made)
		return fail(err, "out of memory");
	memcpy(made, text, splice->at);
	memcpy(made + splice->at, splice->text, added);
	memcpy(made + splice->at + added, text + rest, length - rest);
	*edited = made;
	*edited_length = length + added - splice->removed;
	return 0;
}

int inject_hook(const char *config, size_t length, const struct json *tree, const char *stage,
		const char *hook, char **edited, size_t *edited_length, struct err *err)
{
	cleanup(free_splice) struct splice splice = { 0 };
	cleanup(free_json) struct json *new = NULL;
	const struct json *hooks, *list;

	if (json_parse(hook, strlen(hook), &new, err) < 0)
		return fail_in(err, "the hook");
	if (!json_is_object(tree))
		return fail(err, "not an object");
	if (json_object_optional(tree, "hooks", &hooks, err) < 0 ||
	    json_array_optional(hooks, stage, &list, err) < 0)
		return -1;
	if (list && has_hook(list, new)) {
		*edited = NULL;
		return 0;
	}
	if ((list ? append(list, hook, &splice, err)
		  : put_stage(tree, hooks, stage, hook, &splice, err)) < 0)
		return -1;
	return apply_splice(config, length, &splice, edited, edited_length, err);
}
