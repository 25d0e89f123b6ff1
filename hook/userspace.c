/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The processes and the socket of a userspace WireGuard. */
#include "userspace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "needs.h"
#include "privilege.h"
#include "program.h"
#include "uapi.h"

#define LINK_PREFIX "owg"
#define LINK_RANDOM                                                                                \
	6 /* bytes, two hexadecimal digits each: 15 characters in all, the most there can be */
#define SOCKET_SUFFIX ".sock"
#define STALE_SECONDS 60
#define END_MILLISECONDS 2000
#define CANNOT_START 126 /* its status then, as of a shell's */
#define LINE 3 /* the keeper's only descriptor beyond the standard ones */

static const char *const socket_directories[] = { "/var/run/wireguard", "/var/run/amneziawg" };
#define DIRECTORIES (sizeof(socket_directories) / sizeof(*socket_directories))

/* Statuses of the keeper. */
enum {
	KEPT = 0,
	ENDED = 1,
};

/* What is asked of the keeper; its end of the line closed, it ends the daemon. */
static const char keep_it = 'k';

/* The program */

int userspace_find(const char *wanted, const struct tunnel *tunnel, char program[static PATH_MAX],
		   struct err *err)
{
	if (wanted)
		return program_find("--userspace", wanted, program, err);
	if (amnezia_used(&tunnel->amnezia))
		return program_search("amneziawg-go", program)
			       ? 0
			       : fail(err, "amneziawg-go is not installed");
	if (program_search("wireguard-go", program) || program_search("boringtun-cli", program))
		return 0;
	return fail(err, "neither wireguard-go nor boringtun-cli is installed");
}

/* The processes */

/* A runtime waits until nobody holds the pipes it gave the hook (os/exec, Cmd.Wait, in runc). */
static bool leave_streams(unsigned int keep_below)
{
	int null = open("/dev/null", O_RDWR);

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (dup2(null, fd) < 0)
			return false;
	return syscall(SYS_close_range, keep_below, ~0U, 0) == 0;
}

/* The masks and dispositions that a program expects to find, which execve() keeps. */
static bool reset_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	return signal(SIGPIPE, SIG_DFL) != SIG_ERR && sigprocmask(SIG_SETMASK, &none, NULL) == 0;
}

static void __attribute__((noreturn)) run_daemon(const struct userspace *us)
{
	/* The first is wireguard-go's for --foreground, the second keeps boringtun from giving up
	 * root for the user that it was logged in by. */
	char *const environment[] = { "WG_PROCESS_FOREGROUND=1", "WG_SUDO=1", "PATH=/usr/bin:/bin",
				      NULL };
	char *const arguments[] = { (char *)us->program, "--foreground", (char *)us->link, NULL };
	struct err err;

	if (leave_streams(LINE) && reset_signals() && privilege_keep(needs_of_daemon(), &err) == 0)
		execve(us->program, arguments, environment);
	_exit(CANNOT_START);
}

static void remove_socket(const char *link)
{
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];

	for (size_t i = 0; i < DIRECTORIES; i++) {
		snprintf(path, sizeof(path), "%s/%s" SOCKET_SUFFIX, socket_directories[i], link);
		unlink(path);
	}
}

/* Asked first: so it takes its socket away itself. */
static void end_daemon(const struct userspace *us, pid_t daemon, int pidfd)
{
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };

	kill(daemon, SIGTERM);
	if (poll(&ended, 1, END_MILLISECONDS) != 1) {
		kill(daemon, SIGKILL);
		poll(&ended, 1, END_MILLISECONDS);
	}
	waitpid(daemon, NULL, WNOHANG);
	remove_socket(us->link);
}

/* The keeper with all that was started below it: a daemon may be run by another program. */
static void __attribute__((noreturn)) end_group(void)
{
	kill(-getpid(), SIGKILL);
	_exit(ENDED);
}

/* Returns if the daemon ends. */
static void keep_daemon(const struct userspace *us, pid_t daemon, int pidfd)
{
	struct pollfd either[2] = { { .fd = LINE, .events = POLLIN },
				    { .fd = pidfd, .events = POLLIN } };
	int ready;
	char word;

	/* As long as the hook lives, which waits for nothing without an end. */
	do {
		ready = poll(either, 2, -1);
	} while (ready < 0 && errno == EINTR);
	if (ready > 0 && either[0].revents && read(LINE, &word, 1) == 1)
		_exit(KEPT);
	if (ready > 0 && !either[0].revents)
		return;
	end_daemon(us, daemon, pidfd);
	end_group();
}

static void __attribute__((noreturn)) say_status(int line, int status)
{
	(void)!write(line, &status, sizeof(status));
	end_group();
}

/*
 * The daemon's parent. It ends with a byte on the line (the daemon is kept), with the line's other
 * end (the daemon is ended), or with the daemon, whose status it sends then.
 */
static void __attribute__((noreturn)) run_keeper(const struct userspace *us, int line)
{
	int status = CANNOT_START << 8;
	pid_t daemon = -1;
	int pidfd = -1;
	struct err err;

	/*
	 * Its group is what is ended; no file system is kept from being unmounted. What is at LINE
	 * without dup2() is not the line.
	 */
	if (setsid() < 0 || chdir("/") < 0 || dup2(line, LINE) < 0)
		say_status(line, status);
	if (leave_streams(LINE + 1))
		daemon = fork();
	if (daemon == 0)
		run_daemon(us);
	(void)privilege_keep(0, &err); /* it works without, and no worse with what the caller has */
	if (daemon > 0)
		pidfd = (int)syscall(SYS_pidfd_open, daemon, 0);
	if (pidfd >= 0) {
		keep_daemon(us, daemon, pidfd);
		waitpid(daemon, &status, 0);
	} else if (daemon > 0) {
		kill(daemon, SIGKILL);
		waitpid(daemon, NULL, 0);
	}
	remove_socket(us->link);
	say_status(LINE, status);
}

/*
 * A keeper that was killed ended nothing: all of its group is killed, whose number nobody else has
 * while it is there or the keeper is not waited for. What has become another user's is not, and not
 * waited for without an end. False: it may not be (filter.h), and ends with its link: with the
 * container, once the link has been moved there.
 */
static bool kill_group(pid_t keeper)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	if (kill(-keeper, SIGKILL) < 0)
		return false;
	for (int i = 0; i < END_MILLISECONDS && waitpid(-keeper, NULL, WNOHANG) >= 0; i++)
		nanosleep(&pause, NULL);
	return true;
}

static void wait_for(pid_t keeper)
{
	while (waitpid(keeper, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Whether the keeper kept the daemon. */
static bool leave_keeper(struct userspace *us)
{
	siginfo_t end = { 0 };
	bool kept;

	close(us->line);
	while (waitid(P_PID, (id_t)us->keeper, &end, WEXITED | WNOWAIT) < 0 && errno == EINTR)
		;
	kept = end.si_code == CLD_EXITED && end.si_status == KEPT;
	if (kept || !kill_group(us->keeper))
		wait_for(us->keeper);
	if (!kept)
		remove_socket(us->link);
	us->keeper = 0;
	return kept;
}

int userspace_keep(struct userspace *us, struct err *err)
{
	ssize_t sent;

	if (!us->keeper)
		return 0;
	sent = write(us->line, &keep_it, 1);
	if (leave_keeper(us) && sent == 1)
		return 0;
	return fail(err, "%.200s: not kept by its keeper", us->program);
}

void userspace_stop(struct userspace *us)
{
	if (us->keeper)
		leave_keeper(us);
}

/* The socket */

static struct timeval seconds_left(const struct timespec *deadline)
{
	struct timespec now;
	long microseconds;

	clock_gettime(CLOCK_MONOTONIC, &now);
	microseconds = (deadline->tv_sec - now.tv_sec) * 1000000 +
		       (deadline->tv_nsec - now.tv_nsec) / 1000;
	if (microseconds < 1)
		microseconds = 1; /* 0 would be no time-out (socket(7)) */
	return (struct timeval){ microseconds / 1000000, microseconds % 1000000 };
}

static bool is_over(const struct timespec *deadline)
{
	struct timeval left = seconds_left(deadline);

	return left.tv_sec == 0 && left.tv_usec < 1000;
}

static struct timespec deadline_from_now(void)
{
	struct timespec deadline;

	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec += USERSPACE_SECONDS;
	return deadline;
}

/* A connected socket with the deadline's time-outs, or -1. A connection is good for one operation.
 */
static int connect_to(const char *path, const struct timespec *deadline)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval left = seconds_left(deadline);
	cleanup_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &left, sizeof(left)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &left, sizeof(left)) < 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -1;
	return cleanup_steal_fd(&fd);
}

static int connect_daemon(const struct userspace *us, const struct timespec *deadline)
{
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	int fd = -1;

	for (size_t i = 0; i < DIRECTORIES && fd < 0; i++) {
		snprintf(path, sizeof(path), "%s/%s" SOCKET_SUFFIX, socket_directories[i],
			 us->link);
		fd = connect_to(path, deadline);
	}
	return fd;
}

/* What is read of an answer, a device's keys among it. */
struct received {
	struct uapi_answer answer;
	char bytes[4096];
};

static void wipe_received(struct received *received)
{
	key_wipe(received, sizeof(*received));
}

/* The errno that the answer on FD says, or -1: it did not come whole. */
static int read_answer(int fd, uapi_line *line, void *context)
{
	cleanup(wipe_received) struct received received = { 0 };

	while (!received.answer.ended) {
		ssize_t got = recv(fd, received.bytes, sizeof(received.bytes), 0);

		if (got <= 0)
			return -1;
		uapi_read(&received.answer, received.bytes, (size_t)got, line, context);
	}
	return received.answer.number;
}

static int send_all(void *fd, const char *text, size_t length, struct err *err)
{
	while (length) {
		ssize_t sent = send(*(const int *)fd, text, length, MSG_NOSIGNAL);

		if (sent < 0)
			return fail_errno(err, errno, "its socket");
		text += sent;
		length -= (size_t)sent;
	}
	return 0;
}

/* Its device's state, line by line. False: no answer yet, which it listens for before it is ready.
 */
static bool get(const struct userspace *us, const struct timespec *deadline, uapi_line *line,
		void *context)
{
	static const char get_it[] = "get=1\n\n";
	cleanup_close int fd = connect_daemon(us, deadline);
	struct err err;

	return fd >= 0 && send_all(&fd, get_it, strlen(get_it), &err) == 0 &&
	       read_answer(fd, line, context) == 0;
}

static int say_ended(const struct userspace *us, int status, struct err *err)
{
	const char *hint = access("/dev/net/tun", F_OK) < 0 ? " (there is no /dev/net/tun)" : "";

	if (WIFSIGNALED(status))
		return fail(err, "%.200s: ended by signal %d%s", us->program, WTERMSIG(status),
			    hint);
	return fail(err, "%.200s: ended with status %d%s", us->program, WEXITSTATUS(status), hint);
}

static int wait_until_ready(const struct userspace *us, struct err *err)
{
	struct timespec deadline = deadline_from_now();
	struct pollfd keeper = { .fd = us->line, .events = POLLIN };
	int status;

	while (!get(us, &deadline, NULL, NULL)) {
		if (poll(&keeper, 1, 1) == 1)
			return read(us->line, &status, sizeof(status)) == sizeof(status)
				       ? say_ended(us, status, err)
				       : fail(err, "%.200s: its keeper is gone", us->program);
		if (is_over(&deadline))
			return fail(err, "%.200s: no answer on its socket within %d s", us->program,
				    USERSPACE_SECONDS);
	}
	return 0;
}

/* Sockets of ours that daemons which were killed left behind, and nobody listens on. */
static void remove_stale_socket(const char *directory, const char *name)
{
	struct timespec deadline = deadline_from_now();
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	cleanup_close int fd = -1;
	struct stat status;

	if (strncmp(name, LINK_PREFIX, strlen(LINK_PREFIX)) != 0 ||
	    strlen(name) != IFNAMSIZ - 1 + strlen(SOCKET_SUFFIX))
		return;
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	/* A new one is not listened on yet for a moment. */
	if (lstat(path, &status) < 0 || !S_ISSOCK(status.st_mode) ||
	    time(NULL) - status.st_mtime < STALE_SECONDS)
		return;
	fd = connect_to(path, &deadline);
	if (fd < 0 && errno == ECONNREFUSED)
		unlink(path);
}

static void remove_stale_sockets(void)
{
	for (size_t i = 0; i < DIRECTORIES; i++) {
		DIR *directory = opendir(socket_directories[i]);
		struct dirent *entry;

		while (directory && (entry = readdir(directory)))
			remove_stale_socket(socket_directories[i], entry->d_name);
		if (directory)
			closedir(directory);
	}
}

/* Random, for a container that is started again may meet its old daemon, which is about to end. */
static int choose_name(char name[static IFNAMSIZ], struct err *err)
{
	unsigned char bytes[LINK_RANDOM];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return fail_errno(err, errno, "getrandom");
	strcpy(name, LINK_PREFIX);
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(name + strlen(name), 3, "%02x", bytes[i]);
	return 0;
}

int userspace_start(struct userspace *us, struct err *err)
{
	int line[2];

	remove_stale_sockets();
	if (choose_name(us->link, err) < 0)
		return -1;
	/* What its keeper leaves behind is waited for. */
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, line) < 0)
		return fail_errno(err, errno, "a pair of sockets");
	us->keeper = fork();
	if (us->keeper == 0)
		run_keeper(us, line[1]);
	close(line[1]);
	us->line = line[0];
	if (us->keeper < 0) {
		us->keeper = 0;
		close(us->line);
		return fail_errno(err, errno, "a new process");
	}
	if (wait_until_ready(us, err) == 0)
		return 0;
	userspace_stop(us);
	return -1;
}

/* Reads the answer to what was sent on FD, SENT being how that went. */
static int finish_set(const struct userspace *us, int fd, int sent, struct err *err)
{
	int number;

	/* A refusal may come while there is still something to send. */
	if (sent < 0 && err->number != EPIPE && err->number != ECONNRESET)
		return fail_in(err, "%.200s", us->program);
	number = read_answer(fd, NULL, NULL);
	if (number < 0)
		return fail(err, "%.200s: no answer on its socket", us->program);
	if (number)
		return fail(err, "%.200s: refuses the configuration: %s", us->program,
			    strerror(number));
	/* Success, said before all was there: of what, nobody knows. */
	return sent < 0 ? fail_in(err, "%.200s", us->program) : 0;
}

static int connect_for_set(const struct userspace *us, struct err *err)
{
	struct timespec deadline = deadline_from_now();
	int fd = connect_daemon(us, &deadline);

	return fd < 0 ? fail_errno(err, errno, "%.200s: its socket", us->program) : fd;
}

int userspace_configure(const struct userspace *us, const struct tunnel *tunnel, uint16_t port,
			bool call, struct err *err)
{
	cleanup_close int fd = connect_for_set(us, err);

	if (fd < 0)
		return -1;
	return finish_set(us, fd, uapi_set(tunnel, port, call, send_all, &fd, err), err);
}

int userspace_calm(const struct userspace *us, const struct tunnel *tunnel, struct err *err)
{
	cleanup_close int fd = connect_for_set(us, err);

	if (fd < 0)
		return -1;
	return finish_set(us, fd, uapi_calm(tunnel, send_all, &fd, err), err);
}

int userspace_handshakes(const struct userspace *us, const struct tunnel *tunnel, bool *answered,
			 struct err *err)
{
	struct timespec deadline = deadline_from_now();
	struct uapi_handshakes handshakes = { .tunnel = tunnel, .answered = answered };

	if (!get(us, &deadline, uapi_take_handshake, &handshakes))
		return fail(err, "%.200s: no answer on its socket", us->program);
	return 0;
}
