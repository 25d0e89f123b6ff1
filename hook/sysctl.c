/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files below /proc/sys. */
#include "sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "cleanup.h"

static int open_sysctl(const char *path, int flags)
{
	cleanup_free char *whole = NULL;

	if (asprintf(&whole, "/proc/sys/%s", path) < 0)
		return -1;
	return open(whole, flags | O_CLOEXEC | O_NOFOLLOW);
}

int sysctl_read(const char *path, char *value, struct err *err)
{
	cleanup_close int fd = open_sysctl(path, O_RDONLY);

	if (fd < 0 || read(fd, value, 1) != 1)
		return fail_errno(err, errno, "%s", path);
	return 0;
}

int sysctl_write(const char *path, char value, struct err *err)
{
	cleanup_close int fd = open_sysctl(path, O_WRONLY);

	if (fd < 0 || write(fd, &value, 1) != 1)
		return fail_errno(err, errno, "%s", path);
	return 0;
}

int sysctl_ipv6(bool *there, struct err *err)
{
	static const char path[] = "/proc/sys/net/ipv6";

	*there = access(path, F_OK) == 0;
	return *there || errno == ENOENT ? 0 : fail_errno(err, errno, path);
}
