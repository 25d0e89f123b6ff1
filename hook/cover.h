/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file of ours mounted over one of the container's, in the container's mount namespace: its
 * resolv.conf, or the anchor (anchor.h). What is covered stays as it is, and whose it is: engines
 * write their resolv.conf when they like (podman after the hook, Docker when a network is joined),
 * and the containers of a pod share one.
 *
 * The host sees nothing of it: no mount, and no file, for the mounted one has lost its name.
 */
#ifndef HOOK_COVER_H
#define HOOK_COVER_H

#include <stdbool.h>

#include "err.h"
#include "mntns.h"
#include "rootfs.h"

#define COVER_RESOLV "/etc/resolv.conf"

/* The container whose file it is. */
struct cover_place {
	const struct mntns *mntns;
	const char *root; /* where its process sees its root filesystem; "/" once it runs there,
			     NULL: there is to be no mount */
	const char *scratch; /* a directory that the caller may make the file in; NULL: /run */
};

/* What was done, to be undone. Zero-initialised there is nothing. */
struct cover_done {
	int mount; /* a descriptor of it, or 0 */
	struct rootfs_made made;
};

/*
 * Covers PATH with TEXT, read-only. A symbolic link is followed inside the root filesystem; what it
 * leads to is made if it is missing. Where an earlier run has mounted the same, it stays. Nothing
 * is done on failure; cover_release() is due whatever comes of it.
 */
int cover_mount(const struct cover_place *place, const char *path, const char *text,
		struct cover_done *done, struct err *err);

/* Takes it back, and what was made for it. */
int cover_undo(const struct cover_place *place, struct cover_done *done, struct err *err);

void cover_release(struct cover_done *done);

/*
 * Unmounts all of ours that a process in MNTNS sees, and removes an empty file that one of them was
 * mounted over for want of another. *found is set when there was one.
 */
int cover_remove(const struct mntns *mntns, bool *found, struct err *err);

/* What stands over a path. */
enum cover_found {
	COVER_NOTHING, /* nothing of ours, where a process in MNTNS would open it */
	COVER_OTHER, /* ours, with another text */
	COVER_OURS,
};

/* Looks at PATH, and changes nothing; with TEXT NULL any is COVER_OURS. */
int cover_look(const struct mntns *mntns, const char *path, const char *text,
	       enum cover_found *found, struct err *err);

#endif /* HOOK_COVER_H */
