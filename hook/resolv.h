/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A resolv.conf of the tunnel's own, mounted over the container's in the container's mount
 * namespace. Engines write their file when they like (podman after the hook, Docker when a network
 * is joined), and the containers of a pod share one: so that file stays as it is, covered.
 *
 * The host sees nothing of it: no mount, and no file, for the mounted one has lost its name.
 */
#ifndef HOOK_RESOLV_H
#define HOOK_RESOLV_H

#include <stdbool.h>

#include "err.h"
#include "mntns.h"
#include "rootfs.h"

/* The container whose file it is. */
struct resolv_place {
	const struct mntns *mntns;
	const char *root; /* where its process sees its root filesystem; "/" once it runs there */
	const char *scratch; /* a directory that the caller may make the file in; NULL: /run */
};

/* What was done, to be undone. Zero-initialised there is nothing. */
struct resolv_done {
	int mount; /* a descriptor of it, or 0 */
	struct rootfs_made made;
};

/*
 * Covers /etc/resolv.conf with TEXT, read-only. A symbolic link is followed inside the root
 * filesystem; what it leads to is made if it is missing. Where an earlier run has
 * mounted the same, it stays. Nothing is done on failure; resolv_release() is due whatever comes of
 * it.
 */
int resolv_mount(const struct resolv_place *place, const char *text, struct resolv_done *done,
		 struct err *err);

/* Takes it back, and what was made for it. */
int resolv_undo(const struct resolv_place *place, struct resolv_done *done, struct err *err);

void resolv_release(struct resolv_done *done);

/*
 * Unmounts all of ours that a process in MNTNS sees, and removes an empty file that one of them was
 * mounted over for want of another. *found is set when there was one.
 */
int resolv_remove(const struct mntns *mntns, bool *found, struct err *err);

/* What stands over /etc/resolv.conf. */
enum resolv_found {
	RESOLV_NOTHING, /* nothing of ours, where a process in MNTNS would open it */
	RESOLV_OTHER, /* ours, with another text */
	RESOLV_OURS,
};

/* Looks, and changes nothing; with TEXT NULL any is RESOLV_OURS. */
int resolv_look(const struct mntns *mntns, const char *text, enum resolv_found *found,
		struct err *err);

#endif /* HOOK_RESOLV_H */
