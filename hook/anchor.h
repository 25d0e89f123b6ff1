/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mount that CRIU can neither save nor make again, so that a container with a tunnel is not
 * checkpointed, to be restored without one: podman gives what it restores a new network, and crun
 * runs no hooks there (libcrun_container_restore, src/libcrun/container.c). A container with a
 * resolv.conf of the tunnel's own needs none: that mount is no other.
 *
 * It is an empty file without a name (cover.h) over ANCHOR_PATH, which is made for it in the
 * container's /dev, where that is a tmpfs that can be written to and that the host has not mounted
 * too, as engines have it: whatever else is there may be kept, or shared.
 */
#ifndef HOOK_ANCHOR_H
#define HOOK_ANCHOR_H

#include "cover.h"

#define ANCHOR_PATH "/dev/oci-wireguard"

/* *suits: the container has such a /dev, below ROOT_PATH as its process in MNTNS sees it. */
int anchor_suits(const struct mntns *mntns, const char *root_path, bool *suits, struct err *err);

/* *missing: a process in MNTNS, which has its root, could have one and has none. */
int anchor_look(const struct mntns *mntns, bool *missing, struct err *err);

#endif /* HOOK_ANCHOR_H */
