/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs, found where root keeps them and not by $PATH; and the one that runs. */
#ifndef OCI_PROGRAM_H
#define OCI_PROGRAM_H

#include <limits.h>
#include <stdbool.h>

#include "err.h"

/* Whether PATH, whose links are followed, is a file that the caller may execute. */
bool program_is(const char *path);

/*
 * The first NAME in /usr/local/sbin, /usr/local/bin, /usr/sbin, /usr/bin, /sbin and /bin; false:
 * none, and PATH holds nothing of use.
 */
bool program_search(const char *name, char path[static PATH_MAX]);

/* WANTED: an absolute path, or a name to search for. WHERE, the option, begins a failure's line. */
int program_find(const char *where, const char *wanted, char path[static PATH_MAX],
		 struct err *err);

/* Where the running program lies. Fails if that is another's by now, as in an upgrade. */
int program_self(char path[static PATH_MAX], struct err *err);

/* Whether PATH, under whatever name, is the running program: its device and inode. */
bool program_is_self(const char *path);

#endif /* OCI_PROGRAM_H */
