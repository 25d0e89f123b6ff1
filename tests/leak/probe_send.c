/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each way to send something. */
#include "probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MARK 0x6f7767 /* the one that the guard gives to replies */
#define ENCRYPTED_MARK 0x6f7765 /* the one that WireGuard gives, where its socket is in here */

union address {
	struct sockaddr any;
	struct sockaddr_in four;
	struct sockaddr_in6 six;
};

static int kept[PRIVILEGES * 128]; /* sockets that are, by cell less base; 0 none yet */

static socklen_t length_of(const union address *address)
{
	return address->any.sa_family == AF_INET ? sizeof(address->four) : sizeof(address->six);
}

static union address address_of(const char *text, uint16_t port)
{
	union address address = { 0 };
	bool six = strchr(text, ':');

	address.any.sa_family = six ? AF_INET6 : AF_INET;
	address.four.sin_port = htons(port); /* in the same place in both */
	if (inet_pton(address.any.sa_family, text,
		      six ? (void *)&address.six.sin6_addr : (void *)&address.four.sin_addr) != 1)
		die(text);
	if (six && IN6_IS_ADDR_LINKLOCAL(&address.six.sin6_addr))
		address.six.sin6_scope_id = link_index();
	return address;
}

/* The payload: the cell, all over it. */
static void fill_with(const char *mark, uint8_t *data, size_t size, uint32_t cell)
{
	cell = htonl(cell);
	for (size_t i = 0; i + 8 <= size; i += 8) {
		memcpy(data + i, mark, 4);
		memcpy(data + i + 4, &cell, 4);
	}
}

static void fill(uint8_t *data, size_t size, uint32_t cell)
{
	fill_with(LEAK_MARK, data, size, cell);
}

static bool set(int fd, int level, int name, const void *value, size_t length)
{
	return setsockopt(fd, level, name, value, (socklen_t)length) == 0;
}

static bool set_int(int fd, int level, int name, int value)
{
	return set(fd, level, name, &value, sizeof(value));
}

/* By the gateway first (RFC 791: loose or strict source and record route; RFC 8754). */
static bool set_source_route(int fd, bool six, bool strict)
{
	uint8_t option[] = { IPOPT_NOP, strict ? IPOPT_SSRR : IPOPT_LSRR, 7, 4, 0, 0, 0, 0 };
	struct {
		uint8_t next, length, type, left, last, flags;
		uint16_t tag;
		struct in6_addr segments[2];
	} segments = { .length = 4, .type = 4, .left = 1, .last = 1 };

	inet_pton(AF_INET, GATEWAY4, option + 4);
	inet_pton(AF_INET6, TARGET6, &segments.segments[0]);
	inet_pton(AF_INET6, GATEWAY6, &segments.segments[1]);
	return six ? set(fd, IPPROTO_IPV6, IPV6_RTHDR, &segments, sizeof(segments))
		   : set(fd, IPPROTO_IP, IP_OPTIONS, option, sizeof(option));
}

static bool prepare(int fd, const struct probe *probe, bool six, uint16_t port)
{
	int level = six ? IPPROTO_IPV6 : IPPROTO_IP;
	struct ip_mreqn link = { .imr_ifindex = (int)link_index() };
	union address from = address_of(six ? "::" : "0.0.0.0", port);

	set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	set_int(fd, SOL_SOCKET, SO_BROADCAST, 1);
	set_int(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
	if (probe->how & SOURCE)
		from = address_of(six ? OWN6 : OWN4, port);
	if (probe->how & DEVICE && !set(fd, SOL_SOCKET, SO_BINDTODEVICE, LEAK_LINK, 4))
		return false;
	if (probe->how & MARKED && !set_int(fd, SOL_SOCKET, SO_MARK, MARK))
		return false;
	if (probe->how & ENCRYPTED && !set_int(fd, SOL_SOCKET, SO_MARK, ENCRYPTED_MARK))
		return false;
	if (probe->how & UNICAST_IF &&
	    !set_int(fd, level, six ? IPV6_UNICAST_IF : IP_UNICAST_IF, (int)htonl(link_index())))
		return false;
	if (probe->how & MULTICAST_IF &&
	    !(six ? set_int(fd, level, IPV6_MULTICAST_IF, link.imr_ifindex)
		  : set(fd, level, IP_MULTICAST_IF, &link, sizeof(link))))
		return false;
	if (probe->how & SOURCE_ROUTE && !set_source_route(fd, six, probe->how & STRICT))
		return false;
	if (!port && !(probe->how & SOURCE))
		return true;
	return bind(fd, &from.any, length_of(&from)) == 0;
}

/* With the link named, if that is how. */
static bool send_message(int fd, const struct probe *probe, const union address *to,
			 const void *data, size_t size)
{
	struct iovec vector = { (void *)data, size };
	struct in_pktinfo four = { .ipi_ifindex = (int)link_index() };
	struct in6_pktinfo six = { .ipi6_ifindex = link_index() };
	bool is_six = to->any.sa_family == AF_INET6;
	union {
		char room[CMSG_SPACE(sizeof(six))];
		struct cmsghdr head;
	} control = { 0 };
	struct msghdr message = {
		.msg_name = (void *)to,
		.msg_namelen = length_of(to),
		.msg_iov = &vector,
		.msg_iovlen = 1,
	};

	if (probe->how & PKTINFO) {
		control.head.cmsg_level = is_six ? IPPROTO_IPV6 : IPPROTO_IP;
		control.head.cmsg_type = is_six ? IPV6_PKTINFO : IP_PKTINFO;
		control.head.cmsg_len = CMSG_LEN(is_six ? sizeof(six) : sizeof(four));
		memcpy(CMSG_DATA(&control.head), is_six ? (void *)&six : (void *)&four,
		       is_six ? sizeof(six) : sizeof(four));
		message.msg_control = &control;
		message.msg_controllen =
			is_six ? CMSG_SPACE(sizeof(six)) : CMSG_SPACE(sizeof(four));
	}
	return sendmsg(fd, &message, MSG_DONTWAIT | (probe->how & DONTROUTE ? MSG_DONTROUTE : 0)) >
	       0;
}

bool send_udp(const struct probe *probe, uint32_t cell)
{
	union address to = address_of(probe->to, probe->port);
	bool six = to.any.sa_family == AF_INET6;
	int *of = probe->how & KEPT ? &kept[cell - cell_base] : NULL;
	uint8_t data[3000];
	bool sent;
	int fd;

	fill(data, sizeof(data), cell);
	if (of && *of) {
		if (send(*of, data, 32, MSG_DONTWAIT) < 0) /* an error that came for the last one */
			(void)!send(*of, data, 32, MSG_DONTWAIT);
		return true;
	}
	fd = socket(to.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	sent = prepare(fd, probe, six, probe->how & LISTEN ? LISTEN_PORT : 0) &&
	       send_message(fd, probe, &to, data, probe->how & LARGE ? sizeof(data) : 32);
	if (of && connect(fd, &to.any, length_of(&to)) == 0)
		*of = fd;
	else
		close(fd);
	return sent;
}

/* The first segment is all there is to see. Reset, so that the port is free for the next. */
bool send_tcp(const struct probe *probe, uint32_t cell)
{
	union address to = address_of(probe->to, probe->port);
	bool six = to.any.sa_family == AF_INET6;
	struct linger linger = { .l_onoff = 1 };
	int fd = socket(to.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool sent;

	if (fd < 0)
		return false;
	set(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	sent = prepare(fd, probe, six, (uint16_t)(LEAK_PORT + cell)) &&
	       (connect(fd, &to.any, length_of(&to)) == 0 || errno == EINPROGRESS);
	close(fd);
	return sent;
}

/* Without a privilege: ping sockets, where the namespace's ping_group_range has the group. */
bool send_ping(const struct probe *probe, uint32_t cell)
{
	union address to = address_of(probe->to, 0);
	bool six = to.any.sa_family == AF_INET6, sent;
	int fd = socket(to.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC,
			six ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	uint8_t data[40] = { six ? ICMP6_ECHO_REQUEST : ICMP_ECHO };

	if (fd < 0)
		return false;
	fill(data + 8, sizeof(data) - 8, cell);
	sent = prepare(fd, probe, six, 0) && send_message(fd, probe, &to, data, sizeof(data));
	close(fd);
	return sent;
}

bool send_raw(const struct probe *probe, uint32_t cell)
{
	union address to = address_of(probe->to, 0);
	bool six = to.any.sa_family == AF_INET6, sent;
	int protocol = six                        ? IPPROTO_ICMPV6
		       : probe->port == ICMP_ECHO ? IPPROTO_ICMP
						  : IPPROTO_IGMP;
	int fd = socket(to.any.sa_family, SOCK_RAW | SOCK_CLOEXEC, protocol);
	uint8_t data[64] = { (uint8_t)probe->port };

	if (fd < 0)
		return false;
	fill(data + 24, sizeof(data) - 24, cell);
	sent = prepare(fd, probe, six, 0) && send_message(fd, probe, &to, data, sizeof(data));
	close(fd);
	return sent;
}

struct datagram4 {
	struct iphdr ip;
	struct udphdr udp;
	uint8_t data[32];
} __attribute__((packed));

struct datagram6 {
	struct ip6_hdr ip;
	struct udphdr udp;
	uint8_t data[32];
} __attribute__((packed));

/* Of a packet's own making: from SOURCE, whoever that is, for raw sockets and frames. */
static size_t make_datagram(const union address *from, const union address *to, uint32_t cell,
			    void *into)
{
	struct udphdr udp = {
		.source = from->four.sin_port,
		.dest = to->four.sin_port,
		.len = htons(sizeof(struct udphdr) + 32),
	};
	struct datagram4 four = {
		.ip = { .version = 4,
			.ihl = 5,
			.ttl = 64,
			.tot_len = htons(sizeof(four)),
			.protocol = IPPROTO_UDP,
			.saddr = from->four.sin_addr.s_addr,
			.daddr = to->four.sin_addr.s_addr },
		.udp = udp,
	};
	struct datagram6 six = {
		.ip = { .ip6_src = from->six.sin6_addr, .ip6_dst = to->six.sin6_addr },
		.udp = udp,
	};

	six.ip.ip6_flow = htonl(6u << 28);
	six.ip.ip6_plen = udp.len;
	six.ip.ip6_nxt = IPPROTO_UDP;
	six.ip.ip6_hlim = 64;
	fill(four.data, sizeof(four.data), cell);
	fill(six.data, sizeof(six.data), cell);
	if (to->any.sa_family == AF_INET6) {
		memcpy(into, &six, sizeof(six));
		return sizeof(six);
	}
	memcpy(into, &four, sizeof(four));
	return sizeof(four);
}

static bool send_datagram(const struct probe *probe, const union address *from,
			  const union address *to, uint32_t cell)
{
	bool six = to->any.sa_family == AF_INET6, sent;
	int fd = socket(to->any.sa_family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	union address by = *to;
	uint8_t packet[128];
	size_t size = make_datagram(from, to, cell, packet);

	by.four.sin_port = 0; /* raw sockets of IPv6 take it for a protocol */
	if (fd < 0)
		return false;
	sent = prepare(fd, probe, six, 0) && send_message(fd, probe, &by, packet, size);
	close(fd);
	return sent;
}

bool send_header(const struct probe *probe, uint32_t cell)
{
	union address to = address_of(probe->to, probe->port);
	union address from = address_of(to.any.sa_family == AF_INET6 ? OWN6 : OWN4,
					probe->how & LISTEN ? LISTEN_PORT : 1000);

	return send_datagram(probe, &from, &to, cell);
}

/* Asks ASKED, in the name of FROM. The question is no cell's: it goes to the container itself. */
static bool forge_question(const union address *from, const union address *asked, enum how how,
			   uint32_t cell)
{
	const struct probe plain = { .how = how };
	bool six = from->any.sa_family == AF_INET6, sent;
	int fd = socket(from->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint8_t data[8];

	if (fd < 0)
		return false;
	fill_with(LEAK_FORGED, data, sizeof(data), cell);
	sent = set_int(fd, six ? IPPROTO_IPV6 : IPPROTO_IP, six ? IPV6_TRANSPARENT : IP_TRANSPARENT,
		       1) &&
	       prepare(fd, &plain, six, 0) && bind(fd, &from->any, length_of(from)) == 0 &&
	       send_message(fd, &plain, asked, data, sizeof(data));
	close(fd);
	return sent;
}

/*
 * The guard lets replies pass. So the process asks itself in the name of somebody in the internet,
 * and answers.
 */
bool send_forged_reply(const struct probe *probe, uint32_t cell)
{
	union address to = address_of(probe->to, (uint16_t)(LEAK_PORT + cell));
	bool six = to.any.sa_family == AF_INET6;
	union address own = address_of(six ? OWN6 : OWN4, (uint16_t)(LEAK_PORT + cell));
	int fd = socket(to.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint8_t data[32];
	bool sent;

	if (fd < 0)
		return false;
	fill(data, sizeof(data), cell);
	set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	sent = bind(fd, &own.any, length_of(&own)) == 0 && forge_question(&to, &own, PLAIN, cell) &&
	       send_message(fd, probe, &to, data, sizeof(data));
	close(fd);
	return sent;
}

/* A multicast that comes back from eth0, as all do, was never sent over lo. */
bool send_forged_multicast(const struct probe *probe, uint32_t cell)
{
	union address to = address_of(probe->to, (uint16_t)(LEAK_PORT + cell));
	bool six = to.any.sa_family == AF_INET6;
	union address group = address_of(six ? "ff02::1" : "224.0.0.1", 7000);

	return forge_question(&to, &group, MULTICAST_IF, cell) &&
	       send_datagram(probe, &group, &to, cell);
}

bool send_mapped(const struct probe *probe, uint32_t cell)
{
	char text[64];
	struct probe mapped = *probe;

	snprintf(text, sizeof(text), "::ffff:%s", probe->to);
	mapped.to = text;
	return send_udp(&mapped, cell);
}

bool send_frame(const struct probe *probe, uint32_t cell)
{
	union address from = address_of(OWN4, 1000), to = address_of(probe->to, 9);
	struct sockaddr_ll by = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = (int)link_index(),
		.sll_halen = ETH_ALEN,
		.sll_addr = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint8_t packet[128];
	bool sent;

	if (fd < 0)
		return false;
	if (probe->port)
		set_int(fd, SOL_PACKET, PACKET_QDISC_BYPASS, 1);
	sent = sendto(fd, packet, make_datagram(&from, &to, cell, packet), MSG_DONTWAIT,
		      (struct sockaddr *)&by, sizeof(by)) > 0;
	close(fd);
	return sent;
}

/* What a socket says of a frame, and what its bytes say, may differ. */
bool send_false_frame(const struct probe *probe, uint32_t cell)
{
	union address from = address_of(OWN4, 1000), to = address_of(probe->to, 9);
	struct sockaddr_ll by = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ARP),
		.sll_ifindex = (int)link_index(),
		.sll_halen = ETH_ALEN,
	};
	struct {
		struct ethhdr header;
		uint8_t packet[128];
	} frame = { .header = { .h_source = { 2, 0, 0, 0, 0, 1 }, .h_proto = htons(ETH_P_IP) } };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	bool sent;

	if (fd < 0)
		return false;
	memset(frame.header.h_dest, 0xff, ETH_ALEN);
	sent = sendto(fd, &frame,
		      sizeof(frame.header) + make_datagram(&from, &to, cell, frame.packet),
		      MSG_DONTWAIT, (struct sockaddr *)&by, sizeof(by)) > 0;
	close(fd);
	return sent;
}
