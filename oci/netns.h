/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two network namespaces a hook stands between: its own (the host's) and the container's. */
#ifndef OCI_NETNS_H
#define OCI_NETNS_H

#include <stdbool.h>

#include "err.h"
#include "process.h"

/*
 * Opens the network namespace of PROCESS. Returns a descriptor that pins it, or -1: the process is
 * gone, or it lives in the network namespace of the caller or of pid 1, which no hook must touch
 * (`--network host`, or a pid that is not the container's).
 */
int netns_open(const struct process *process, struct err *err);

/*
 * Says whether the caller may act on the network namespace that it is in, as root may, and a
 * rootless engine's hook may not (CAP_SYS_ADMIN where the namespace is owned: netns_install).
 */
int netns_is_ours(bool *ours, struct err *err);

/*
 * Moves the calling thread into it. Sockets opened before stay where they were opened;
 * /proc/sys/net shows the new namespace from now on (net/sysctl_net.c, net_ctl_header_lookup).
 */
int netns_enter(int netns, struct err *err);

#define NETNS_LOCK_SECONDS 30 /* for what takes no time of its own */

/*
 * One hook at a time: takes the lock of the namespace behind NETNS, which every opener of the same
 * namespace meets (flock(2) on its file, tried), and keeps it as long as NETNS is open. A process
 * inside could hold it for ever, so it is waited for no longer than SECONDS.
 */
int netns_lock(int netns, unsigned int seconds, struct err *err);

#endif /* OCI_NETNS_H */
