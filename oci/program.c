/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding programs by where they are. */
#include "program.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SELF "/proc/self/exe"

bool program_is(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

bool program_search(const char *name, char path[static PATH_MAX])
{
	static const char *const directories[] = { "/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
						   "/usr/bin",        "/sbin",          "/bin" };

	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++) {
		if (snprintf(path, PATH_MAX, "%s/%s", directories[i], name) < PATH_MAX &&
		    program_is(path))
			return true;
	}
	return false;
}

int program_find(const char *where, const char *wanted, char path[static PATH_MAX], struct err *err)
{
	if (*wanted != '/')
		return program_search(wanted, path)
			       ? 0
			       : fail(err, "%s: not installed '%.64s'", where, wanted);
	if (snprintf(path, PATH_MAX, "%s", wanted) >= PATH_MAX || !program_is(wanted))
		return fail(err, "%s: not a program '%.200s'", where, wanted);
	return 0;
}

bool program_is_self(const char *path)
{
	struct stat self, other;

	return stat(SELF, &self) == 0 && stat(path, &other) == 0 && self.st_dev == other.st_dev &&
	       self.st_ino == other.st_ino;
}

int program_self(char path[static PATH_MAX], struct err *err)
{
	char link[PATH_MAX];
	ssize_t length = readlink(SELF, link, sizeof(link));

	if (length < 0)
		return fail_errno(err, errno, SELF);
	if ((size_t)length == sizeof(link))
		return fail_errno(err, ENAMETOOLONG, SELF);
	link[length] = '\0';
	if (!program_is_self(link))
		return fail(err, "%.500s: not the program that runs, but a newer one or none",
			    link);
	memcpy(path, link, (size_t)length + 1);
	return 0;
}
