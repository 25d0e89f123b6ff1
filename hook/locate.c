/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a tunnel's name to its open file, and from directories to names. */
#include "locate.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alphabet.h"
#include "cleanup.h"
#include "file.h"
#include "placeholder.h"

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
	if (!strspn(name, ALPHANUMERIC) || strspn(name, ALPHANUMERIC "_.+=-") != strlen(name) ||
	    strlen(name) > 200)
		return fail(err, "%s: not a tunnel's name '%.64s'", where, name);
	return 0;
}

/* A tunnel directory as it is for one container. */
struct place {
	char *path;
	size_t literal; /* the length of what no annotation has named; the rest is below that */
};

struct places {
	struct place place[CONFIG_DIRS_MAX];
	size_t count;
	bool filled; /* one at least, from annotations */
};

static void places_free(struct places *places)
{
	for (size_t i = 0; i < places->count; i++)
		free(places->place[i].path);
}

static int find_places(const struct asked *asked, const struct options *options,
		       struct places *places, struct err *err)
{
	for (size_t i = 0; i < options->config_dir_count; i++) {
		struct place *place = &places->place[i];

		if (placeholder_fill(options->config_dir[i], asked->annotations, &place->path,
				     &place->literal, err) < 0)
			return -1;
		places->count++;
		places->filled |= placeholder_any(options->config_dir[i]);
	}
	return 0;
}

/*
 * NAME in PLACE, which is opened, as far as an annotation has named it, without leaving what it did
 * not: it may be no symbolic link. Names have no "..".
 */
static int open_named(const struct place *place, const char *name)
{
	cleanup_free char *directory = strndup(place->path, place->literal);
	cleanup_free char *relative = NULL;
	const char *rest = place->path + place->literal;

	rest += strspn(rest, "/");
	if (!directory || asprintf(&relative, "%s%s%s", rest, *rest ? "/" : "", name) < 0) {
		errno = ENOMEM;
		return -1;
	}
	return file_open_inside(*directory ? directory : "/", relative);
}

/* Opens the file that VALUE means in PLACE: -1 with errno set, ENOENT when it means none. */
static int open_in(const struct place *place, const char *value, char **path)
{
	cleanup_free char *name = NULL;
	const char *relative;
	int fd;

	if (*value == '/') {
		relative = below(place->path, value);
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
	fd = open_named(place, name);
	if (fd >= 0 &&
	    asprintf(path, "%.*s/%s", (int)path_length(place->path), place->path, name) < 0)
		*path = NULL;
	return fd;
}

static int not_found(const char *where, const char *value, const struct places *places,
		     bool any_file, struct err *err)
{
	bool any = any_file && *value != '/';

	if (*value == '/')
		return fail(err, "%s: no such file in a tunnel directory (%s%s) '%.200s'", where,
			    places->place[0].path, places->count > 1 ? ", ..." : "", value);
	return fail(err, "%s: no '%s.conf' in %s%s%s", where, value, places->place[0].path,
		    places->count > 1 ? " or the other tunnel directories" : "",
		    any ? " (a file elsewhere is named with a slash: ./NAME)" : "");
}

/* A path could lead from one's own tunnels to others', which may lie beside or below them. */
static int check_value(const char *where, const char *value, const struct places *places,
		       struct err *err)
{
	if (*value == '/' && places->filled)
		return fail(err, "%s: a name is wanted here, not a path '%.200s'", where, value);
	if (*value == '/')
		return 0;
	if (strchr(value, '/'))
		return fail(err, "%s: neither a name nor an absolute path '%.200s'", where, value);
	return locate_check_name(where, value, err);
}

static int open_beneath(const struct asked *asked, const struct options *options, char **path,
			struct err *err)
{
	const char *value = asked->value[SETTING_CONF], *where = asked->where[SETTING_CONF];
	cleanup(places_free) struct places places = { 0 };

	if (find_places(asked, options, &places, err) < 0 ||
	    check_value(where, value, &places, err) < 0)
		return -1;
	for (size_t i = 0; i < places.count; i++) {
		const struct place *place = &places.place[i];
		int fd = open_in(place, value, path);

		if (fd >= 0)
			return fd;
		if (errno == EXDEV || errno == ELOOP)
			return fail(err, "%s: leaves %s, or is a symbolic link '%.200s'", where,
				    place->path, value);
		if (errno != ENOENT)
			return fail_errno(err, errno, "%s: '%.200s' in %s", where, value,
					  place->path);
	}
	return not_found(where, value, &places, options->any_file, err);
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

/* In a path it would reach a terminal, with the plan that check prints: as in err.c. */
static bool has_control_character(const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c; c++)
		if (*c < 0x20 || *c == 0x7f || (c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f))
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
		fd = open_beneath(asked, options, path, err);
		if (fd < 0)
			return -1;
	}
	if (!*path || check_trust(fd, *path, any_file, warnings, err) < 0) {
		close(fd);
		return *path ? -1 : fail(err, "out of memory");
	}
	return fd;
}

#define SUFFIX ".conf"

static int is_tunnel_file(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name), suffix = strlen(SUFFIX);

	return length >= suffix && strcmp(entry->d_name + length - suffix, SUFFIX) == 0;
}

static int add_name(struct tunnels *tunnels, const char *file)
{
	char **grown = reallocarray(tunnels->name, tunnels->count + 1, sizeof(*grown));

	if (!grown)
		return -1;
	tunnels->name = grown;
	grown[tunnels->count] = strndup(file, strlen(file) - strlen(SUFFIX));
	if (!grown[tunnels->count])
		return -1;
	tunnels->count++;
	return 0;
}

static int list(const char *directory, struct tunnels *tunnels, struct err *err)
{
	struct dirent **entries;
	int result = 0, count = scandir(directory, &entries, is_tunnel_file, NULL);

	if (count < 0 && errno == ENOENT)
		return 0;
	if (count < 0)
		return fail_errno(err, errno, "%s", directory);
	for (int i = 0; i < count; i++) {
		if (result == 0 && add_name(tunnels, entries[i]->d_name) < 0)
			result = fail(err, "out of memory");
		free(entries[i]);
	}
	free(entries);
	return result;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What is asked for by NAME, tried as a container's request would be. */
static bool is_usable(const char *name, const struct options *options, struct warnings *warnings)
{
	struct asked asked = { .value = { [SETTING_CONF] = name } };
	cleanup_free char *path = NULL;
	struct err err;
	int fd;

	snprintf(asked.where[SETTING_CONF], sizeof(asked.where[SETTING_CONF]), "tunnel");
	fd = locate_tunnel(&asked, options, &path, warnings, &err);
	if (fd < 0) {
		warn(warnings, "%s (left out)", err.line);
		return false;
	}
	close(fd);
	return true;
}

static void sort_unique(struct tunnels *tunnels)
{
	size_t kept = 0;

	if (tunnels->count)
		qsort(tunnels->name, tunnels->count, sizeof(*tunnels->name), compare_names);
	for (size_t i = 0; i < tunnels->count; i++) {
		if (kept && strcmp(tunnels->name[kept - 1], tunnels->name[i]) == 0)
			free(tunnels->name[i]);
		else
			tunnels->name[kept++] = tunnels->name[i];
	}
	tunnels->count = kept;
}

static void keep_usable(const struct options *options, struct tunnels *tunnels,
			struct warnings *warnings)
{
	size_t kept = 0;

	for (size_t i = 0; i < tunnels->count; i++) {
		if (is_usable(tunnels->name[i], options, warnings))
			tunnels->name[kept++] = tunnels->name[i];
		else
			free(tunnels->name[i]);
	}
	tunnels->count = kept;
}

int locate_all(const struct options *options, struct tunnels *tunnels, struct warnings *warnings,
	       struct err *err)
{
	cleanup(tunnels_free) struct tunnels found = { 0 };

	for (size_t i = 0; i < options->config_dir_count; i++)
		if (list(options->config_dir[i], &found, err) < 0)
			return -1;
	sort_unique(&found);
	keep_usable(options, &found, warnings);
	*tunnels = found;
	found = (struct tunnels){ 0 };
	return 0;
}

void tunnels_free(struct tunnels *tunnels)
{
	for (size_t i = 0; i < tunnels->count; i++)
		free(tunnels->name[i]);
	free(tunnels->name);
	*tunnels = (struct tunnels){ 0 };
}
