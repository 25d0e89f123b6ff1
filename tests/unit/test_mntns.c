/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oci/mntns.c: the lines of mountinfo, and where in them a file's mount is. */
#include "mntns.h"
#include "unit.h"

#include <fcntl.h>
#include <unistd.h>

static bool line_is(const char *text, struct mount *mount, char *copy, size_t size)
{
	snprintf(copy, size, "%s", text);
	return mount_parse(copy, mount);
}

static void test_mountinfo(void)
{
	static const char *const none[] = { "",
					    "36",
					    "36 35 98:0 /a /b rw",
					    "36 35 98:0 /a /b rw shared:1",
					    "0 35 98:0 /a /b rw - ext4 /dev/x rw",
					    "36 35 98:0 a /b rw - ext4 /dev/x rw" };
	struct mount mount;
	char copy[256];

	check("a line of mountinfo",
	      line_is("36 35 98:0 /mnt1 /mnt2 rw,noatime shared:7 master:12 unbindable - ext3 /dev/x rw",
		      &mount, copy, sizeof(copy)) &&
		      mount.id == 36 && mount.shared == 7 && mount.master == 12);
	check_text("has a root", mount.root, "/mnt1");
	check_text("and a place", mount.point, "/mnt2");
	check("one without groups",
	      line_is("1 1 0:2 / / rw - rootfs rootfs rw", &mount, copy, sizeof(copy)) &&
		      !mount.shared && !mount.master);
	check("one with escapes",
	      line_is("9 1 0:2 /a\\040b//deleted /c\\134\\011\\012d rw - t t rw", &mount, copy,
		      sizeof(copy)));
	check_text("of which the root", mount.root, "/a b//deleted");
	check_text("and the place are put right", mount.point, "/c\\\t\nd");
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		check("what is no line", !line_is(none[i], &mount, copy, sizeof(copy)));
}

struct last {
	unsigned long id;
	size_t count;
};

static int count_mount(const struct mount *mount, void *context)
{
	struct last *last = context;

	last->count += mount->id > 0;
	return 0;
}

static int find_root(const struct mount *mount, void *context)
{
	const struct last *last = context;

	return mount->id == last->id ? 7 : 0;
}

static void test_own(void)
{
	struct mntns own = MNTNS_NONE;
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct last last = { .id = mount_id(root) };
	struct err err;

	own.mounts = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	check("the root directory is on a mount", last.id != 0);
	check("the mounts are read", mntns_each(&own, count_mount, &last, &err) == 0);
	check("all of them", last.count > 0);
	check("once more, as long as it returns 0", mntns_each(&own, find_root, &last, &err) == 7);
	check("a descriptor of nothing is on none", mount_id(-1) == 0);
	close(root);
	mntns_close(&own);
	check("closed, there is none", own.mounts == -1);
	check("of which nothing is read", mntns_each(&own, count_mount, &last, &err) == -1);
}

int main(void)
{
	test_mountinfo();
	test_own();
	return unit_done();
}
