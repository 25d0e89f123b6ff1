/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture NAMESPACE LINK: counts what arrives on LINK, the host's end of a container's eth0, and
 * answers ARP and neighbour solicitations for every address there is, as pasta and Calico do. Says
 * "listening" when it does. SIGUSR1: sends a router advertisement. SIGTERM: prints what it counted,
 *
 *   cell NUMBER COUNT       packets of probes
 *   error NUMBER COUNT      ICMP's about them, to an address of the internet
 *   stray ADDRESS COUNT     to an address of the internet, and nobody's cell
 *   asked ADDRESS COUNT     who has that address, one of the internet
 *   kind NAME COUNT         what links need: igmp, icmpv6-TYPE; and WireGuard's own, to its peer
 *   lost COUNT              if the kernel had to leave out any
 *
 * and ends.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "leak.h"

#define NOTES 256
#define ROOM (256 << 20)

struct note {
	char text[64];
	unsigned long count;
};

struct capture {
	int fd;
	uint8_t mac[ETH_ALEN];
	unsigned long cells[LEAK_CELLS], errors[LEAK_CELLS], lost;
	struct note notes[NOTES];
};

struct arp {
	struct ethhdr ether;
	struct arphdr head;
	uint8_t sender_mac[ETH_ALEN], sender[4], target_mac[ETH_ALEN], target[4];
} __attribute__((packed));

/* A source or target link-layer address. */
struct link_option {
	struct nd_opt_hdr head;
	uint8_t mac[ETH_ALEN];
} __attribute__((packed));

struct advert {
	struct nd_neighbor_advert head;
	struct link_option link;
} __attribute__((packed));

/* RFC 4191: glibc has no struct for it. */
struct route_option {
	uint8_t type, length, prefix_length, preference;
	uint32_t lifetime;
	struct in6_addr prefix;
};

struct router_advert {
	struct nd_router_advert head;
	struct link_option link;
	struct nd_opt_prefix_info prefix;
	struct route_option route;
} __attribute__((packed));

static void note(struct capture *capture, const char *text)
{
	for (size_t i = 0; i < NOTES; i++) {
		struct note *one = &capture->notes[i];

		if (!*one->text)
			snprintf(one->text, sizeof(one->text), "%s", text);
		if (strcmp(one->text, text) == 0) {
			one->count++;
			return;
		}
	}
	capture->lost++;
}

static void note_address(struct capture *capture, const char *what, int family, const void *address)
{
	char text[INET6_ADDRSTRLEN], line[64];

	inet_ntop(family, address, text, sizeof(text));
	snprintf(line, sizeof(line), "%s %s", what, text);
	note(capture, line);
}

/* Not a network of the container's own, not the link's. Of multicast, what may leave a site. */
static bool is_internet4(const uint8_t *a)
{
	if (a[0] >= 224)
		return a[0] < 239 && (a[0] > 224 || a[1] || a[2]);
	return a[0] != 10 && a[0] != 127 && (a[0] != 172 || (a[1] & 0xf0) != 16) &&
	       (a[0] != 192 || a[1] != 168) && (a[0] != 169 || a[1] != 254) &&
	       (a[0] != 100 || (a[1] & 0xc0) != 64);
}

static bool is_internet6(const struct in6_addr *address)
{
	const uint8_t *a = address->s6_addr;

	if (a[0] == 0xff)
		return (a[1] & 0xf) > 5;
	return (a[0] & 0xfe) != 0xfc && (a[0] != 0xfe || (a[1] & 0xc0) != 0x80);
}

/* In the network of eth0's public address: a neighbour. */
static bool is_own6(const struct in6_addr *address)
{
	struct in6_addr own;

	inet_pton(AF_INET6, OWN6, &own);
	return memcmp(address, &own, 8) == 0;
}

/* The number after the first MARK in the frame, -1 without one. */
static long number_of(const uint8_t *frame, size_t length, const char *mark)
{
	const uint8_t *found = memmem(frame, length, mark, 4);
	uint32_t number;

	if (!found || found + 8 > frame + length)
		return -1;
	memcpy(&number, found + 4, 4);
	return ntohl(number) < LEAK_CELLS ? (long)ntohl(number) : -1;
}

/* The mark's, or the TCP port, or nobody's. */
static long cell_of(const uint8_t *frame, size_t length, uint8_t protocol, const uint8_t *above)
{
	long cell = number_of(frame, length, LEAK_MARK);
	uint16_t port;

	if (cell >= 0 || protocol != IPPROTO_TCP || above + 2 > frame + length)
		return cell;
	memcpy(&port, above, 2);
	cell = ntohs(port) - LEAK_PORT;
	return cell < LEAK_CELLS ? cell : -1;
}

/* What an error of ICMP's quotes did not leave; the error did. */
static void count_error(struct capture *capture, const uint8_t *frame, size_t length, int family,
			const void *to)
{
	long cell = number_of(frame, length, LEAK_MARK);

	if (cell < 0)
		cell = number_of(frame, length, LEAK_FORGED);
	if (cell < 0)
		note_address(capture, "stray", family, to);
	else
		capture->errors[cell]++;
}

static bool is_error4(uint8_t type)
{
	return type == ICMP_DEST_UNREACH || type == ICMP_TIME_EXCEEDED ||
	       type == ICMP_PARAMETERPROB;
}

/* From its own port and to a peer's: what else goes there has a cell. */
static bool is_wireguard(const struct iphdr *ip, const uint8_t *above, const uint8_t *end)
{
	const struct udphdr *udp = (const void *)above;

	return ip->protocol == IPPROTO_UDP && above + sizeof(*udp) <= end &&
	       ip->daddr == inet_addr(ENDPOINT4) && udp->source == htons(LISTEN_PORT) &&
	       udp->dest == htons(ENDPOINT_PORT);
}

static void count4(struct capture *capture, const uint8_t *frame, size_t length)
{
	const struct iphdr *ip = (const void *)(frame + ETH_HLEN);
	const uint8_t *above;
	bool internet, error;
	long cell;

	if (length < ETH_HLEN + sizeof(*ip))
		return;
	above = frame + ETH_HLEN + ip->ihl * 4;
	internet = is_internet4((const uint8_t *)&ip->daddr);
	error = ip->protocol == IPPROTO_ICMP && above < frame + length && is_error4(*above);
	cell = error ? -1 : cell_of(frame, length, ip->protocol, above);
	if (cell >= 0)
		capture->cells[cell]++;
	else if (internet && error)
		count_error(capture, frame, length, AF_INET, &ip->daddr);
	else if (is_wireguard(ip, above, frame + length))
		note(capture, "kind wireguard");
	else if (internet)
		note_address(capture, "stray", AF_INET, &ip->daddr);
	else if (ip->protocol == IPPROTO_IGMP)
		note(capture, "kind igmp");
}

/* Behind a hop-by-hop header too: MLD's. */
static const struct icmp6_hdr *icmpv6_of(const uint8_t *frame, size_t length)
{
	const struct ip6_hdr *ip = (const void *)(frame + ETH_HLEN);
	const uint8_t *above = (const uint8_t *)(ip + 1);
	uint8_t next = ip->ip6_nxt;

	if (next == IPPROTO_HOPOPTS && above + 8 <= frame + length) {
		next = above[0];
		above += 8 + above[1] * 8;
	}
	if (next != IPPROTO_ICMPV6 || above + sizeof(struct icmp6_hdr) > frame + length)
		return NULL;
	return (const void *)above;
}

static uint16_t checksum6(const struct ip6_hdr *ip, const void *data, size_t size)
{
	const uint8_t *bytes = data;
	uint32_t sum = (uint32_t)size + IPPROTO_ICMPV6;

	for (size_t i = 0; i < size; i++)
		sum += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
	bytes = (const uint8_t *)&ip->ip6_src; /* and the destination after it */
	for (size_t i = 0; i < 32; i++)
		sum += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
	while (sum >> 16)
		sum = (sum >> 16) + (sum & 0xffff);
	return htons((uint16_t)~sum);
}

/* DATA is a message of ICMPv6's, without its checksum. */
static void send_icmpv6(struct capture *capture, const uint8_t *mac, const struct in6_addr *from,
			const struct in6_addr *to, void *data, size_t size)
{
	struct {
		struct ethhdr ether;
		struct ip6_hdr ip;
		uint8_t data[128];
	} __attribute__((packed)) frame = {
		.ether = { .h_proto = htons(ETH_P_IPV6) },
		.ip = { .ip6_plen = htons((uint16_t)size),
			.ip6_nxt = IPPROTO_ICMPV6,
			.ip6_hlim = 255,
			.ip6_src = *from,
			.ip6_dst = *to },
	};
	struct ip6_hdr ip = frame.ip;

	ip.ip6_vfc = 6 << 4;
	frame.ip = ip;
	memcpy(frame.ether.h_dest, mac, ETH_ALEN);
	memcpy(frame.ether.h_source, capture->mac, ETH_ALEN);
	((struct icmp6_hdr *)data)->icmp6_cksum = checksum6(&ip, data, size);
	memcpy(frame.data, data, size);
	(void)!send(capture->fd, &frame, offsetof(typeof(frame), data) + size, 0);
}

static struct link_option own_link(const struct capture *capture, uint8_t type)
{
	struct link_option link = { .head = { type, 1 } };

	memcpy(link.mac, capture->mac, ETH_ALEN);
	return link;
}

/* Who asks whether an address of his own is taken (from ::) hears nothing: it is not. */
static void answer_neighbour(struct capture *capture, const uint8_t *frame,
			     const struct icmp6_hdr *icmp)
{
	struct nd_neighbor_solicit question;
	struct ip6_hdr ip;
	struct advert answer = {
		.head = { .nd_na_type = ND_NEIGHBOR_ADVERT,
			  .nd_na_flags_reserved = ND_NA_FLAG_SOLICITED | ND_NA_FLAG_OVERRIDE },
		.link = own_link(capture, ND_OPT_TARGET_LINKADDR),
	};

	memcpy(&question, icmp, sizeof(question));
	memcpy(&ip, frame + ETH_HLEN, sizeof(ip));
	if (IN6_IS_ADDR_UNSPECIFIED(&ip.ip6_src))
		return;
	if (is_internet6(&question.nd_ns_target) && !is_own6(&question.nd_ns_target))
		note_address(capture, "asked", AF_INET6, &question.nd_ns_target);
	answer.head.nd_na_target = question.nd_ns_target;
	send_icmpv6(capture, frame + ETH_ALEN, &question.nd_ns_target, &ip.ip6_src, &answer,
		    sizeof(answer));
}

/* A router for everything, and the probes' target on the very link: what an attacker would say. */
static void send_router_advert(struct capture *capture)
{
	static const uint8_t all[ETH_ALEN] = { 0x33, 0x33, 0, 0, 0, 1 };
	struct router_advert advert = {
		.head = { .nd_ra_type = ND_ROUTER_ADVERT, .nd_ra_router_lifetime = htons(1800) },
		.link = own_link(capture, ND_OPT_SOURCE_LINKADDR),
		.prefix = { .nd_opt_pi_type = ND_OPT_PREFIX_INFORMATION,
			    .nd_opt_pi_len = 4,
			    .nd_opt_pi_prefix_len = 64,
			    .nd_opt_pi_flags_reserved = ND_OPT_PI_FLAG_ONLINK | ND_OPT_PI_FLAG_AUTO,
			    .nd_opt_pi_valid_time = htonl(1800),
			    .nd_opt_pi_preferred_time = htonl(1800) },
		.route = { .type = 24,
			   .length = 3,
			   .prefix_length = 3,
			   .preference = 8,
			   .lifetime = htonl(1800) },
	};
	struct in6_addr from, to;

	inet_pton(AF_INET6, TARGET6, &advert.prefix.nd_opt_pi_prefix);
	memset(advert.prefix.nd_opt_pi_prefix.s6_addr + 8, 0, 8);
	inet_pton(AF_INET6, "2000::", &advert.route.prefix);
	inet_pton(AF_INET6, GATEWAY_LOCAL6, &from);
	inet_pton(AF_INET6, "ff02::1", &to);
	send_icmpv6(capture, all, &from, &to, &advert, sizeof(advert));
}

static bool is_about_neighbours(const struct icmp6_hdr *icmp)
{
	return icmp->icmp6_type == ND_NEIGHBOR_SOLICIT || icmp->icmp6_type == ND_NEIGHBOR_ADVERT;
}

static void count_icmpv6(struct capture *capture, const uint8_t *frame, size_t length,
			 const struct icmp6_hdr *icmp)
{
	char kind[32];

	snprintf(kind, sizeof(kind), "kind icmpv6-%u", icmp->icmp6_type);
	note(capture, kind);
	if (icmp->icmp6_type == ND_NEIGHBOR_SOLICIT &&
	    (const uint8_t *)icmp + sizeof(struct nd_neighbor_solicit) <= frame + length)
		answer_neighbour(capture, frame, icmp);
}

static void count6(struct capture *capture, const uint8_t *frame, size_t length)
{
	const struct icmp6_hdr *icmp;
	struct ip6_hdr ip;
	bool internet, error;
	long cell;

	if (length < ETH_HLEN + sizeof(ip))
		return;
	memcpy(&ip, frame + ETH_HLEN, sizeof(ip));
	icmp = icmpv6_of(frame, length);
	internet = is_internet6(&ip.ip6_dst);
	error = icmp && !(icmp->icmp6_type & ICMP6_INFOMSG_MASK);
	cell = error ? -1 : cell_of(frame, length, ip.ip6_nxt, frame + ETH_HLEN + sizeof(ip));
	if (cell >= 0) {
		capture->cells[cell]++;
		return;
	}
	if (icmp)
		count_icmpv6(capture, frame, length, icmp);
	if (internet && error)
		count_error(capture, frame, length, AF_INET6, &ip.ip6_dst);
	else if (internet && !(icmp && is_about_neighbours(icmp))) /* which goes to neighbours */
		note_address(capture, "stray", AF_INET6, &ip.ip6_dst);
}

static void answer_arp(struct capture *capture, const uint8_t *frame, size_t length)
{
	static const uint8_t nobody[4];
	struct arp question, answer;

	if (length < sizeof(question))
		return;
	memcpy(&question, frame, sizeof(question));
	if (ntohs(question.head.ar_op) != ARPOP_REQUEST ||
	    memcmp(question.sender, nobody, 4) == 0 ||
	    memcmp(question.sender, question.target, 4) == 0)
		return;
	if (is_internet4(question.target))
		note_address(capture, "asked", AF_INET, question.target);
	answer = question;
	memcpy(answer.ether.h_dest, question.ether.h_source, ETH_ALEN);
	memcpy(answer.ether.h_source, capture->mac, ETH_ALEN);
	answer.head.ar_op = htons(ARPOP_REPLY);
	memcpy(answer.sender_mac, capture->mac, ETH_ALEN);
	memcpy(answer.sender, question.target, 4);
	memcpy(answer.target_mac, question.sender_mac, ETH_ALEN);
	memcpy(answer.target, question.sender, 4);
	(void)!send(capture->fd, &answer, sizeof(answer), 0);
}

/* Whether it was one. */
static bool answer_barrier(struct capture *capture, const uint8_t *frame, size_t length)
{
	uint8_t answer[64] = { 0 };

	if (length < ETH_HLEN + 8 || memcmp(frame + ETH_HLEN, LEAK_QUESTION, 4) != 0)
		return false;
	memcpy(answer, frame + ETH_ALEN, ETH_ALEN);
	memcpy(answer + ETH_ALEN, capture->mac, ETH_ALEN);
	memcpy(answer + 2 * ETH_ALEN, frame + 2 * ETH_ALEN, 2);
	memcpy(answer + ETH_HLEN, LEAK_ANSWER, 4);
	memcpy(answer + ETH_HLEN + 4, frame + ETH_HLEN + 4, 4);
	(void)!send(capture->fd, answer, sizeof(answer), 0);
	return true;
}

static void count(struct capture *capture, const uint8_t *frame, size_t length)
{
	uint16_t type;

	if (length < ETH_HLEN)
		return;
	memcpy(&type, frame + 2 * ETH_ALEN, 2);
	switch (ntohs(type)) {
	case ETH_P_IP: count4(capture, frame, length); break;
	case ETH_P_IPV6: count6(capture, frame, length); break;
	case ETH_P_ARP:
		if (!answer_barrier(capture, frame, length))
			answer_arp(capture, frame, length);
		break;
	}
}

/* All that is there; headers of IP where they may be looked at as such. */
static void drain(struct capture *capture)
{
	union {
		uint8_t bytes[65536];
		uint32_t aligned;
	} room;
	uint8_t *frame = room.bytes + 2;

	for (;;) {
		struct sockaddr_ll from;
		socklen_t from_length = sizeof(from);
		ssize_t length = recvfrom(capture->fd, frame, sizeof(room) - 2, MSG_DONTWAIT,
					  (struct sockaddr *)&from, &from_length);

		if (length < 0) /* the link may be gone: what came before it went is counted */
			return;
		if (from.sll_pkttype != PACKET_OUTGOING)
			count(capture, frame, (size_t)length);
	}
}

static void report(struct capture *capture)
{
	struct tpacket_stats lost = { 0 };
	socklen_t length = sizeof(lost);

	getsockopt(capture->fd, SOL_PACKET, PACKET_STATISTICS, &lost, &length);
	capture->lost += lost.tp_drops;
	for (size_t i = 0; i < LEAK_CELLS; i++)
		if (capture->cells[i])
			printf("cell %zu %lu\n", i, capture->cells[i]);
	for (size_t i = 0; i < LEAK_CELLS; i++)
		if (capture->errors[i])
			printf("error %zu %lu\n", i, capture->errors[i]);
	for (size_t i = 0; i < NOTES && *capture->notes[i].text; i++)
		printf("%s %lu\n", capture->notes[i].text, capture->notes[i].count);
	if (capture->lost)
		printf("lost %lu\n", capture->lost);
}

static void enter(const char *namespace)
{
	int fd = open(namespace, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		die(namespace);
	close(fd);
}

static void listen_on(struct capture *capture, const char *link)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	struct ifreq request = { 0 };
	int room = ROOM;

	capture->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (capture->fd < 0)
		die("capture: socket");
	setsockopt(capture->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	address.sll_ifindex = (int)if_nametoindex(link);
	strncpy(request.ifr_name, link, IFNAMSIZ - 1);
	if (!address.sll_ifindex || ioctl(capture->fd, SIOCGIFHWADDR, &request) < 0 ||
	    bind(capture->fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		die(link);
	memcpy(capture->mac, request.ifr_hwaddr.sa_data, ETH_ALEN);
}

static void stay_on_one_cpu(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

int main(int argc, char **argv)
{
	static struct capture capture;
	struct pollfd all[2] = { { .events = POLLIN }, { .events = POLLIN } };
	struct signalfd_siginfo signal;
	sigset_t signals;

	if (argc != 3)
		return 2;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGUSR1);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	stay_on_one_cpu(); /* with the prober: a link's frames keep their order */
	enter(argv[1]);
	listen_on(&capture, argv[2]);
	all[0].fd = capture.fd;
	all[1].fd = signalfd(-1, &signals, SFD_CLOEXEC);
	puts("listening");
	fflush(stdout);
	for (;;) {
		if (poll(all, 2, -1) < 0)
			die("capture: poll");
		drain(&capture);
		if (!all[1].revents)
			continue;
		if (read(all[1].fd, &signal, sizeof(signal)) != sizeof(signal))
			die("capture: signal");
		if (signal.ssi_signo == SIGTERM)
			break;
		send_router_advert(&capture);
	}
	drain(&capture);
	report(&capture);
	return 0;
}
