/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of a container's root filesystem, by its own paths: symbolic links and ".." are followed as
 * the container would, and never out of it (openat2(2), RESOLVE_IN_ROOT).
 */
#ifndef OCI_ROOTFS_H
#define OCI_ROOTFS_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

#define ROOTFS_MADE_MAX 16

/* What was made in it, to be removed again. Zero-initialised it is empty. */
struct rootfs_made {
	struct {
		int directory; /* where */
		char *name;
		bool is_directory;
	} entry[ROOTFS_MADE_MAX];
	size_t count;
};

/*
 * Opens PATH of the root filesystem ROOT (a descriptor of O_PATH is enough), for nothing but to
 * name it: O_PATH, with FLAGS, O_DIRECTORY or O_NOFOLLOW, added. -1 with errno set.
 */
int rootfs_open(int root, const char *path, int flags);

/* Whether a failure of it says that there is nothing at PATH. */
bool rootfs_absent(int number);

/*
 * The same for the regular file PATH; anything else is refused. What is missing is made, empty, and
 * the directories above it, also where a symbolic link leads to nothing: owned by who owns the
 * directory that they are made in, for root may have no place in a user namespace. *MADE counts
 * them; rootfs_free() is due whatever comes of it, and on failure nothing made is left.
 */
int rootfs_file(int root, const char *path, struct rootfs_made *made, struct err *err);

/* Removes what was made, but for what somebody has put something into. */
int rootfs_remove(struct rootfs_made *made, struct err *err);

void rootfs_free(struct rootfs_made *made);

#endif /* OCI_ROOTFS_H */
