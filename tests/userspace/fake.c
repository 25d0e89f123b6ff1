/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A userspace WireGuard that carries nothing, for what a real one does not do when it is asked to:
 * "fake --foreground NAME". What is wrong with it is the name it is called by:
 *
 *   amneziawg-go, good   nothing: a TUN link, a socket, answers
 *   ends                 ends at once, with status 3
 *   crashes              ends at once, by SIGSEGV
 *   silent               listens and never answers
 *   late                 makes its link and no socket
 *   garbage              answers what is no answer
 *   refuses              answers "set" with EINVAL, before it has read it whole
 *   dies                 ends in the middle of "set"
 *   linkless             has no link
 *   stubborn             ignores SIGTERM, and refuses
 *
 * What it is told with "set" goes into the file NAME.said beside the program. It ends after 60 s.
 */
#include <fcntl.h>
#include <libgen.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LIFE_SECONDS 60

struct fake {
	const char *how;
	const char *name;
	char said[4096];
	int tun;
};

static bool is(const struct fake *fake, const char *how)
{
	return strcmp(fake->how, how) == 0;
}

static int make_link(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0)
		exit(1);
	return fd;
}

static int make_socket(const struct fake *fake, struct sockaddr_un *address)
{
	const char *directory =
		is(fake, "amneziawg-go") ? "/var/run/amneziawg" : "/var/run/wireguard";
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	mkdir(directory, 0755);
	snprintf(address->sun_path, sizeof(address->sun_path), "%s/%s.sock", directory, fake->name);
	if (bind(fd, (struct sockaddr *)address, sizeof(*address)) < 0 || listen(fd, 8) < 0)
		exit(1);
	return fd;
}

static void answer(int fd, const char *text)
{
	(void)!write(fd, text, strlen(text));
}

static void take_set(const struct fake *fake, int fd, const char *text, size_t length)
{
	FILE *said = fopen(fake->said, "w");
	char last[2] = "";

	if (is(fake, "refuses") || is(fake, "stubborn")) {
		answer(fd, "errno=22\n\n");
		fclose(said);
		return;
	}
	if (is(fake, "dies"))
		_exit(4);
	do {
		char buffer[4096];
		ssize_t got;

		fwrite(text, 1, length, said);
		if (length >= 2)
			memcpy(last, text + length - 2, 2);
		if (memcmp(last, "\n\n", 2) == 0)
			break;
		got = read(fd, buffer, sizeof(buffer));
		length = got > 0 ? (size_t)got : 0;
		text = buffer;
	} while (length);
	fclose(said);
	answer(fd, "errno=0\n\n");
}

static void serve(const struct fake *fake, int fd)
{
	char text[4096];
	ssize_t got = read(fd, text, sizeof(text));

	if (got <= 0 || is(fake, "silent"))
		return;
	if (is(fake, "garbage"))
		answer(fd, "hello\n\n");
	else if (strncmp(text, "set=1\n", 6) == 0)
		take_set(fake, fd, text, (size_t)got);
	else
		answer(fd, "listen_port=0\nerrno=0\n\n");
}

/* Until its link is gone, as the real ones. */
static void run(const struct fake *fake, int listener)
{
	struct pollfd either[2] = { { .fd = listener, .events = POLLIN },
				    { .fd = fake->tun, .events = POLLIN } };
	char packet[2048];

	while (poll(either, 2, LIFE_SECONDS * 1000) > 0) {
		if (either[1].revents && read(fake->tun, packet, sizeof(packet)) < 0)
			return;
		if (either[0].revents) {
			int fd = accept(listener, NULL, NULL);

			serve(fake, fd);
			if (!is(fake, "silent"))
				close(fd);
		}
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct fake fake = { .how = basename(strdup(argv[0])), .tun = -1 };

	if (argc != 3 || strcmp(argv[1], "--foreground") != 0)
		return 2;
	fake.name = argv[2];
	snprintf(fake.said, sizeof(fake.said), "%s/%s.said", dirname(strdup(argv[0])), fake.name);
	alarm(LIFE_SECONDS);
	if (is(&fake, "ends"))
		return 3;
	if (is(&fake, "crashes"))
		raise(SIGSEGV);
	if (is(&fake, "stubborn"))
		signal(SIGTERM, SIG_IGN);
	if (!is(&fake, "linkless"))
		fake.tun = make_link(fake.name);
	if (is(&fake, "late"))
		pause();
	run(&fake, make_socket(&fake, &address));
	unlink(address.sun_path);
	return 0;
}
