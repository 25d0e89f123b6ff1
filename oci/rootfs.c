/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding and making files inside a root filesystem that somebody else has filled. */
#include "rootfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"

/* Symbolic links that lead to nothing, and missing directories, on the way to one file. */
#define STEPS_MAX 40

#define OPENS_MAX 100

struct walk {
	int root;
	struct rootfs_made *made;
	unsigned int steps;
};

int rootfs_open(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned int)(O_PATH | O_CLOEXEC | flags),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	/* EAGAIN: a path with ".." met a rename or a mount, anywhere on the host (openat2(2)). */
	for (int i = 1; i < OPENS_MAX; i++) {
		int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));

		if (fd >= 0 || errno != EAGAIN)
			return fd;
	}
	return (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
}

bool rootfs_absent(int number)
{
	return number == ENOENT || number == ENOTDIR || number == ELOOP;
}

static int create(int directory, const char *name, bool is_directory)
{
	int fd;

	if (is_directory)
		return mkdirat(directory, name, 0755);
	fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -1;
	close(fd); /* nothing was written that it could fail to */
	return 0;
}

/*
 * Where root is nobody, in a file system of a user namespace or by an idmapped mount, it can make
 * nothing (EOVERFLOW; fs/namei.c, may_o_create); and what it made would be nobody's.
 */
static int create_as_owner(int directory, const char *name, bool is_directory)
{
	struct stat owner;
	int result, number;

	if (fstat(directory, &owner) < 0)
		return -1;
	setfsgid(owner.st_gid);
	setfsuid(owner.st_uid);
	result = create(directory, name, is_directory);
	number = errno;
	setfsuid(geteuid());
	setfsgid(getegid());
	errno = number;
	return result;
}

/* *DIRECTORY becomes the record's. */
static int record(struct rootfs_made *made, int *directory, const char *name, bool is_directory)
{
	char *copy = strdup(name);

	if (!copy) {
		(void)unlinkat(*directory, name, is_directory ? AT_REMOVEDIR : 0);
		return -1;
	}
	made->entry[made->count].directory = *directory;
	made->entry[made->count].name = copy;
	made->entry[made->count++].is_directory = is_directory;
	*directory = -1;
	return 0;
}

static int reach(struct walk *walk, const char *path, bool is_directory);

/* At the end, but for the root's own. */
static void strip_slashes(char *path)
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		path[--length] = '\0';
}

/* NAME, below the directory PARENT, is there and leads to nothing. */
/* NOLINTNEXTLINE(misc-no-recursion): STEPS_MAX times */
static int follow(struct walk *walk, const char *parent, int directory, const char *name,
		  bool is_directory)
{
	char link[PATH_MAX], *joined;
	ssize_t length = readlinkat(directory, name, link, sizeof(link) - 1);
	int result;

	if (length < 0)
		return -1;
	link[length] = '\0';
	if (asprintf(&joined, "%s/%s", *link == '/' ? "" : parent, link) < 0)
		return -1;
	strip_slashes(joined);
	result = reach(walk, joined, is_directory);
	free(joined);
	return result;
}

/* NOLINTNEXTLINE(misc-no-recursion): STEPS_MAX times */
static int make(struct walk *walk, const char *path, bool is_directory)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	cleanup_free char *parent = slash ? strndup(path, (size_t)(name - path)) : strdup(".");
	cleanup_close int directory = -1;
	int found;

	if (!parent)
		return -1;
	strip_slashes(parent);
	directory = reach(walk, parent, true);
	if (directory < 0)
		return -1;
	/* "x/..", once x is there */
	found = rootfs_open(walk->root, path, is_directory ? O_DIRECTORY : 0);
	if (found >= 0 || errno != ENOENT)
		return found;
	if (walk->made->count == ROOTFS_MADE_MAX) {
		errno = ELOOP;
		return -1;
	}
	if (create_as_owner(directory, name, is_directory) < 0)
		return errno == EEXIST ? follow(walk, parent, directory, name, is_directory) : -1;
	if (record(walk->made, &directory, name, is_directory) < 0)
		return -1;
	return rootfs_open(walk->root, path, O_NOFOLLOW | (is_directory ? O_DIRECTORY : 0));
}

/* Opens PATH, without slashes at its end, and makes it if need be. -1 with errno set. */
/* NOLINTNEXTLINE(misc-no-recursion): STEPS_MAX times */
static int reach(struct walk *walk, const char *path, bool is_directory)
{
	int fd = rootfs_open(walk->root, path, is_directory ? O_DIRECTORY : 0);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	if (walk->steps++ == STEPS_MAX) {
		errno = ELOOP;
		return -1;
	}
	return make(walk, path, is_directory);
}

static int check_regular(int fd, struct err *err)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return fail_errno(err, errno, "cannot be looked at");
	if (S_ISDIR(status.st_mode))
		return fail(err, "a directory, not a file");
	return S_ISREG(status.st_mode) ? 0 : fail(err, "not a regular file");
}

int rootfs_file(int root, const char *path, struct rootfs_made *made, struct err *err)
{
	struct walk walk = { .root = root, .made = made };
	struct err second;
	int fd = rootfs_open(root, path, 0);

	if (fd < 0 && errno == ENOENT) {
		fd = reach(&walk, path, false);
		if (fd < 0)
			fail_errno(err, errno, "missing, and cannot be made");
	} else if (fd < 0) {
		fail_errno(err, errno, "cannot be reached");
	}
	if (fd >= 0 && check_regular(fd, err) < 0) {
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		(void)rootfs_remove(made, &second);
	return fd;
}

int rootfs_remove(struct rootfs_made *made, struct err *err)
{
	int result = 0;

	while (made->count) {
		bool is_directory = made->entry[--made->count].is_directory;
		int directory = made->entry[made->count].directory;
		char *name = made->entry[made->count].name;

		if (unlinkat(directory, name, is_directory ? AT_REMOVEDIR : 0) < 0 &&
		    errno != ENOENT && errno != ENOTEMPTY && errno != EEXIST)
			result = fail_errno(err, errno, "%s: cannot be removed", name);
		close(directory);
		free(name);
	}
	return result;
}

void rootfs_free(struct rootfs_made *made)
{
	while (made->count) {
		close(made->entry[--made->count].directory);
		free(made->entry[made->count].name);
	}
}
