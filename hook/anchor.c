/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which /dev suits, and whether it has one. */
#include "anchor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include "cleanup.h"

/* The host has no mount of it. (Its devtmpfs says that it is a tmpfs too.) */
static int is_own(int dev, bool *own, struct err *err)
{
	struct stat status;
	struct statfs kind;
	bool known;

	if (fstatfs(dev, &kind) < 0 || fstat(dev, &status) < 0)
		return fail_errno(err, errno, "/dev");
	if (mntns_host_mounts(status.st_dev, &known, err) < 0)
		return -1;
	*own = kind.f_type == TMPFS_MAGIC && !(kind.f_flags & ST_RDONLY) && !known;
	return 0;
}

int anchor_suits(const struct mntns *mntns, const char *root_path, bool *suits, struct err *err)
{
	cleanup_close int root = rootfs_open(mntns->root, root_path, O_DIRECTORY);
	cleanup_close int dev = root < 0 ? -1 : rootfs_open(root, "/dev", O_DIRECTORY);

	*suits = false;
	if (root < 0)
		return fail_errno(err, errno, "the root filesystem '%.500s'", root_path);
	if (dev < 0)
		return rootfs_absent(errno) ? 0 : fail_errno(err, errno, "/dev");
	return is_own(dev, suits, err);
}

int anchor_look(const struct mntns *mntns, bool *missing, struct err *err)
{
	enum cover_found found = COVER_OURS;
	bool suits;

	if (anchor_suits(mntns, "/", &suits, err) < 0 ||
	    (suits && cover_look(mntns, ANCHOR_PATH, NULL, &found, err) < 0))
		return -1;
	*missing = found == COVER_NOTHING;
	return 0;
}
