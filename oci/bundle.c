/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bundle's config.json, as far as a hook needs it. */
#include "bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alphabet.h"
#include "cleanup.h"
#include "file.h"

static int read_text(int fd, struct bundle_config *config, struct err *err)
{
	struct stat status;

	if (fd < 0)
		return fail_errno(err, errno, "cannot be opened");
	if (fstat(fd, &status) < 0)
		return fail_errno(err, errno, "cannot be looked at");
	if (!S_ISREG(status.st_mode))
		return fail(err, "not a regular file");
	config->owner = status.st_uid;
	config->group = status.st_gid;
	config->mode = status.st_mode & 07777;
	return file_read(fd, BUNDLE_CONFIG_MAX, 10, &config->text, &config->length, err);
}

int bundle_config_read(const char *directory, struct bundle_config *config, struct err *err)
{
	cleanup(bundle_config_free) struct bundle_config made = { 0 };
	cleanup_close int fd = -1;

	if (asprintf(&made.file, "%s/config.json", directory) < 0) {
		made.file = NULL;
		return fail(err, "out of memory");
	}
	fd = file_open(made.file);
	if (read_text(fd, &made, err) < 0 ||
	    json_parse(made.text, made.length, &made.tree, err) < 0)
		return fail_in(err, "%.500s", made.file);
	*config = made;
	made = (struct bundle_config){ 0 };
	return 0;
}

void bundle_config_free(struct bundle_config *config)
{
	free(config->file);
	free(config->text);
	json_free(config->tree);
	*config = (struct bundle_config){ 0 };
}

static int write_all(int fd, const char *text, size_t length)
{
	while (length) {
		ssize_t written = write(fd, text, length);

		if (written < 0 && errno != EINTR)
			return -1;
		if (written > 0) {
			text += written;
			length -= (size_t)written;
		}
	}
	return 0;
}

/* No fsync(): an engine writes the bundle anew after a crash. */
static int fill_file(int fd, const struct bundle_config *config, const char *text, size_t length)
{
	if (fchown(fd, config->owner, config->group) < 0 || fchmod(fd, config->mode) < 0)
		return -1;
	return write_all(fd, text, length);
}

int bundle_config_replace(const struct bundle_config *config, const char *text, size_t length,
			  struct err *err)
{
	cleanup_free char *beside = NULL;
	cleanup_close int fd = -1;

	if (asprintf(&beside, "%s.XXXXXX", config->file) < 0) {
		beside = NULL;
		return fail(err, "out of memory");
	}
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return fail_errno(err, errno, "%.500s: no file can be made beside it",
				  config->file);
	if (fill_file(fd, config, text, length) == 0 && rename(beside, config->file) == 0)
		return 0;
	fail_errno(err, errno, "%.500s: cannot be replaced", config->file);
	unlink(beside);
	return -1;
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

static int check_bundle(const char *bundle, struct err *err)
{
	return *bundle == '/' ? 0
			      : fail(err, "state: bundle: not an absolute path '%.200s'", bundle);
}

/* BUNDLE is not looked at for an absolute ROOT. */
static int join(const char *bundle, const char *root, char **path, struct err *err)
{
	int length;

	if (*root != '/' && check_bundle(bundle, err) < 0)
		return -1;
	length = *root == '/' ? asprintf(path, "%s", root) : asprintf(path, "%s/%s", bundle, root);
	return length < 0 ? fail(err, "out of memory") : 0;
}

/* NULL: it cannot be had, and bundle->why says why. */
static const struct json *config(struct bundle *bundle)
{
	const char *directory = bundle->state->bundle;

	if (!bundle->read && check_bundle(directory, &bundle->why) == 0)
		(void)bundle_config_read(directory, &bundle->config, &bundle->why);
	bundle->read = true;
	return bundle->config.tree;
}

void bundle_close(struct bundle *bundle)
{
	bundle_config_free(&bundle->config);
	*bundle = (struct bundle){ 0 };
}

int bundle_root(struct bundle *bundle, char **path, struct err *err)
{
	const struct state *state = bundle->state;
	const char *root;

	if (*state->root)
		return join(state->bundle, state->root, path, err);
	if (!config(bundle)) {
		*err = bundle->why;
		return -1;
	}
	if (read_root(bundle->config.tree, &root, err) < 0)
		return fail_in(err, "%.500s", bundle->config.file);
	return join(state->bundle, root, path, err);
}

/* The namespace TYPE, "network", in config.json; NULL: it is the host's, or not known. */
static const struct json *find_namespace(struct bundle *bundle, const char *type)
{
	const struct json *list = NULL;
	struct err ignored;

	(void)json_array_optional(json_member(config(bundle), "linux"), "namespaces", &list,
				  &ignored);
	for (size_t i = 0; i < json_count(list); i++) {
		const char *this = "";

		(void)json_string_optional(json_at(list, i), "type", &this, &ignored);
		if (strcmp(this, type) == 0)
			return json_at(list, i);
	}
	return NULL;
}

/* As many digits as STATE_PID_MAX has. */
static pid_t parse_path(const char *path)
{
	static const char proc[] = "/proc/";
	const char *pid = path + strlen(proc);
	size_t digits;

	if (strncmp(path, proc, strlen(proc)) != 0)
		return 0;
	digits = strspn(pid, DIGITS);
	if (digits > 7 || strcmp(pid + digits, "/ns/net") != 0)
		return 0;
	return (pid_t)strtol(pid, NULL, 10);
}

pid_t bundle_network_of(struct bundle *bundle)
{
	const char *path = "";
	struct err ignored;

	(void)json_string_optional(find_namespace(bundle, "network"), "path", &path, &ignored);
	return parse_path(path);
}

const struct json *bundle_hooks(struct bundle *bundle, const char *kind)
{
	const struct json *list = NULL;
	struct err ignored;

	(void)json_array_optional(json_member(config(bundle), "hooks"), kind, &list, &ignored);
	return list;
}
