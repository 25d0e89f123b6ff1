/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the filter of system calls refuses, though root may do it, and what it lets pass. A filter
 * is for good, so a child has the first, and ends with the number of its checks.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter.h"
#include "unit.h"

static bool refused(long result)
{
	return result == -1 && errno == ENOSYS;
}

/* The kernel's, without what a library may do instead; no call of these does anything. */
static void refuse_all(void)
{
	check("a program is not executed", refused(syscall(SYS_execve, "/none", NULL, NULL)));
	check("by a descriptor neither", refused(syscall(SYS_execveat, -1, "", NULL, NULL, 0)));
	check("a user namespace is not entered", refused(syscall(SYS_setns, -1, CLONE_NEWUSER)));
	check("nor any namespace", refused(syscall(SYS_setns, -1, 0)));
	check("nor made", refused(syscall(SYS_unshare, 0)));
	check("another user is not become", refused(syscall(SYS_setresuid, -1, -1, -1)));
	check("nor group", refused(syscall(SYS_setresgid, -1, -1, -1)));
	check("nothing is mounted", refused(syscall(SYS_mount, "none", "/none", "tmpfs", 0, NULL)));
	check("nor a bind", refused(syscall(SYS_mount, "/", "/none", NULL, MS_BIND, NULL)));
	check("a mount is not made shared",
	      refused(syscall(SYS_mount, NULL, "/none", NULL, MS_SHARED, NULL)));
	check("no module is loaded", refused(syscall(SYS_finit_module, -1, "", 0)));
	check("no program is loaded into the kernel", refused(syscall(SYS_bpf, -1, NULL, 0)));
	check("nobody's memory is read",
	      refused(syscall(SYS_process_vm_writev, 1, NULL, 0, NULL, 0, 0)));
	check("no file is made another's", refused(syscall(SYS_fchownat, -1, "", 0, 0, 0)));
	check("nor a device", refused(syscall(SYS_mknodat, -1, "", 0, 0)));
	check("nor opened by a handle", refused(syscall(SYS_open_by_handle_at, -1, NULL, 0)));
	check("nothing is asked of io_uring", refused(syscall(SYS_io_uring_setup, 0, NULL)));
	check("nor of the keys", refused(syscall(SYS_keyctl, 0, 0, 0, 0, 0)));
	check("memory that can be executed is not had",
	      refused(syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, -1, 0)));
	check("nor made of other", refused(syscall(SYS_mprotect, NULL, 0, PROT_EXEC)));
	check("no socket of the internet", refused(socket(AF_INET, SOCK_DGRAM, 0)));
	check("nor for frames", refused(socket(AF_PACKET, SOCK_RAW, 0)));
	check("nor for the kernel's cryptography", refused(socket(AF_ALG, SOCK_SEQPACKET, 0)));
#ifndef __SANITIZE_ADDRESS__ /* LeakSanitizer's own */
	check("no process is made",
	      refused(syscall(SYS_clone, CLONE_SIGHAND, NULL, NULL, NULL, 0)));
	check("nor sent a signal", refused(syscall(SYS_kill, 0, 0)));
	check("nor traced", refused(syscall(SYS_ptrace, -1, 0, NULL, NULL)));
	check("no prctl", refused(syscall(SYS_prctl, -1, 0, 0, 0, 0)));
#endif
}

static void refuse_mounting(bool refuse)
{
	check("another mount namespace", refused(syscall(SYS_setns, -1, CLONE_NEWNS)) == refuse);
	check("another root", refused(syscall(SYS_chroot, "/none")) == refuse);
	check("unmounting", refused(syscall(SYS_umount2, "/none", 0)) == refuse);
	check("move_mount", refused(syscall(SYS_move_mount, -1, "", -1, "", 0)) == refuse);
	check("open_tree", refused(syscall(SYS_open_tree, -1, "", 0)) == refuse);
	check("unlinkat", refused(syscall(SYS_unlinkat, -1, "", 0)) == refuse);
	check("a mount is made private",
	      refused(syscall(SYS_mount, NULL, "/none", NULL, MS_PRIVATE, NULL)) == refuse);
}

static void let_pass(void)
{
	char *memory =
		mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);

	check("memory", memory != MAP_FAILED && munmap(memory, 1 << 20) == 0);
	check("a file", file >= 0 && close(file) == 0);
	check("netlink", close(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0)) == 0);
	check("a unix socket", close(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) == 0);
	check("another network namespace", setns(-1, CLONE_NEWNET) < 0 && errno == EBADF);
}

static void filtered(bool mount)
{
	printf("# %s\n", mount ? "with mounts" : "without mounts");
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	filter_system_calls(mount);
	refuse_all();
	refuse_mounting(!mount);
	let_pass();
}

int main(void)
{
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		filtered(false);
		return unit_count;
	}
	if (check("the first ends",
		  child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status)))
		unit_count += WEXITSTATUS(status);
	filtered(true);
	return unit_done();
}
