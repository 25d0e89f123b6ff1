/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loaded before a program (LD_PRELOAD), it marks where main() begins, and then does one of these,
 * which the environment asks for:
 *
 *   FAULTS_ALLOCATION=N   the Nth allocation fails. What glibc allocates for itself is counted too.
 *   FAULTS_REQUEST=N:E    the Nth netlink request is not sent, and is answered with errno E.
 *   FAULTS_CLOCK=SECONDS  the time of day jumps forward by so much each time it is asked for, and
 * back.
 *
 * At its end the file FAULTS_COUNT, if there is one, gets a line "allocation N" for each allocation
 * whose callers were not met before, and "allocations N" and "requests N", all of them.
 */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "faults.h"

#define CALLERS 8 /* that make one allocation another than the next */
#define MET_MOST 8192

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
		      void (*fini)(void), void (*end)(void), void *stack);

static int (*real_main)(int argc, char **argv, char **environment);
static bool begun, asking;
static char count_file[256];
static pid_t counted; /* the process that is: what it forks has no main() of its own */

static unsigned long allocations, failing_allocation;
static unsigned long requests, refused_request;
static int refusal;
static long jump;

static uint64_t met[MET_MOST]; /* callers of allocations */
static unsigned long met_at[MET_MOST];
static size_t met_count;

/* What was sent last, where it was refused. */
static struct nlmsghdr refused;
static int refused_on = -1;

static void meet(void)
{
	void *callers[CALLERS + 2];
	uint64_t hash = 14695981039346656037U;
	int count;

	asking = true;
	count = backtrace(callers, CALLERS + 2);
	asking = false;
	for (int i = 2; i < count; i++)
		hash = (hash ^ (uintptr_t)callers[i]) * 1099511628211U;
	for (size_t i = 0; i < met_count; i++)
		if (met[i] == hash)
			return;
	if (met_count == MET_MOST)
		return;
	met_at[met_count] = allocations;
	met[met_count++] = hash;
}

static bool fails(void)
{
	if (!begun || asking)
		return false;
	allocations++;
	if (*count_file)
		meet();
	if (allocations != failing_allocation)
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

static bool is_netlink(int fd)
{
	int domain = 0;
	socklen_t size = sizeof(domain);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_NETLINK;
}

/* Of a batch the first is refused: as an nfnetlink transaction, and as the first of many routes. */
ssize_t sendto(int fd, const void *data, size_t length, int flags, const struct sockaddr *to,
	       socklen_t size)
{
	static ssize_t (*real)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);

	if (!real)
		real = (typeof(real))dlsym(RTLD_NEXT, "sendto");
	if (!begun || !is_netlink(fd) || ++requests != refused_request)
		return real(fd, data, length, flags, to, size);
	memcpy(&refused, data, sizeof(refused));
	refused_on = fd;
	return (ssize_t)length;
}

/* The kernel's answer to a request that it refuses, in as few words as it has. */
static ssize_t answer(struct msghdr *message)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
	} answer = {
		.header = { .nlmsg_len = sizeof(answer),
			    .nlmsg_type = NLMSG_ERROR,
			    .nlmsg_flags = NLM_F_CAPPED,
			    .nlmsg_seq = refused.nlmsg_seq },
		.error = { .error = -refusal, .msg = refused },
	};
	struct sockaddr_nl self = { 0 };
	socklen_t size = sizeof(self);

	getsockname(refused_on, (struct sockaddr *)&self, &size);
	answer.header.nlmsg_pid = self.nl_pid;
	refused_on = -1;
	if (message->msg_name) {
		memset(message->msg_name, 0, message->msg_namelen);
		((struct sockaddr_nl *)message->msg_name)->nl_family = AF_NETLINK;
		message->msg_namelen = sizeof(struct sockaddr_nl);
	}
	message->msg_flags = 0;
	memcpy(message->msg_iov[0].iov_base, &answer, sizeof(answer));
	return sizeof(answer);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	static ssize_t (*real)(int, struct msghdr *, int);

	if (!real)
		real = (typeof(real))dlsym(RTLD_NEXT, "recvmsg");
	return begun && fd == refused_on ? answer(message) : real(fd, message, flags);
}

static long jumped(void)
{
	static bool forward;

	forward = !forward;
	return forward ? jump : -jump;
}

time_t time(time_t *out)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (out)
		*out = now.tv_sec;
	return now.tv_sec;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	static int (*real)(clockid_t, struct timespec *);
	int result;

	if (!real)
		real = (typeof(real))dlsym(RTLD_NEXT, "clock_gettime");
	result = real(clock, now);
	if (begun && jump && clock == CLOCK_REALTIME)
		now->tv_sec += jumped();
	return result;
}

static void report(void)
{
	FILE *file;

	if (!*count_file || getpid() != counted)
		return;
	begun = false;
	file = fopen(count_file, "we");
	if (!file)
		return;
	for (size_t i = 0; i < met_count; i++)
		fprintf(file, "allocation %lu\n", met_at[i]);
	fprintf(file, "allocations %lu\nrequests %lu\n", allocations, requests);
	fclose(file);
}

static unsigned long number_of(const char *name)
{
	const char *value = getenv(name);

	return value ? strtoul(value, NULL, 10) : 0;
}

static void prepare(void)
{
	const char *request = getenv("FAULTS_REQUEST"), *file = getenv("FAULTS_COUNT");
	void *caller;

	(void)backtrace(&caller, 1); /* which loads a library the first time */
	failing_allocation = number_of("FAULTS_ALLOCATION");
	refused_request = number_of("FAULTS_REQUEST");
	if (request && strchr(request, ':'))
		refusal = atoi(strchr(request, ':') + 1);
	jump = (long)number_of("FAULTS_CLOCK");
	if (file)
		snprintf(count_file, sizeof(count_file), "%s", file);
	counted = getpid();
	atexit(report);
}

static int marked_main(int argc, char **argv, char **environment)
{
	prepare();
	prctl(FAULTS_MARK, 0, 0, 0, 0);
	begun = true;
	return real_main(argc, argv, environment);
}

int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
		      void (*fini)(void), void (*end)(void), void *stack)
{
	typeof(&__libc_start_main) real =
		(typeof(&__libc_start_main))dlsym(RTLD_NEXT, "__libc_start_main");

	real_main = main;
	return real(marked_main, argc, argv, init, fini, end, stack);
}
