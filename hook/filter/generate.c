/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "generate [sanitized]" prints the filters of hook/filter.h as C, one for each machine that it
 * knows, whatever machine it runs on: filter_network and filter_mount. It is run when the program
 * is built, which so needs no libseccomp to start, and no time to make a filter.
 *
 * "sanitized" adds what AddressSanitizer and LeakSanitizer need.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/*
 * libseccomp's name, and how a compiler says that it compiles for it. Not those with an mmap(2) or
 * a socketcall(2) that hides its arguments: x86, s390x, powerpc.
 */
static const struct machine {
	const char *name, *condition;
} machines[] = {
	{ "x86_64", "defined(__x86_64__) && !defined(__ILP32__)" },
	{ "aarch64", "defined(__aarch64__) && !defined(__ILP32__) && !defined(__AARCH64EB__)" },
	{ "arm", "defined(__ARM_EABI__) && !defined(__ARMEB__)" },
	{ "riscv64", "defined(__riscv) && __riscv_xlen == 64" },
};

/* Each machine has some of them, and a C library chooses among those. */
static const char *const network[] = {
	/* what is open */
	"read", "readv", "write", "writev", "close", "lseek", "_llseek", "fcntl", "fcntl64",
	"flock",
	/* files */
	"open", "openat", "openat2", "access", "faccessat", "faccessat2", "stat", "stat64", "lstat",
	"lstat64", "fstat", "fstat64", "newfstatat", "fstatat64", "statx", "fstatfs", "fstatfs64",
	"readlink", "readlinkat",
	/* sockets, but for socket(2) */
	"bind", "connect", "getsockname", "getsockopt", "setsockopt", "send", "sendto", "sendmsg",
	"recv", "recvfrom", "recvmsg", "poll", "ppoll", "ppoll_time64",
	/* memory, but for mmap(2) and mprotect(2) */
	"brk", "munmap", "mremap", "madvise",
	/* time */
	"clock_gettime", "clock_gettime64", "gettimeofday", "time", "nanosleep", "clock_nanosleep",
	"clock_nanosleep_time64",
	/* signals, and the end */
	"rt_sigaction", "rt_sigprocmask", "rt_sigpending", "rt_sigreturn", "sigreturn",
	"restart_syscall", "tgkill", "exit", "exit_group",
	/* the keeper of a daemon */
	"wait4", "waitpid", "waitid",
	/* the rest */
	"getpid", "gettid", "getuid", "getuid32", "geteuid", "geteuid32", "getgid", "getgid32",
	"getegid", "getegid32", "sysinfo", "getrandom", "futex", "futex_time64"
};

static const char *const mounting[] = {
	/* the container's mounts */
	"open_tree", "move_mount", "umount2", "chroot", "fchdir",
	/* the file that is mounted, and one that it is mounted over */
	"getdents64", "mkdirat", "unlinkat", "getxattr", "fsetxattr", "setfsuid", "setfsuid32",
	"setfsgid", "setfsgid32"
};

static const char *const sanitizing[] = {
	/* LeakSanitizer stops its own threads, by another that traces them */
	"clone", "clone3", "ptrace", "prctl", "sched_yield", "getppid", "kill", "set_robust_list",
	/* what it and AddressSanitizer ask of their process */
	"sigaltstack", "getdents", "getdents64", "process_vm_readv", "sched_getaffinity",
	"prlimit64", "getrlimit", "uname", "dup", "dup2", "dup3", "pipe2", "unlink", "personality",
	"arch_prctl", "rseq", "membarrier", "getpgrp", "pread64"
};

/* Those where an argument matters: (argument & mask) == value. */
static const struct narrow {
	const char *call;
	unsigned int argument;
	uint64_t mask, value;
	bool mount;
} narrow[] = {
	{ "socket", 0, UINT32_MAX, AF_UNIX, false },
	{ "socket", 0, UINT32_MAX, AF_NETLINK, false },
	{ "ioctl", 1, UINT32_MAX, SIOCGSKNS, false },
	{ "ioctl", 1, UINT32_MAX, TCGETS, false }, /* of standard output */
	{ "setns", 1, UINT32_MAX, CLONE_NEWNET, false },
	{ "setns", 1, UINT32_MAX, CLONE_NEWNS, true },
	{ "mmap", 2, PROT_EXEC, 0, false },
	{ "mmap2", 2, PROT_EXEC, 0, false },
	{ "mprotect", 2, PROT_EXEC, 0, false },
};

/* Of a mount that is there: its propagation, and its flags. */
static const unsigned long changes[] = {
	MS_PRIVATE,
	MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
};

/* A name that a machine has not is no failure: then it has another of the list. */
static int allow(scmp_filter_ctx filter, const char *const *calls, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int number = seccomp_syscall_resolve_name(calls[i]);

		if (number == __NR_SCMP_ERROR)
			return fprintf(stderr, "%s: no system call\n", calls[i]), -1;
		if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0) < 0)
			return fprintf(stderr, "%s: not added\n", calls[i]), -1;
	}
	return 0;
}

static int allow_if(scmp_filter_ctx filter, const char *call, const struct scmp_arg_cmp *arguments,
		    unsigned int count)
{
	int number = seccomp_syscall_resolve_name(call);

	if (number == __NR_SCMP_ERROR ||
	    seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, count, arguments) < 0)
		return fprintf(stderr, "%s: not added\n", call), -1;
	return 0;
}

static int allow_narrow(scmp_filter_ctx filter, bool mount)
{
	for (size_t i = 0; i < COUNT(narrow); i++) {
		const struct narrow *one = &narrow[i];
		struct scmp_arg_cmp argument = { one->argument, SCMP_CMP_MASKED_EQ, one->mask,
						 one->value };

		if ((mount || !one->mount) && allow_if(filter, one->call, &argument, 1) < 0)
			return -1;
	}
	return 0;
}

/* Without a source and a type. */
static int allow_changes(scmp_filter_ctx filter)
{
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct scmp_arg_cmp arguments[] = { { 0, SCMP_CMP_EQ, 0, 0 },
						    { 2, SCMP_CMP_EQ, 0, 0 },
						    { 3, SCMP_CMP_EQ, changes[i], 0 } };

		if (allow_if(filter, "mount", arguments, COUNT(arguments)) < 0)
			return -1;
	}
	return 0;
}

static int fill(scmp_filter_ctx filter, const char *machine, bool mount, bool sanitized)
{
	if (seccomp_arch_remove(filter, SCMP_ARCH_NATIVE) < 0 ||
	    seccomp_arch_add(filter, seccomp_arch_resolve_name(machine)) < 0 ||
	    seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) < 0 ||
	    seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) < 0)
		return fprintf(stderr, "%s: not known\n", machine), -1;
	if (allow(filter, network, COUNT(network)) < 0 || allow_narrow(filter, mount) < 0)
		return -1;
	if (mount && (allow(filter, mounting, COUNT(mounting)) < 0 || allow_changes(filter) < 0))
		return -1;
	return sanitized ? allow(filter, sanitizing, COUNT(sanitizing)) : 0;
}

/* In the machine's own byte order, so as bytes. */
static int print_bytes(scmp_filter_ctx filter)
{
	FILE *file = tmpfile();
	int byte;

	if (!file || seccomp_export_bpf(filter, fileno(file)) < 0)
		return fprintf(stderr, "no filter is made\n"), -1;
	rewind(file);
	while ((byte = getc(file)) != EOF)
		printf(" %d,", byte);
	return fclose(file);
}

static int print_filter(const char *name, const char *machine, bool mount, bool sanitized)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int result;

	printf("static const unsigned char %s[] __attribute__((aligned(8))) = {", name);
	result = !filter || fill(filter, machine, mount, sanitized) < 0 ? -1 : print_bytes(filter);
	printf(" };\n");
	seccomp_release(filter);
	return result;
}

int main(int argc, char **argv)
{
	bool sanitized = argc > 1 && strcmp(argv[1], "sanitized") == 0;

	for (size_t i = 0; i < COUNT(machines); i++) {
		printf("%s %s\n", i ? "#elif" : "#if", machines[i].condition);
		if (print_filter("filter_network", machines[i].name, false, sanitized) < 0 ||
		    print_filter("filter_mount", machines[i].name, true, sanitized) < 0)
			return 1;
	}
	printf("#else\nstatic const unsigned char filter_network[1], filter_mount[1];\n#endif\n");
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
