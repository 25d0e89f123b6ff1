/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request of a tunnel file's text, for the targets that begin behind it. */
#ifndef TESTS_FUZZ_MADE_H
#define TESTS_FUZZ_MADE_H

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "request.h"

#define TUNNEL_FD 99
#define TUNNEL_PATH "/proc/self/fd/99"

static char *made_text;
static size_t made_length;

/* TEXT, the caller's to give away, is the file of TUNNEL_PATH, in place of what was there. */
static inline void put_tunnel(char *text, size_t length)
{
	free(made_text);
	made_text = text;
	made_length = length;
	if (fcntl(TUNNEL_FD, F_GETFD) < 0) {
		int fd = memfd_create("tunnel", MFD_CLOEXEC);

		must(fd >= 0 && fchmod(fd, 0600) == 0, "a file in memory");
		must(dup2(fd, TUNNEL_FD) == TUNNEL_FD && close(fd) == 0, "under its number");
	}
}

/* In file_read()'s place: not the 16 MiB of memory that it would ask for each time. */
int __wrap_file_read(int fd, size_t limit, unsigned int seconds, char **text, size_t *length,
		     struct err *err);

int __wrap_file_read(int fd, size_t limit, unsigned int seconds, char **text, size_t *length,
		     struct err *err)
{
	(void)fd;
	(void)limit;
	(void)seconds;
	(void)err;
	*text = malloc(made_length + 1);
	must(*text, "memory");
	memcpy(*text, made_text, made_length + 1);
	*length = made_length;
	return 0;
}

#endif /* TESTS_FUZZ_MADE_H */
