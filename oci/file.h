/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files and streams from elsewhere: opened without leaving a directory, read with a bound. */
#ifndef OCI_FILE_H
#define OCI_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

/*
 * Opens PATH, relative to the directory DIRECTORY and strictly inside it, for reading: no "..", no
 * symbolic link anywhere in PATH leads out, or is followed at all (openat2, Linux 5.6). Returns the
 * descriptor, or -1 with errno set (EXDEV and ELOOP: it would have left); DIRECTORY itself may be
 * a symbolic link, that is its owner's say. Never blocks on a FIFO or a device.
 */
int file_open_inside(const char *directory, const char *path);

/* The same for a path that the caller may name freely. */
int file_open(const char *path);

struct file_trust {
	bool regular;
	bool owner; /* root's or the caller's */
	bool writable; /* by its group or others */
	bool readable; /* by others */
};

/* Judged on the open descriptor, so that what was judged is what is read. -1 with errno set. */
int file_trust(int fd, struct file_trust *trust);

/*
 * Reads FD to its end, at most LIMIT bytes, in at most SECONDS, into memory that the caller frees
 * (one allocation of LIMIT + 1 bytes, never moved, so that secrets lie in one place); a NUL follows
 * the last byte. Fails on more than LIMIT bytes, on a stream that does not end in time, on errors;
 * what was read is wiped then.
 */
int file_read(int fd, size_t limit, unsigned int seconds, char **text, size_t *length,
	      struct err *err);

#endif /* OCI_FILE_H */
