/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bundle's config.json, as far as a hook needs it. */
#include "bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "file.h"
#include "json.h"

static void free_json(struct json **tree)
{
	json_free(*tree);
}

static int read_config(const char *file, struct json **tree, struct err *err)
{
	cleanup_close int fd = file_open(file);
	cleanup_free char *text = NULL;
	size_t length;

	if (fd < 0)
		return fail_errno(err, errno, "cannot be opened");
	if (file_read(fd, BUNDLE_CONFIG_MAX, 10, &text, &length, err) < 0)
		return -1;
	return json_parse(text, length, tree, err);
}

static int read_root(const struct json *config, const char **root, struct err *err)
{
	const struct json *object;

	if (json_object_optional(config, "root", &object, err) < 0)
		return -1;
	if (!object)
		return fail(err, "root: missing");
	if (!json_member(object, "path"))
		return fail(err, "root.path: missing");
	if (json_string(object, "path", root, err) < 0)
		return -1;
	return **root ? 0 : fail(err, "root.path: empty");
}

/* BUNDLE is not looked at for an absolute ROOT. */
static int join(const char *bundle, const char *root, char **path, struct err *err)
{
	int length;

	if (*root != '/' && *bundle != '/')
		return fail(err, "state: bundle: not an absolute path '%.200s'", bundle);
	length = *root == '/' ? asprintf(path, "%s", root) : asprintf(path, "%s/%s", bundle, root);
	return length < 0 ? fail(err, "out of memory") : 0;
}

int bundle_root(const struct state *state, char **path, struct err *err)
{
	cleanup(free_json) struct json *config = NULL;
	cleanup_free char *file = NULL;
	const char *root;

	if (*state->root)
		return join(state->bundle, state->root, path, err);
	if (join(state->bundle, "config.json", &file, err) < 0)
		return -1;
	if (read_config(file, &config, err) < 0 || read_root(config, &root, err) < 0)
		return fail_in(err, "%.500s", file);
	return join(state->bundle, root, path, err);
}
