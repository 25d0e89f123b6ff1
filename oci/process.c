/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pin a process by its pid, and its namespaces by the process. */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

static bool is_same(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

/* What cannot be read is not the same: pid 1's namespaces are closed to who has less privilege. */
static bool is_that_of(int fd, const char *whose, const char *file)
{
	struct stat mine, other;
	char path[48];

	snprintf(path, sizeof(path), "/proc/%s/ns/%s", whose, file);
	return fstat(fd, &mine) == 0 && stat(path, &other) == 0 && is_same(&mine, &other);
}

/*
 * The same of network namespaces, by what everybody may look at: each has files of its own below
 * /proc/PID/net, for which the kernel asks no ptrace permission (fs/proc/proc_net.c,
 * get_proc_task_net), unlike for /proc/PID/ns.
 */
static bool shares_network(const struct process *process, const char *whose)
{
	struct stat mine, other;
	char path[48];

	snprintf(path, sizeof(path), "/proc/%s/net/dev", whose);
	return fstatat(process->directory, "net/dev", &mine, 0) == 0 && stat(path, &other) == 0 &&
	       is_same(&mine, &other);
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

	snprintf(path, sizeof(path), "ns/%s", file);
	fd = openat(process->directory, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail_errno(err, errno, "pid %d: its %s", (int)process->pid, name);
	if (is_that_of(fd, "self", file) || is_that_of(fd, "1", file) ||
	    (strcmp(file, "net") == 0 && shares_network(process, "1"))) {
		fail(err, "pid %d: in the host's own %s, which is never touched", (int)process->pid,
		     name);
		err->number = EBUSY;
		return -1;
	}
	return cleanup_steal_fd(&fd);
}
