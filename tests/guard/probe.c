/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a process in a container may try, and the servers that it may be:
 *
 *   probe [-d DEVICE] [-m MARK] [-s SOURCE] [-p PORT] [-w MS] udp|tcp ADDRESS PORT
 *   probe [...] echo|solicit ADDRESS    an ICMP echo request (IPv4), a neighbour solicitation
 * (IPv6), raw probe serve PORT                    TCP and UDP, IPv4 and IPv6, bound to no address:
 * says back
 *
 * Of a client the last line is "answered", "silent" (after MS, 300 unless told), or the error's
 * words.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union address {
	struct sockaddr any;
	struct sockaddr_in four;
	struct sockaddr_in6 six;
};

struct trial {
	const char *device, *source, *how;
	union address to;
	unsigned int mark;
	int port, wait;
};

static socklen_t length_of(const union address *address)
{
	return address->any.sa_family == AF_INET ? sizeof(address->four) : sizeof(address->six);
}

static union address parse(const char *text, int port)
{
	union address address = { .any.sa_family = strchr(text, ':') ? AF_INET6 : AF_INET };
	void *into = address.any.sa_family == AF_INET ? (void *)&address.four.sin_addr
						      : (void *)&address.six.sin6_addr;

	if (inet_pton(address.any.sa_family, text, into) != 1) {
		fprintf(stderr, "probe: not an address '%s'\n", text);
		exit(2);
	}
	address.four.sin_port = htons((uint16_t)port); /* in the same place in both */
	return address;
}

static int said(const char *word)
{
	puts(word);
	return strcmp(word, "answered") != 0;
}

static int failed(void)
{
	return said(strerror(errno));
}

static bool prepare(int fd, const struct trial *trial)
{
	int on = 1;

	if (trial->mark &&
	    setsockopt(fd, SOL_SOCKET, SO_MARK, &trial->mark, sizeof(trial->mark)) < 0)
		return false;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	(void)setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
	if (trial->source || trial->port) {
		const char *any = trial->to.any.sa_family == AF_INET ? "0.0.0.0" : "::";
		union address from = parse(trial->source ? trial->source : any, trial->port);

		if (bind(fd, &from.any, length_of(&from)) < 0)
			return false;
	}
	return !trial->device || setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, trial->device,
					    (socklen_t)strlen(trial->device)) == 0;
}

/* Connected, an error that ICMP brings is heard of, and nobody else's answer. */
static int converse(const struct trial *trial)
{
	bool tcp = strcmp(trial->how, "tcp") == 0;
	int fd = socket(trial->to.any.sa_family, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK,
			0);
	struct pollfd one = { .fd = fd, .events = tcp ? POLLOUT : POLLIN };
	char byte = '?';

	if (!prepare(fd, trial))
		return failed();
	if (connect(fd, &trial->to.any, length_of(&trial->to)) < 0 && errno != EINPROGRESS)
		return failed();
	if (tcp && poll(&one, 1, trial->wait) == 0)
		return said("silent");
	if (send(fd, &byte, 1, MSG_NOSIGNAL) != 1)
		return failed();
	one.events = POLLIN;
	if (poll(&one, 1, trial->wait) == 0)
		return said("silent");
	switch (recv(fd, &byte, 1, 0)) {
	case 1: return said("answered");
	case 0: return said("closed");
	}
	return failed();
}

static uint16_t checksum(const void *data, size_t size)
{
	const uint16_t *words = data;
	uint32_t sum = 0;

	for (size_t i = 0; i < size / 2; i++)
		sum += words[i];
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t) ~(sum + (sum >> 16));
}

/* From any source: what a process with CAP_NET_RAW may make up. */
static int echo(const struct trial *trial)
{
	struct {
		struct iphdr ip;
		struct icmphdr icmp;
	} packet = { .ip = { .ihl = 5, .version = 4, .ttl = 9, .protocol = IPPROTO_ICMP },
		     .icmp = { .type = ICMP_ECHO } };
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	struct trial raw = *trial;

	packet.icmp.un.echo.id = (uint16_t)getpid(); /* a connection of its own for conntrack */
	packet.ip.daddr = trial->to.four.sin_addr.s_addr;
	if (trial->source)
		packet.ip.saddr = inet_addr(trial->source);
	packet.icmp.checksum = checksum(&packet.icmp, sizeof(packet.icmp));
	raw.source = NULL;
	if (!prepare(fd, &raw) ||
	    sendto(fd, &packet, sizeof(packet), 0, &trial->to.any, length_of(&trial->to)) < 0)
		return failed();
	return said("silent");
}

static int solicit(const struct trial *trial)
{
	struct nd_neighbor_solicit packet = { .nd_ns_type = ND_NEIGHBOR_SOLICIT };
	int fd = socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);

	packet.nd_ns_target = trial->to.six.sin6_addr;
	if (!prepare(fd, trial) ||
	    sendto(fd, &packet, sizeof(packet), 0, &trial->to.any, length_of(&trial->to)) < 0)
		return failed();
	return said("silent");
}

static int listen_at(int family, int type, int port)
{
	union address at = parse(family == AF_INET ? "0.0.0.0" : "::", port);
	int fd = socket(family, type, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, &at.any, length_of(&at)) < 0 || (type == SOCK_STREAM && listen(fd, 9) < 0)) {
		perror("probe: serve");
		exit(1);
	}
	return fd;
}

static void say_back(int fd, bool datagram)
{
	union address from;
	socklen_t length = sizeof(from);
	char byte;
	int one = fd;

	if (!datagram)
		one = accept(fd, NULL, NULL);
	if (recvfrom(one, &byte, 1, 0, datagram ? &from.any : NULL, datagram ? &length : NULL) == 1)
		(void)!sendto(one, &byte, 1, MSG_NOSIGNAL, datagram ? &from.any : NULL,
			      datagram ? length : 0);
	if (!datagram)
		close(one);
}

static int serve(int port)
{
	struct pollfd all[] = {
		{ listen_at(AF_INET, SOCK_DGRAM, port), POLLIN, 0 },
		{ listen_at(AF_INET6, SOCK_DGRAM, port), POLLIN, 0 },
		{ listen_at(AF_INET, SOCK_STREAM, port), POLLIN, 0 },
		{ listen_at(AF_INET6, SOCK_STREAM, port), POLLIN, 0 },
	};

	while (poll(all, 4, -1) > 0)
		for (int i = 0; i < 4; i++)
			if (all[i].revents)
				say_back(all[i].fd, i < 2);
	return 1;
}

int main(int argc, char **argv)
{
	struct trial trial = { .wait = 300 };
	int option;

	while ((option = getopt(argc, argv, "+d:m:s:p:w:")) != -1) {
		switch (option) {
		case 'd': trial.device = optarg; break;
		case 'm': trial.mark = (unsigned int)strtoul(optarg, NULL, 0); break;
		case 's': trial.source = optarg; break;
		case 'p': trial.port = atoi(optarg); break;
		case 'w': trial.wait = atoi(optarg); break;
		default: return 2;
		}
	}
	argv += optind;
	argc -= optind;
	if (argc == 2 && strcmp(argv[0], "serve") == 0)
		return serve(atoi(argv[1]));
	if (argc < 2)
		return 2;
	trial.how = argv[0];
	trial.to = parse(argv[1], argc > 2 ? atoi(argv[2]) : 0);
	if (strcmp(trial.how, "echo") == 0)
		return echo(&trial);
	if (strcmp(trial.how, "solicit") == 0)
		return solicit(&trial);
	return converse(&trial);
}
