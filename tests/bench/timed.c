/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * timed [-n NETNS] [-i] [-b COMMAND] [-c COUNT] PROGRAM [ARG...]: runs PROGRAM once against a fresh
 * network namespace, and prints what the whole process took: nanoseconds, nanoseconds of the
 * processor, KiB resident at most; and the pid that holds the namespace, which is left for the
 * caller to kill. -c: COUNT times at once, each with a namespace of its own, and all of them took
 * that; their pids.
 *
 * PID in an argument that is it, or in standard input, stands for that pid. PROGRAM runs in the
 * namespace that we were called in; -n: in that of the file NETNS; -i: in the fresh one. COMMAND
 * comes before it.
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

#define COUNT_MOST 64

/* Who holds each namespace, and who is measured against it. */
static pid_t holder[COUNT_MOST], measured[COUNT_MOST];

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
static pid_t hold_namespace(void)
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
	return pid;
}

static void enter(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		err(1, "%s", path);
	close(fd);
}

static void read_input(char text[static 4096])
{
	text[fread(text, 1, 4095, stdin)] = '\0';
}

/* A pipe that holds TEXT, the pid filled in. */
static int open_input(const char *text, pid_t pid)
{
	const char *mark = strstr(text, "PID");
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		err(1, "pipe");
	if (mark)
		dprintf(ends[1], "%.*s%d%s", (int)(mark - text), text, (int)pid, mark + 3);
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

/* COMMAND with its arguments that are PID filled in; for as long as NUMBER has. */
static char **fill_in(char **command, int count, char number[static 16], pid_t pid)
{
	char **filled = calloc((size_t)count + 1, sizeof(*filled));

	if (!filled)
		err(1, "arguments");
	snprintf(number, 16, "%d", (int)pid);
	for (int i = 0; i < count; i++)
		filled[i] = strcmp(command[i], "PID") == 0 ? number : command[i];
	return filled;
}

static pid_t start(char **command, int count, int input, pid_t netns)
{
	posix_spawn_file_actions_t actions;
	char number[16];
	char **filled = fill_in(command, count, number, netns);
	int error;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
	error = posix_spawnp(&pid, filled[0], &actions, NULL, filled, environ);
	if (error)
		errx(1, "%s: %s", filled[0], strerror(error));
	posix_spawn_file_actions_destroy(&actions);
	free(filled);
	return pid;
}

static int run(char **command, int arguments, int count)
{
	long long begin, processor = 0;
	int input[COUNT_MOST], failed = 0, status;
	struct rusage usage;
	char text[4096];
	long most = 0;

	read_input(text);
	for (int i = 0; i < count; i++)
		input[i] = open_input(text, holder[i]);
	begin = now();
	for (int i = 0; i < count; i++)
		measured[i] = start(command, arguments, input[i], holder[i]);
	for (int i = 0; i < count; i++) {
		if (wait4(measured[i], &status, 0, &usage) < 0)
			err(1, "wait");
		processor += nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
		most = usage.ru_maxrss > most ? usage.ru_maxrss : most;
		if (status)
			failed = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
	printf("%lld %lld %ld", now() - begin, processor, most);
	for (int i = 0; i < count; i++)
		printf(" %d", (int)holder[i]);
	puts("");
	return failed;
}

int main(int argc, char **argv)
{
	const char *netns = NULL, *before = NULL;
	bool inside = false;
	int option, count = 1;
	char path[64];

	while ((option = getopt(argc, argv, "+n:ib:c:")) != -1) {
		switch (option) {
		case 'n': netns = optarg; break;
		case 'i': inside = true; break;
		case 'b': before = optarg; break;
		case 'c': count = atoi(optarg); break;
		default: return 2;
		}
	}
	if (optind == argc || count < 1 || count > COUNT_MOST)
		return 2;
	for (int i = 0; i < count; i++)
		holder[i] = hold_namespace();
	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)holder[0]);
	if (netns || inside)
		enter(netns ? netns : path);
	if (before && system(before) != 0)
		errx(1, "failed: %s", before);
	return run(argv + optind, argc - optind, count);
}
