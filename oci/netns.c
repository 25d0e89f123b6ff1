/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A container's network namespace: pin, enter. */
#include "netns.h"

#include <errno.h>
#include <sched.h>
#include <sys/file.h>
#include <time.h>

int netns_open(const struct process *process, struct err *err)
{
	return process_namespace(process, "net", "network namespace", err);
}

int netns_enter(int netns, struct err *err)
{
	if (setns(netns, CLONE_NEWNET) < 0)
		return fail_errno(err, errno, "a network namespace cannot be entered");
	return 0;
}

int netns_lock(int netns, unsigned int seconds, struct err *err)
{
	const struct timespec pause = { .tv_nsec = 10000000 };

	for (unsigned int tries = seconds * 100; flock(netns, LOCK_EX | LOCK_NB) < 0; tries--) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fail_errno(err, errno, "the lock of the network namespace");
		if (tries == 0)
			return fail(err, "the network namespace is locked by another for %u s",
				    seconds);
		nanosleep(&pause, NULL);
	}
	return 0;
}
