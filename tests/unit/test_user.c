/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oci/user.h: whose environment counts, and where a user's files are. */
#include "user.h"
#include "unit.h"

#include <pwd.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void set(const char *config, const char *home, const char *runtime)
{
	clearenv();
	if (config)
		setenv("XDG_CONFIG_HOME", config, 1);
	if (home)
		setenv("HOME", home, 1);
	if (runtime)
		setenv("XDG_RUNTIME_DIR", runtime, 1);
}

static void finds(const char *what, const char *config, const char *scratch)
{
	struct err err = { 0 };
	struct user user;
	char *path = NULL;

	user_find(&user);
	if (!check(what, !user.is_root && user_config(&user, "wireguard", &path, &err) == 0)) {
		printf("# %s\n", err.line);
		return;
	}
	check_text("his tunnels", path, config);
	check_text("and where he makes a file", user_scratch(&user), scratch);
	free(path);
}

static void test_root(void)
{
	struct user user;

	set("/tmp/a", "/tmp/b", "/tmp/c");
	user_find(&user);
	check("root is known", user.is_root);
	check("and nothing of his environment counts", !user.config && !user.home && !user.runtime);
	check_text("his files are made in /run", user_scratch(&user), "/run");
}

/* A root directory that is another's, in mounts of a child's own. */
static int find_below_others(void)
{
	struct user user;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", "/mnt", "tmpfs", 0, "uid=4321") < 0 || mkdir("/mnt/proc", 0755) < 0 ||
	    mount("/proc", "/mnt/proc", NULL, MS_BIND | MS_REC, NULL) < 0 || chroot("/mnt") < 0)
		return 2;
	user_find(&user);
	return user.is_root && !user.config ? 0 : 1;
}

static void test_root_of_others(void)
{
	pid_t child;
	int status;

	set("/tmp/a", "/tmp/b", "/tmp/c");
	child = fork();
	if (child == 0)
		_exit(find_below_others());
	if (child > 0 && waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 2) {
		printf("# a root directory that is another's: not without CAP_SYS_ADMIN\n");
		return;
	}
	check("root is known where the root directory is another's", child > 0 && status == 0);
}

static void test_user(void)
{
	const struct passwd *entry = getpwuid(geteuid());
	struct err err = { 0 };
	struct user user;
	char *path = NULL;
	char home[256];

	set("/a/config", "/a/home", "/a/run");
	finds("a user whose environment says all", "/a/config/wireguard", "/a/run");
	set(NULL, "/a/home", NULL);
	finds("one who has a home", "/a/home/.config/wireguard", "/tmp");
	set("config", "/a/home", "run");
	finds("relative directories do not count", "/a/home/.config/wireguard", "/tmp");
	set(NULL, NULL, NULL);
	if (entry) {
		snprintf(home, sizeof(home), "%s/.config/wireguard", entry->pw_dir);
		finds("without a word the home of /etc/passwd", home, "/tmp");
	}
	if (setresuid(-1, 0, -1) < 0 || setuid(4321) < 0) {
		printf("# who has no home is not asked for: only root can be he\n");
		return;
	}
	user_find(&user);
	check("who is not there either has none",
	      user_config(&user, "wireguard", &path, &err) < 0 && !path);
	check_text("and is told so", err.line, "no home directory of the user 4321 is known");
}

int main(void)
{
	if (geteuid() == 0) {
		test_root();
		test_root_of_others();
		/* Not for good: root once more, to be another. */
		if (setresuid(-1, 65534, 0) < 0)
			return 1;
	}
	test_user();
	return unit_done();
}
