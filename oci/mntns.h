/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mount namespace of a container, and the mounts in it. A file there is reached from the host's
 * namespace too, by a descriptor of its process's root directory; only to mount must one go there.
 */
#ifndef OCI_MNTNS_H
#define OCI_MNTNS_H

#include <stdbool.h>
#include <sys/types.h>

#include "err.h"
#include "process.h"

struct mntns {
	int fd; /* the namespace; -1: none, as of all of them */
	int root; /* the root directory that the process has in it */
	int mounts; /* the process's mountinfo */
};

#define MNTNS_NONE ((struct mntns){ -1, -1, -1 })

/*
 * Pins that of PROCESS. *MNTNS owns descriptors on success: mntns_close(). The host's own, or that
 * of the caller, is refused, and err->number is EBUSY then.
 */
int mntns_open(const struct process *process, struct mntns *mntns, struct err *err);
void mntns_close(struct mntns *mntns);

/*
 * Calls ACT with CONTEXT in the namespace MNTNS, and comes back whatever came of it. Its working
 * directory is the host's /proc/self/fd: there a descriptor's number is a path to what it holds,
 * whatever the container has at any path. The working directory is "/" afterwards.
 */
int mntns_inside(const struct mntns *mntns, int (*act)(void *context, struct err *err),
		 void *context, struct err *err);

/* One mount, as a line of mountinfo has it (proc_pid_mountinfo(5)). */
struct mount {
	unsigned long id;
	dev_t device;
	unsigned long shared; /* its peer group; 0: none, as of the next */
	unsigned long master; /* the group it is a slave of */
	const char *root; /* what of its file system it shows */
	const char *point; /* where, from the root directory of the process */
};

/*
 * The mounts of NS, the last one first, as long as EACH returns 0; what it returned last, or -1. A
 * *mount is EACH's while it runs.
 */
int mntns_each(const struct mntns *mntns, int (*each)(const struct mount *mount, void *context),
	       void *context, struct err *err);

/* Takes a line of mountinfo apart, which it changes; false: it is none. Pure. */
bool mount_parse(char *line, struct mount *mount);

/* The id of the mount that FD, which may be of O_PATH, was opened on; 0 with errno set. */
unsigned long mount_id(int fd);

/*
 * Refuses a mount over FILE (of O_PATH, in MNTNS) that would show in the namespace of the caller or
 * of pid 1 too: it is on a mount that is shared with them.
 */
int mntns_refuse_shared(const struct mntns *mntns, int file, struct err *err);

/* *known: the caller's namespace or that of pid 1 has a mount of the file system DEVICE (stat(2)).
 */
int mntns_host_mounts(dev_t device, bool *known, struct err *err);

#endif /* OCI_MNTNS_H */
