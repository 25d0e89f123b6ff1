/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * timed [-n NETNS] [-i] [-b COMMAND] PROGRAM [ARG...]: runs PROGRAM once against a fresh network
 * namespace, and prints what the whole process took: nanoseconds, nanoseconds of the processor,
 * KiB resident at most; and the pid that holds the namespace, which is left for the caller to kill.
 *
 * PID in an argument that is it, or in standard input, stands for that pid. PROGRAM runs in the
 * namespace that we were called in; -n: in that of the file NETNS; -i: in the fresh one, after
 * COMMAND.
 */
#include <err.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char pid_text[16];

static void make_namespace(int ready)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd;

	if (unshare(CLONE_NEWNET) < 0)
		err(1, "unshare");
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo) < 0 || write(ready, "", 1) != 1)
		err(1, "a namespace");
	close_range(0, ~0U, 0);
	for (;;)
		pause();
}

/* Whoever reads our standard output shall not wait for this process too: it has closed it. */
static void hold_namespace(void)
{
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe(ready) < 0)
		err(1, "pipe");
	pid = fork();
	if (pid == 0)
		make_namespace(ready[1]);
	close(ready[1]);
	if (pid < 0 || read(ready[0], &byte, 1) != 1)
		errx(1, "no namespace");
	close(ready[0]);
	snprintf(pid_text, sizeof(pid_text), "%d", (int)pid);
}

static void enter(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		err(1, "%s", path);
	close(fd);
}

/* A pipe that holds our own standard input, the pid filled in. */
static int open_input(void)
{
	char text[4096];
	size_t length = fread(text, 1, sizeof(text) - 1, stdin);
	const char *mark;
	int ends[2];

	text[length] = '\0';
	if (pipe2(ends, O_CLOEXEC) < 0)
		err(1, "pipe");
	mark = strstr(text, "PID");
	if (mark)
		dprintf(ends[1], "%.*s%s%s", (int)(mark - text), text, pid_text, mark + 3);
	else
		dprintf(ends[1], "%s", text);
	close(ends[1]);
	return ends[0];
}

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static long long nanoseconds(struct timeval time)
{
	return time.tv_sec * 1000000000LL + time.tv_usec * 1000LL;
}

static int run(char **command)
{
	posix_spawn_file_actions_t actions;
	long long begin, end;
	struct rusage usage;
	int error, status;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, open_input(), STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
	begin = now();
	error = posix_spawnp(&pid, command[0], &actions, NULL, command, environ);
	if (error)
		errx(1, "%s: %s", command[0], strerror(error));
	if (wait4(pid, &status, 0, &usage) < 0)
		err(1, "wait");
	end = now();
	printf("%lld %lld %ld %s\n", end - begin,
	       nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime), usage.ru_maxrss,
	       pid_text);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	const char *netns = NULL, *before = NULL;
	bool inside = false;
	char path[64];
	int option;

	while ((option = getopt(argc, argv, "+n:ib:")) != -1) {
		switch (option) {
		case 'n': netns = optarg; break;
		case 'i': inside = true; break;
		case 'b': before = optarg; break;
		default: return 2;
		}
	}
	if (optind == argc)
		return 2;
	hold_namespace();
	for (char **arg = argv + optind; *arg; arg++)
		if (strcmp(*arg, "PID") == 0)
			*arg = pid_text;
	snprintf(path, sizeof(path), "/proc/%s/ns/net", pid_text);
	if (netns || inside)
		enter(netns ? netns : path);
	if (before && system(before) != 0)
		errx(1, "failed: %s", before);
	return run(argv + optind);
}
