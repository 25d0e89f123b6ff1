/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pin a container's network namespace by pid, refuse the host's own, enter. */
#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"

/* What cannot be read is not the same: pid 1's namespace is closed to rootless callers. */
static bool same_file(int fd, const char *path)
{
	struct stat mine, other;

	return fstat(fd, &mine) == 0 && stat(path, &other) == 0 && mine.st_dev == other.st_dev &&
	       mine.st_ino == other.st_ino;
}

static bool is_alive(int pidfd)
{
	struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };

	return poll(&poll_fd, 1, 0) == 0;
}

int netns_open(pid_t pid, struct err *err)
{
	cleanup_close int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	cleanup_close int netns = -1;
	char path[32];
	int result;

	if (pidfd < 0)
		return fail_errno(err, errno, "pid %d: gone", (int)pid);
	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	netns = open(path, O_RDONLY | O_CLOEXEC);
	if (netns < 0)
		return fail_errno(err, errno, "pid %d: its network namespace", (int)pid);
	/* Alive after the open: the number was not given to another process in between. */
	if (!is_alive(pidfd))
		return fail(err, "pid %d: gone", (int)pid);
	if (same_file(netns, "/proc/self/ns/net") || same_file(netns, "/proc/1/ns/net"))
		return fail(err,
			    "pid %d: in the host's own network namespace, which is never touched",
			    (int)pid);
	result = netns;
	netns = -1;
	return result;
}

int netns_enter(int netns, struct err *err)
{
	if (setns(netns, CLONE_NEWNET) < 0)
		return fail_errno(err, errno, "a network namespace cannot be entered");
	return 0;
}

int netns_lock(int netns, struct err *err)
{
	const struct timespec pause = { .tv_nsec = 10000000 };

	for (int tries = NETNS_LOCK_SECONDS * 100; flock(netns, LOCK_EX | LOCK_NB) < 0; tries--) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fail_errno(err, errno, "the lock of the network namespace");
		if (tries == 0)
			return fail(err, "the network namespace is locked by another for %d s",
				    NETNS_LOCK_SECONDS);
		nanosleep(&pause, NULL);
	}
	return 0;
}
