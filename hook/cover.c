/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One file without a name, mounted by descriptors: no path of the container's is looked up where
 * the container could have something else by then.
 */
#include "cover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "file.h"

#define LABEL "security.selinux"

/*
 * The file's name while it has one. In mountinfo it stays:
 * "/oci-wireguard.0123456789abcdef//deleted" is the root of our mount (dentry_path, fs/d_path.c),
 * by which it is known again.
 */
#define NAME_PREFIX "oci-wireguard."
#define NAME_RANDOM 8 /* bytes, two hexadecimal digits each */
#define NAME_MADE ".made" /* the file that it covers was not there before */
#define NAME_ROOM (sizeof(NAME_PREFIX NAME_MADE) + 2 * (size_t)NAME_RANDOM)
#define DELETED "//deleted"
#define STALE_SECONDS 60

/* Nobody but the container itself could make more than one or two of them. */
#define REMOVE_MAX 64

/* Finding ours */

static bool ends_as_ours(const char *root, const char *suffix)
{
	static const char prefix[] = "/" NAME_PREFIX;
	const size_t digits = 2 * (size_t)NAME_RANDOM, length = strlen(root);
	const size_t tail = strlen(prefix) + digits + strlen(suffix);

	if (length < tail)
		return false;
	root += length - tail;
	if (strncmp(root, prefix, strlen(prefix)) != 0)
		return false;
	root += strlen(prefix);
	return strspn(root, "0123456789abcdef") == digits && strcmp(root + digits, suffix) == 0;
}

/* A hook that was killed may have left its file its name. */
static bool is_ours(const struct mount *mount, bool *made)
{
	*made = ends_as_ours(mount->root, NAME_MADE DELETED) ||
		ends_as_ours(mount->root, NAME_MADE);
	return *made || ends_as_ours(mount->root, DELETED) || ends_as_ours(mount->root, "");
}

struct look {
	unsigned long id;
	bool ours;
};

static int look_at(const struct mount *mount, void *context)
{
	struct look *look = context;
	bool made;

	if (mount->id != look->id)
		return 0;
	look->ours = is_ours(mount, &made);
	return 1;
}

/* Whether what FD refers to lies on a mount of ours. */
static int is_on_ours(const struct mntns *mntns, int fd, bool *ours, struct err *err)
{
	struct look look = { .id = mount_id(fd) };

	if (!look.id)
		return fail_errno(err, errno, "its mount");
	if (mntns_each(mntns, look_at, &look, err) < 0)
		return -1;
	*ours = look.ours;
	return 0;
}

/* What killed hooks have left behind: those of others are there for a moment. */
static void remove_stale(const char *scratch)
{
	DIR *directory = opendir(scratch);
	char path[NAME_MAX + 2];
	struct dirent *entry;
	struct stat status;

	while (directory && (entry = readdir(directory))) {
		snprintf(path, sizeof(path), "/%s", entry->d_name);
		if ((ends_as_ours(path, "") || ends_as_ours(path, NAME_MADE)) &&
		    fstatat(dirfd(directory), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(status.st_mode) && time(NULL) - status.st_mtime >= STALE_SECONDS)
			(void)unlinkat(dirfd(directory), entry->d_name, 0);
	}
	if (directory)
		closedir(directory);
}

/* Making ours */

/* The source, while it has a name. */
struct source {
	const char *path;
	int directory;
	char name[NAME_ROOM];
};

static void remove_source(const struct source *source)
{
	/* Once more, as in mntns_inside(): the mount would bear a name that it should not have. */
	if (*source->name && unlinkat(source->directory, source->name, 0) < 0)
		(void)unlinkat(source->directory, source->name, 0);
	cleanup_close_fd(&source->directory);
}

static int choose_name(struct source *source, bool made, struct err *err)
{
	unsigned char bytes[NAME_RANDOM];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return fail_errno(err, errno, "getrandom");
	strcpy(source->name, NAME_PREFIX);
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(source->name + strlen(source->name), 3, "%02x", bytes[i]);
	if (made)
		strcat(source->name, NAME_MADE);
	return 0;
}

/*
 * With SELinux a container may read what bears its label alone. Where the file system of TO holds
 * no labels, it is not enforcing any.
 */
static int copy_label(int from, int to, struct err *err)
{
	char path[32], label[1024];
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", from); /* O_PATH: not by fgetxattr() */
	length = getxattr(path, LABEL, label, sizeof(label));
	if (length < 0 && (errno == ENODATA || errno == EOPNOTSUPP))
		return 0;
	if (length < 0)
		return fail_errno(err, errno, "its SELinux label");
	if (fsetxattr(to, LABEL, label, (size_t)length, 0) < 0 && errno != EOPNOTSUPP)
		return fail_errno(err, errno, "the SELinux label of the file over it");
	return 0;
}

static int write_source(const struct source *source, const char *text, int target, struct err *err)
{
	size_t length = strlen(text);
	cleanup_close int fd = openat(source->directory, source->name,
				      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, length) != (ssize_t)length)
		return fail_errno(err, errno, "%s/%s", source->path, source->name);
	return copy_label(target, fd, err);
}

/*
 * A detached mount of the file, which must have its name until it is mounted: move_mount(2) says
 * ENOENT of a file that was unlinked before, or made without one (O_TMPFILE).
 */
static int make_tree(struct source *source, const char *text, int target, bool made,
		     struct err *err)
{
	int tree;

	source->directory = open(source->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (source->directory < 0)
		return fail_errno(err, errno, "%s", source->path);
	if (choose_name(source, made, err) < 0 || write_source(source, text, target, err) < 0)
		return -1;
	tree = (int)syscall(SYS_open_tree, source->directory, source->name,
			    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	return tree < 0 ? fail_errno(err, errno, "%s/%s: open_tree", source->path, source->name)
			: tree;
}

/* The path of a descriptor, for one who is inside (mntns_inside). */
static int unmount(int mount_fd, struct err *err)
{
	char path[16];

	snprintf(path, sizeof(path), "%d", mount_fd);
	/* EINVAL: it is no mount of this namespace, or not any more. */
	if (umount2(path, MNT_DETACH) < 0 && errno != EINVAL)
		return fail_errno(err, errno, "cannot be unmounted");
	return 0;
}

struct cover {
	int tree;
	int target;
	bool mounted;
};

/*
 * Private: a clone is of the peer group of its source, such as /run, and what the container mounted
 * over it would be the host's too (clone_mnt, fs/namespace.c). All of this as second steps:
 * mount_setattr(2), which could be the first, came with Linux 5.12.
 */
static int change(const char *mount_path, struct err *err)
{
	if (mount(NULL, mount_path, NULL, MS_PRIVATE, NULL) < 0)
		return fail_errno(err, errno, "cannot be made private");
	if (mount(NULL, mount_path, NULL,
		  MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return fail_errno(err, errno, "cannot be made read-only");
	return 0;
}

static int mount_inside(void *context, struct err *err)
{
	struct cover *cover = context;
	char path[16];
	struct err second;

	if (syscall(SYS_move_mount, cover->tree, "", cover->target, "",
		    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return fail_errno(err, errno, "cannot be mounted over");
	snprintf(path, sizeof(path), "%d", cover->tree);
	cover->mounted = change(path, err) == 0;
	if (!cover->mounted)
		(void)unmount(cover->tree, &second);
	return cover->mounted ? 0 : -1;
}

static int unmount_inside(void *mount_fd, struct err *err)
{
	return unmount(*(const int *)mount_fd, err);
}

static int cover_target(const struct cover_place *place, int target, const char *text, bool made,
			struct err *err)
{
	cleanup(remove_source) struct source source = {
		.path = place->scratch ? place->scratch : "/run",
		.directory = -1,
	};
	const struct mntns *mntns = place->mntns;
	struct cover cover = { .target = target };
	struct err second;

	remove_stale(source.path);
	cover.tree = make_tree(&source, text, target, made, err);
	if (cover.tree < 0)
		return -1;
	if (mntns_inside(mntns, mount_inside, &cover, err) < 0) {
		if (cover.mounted) /* but there was no way back */
			(void)mntns_inside(mntns, unmount_inside, &cover.tree, &second);
		close(cover.tree);
		return -1;
	}
	return cover.tree;
}

void cover_release(struct cover_done *done)
{
	if (done->mount)
		close(done->mount);
	done->mount = 0;
	rootfs_free(&done->made);
}

int cover_undo(const struct cover_place *place, struct cover_done *done, struct err *err)
{
	if (!done->mount)
		return 0;
	if (mntns_inside(place->mntns, unmount_inside, &done->mount, err) < 0 ||
	    rootfs_remove(&done->made, err) < 0)
		return fail_in(err, "its mount");
	cover_release(done);
	return 0;
}

struct search {
	int root;
	struct err *err;
	bool made;
	int mount; /* a descriptor of what was found */
	char *point;
};

/* The container may have moved it since mountinfo was written, or mounted something else there. */
static int find_ours(const struct mount *mount, void *context)
{
	struct search *search = context;

	if (!is_ours(mount, &search->made))
		return 0;
	search->mount = rootfs_open(search->root, mount->point, O_NOFOLLOW);
	if (search->mount < 0)
		return fail_errno(search->err, errno, "%.500s", mount->point);
	search->point = strdup(mount->point);
	if (search->point && mount_id(search->mount) == mount->id)
		return 1;
	return fail(search->err, "%.500s: something else is there", mount->point);
}

/* What was made for it is still empty, or is somebody's by now. */
static void remove_made(int root, char *point)
{
	char *name = strrchr(point, '/') + 1;
	cleanup_close int directory = -1;
	struct stat status;

	name[-1] = '\0';
	directory = rootfs_open(root, *point ? point : "/", O_DIRECTORY);
	if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(status.st_mode) && status.st_size == 0)
		(void)unlinkat(directory, name, 0);
}

/* The uppermost; *FOUND is whether there was one. */
static int remove_one(const struct mntns *mntns, bool *found, struct err *err)
{
	struct search search = { .root = mntns->root, .err = err, .mount = -1 };
	int result = mntns_each(mntns, find_ours, &search, err);

	*found = result > 0;
	if (result > 0)
		result = mntns_inside(mntns, unmount_inside, &search.mount, err);
	if (result == 0 && *found && search.made)
		remove_made(mntns->root, search.point);
	cleanup_close_fd(&search.mount);
	free(search.point);
	return result;
}

int cover_remove(const struct mntns *mntns, bool *found, struct err *err)
{
	bool another = true;

	for (int i = 0; i < REMOVE_MAX; i++) {
		if (remove_one(mntns, &another, err) < 0)
			return fail_in(err, "its mounts");
		if (!another)
			return 0;
		*found = true;
	}
	return fail(err, "its mounts: still there after %d times", REMOVE_MAX);
}

/* TARGET is what an earlier run mounted, with this TEXT. */
static bool is_text(int target, const char *text)
{
	char path[32];
	size_t length = strlen(text), there_length;
	cleanup_free char *there = NULL;
	cleanup_close int fd = -1;
	struct err ignored;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", target);
	fd = file_open(path);
	return fd >= 0 && file_read(fd, length, 10, &there, &there_length, &ignored) == 0 &&
	       there_length == length && memcmp(there, text, length) == 0;
}

/*
 * What an earlier run left there is taken away first: nothing can be mounted over a file without a
 * name (d_set_mounted, fs/dcache.c: ENOENT). *SAME: it may stay as it is.
 */
static int open_target(const struct mntns *mntns, int root, const char *path, const char *text,
		       struct rootfs_made *made, bool *same, struct err *err)
{
	cleanup_close int target = rootfs_file(root, path, made, err);
	struct stat status;
	bool found, ours = false;

	if (target < 0 || is_on_ours(mntns, target, &ours, err) < 0)
		return -1;
	if (!ours)
		return cleanup_steal_fd(&target);
	/* With a name it was left half-made. */
	*same = fstat(target, &status) == 0 && !status.st_nlink && is_text(target, text);
	if (*same)
		return cleanup_steal_fd(&target);
	if (cover_remove(mntns, &found, err) < 0)
		return -1;
	return rootfs_file(root, path, made, err);
}

int cover_mount(const struct cover_place *place, const char *path, const char *text,
		struct cover_done *done, struct err *err)
{
	cleanup_close int root = rootfs_open(place->mntns->root, place->root, O_DIRECTORY);
	cleanup_close int target = -1;
	int mounted = -1;
	bool same = false;
	struct err second;

	if (root < 0)
		return fail_errno(err, errno, "the root filesystem '%.500s'", place->root);
	target = open_target(place->mntns, root, path, text, &done->made, &same, err);
	if (same)
		return 0;
	if (target >= 0 && mntns_refuse_shared(place->mntns, target, err) == 0)
		mounted = cover_target(place, target, text, done->made.count > 0, err);
	if (mounted < 0) {
		(void)rootfs_remove(&done->made, &second);
		return -1;
	}
	done->mount = mounted;
	return 0;
}

int cover_look(const struct mntns *mntns, const char *path, const char *text,
	       enum cover_found *found, struct err *err)
{
	cleanup_close int target = rootfs_open(mntns->root, path, 0);
	struct look look = { .id = target < 0 ? 0 : mount_id(target) };
	struct stat status;

	if (target < 0 ? !rootfs_absent(errno) : !look.id || fstat(target, &status) < 0)
		return fail_errno(err, errno, "%s", path);
	if (look.id && mntns_each(mntns, look_at, &look, err) < 0)
		return -1;
	/* A FIFO or a device under such a name is the container's. */
	if (look.ours && !S_ISREG(status.st_mode))
		look.ours = false;
	*found = !look.ours                       ? COVER_NOTHING
		 : !text || is_text(target, text) ? COVER_OURS
						  : COVER_OTHER;
	return 0;
}
