/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pin a process by its pid, and its namespaces by the process. */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

/* What cannot be read is not the same: pid 1's namespaces are closed to rootless callers. */
static bool is_that_of(int fd, const char *whose, const char *file)
{
	struct stat mine, other;
	char path[48];

	snprintf(path, sizeof(path), "/proc/%s/ns/%s", whose, file);
	return fstat(fd, &mine) == 0 && stat(path, &other) == 0 && mine.st_dev == other.st_dev &&
	       mine.st_ino == other.st_ino;
}

int process_open(pid_t pid, struct process *process, struct err *err)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fail_errno(err, errno == ENOENT ? ESRCH : errno, "pid %d: gone", (int)pid);
	*process = (struct process){ .pid = pid, .directory = fd };
	return 0;
}

void process_close(struct process *process)
{
	if (process->directory >= 0)
		close(process->directory);
	process->directory = -1;
}

int process_namespace(const struct process *process, const char *file, const char *name,
		      struct err *err)
{
	cleanup_close int fd = -1;
	char path[16];
	int result;

	snprintf(path, sizeof(path), "ns/%s", file);
	fd = openat(process->directory, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail_errno(err, errno, "pid %d: its %s", (int)process->pid, name);
	if (is_that_of(fd, "self", file) || is_that_of(fd, "1", file)) {
		fail(err, "pid %d: in the host's own %s, which is never touched", (int)process->pid,
		     name);
		err->number = EBUSY;
		return -1;
	}
	result = fd;
	fd = -1;
	return result;
}
