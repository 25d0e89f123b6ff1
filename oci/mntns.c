/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A container's mount namespace: pin, go there and back, read its mounts. */
#include "mntns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "cleanup.h"
#include "file.h"

/* A host of many containers has some thousand mounts, of some hundred bytes each. */
#define MOUNTS_SIZE_MAX (16 << 20)

#define NAME "mount namespace"

static int open_rest(const struct process *process, struct mntns *mntns, struct err *err)
{
	mntns->root = openat(process->directory, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	mntns->mounts = openat(process->directory, "mountinfo", O_RDONLY | O_CLOEXEC);
	if (mntns->root < 0 || mntns->mounts < 0)
		return fail_errno(err, errno, "pid %d: its root directory and mounts",
				  (int)process->pid);
	return 0;
}

int mntns_open(const struct process *process, struct mntns *mntns, struct err *err)
{
	cleanup(mntns_close) struct mntns opened = MNTNS_NONE;

	opened.fd = process_namespace(process, "mnt", NAME, err);
	if (opened.fd < 0 || open_rest(process, &opened, err) < 0)
		return -1;
	*mntns = opened;
	opened = MNTNS_NONE;
	return 0;
}

void mntns_close(struct mntns *mntns)
{
	cleanup_close_fd(&mntns->fd);
	cleanup_close_fd(&mntns->root);
	cleanup_close_fd(&mntns->mounts);
	*mntns = MNTNS_NONE;
}

/*
 * setns(2) makes the topmost root of the namespace the caller's, which need not be where it was.
 * Twice, since what can fail of it is want of memory, and nothing is right on the other side.
 */
static int go_back(const struct mntns *own, struct err *err)
{
	/* NOLINTNEXTLINE(misc-redundant-expression): the same once more, as said above */
	if (setns(own->fd, CLONE_NEWNS) < 0 && setns(own->fd, CLONE_NEWNS) < 0)
		return fail_errno(err, errno, "no way back from a " NAME);
	if (fchdir(own->root) < 0 || chroot(".") < 0)
		return fail_errno(err, errno, "the host's root directory");
	return 0;
}

int mntns_inside(const struct mntns *mntns, int (*act)(void *context, struct err *err),
		 void *context, struct err *err)
{
	cleanup_close int fds = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
	cleanup(mntns_close) struct mntns own = MNTNS_NONE;
	struct err second;
	int result;

	own.fd = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	own.root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fds < 0 || own.fd < 0 || own.root < 0)
		return fail_errno(err, errno, "the way back from a " NAME);
	if (setns(mntns->fd, CLONE_NEWNS) < 0)
		return fail_errno(err, errno, "a " NAME " cannot be entered");
	if (fchdir(fds) < 0)
		result = fail_errno(err, errno, "/proc/self/fd");
	else
		result = act(context, err);
	if (go_back(&own, result < 0 ? &second : err) < 0)
		return -1;
	return result;
}

/* Blanks, tabs, newlines and backslashes are \ooo there (fs/proc_namespace.c, mangle). */
static const char *unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; to++) {
		if (*from == '\\' && strspn(from + 1, "01234567") >= 3) {
			*to = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0'));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
	return text;
}

/* The number in OPTION if it is "NAME:number", else OTHER. */
static unsigned long peer_group(const char *option, const char *name, unsigned long other)
{
	size_t length = strlen(name);

	if (strncmp(option, name, length) != 0 || option[length] != ':')
		return other;
	return strtoul(option + length + 1, NULL, 10);
}

/* "8:1" */
static dev_t device_number(const char *text)
{
	char *end;
	unsigned long major = strtoul(text, &end, 10);

	return makedev((unsigned int)major, *end ? (unsigned int)strtoul(end + 1, NULL, 10) : 0);
}

bool mount_parse(char *line, struct mount *mount)
{
	struct mount parsed = { 0 };
	char *field[6], *option;

	for (size_t i = 0; i < 6; i++) {
		field[i] = strsep(&line, " ");
		if (!line)
			return false;
	}
	/* "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw" */
	while ((option = strsep(&line, " ")) && strcmp(option, "-") != 0) {
		parsed.shared = peer_group(option, "shared", parsed.shared);
		parsed.master = peer_group(option, "master", parsed.master);
	}
	parsed.id = strtoul(field[0], NULL, 10);
	parsed.device = device_number(field[2]);
	parsed.root = unescape(field[3]);
	parsed.point = unescape(field[4]);
	if (!option || !parsed.id || *parsed.root != '/' || *parsed.point != '/')
		return false;
	*mount = parsed;
	return true;
}

int mntns_each(const struct mntns *mntns, int (*each)(const struct mount *mount, void *context),
	       void *context, struct err *err)
{
	cleanup_free char *text = NULL;
	size_t length;
	int result = 0;

	if (lseek(mntns->mounts, 0, SEEK_SET) < 0)
		return fail_errno(err, errno, "mountinfo");
	if (file_read(mntns->mounts, MOUNTS_SIZE_MAX, 10, &text, &length, err) < 0)
		return fail_in(err, "mountinfo");
	while (length && result == 0) {
		struct mount mount;
		char *line;

		text[length - 1] = '\0'; /* the newline */
		line = memrchr(text, '\n', length - 1);
		line = line ? line + 1 : text;
		length = (size_t)(line - text);
		if (mount_parse(line, &mount))
			result = each(&mount, context);
	}
	return result;
}

unsigned long mount_id(int fd)
{
	struct statx status;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &status) < 0)
		return 0;
	if (!(status.stx_mask & STATX_MNT_ID)) {
		errno = EOPNOTSUPP;
		return 0;
	}
	return status.stx_mnt_id;
}

struct wanted {
	unsigned long id;
	unsigned long group;
};

static int find_id(const struct mount *mount, void *context)
{
	struct wanted *wanted = context;

	if (mount->id != wanted->id)
		return 0;
	wanted->group = mount->shared;
	return 1;
}

static int find_group(const struct mount *mount, void *context)
{
	const struct wanted *wanted = context;

	return mount->shared == wanted->group || mount->master == wanted->group;
}

static int each_of(const char *whose, int (*each)(const struct mount *mount, void *context),
		   void *context, struct err *err)
{
	cleanup_close int fd = open(whose, O_RDONLY | O_CLOEXEC);
	struct mntns other = { -1, -1, fd };

	return fd < 0 ? 0 : mntns_each(&other, each, context, err);
}

/* In the namespace of the caller and that of pid 1; 0 also of what cannot be read. */
static int on_host(int (*each)(const struct mount *mount, void *context), void *context,
		   struct err *err)
{
	int found = each_of("/proc/self/mountinfo", each, context, err);

	return found ? found : each_of("/proc/1/mountinfo", each, context, err);
}

int mntns_refuse_shared(const struct mntns *mntns, int file, struct err *err)
{
	struct wanted wanted = { .id = mount_id(file) };
	int found;

	if (!wanted.id)
		return fail_errno(err, errno, "its mount");
	found = mntns_each(mntns, find_id, &wanted, err);
	if (found < 0)
		return -1;
	if (!found)
		return fail(err, "on no mount of the container's");
	if (!wanted.group)
		return 0;
	found = on_host(find_group, &wanted, err);
	if (found > 0)
		return fail(
			err,
			"on a mount that is shared with the host, where another over it would show");
	return found;
}

static int find_device(const struct mount *mount, void *device)
{
	return mount->device == *(const dev_t *)device;
}

int mntns_host_mounts(dev_t device, bool *known, struct err *err)
{
	int found = on_host(find_device, &device, err);

	if (found < 0)
		return -1;
	*known = found > 0;
	return 0;
}
