/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A container's process, pinned by its pid: what is opened of it is that one's or nobody's. */
#ifndef OCI_PROCESS_H
#define OCI_PROCESS_H

#include <sys/types.h>

#include "err.h"

struct process {
	pid_t pid;
	int directory; /* its /proc/PID; -1: none */
};

/*
 * -1: there is no such process. A descriptor of /proc/PID stays that process's when the number is
 * given to another (fs/proc/base.c, proc_pid_lookup and get_proc_task): then nothing can be opened
 * below it any more.
 */
int process_open(pid_t pid, struct process *process, struct err *err);
void process_close(struct process *process);

/*
 * Opens its namespace of the kind FILE ("net"), called NAME in messages. Returns a descriptor that
 * pins it, or -1. That of the caller or of pid 1, which no hook must touch, is refused, and
 * err->number is EBUSY then.
 */
int process_namespace(const struct process *process, const char *file, const char *name,
		      struct err *err);

#endif /* OCI_PROCESS_H */
