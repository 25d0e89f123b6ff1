/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alone NAME PIDFILE PROGRAM: starts "PROGRAM --foreground NAME", a userspace WireGuard, and ends
 * as soon as its socket answers: the least that one who wants it must wait for. Its pid goes to
 * PIDFILE.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int answers(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char answer[4096];
	ssize_t got = 0;

	snprintf(address.sun_path, sizeof(address.sun_path), "/var/run/wireguard/%s.sock", name);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	    write(fd, "get=1\n\n", 7) == 7)
		got = read(fd, answer, sizeof(answer));
	close(fd);
	return got > 0;
}

int main(int argc, char **argv)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	pid_t pid;
	FILE *file;

	if (argc != 4)
		errx(2, "usage: alone NAME PIDFILE PROGRAM");
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		for (int fd = 0; fd <= 2; fd++)
			dup2(null, fd);
		execlp(argv[3], argv[3], "--foreground", argv[1], (char *)NULL);
		_exit(127);
	}
	for (int tries = 0; !answers(argv[1]); tries++) {
		if (tries == 5000)
			errx(1, "%s: no answer", argv[3]);
		nanosleep(&pause, NULL);
	}
	file = fopen(argv[2], "w");
	if (!file || fprintf(file, "%d\n", (int)pid) < 0 || fclose(file))
		err(1, "%s", argv[2]);
	return 0;
}
