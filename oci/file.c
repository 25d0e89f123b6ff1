/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening inside a directory, judging what was opened, reading it with a bound. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"

/* O_NONBLOCK: opening a FIFO must not wait for its writer; it means nothing for regular files. */
#define OPEN_FLAGS (O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

int file_open_inside(const char *directory, const char *path)
{
	struct open_how how = {
		.flags = OPEN_FLAGS | O_NOFOLLOW,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	cleanup_close int fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	return (int)syscall(SYS_openat2, fd, path, &how, sizeof(how));
}

int file_open(const char *path)
{
	return open(path, OPEN_FLAGS);
}

int file_trust(int fd, struct file_trust *trust)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -1;
	*trust = (struct file_trust){
		.regular = S_ISREG(st.st_mode),
		.owner = st.st_uid == 0 || st.st_uid == geteuid(),
		.writable = st.st_mode & (S_IWGRP | S_IWOTH),
		.readable = st.st_mode & S_IROTH,
	};
	return 0;
}

static long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

/* Waits until FD can be read: 1, 0 at the deadline, -1 with errno set. */
static int wait_readable(int fd, long deadline)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	int ready;

	do {
		long left = deadline - milliseconds();

		ready = poll(&poll_fd, 1, left > 0 ? (int)left : 0);
	} while (ready < 0 && errno == EINTR);
	return ready;
}

/* Into BUFFER, which has room for LIMIT bytes and one more. *USED counts what came, also on
 * failure. */
static int fill(int fd, size_t limit, unsigned int seconds, char *buffer, size_t *used,
		struct err *err)
{
	long deadline = milliseconds() + seconds * 1000L;

	while (*used <= limit) {
		int ready = wait_readable(fd, deadline);
		ssize_t got;

		if (ready == 0)
			return fail(err, "did not end within %u s", seconds);
		got = ready < 0 ? -1 : read(fd, buffer + *used, limit + 1 - *used);
		if (got == 0)
			return 0;
		if (got < 0 && errno != EINTR && errno != EAGAIN)
			return fail_errno(err, errno, "cannot be read");
		if (got > 0)
			*used += (size_t)got;
	}
	return fail(err, "larger than %zu bytes", limit);
}

int file_read(int fd, size_t limit, unsigned int seconds, char **text, size_t *length,
	      struct err *err)
{
	cleanup_free char *buffer = malloc(limit + 1);
	size_t used = 0;

	if (!buffer)
		return fail(err, "out of memory");
	if (fill(fd, limit, seconds, buffer, &used, err) < 0) {
		explicit_bzero(buffer, used);
		return -1;
	}
	buffer[used] = '\0';
	*text = cleanup_steal(&buffer);
	*length = used;
	return 0;
}
