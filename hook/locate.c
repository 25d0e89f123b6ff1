/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a tunnel's name to its open file. */
#include "locate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "cleanup.h"

#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/* Without slashes at its end: one directory is one text, also in the file's name and its digest. */
static size_t path_length(const char *directory)
{
	size_t length = strlen(directory);

	while (length > 0 && directory[length - 1] == '/')
		length--;
	return length;
}

/* "PATH" below "DIRECTORY/" as a path relative to it; NULL when it does not begin so. */
static const char *below(const char *directory, const char *path)
{
	size_t length = path_length(directory);

	if (strncmp(directory, path, length) != 0 || path[length] != '/')
		return NULL;
	path += length;
	return path + strspn(path, "/");
}

int locate_check_name(const char *where, const char *name, struct err *err)
{
	if (!strspn(name, NAME_CHARACTERS) ||
	    strspn(name, NAME_CHARACTERS "_.+=-") != strlen(name) || strlen(name) > 200)
		return fail(err, "%s: not a tunnel's name '%.64s'", where, name);
	return 0;
}

/* Opens the file that VALUE means in DIRECTORY: -1 with errno set, ENOENT when it means none. */
static int open_in(const char *directory, const char *value, char **path)
{
	cleanup_free char *name = NULL;
	const char *relative;
	int fd;

	if (*value == '/') {
		relative = below(directory, value);
		if (!relative || !*relative) {
			errno = ENOENT;
			return -1;
		}
		name = strdup(relative);
	} else if (asprintf(&name, "%s.conf", value) < 0) {
		name = NULL;
	}
	if (!name) {
		errno = ENOMEM;
		return -1;
	}
	fd = file_open_inside(directory, name);
	if (fd >= 0 && asprintf(path, "%.*s/%s", (int)path_length(directory), directory, name) < 0)
		*path = NULL;
	return fd;
}

static int not_found(const char *where, const char *value, const struct options *options,
		     struct err *err)
{
	bool any = options->any_file && *value != '/';

	if (*value == '/')
		return fail(err, "%s: no such file in a tunnel directory (%s%s) '%.200s'", where,
			    options->config_dir[0], options->config_dir_count > 1 ? ", ..." : "",
			    value);
	return fail(err, "%s: no '%s.conf' in %s%s%s", where, value, options->config_dir[0],
		    options->config_dir_count > 1 ? " or the other tunnel directories" : "",
		    any ? " (a file elsewhere is named with a slash: ./NAME)" : "");
}

static int check_value(const char *where, const char *value, struct err *err)
{
	if (*value == '/')
		return 0;
	if (strchr(value, '/'))
		return fail(err, "%s: neither a name nor an absolute path '%.200s'", where, value);
	return locate_check_name(where, value, err);
}

static int open_beneath(const char *where, const char *value, const struct options *options,
			char **path, struct err *err)
{
	if (check_value(where, value, err) < 0)
		return -1;
	for (size_t i = 0; i < options->config_dir_count; i++) {
		int fd = open_in(options->config_dir[i], value, path);

		if (fd >= 0)
			return fd;
		if (errno == EXDEV || errno == ELOOP)
			return fail(err, "%s: leaves %s, or is a symbolic link '%.200s'", where,
				    options->config_dir[i], value);
		if (errno != ENOENT)
			return fail_errno(err, errno, "%s: '%.200s' in %s", where, value,
					  options->config_dir[i]);
	}
	return not_found(where, value, options, err);
}

/* A file that somebody else may write is theirs, not the administrator's. */
static int check_trust(int fd, const char *path, bool any_file, struct warnings *warnings,
		       struct err *err)
{
	struct file_trust trust;

	if (file_trust(fd, &trust) < 0)
		return fail_errno(err, errno, "%s", path);
	if (!trust.regular)
		return fail(err, "%s: not a regular file", path);
	if (!any_file && !trust.owner)
		return fail(err, "%s: owned by neither root nor the caller", path);
	if (!any_file && trust.writable)
		return fail(err, "%s: writable by its group or by others", path);
	if (trust.readable)
		warn(warnings, "%s: readable by everybody, its private key included (chmod 600)",
		     path);
	return 0;
}

/* In a path it would reach a terminal, with the plan that check prints. */
static bool has_control_character(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

int locate_tunnel(const struct asked *asked, const struct options *options, char **path,
		  struct warnings *warnings, struct err *err)
{
	const char *value = asked->value[SETTING_CONF], *where = asked->where[SETTING_CONF];
	bool any_file = options->any_file && strchr(value, '/');
	int fd;

	if (strchr(value, '/') && has_control_character(value))
		return fail(err, "%s: a control character in '%.200s'", where, value);
	if (any_file) {
		fd = file_open(value);
		if (fd < 0)
			return fail_errno(err, errno, "%s", value);
		*path = strdup(value);
	} else {
		fd = open_beneath(where, value, options, path, err);
		if (fd < 0)
			return -1;
	}
	if (!*path || check_trust(fd, *path, any_file, warnings, err) < 0) {
		close(fd);
		return *path ? -1 : fail(err, "out of memory");
	}
	return fd;
}
