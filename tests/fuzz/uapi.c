/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a userspace WireGuard answers, on its socket and byte by byte. An input is what it answers,
 * but its first two bytes: in which pieces that comes, and after how many of ours it hangs up.
 */
#include <errno.h>
#include <sys/socket.h>

#include "fuzz.h"
#include "uapi.h"
#include "userspace.h"

/* The seam: the socket of userspace.c. */

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size);
ssize_t __wrap_send(int fd, const void *data, size_t size, int flags);
ssize_t __wrap_recv(int fd, void *buffer, size_t room, int flags);

static struct bytes input;
static uint8_t piece, patience;

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
	must(size && flags & MSG_NOSIGNAL, "something is sent, without a signal");
	if (!patience) {
		errno = EPIPE;
		return -1;
	}
	patience--;
	return size > 1 && piece & 1 ? (ssize_t)(size / 2) : (ssize_t)size;
}

ssize_t __wrap_recv(int fd, void *buffer, size_t room, int flags)
{
	size_t size = piece ? piece : room;

	(void)fd;
	(void)flags;
	size = size < room ? size : room;
	size = size < input.left ? size : input.left;
	memcpy(buffer, input.next, size);
	input.next += size;
	input.left -= size;
	return (ssize_t)size;
}

static const char file[] =
	"[Interface]\nAddress = 10.0.0.2\nPrivateKey = \1\nJc = 3\n"
	"[Peer]\nPublicKey = \2\nPresharedKey = \3\nEndpoint = 192.0.2.1:1\n"
	"AllowedIPs = 0.0.0.0/0, ::/0\n[Peer]\nPublicKey = \4\nEndpoint = [::1]:2\n";

static const struct tunnel *tunnel(void)
{
	static struct tunnel parsed;
	struct warnings warnings = { 0 };
	struct err err;
	size_t length;
	char *text;

	if (parsed.peers_count)
		return &parsed;
	text = with_secrets((const uint8_t *)file, strlen(file), &length);
	must(tunnel_parse("tunnel", text, length, &parsed, &warnings, &err) == 0, "a tunnel");
	free(text);
	return &parsed;
}

/* Its lines, as text, to be compared. */
struct heard {
	char *text;
	size_t size;
	FILE *out;
	struct uapi_handshakes handshakes;
	bool answered[2];
};

static void hear(void *context, const char *name, const char *value)
{
	struct heard *heard = context;

	must(!strchr(name, '='), "a name");
	must(!strchr(value, '\n'), "a line");
	fprintf(heard->out, "%s=%s\n", name, value);
	uapi_take_handshake(&heard->handshakes, name, value);
}

static void read_in_pieces(const uint8_t *data, size_t size, size_t step, struct heard *heard,
			   struct uapi_answer *answer)
{
	*answer = (struct uapi_answer){ 0 };
	heard->out = open_memstream(&heard->text, &heard->size);
	must(heard->out, "memory");
	heard->handshakes.tunnel = tunnel();
	heard->handshakes.answered = heard->answered;
	for (size_t i = 0; i < size; i += step)
		uapi_read(answer, (const char *)data + i, size - i < step ? size - i : step, hear,
			  heard);
	must(fclose(heard->out) == 0, "memory");
	must(answer->number >= 0 && answer->number <= 4095, "an errno");
	must(!answer->ended || answer->said, "ended after it was said");
}

/* In whatever pieces it comes, it says the same. */
static void must_read_alike(const uint8_t *data, size_t size)
{
	struct heard whole = { 0 }, parts = { 0 };
	struct uapi_answer first, second;

	read_in_pieces(data, size, size ? size : 1, &whole, &first);
	read_in_pieces(data, size, piece % 16 + 1u, &parts, &second);
	must(strcmp(whole.text, parts.text) == 0, "the same lines");
	must(first.ended == second.ended && first.said == second.said &&
		     first.number == second.number && first.used == second.used,
	     "the same answer");
	must(is_same(whole.answered, parts.answered, sizeof(whole.answered)), "the same peers");
	free(whole.text);
	free(parts.text);
}

static void must_be_whole(int result, const struct err *err)
{
	must_be_told(err, result < 0);
	must_hold_no_secret(err->line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct userspace us = { .program = "/usr/bin/wireguard-go", .link = "owg0" };
	struct bytes bytes = { data, size };
	bool answered[2] = { false };
	struct err err = { 0 };

	piece = take_byte(&bytes);
	patience = take_byte(&bytes);
	must_read_alike(bytes.next, bytes.left);
	input = bytes;
	must_be_whole(userspace_configure(&us, tunnel(), 51820, true, &err), &err);
	err = (struct err){ 0 };
	must_be_whole(userspace_calm(&us, tunnel(), &err), &err);
	input = bytes;
	err = (struct err){ 0 };
	must_be_whole(userspace_handshakes(&us, tunnel(), answered, &err), &err);
	return 0;
}
