/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A container's network namespace: pin, enter. */
#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/file.h>
#include <time.h>

#include "cleanup.h"

int netns_open(const struct process *process, struct err *err)
{
	return process_namespace(process, "net", "network namespace", err);
}

/* Going where one is changes nothing. */
int netns_is_ours(bool *ours, struct err *err)
{
	cleanup_close int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int result = own < 0 ? -1 : setns(own, CLONE_NEWNET);

	if (result < 0 && (own < 0 || errno != EPERM))
		return fail_errno(err, errno, "the network namespace of the host");
	*ours = result == 0;
	return 0;
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
