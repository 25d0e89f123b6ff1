/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is made of a daemon's answer that comes too soon: found by tests/fuzz. */
#include "userspace.h"

#include <errno.h>
#include <sys/socket.h>

#include "unit.h"

static const char *answer; /* what is left of it */
static int patience; /* how many pieces of ours the daemon takes before it hangs up */

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size);
ssize_t __wrap_send(int fd, const void *data, size_t size, int flags);
ssize_t __wrap_recv(int fd, void *buffer, size_t room, int flags);

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size)
{
	(void)fd;
	(void)address;
	(void)size;
	return 0;
}

ssize_t __wrap_send(int fd, const void *data, size_t size, int flags)
{
	(void)fd;
	(void)data;
	(void)flags;
	errno = EPIPE;
	return patience-- > 0 ? (ssize_t)size : -1;
}

ssize_t __wrap_recv(int fd, void *buffer, size_t room, int flags)
{
	size_t size = strnlen(answer, room);

	(void)fd;
	(void)flags;
	memcpy(buffer, answer, size);
	answer += size;
	return (ssize_t)size;
}

static const char *configure(int takes, const char *says)
{
	static struct err err;
	const struct userspace us = { .program = "wireguard-go", .link = "owg0" };
	const struct tunnel tunnel = { .private_key.bytes = { 1 } };

	err = (struct err){ 0 };
	patience = takes;
	answer = says;
	(void)userspace_configure(&us, &tunnel, 0, false, &err);
	return err.line;
}

int main(void)
{
	check_text("all is taken", configure(9, "errno=0\n\n"), "");
	check_text("all is refused", configure(9, "errno=-22\n\n"),
		   "wireguard-go: refuses the configuration: Invalid argument");
	check_text("no answer", configure(9, "errno=0\n"), "wireguard-go: no answer on its socket");
	check_text("refused before all is sent", configure(0, "errno=-22\n\n"),
		   "wireguard-go: refuses the configuration: Invalid argument");
	check_text("taken before all is sent", configure(0, "errno=0\n\n"),
		   "wireguard-go: its socket: Broken pipe");
	return unit_done();
}
