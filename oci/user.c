/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Root or not, and the directories of who is not. */
#include "user.h"

#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

/* The specification has relative ones ignored. */
static const char *directory(const char *name)
{
	const char *value = getenv(name);

	return value && *value == '/' ? value : NULL;
}

static void close_file(FILE **file)
{
	if (*file)
		fclose(*file);
}

/* In the first user namespace every uid is what it is (user_namespaces(7)). */
static bool is_first_namespace(void)
{
	cleanup(close_file) FILE *map = fopen("/proc/self/uid_map", "re");
	unsigned int inner, outer, count;

	/* NOLINTNEXTLINE(cert-err34-c): the kernel's own numbers */
	return map && fscanf(map, "%u %u %u", &inner, &outer, &count) == 3 && inner == 0 &&
	       outer == 0 && count == UINT_MAX;
}

/*
 * Root in a user namespace that the host's root is not in owns nothing of the system's: there "/"
 * is the overflow uid's. In one that has a system of its own, as of an LXC container, "/" is his.
 */
static bool is_root(void)
{
	struct stat root;

	return geteuid() == 0 &&
	       ((stat("/", &root) == 0 && root.st_uid == 0) || is_first_namespace());
}

void user_find(struct user *user)
{
	*user = (struct user){ .is_root = is_root() };
	if (user->is_root)
		return;
	user->config = directory("XDG_CONFIG_HOME");
	user->home = directory("HOME");
	user->runtime = directory("XDG_RUNTIME_DIR");
}

/* What the user is outside his namespace, by which /etc/passwd knows him (user_namespaces(7)). */
static uid_t outer_uid(void)
{
	cleanup(close_file) FILE *map = fopen("/proc/self/uid_map", "re");
	unsigned int inner, outer, count, uid = geteuid();

	/* NOLINTNEXTLINE(cert-err34-c): the kernel's own numbers */
	while (map && fscanf(map, "%u %u %u", &inner, &outer, &count) == 3)
		if (uid >= inner && uid - inner < count)
			return outer + (uid - inner);
	return uid;
}

/* Not getpwuid(3), which may wait for a server somewhere. */
static int find_home(char **home, struct err *err)
{
	cleanup(close_file) FILE *file = fopen("/etc/passwd", "re");
	uid_t uid = outer_uid();
	struct passwd *entry;

	while (file && (entry = fgetpwent(file))) {
		if (entry->pw_uid != uid)
			continue;
		*home = strdup(entry->pw_dir);
		return *home ? 0 : fail(err, "out of memory");
	}
	return fail(err, "no home directory of the user %u is known", (unsigned int)uid);
}

int user_config(const struct user *user, const char *name, char **path, struct err *err)
{
	cleanup_free char *home = NULL;
	int length;

	if (user->config) {
		length = asprintf(path, "%s/%s", user->config, name);
	} else {
		if (!user->home && find_home(&home, err) < 0)
			return -1;
		length = asprintf(path, "%s/.config/%s", user->home ? user->home : home, name);
	}
	return length < 0 ? fail(err, "out of memory") : 0;
}

const char *user_scratch(const struct user *user)
{
	if (user->is_root)
		return "/run";
	return user->runtime ? user->runtime : "/tmp";
}
