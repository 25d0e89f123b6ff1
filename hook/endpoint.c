/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names to addresses, under a deadline; addresses to path MTUs. */
#include "endpoint.h"

#include <netdb.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "log.h"

#define PATH_MTU_DEFAULT 1500 /* Ethernet's, from which WireGuard takes its own 1420 */

/* A signal handler can be told nothing but through statics. */
static const struct log_entry *volatile late;
static int late_exit_code;

static void on_alarm(int signal_number)
{
	(void)signal_number;
	log_send(late); /* NOLINT(bugprone-signal-handler,cert-sig30-c): log.h says that it may */
	_exit(late_exit_code);
}

/* Two entries in turn, so that the handler never meets one half written. */
static void name_late(struct log_entry entries[static 2], const char *program, const char *file,
		      const struct peer *peer)
{
	struct log_entry *entry = late == &entries[0] ? &entries[1] : &entries[0];
	char line[512];

	snprintf(line, sizeof(line), "%s:%u: Endpoint: not resolved within %d s '%s'", file,
		 peer->endpoint_line, ENDPOINT_SECONDS, peer->host);
	log_release(entry);
	log_prepare(entry, program, LOG_ERR, line);
	late = entry;
}

static socklen_t address_size(const struct sockaddr *address)
{
	return address->sa_family == AF_INET ? sizeof(struct sockaddr_in)
					     : sizeof(struct sockaddr_in6);
}

/*
 * Connecting a UDP socket sends nothing; it looks up the route, and tells the path's MTU with its
 * exceptions and metrics (ip(7), IP_MTU; ipv6(7), IPV6_MTU). 0: the host has no route.
 *
 * The source address that the connection before chose would choose the next route: it is undone.
 */
static unsigned int path_mtu(int fd, const struct sockaddr *address)
{
	static const struct sockaddr none = { .sa_family = AF_UNSPEC };
	bool ipv4 = address->sa_family == AF_INET;
	socklen_t size = sizeof(int);
	unsigned int mtu;

	if (connect(fd, &none, sizeof(none)) < 0 ||
	    connect(fd, address, address_size(address)) < 0 ||
	    getsockopt(fd, ipv4 ? IPPROTO_IP : IPPROTO_IPV6, ipv4 ? IP_MTU : IPV6_MTU, &mtu,
		       &size) < 0)
		return 0;
	return mtu;
}

static int open_probe(int family, uint32_t mark)
{
	cleanup_close int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && mark && setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)) < 0)
		return -1;
	return cleanup_steal_fd(&fd);
}

/* "Try again" is what a resolver says that is not up yet: asked until the alarm goes. */
static int look_up(const char *host, const char *port, struct addrinfo **found)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM };
	const struct timespec pause = { .tv_nsec = 200000000 };
	int result;

	while ((result = getaddrinfo(host, port, &hints, found)) == EAI_AGAIN)
		nanosleep(&pause, NULL);
	return result;
}

static int resolve_peer(const char *file, struct peer *peer, struct err *err)
{
	struct addrinfo *found;
	char port[8];
	int result;

	snprintf(port, sizeof(port), "%u", peer->port);
	result = look_up(peer->host, port, &found);
	if (result != 0)
		return fail(err, "%s:%u: Endpoint: %s '%s'", file, peer->endpoint_line,
			    gai_strerror(result), peer->host);
	/* Sorted by RFC 6724 (getaddrinfo(3)), whose first rule puts last what the host cannot
	 * route. */
	memcpy(&peer->address, found->ai_addr, address_size(found->ai_addr));
	freeaddrinfo(found);
	return 0;
}

static bool is_name(const struct peer *peer)
{
	return peer->host && peer->address.sa.sa_family == AF_UNSPEC;
}

int endpoint_resolve(const char *program, const char *file, int exit_code, struct tunnel *tunnel,
		     struct err *err)
{
	struct log_entry entries[2] = { { .socket = -1 }, { .socket = -1 } };
	int result = 0;

	late = NULL;
	late_exit_code = exit_code;
	for (size_t i = 0; i < tunnel->peers_count && result == 0; i++) {
		bool first = !late;

		if (!is_name(&tunnel->peers[i]))
			continue;
		name_late(entries, program, file, &tunnel->peers[i]);
		if (first) {
			signal(SIGALRM, on_alarm);
			alarm(ENDPOINT_SECONDS);
		}
		result = resolve_peer(file, &tunnel->peers[i], err);
	}
	alarm(0);
	signal(SIGALRM, SIG_DFL);
	log_release(&entries[0]);
	log_release(&entries[1]);
	return result;
}

/* One socket for all of a family: to open and close it is most of what a peer would cost. */
unsigned int endpoint_path(const struct tunnel *tunnel, uint32_t mark, unsigned int least)
{
	cleanup_close int ipv4 = -1, ipv6 = -1;

	for (size_t i = 0; i < tunnel->peers_count; i++) {
		const struct sockaddr *address = &tunnel->peers[i].address.sa;
		int *probe = address->sa_family == AF_INET ? &ipv4 : &ipv6;
		unsigned int path;

		if (!tunnel->peers[i].host)
			continue;
		if (*probe < 0)
			*probe = open_probe(address->sa_family, mark);
		path = path_mtu(*probe, address);
		if (path && (!least || path < least))
			least = path;
	}
	return least;
}

unsigned int endpoint_mtu(const struct tunnel *tunnel, unsigned int path)
{
	unsigned int least = tunnel_has_ipv6(tunnel) ? 1280 : 576;
	unsigned int above =
		ENDPOINT_OVERHEAD + (unsigned int)amnezia_transport_padding(&tunnel->amnezia);

	path = path ? path : PATH_MTU_DEFAULT;
	return path < least + above ? least : path - above;
}
