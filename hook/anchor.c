/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which /dev suits, and whether it has one. */
#include "anchor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "cleanup.h"

/* The host's, which is devtmpfs, is told by its device: it says that it is a tmpfs too. */
static int is_own(const struct mntns *mntns, int dev, bool *own, struct err *err)
{
	struct stat host, container;
	struct statfs kind;
	bool shared;

	if (fstatfs(dev, &kind) < 0 || fstat(dev, &container) < 0 || stat("/dev", &host) < 0)
		return fail_errno(err, errno, "/dev");
	if (mntns_shared(mntns, dev, &shared, err) < 0)
		return fail_in(err, "/dev");
	*own = kind.f_type == TMPFS_MAGIC && container.st_dev != host.st_dev && !shared;
	return 0;
}

int anchor_suits(const struct mntns *mntns, const char *root_path, bool *suits, struct err *err)
{
	cleanup_close int root = rootfs_open(mntns->root, root_path, O_DIRECTORY);
	cleanup_close int dev = root < 0 ? -1 : rootfs_open(root, "/dev", O_DIRECTORY);

	*suits = false;
	if (root < 0)
		return fail_errno(err, errno, "the root filesystem '%.500s'", root_path);
	if (dev >= 0)
		return is_own(mntns, dev, suits, err);
	return errno == ENOENT || errno == ENOTDIR || errno == ELOOP
		       ? 0
		       : fail_errno(err, errno, "/dev");
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
