/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe PID BASE: in PID's network namespace, or in its own where PID is "-", sends every probe
 * under every privilege there is, each packet with the number of its cell: BASE + 3 * ROW +
 * PRIVILEGE. Ends, with status 0, when all that was sent has been counted by the capture at the
 * link's other end.
 *
 * probe PID BASE go: the same as fast as it can, from BASE + STRIDE on as soon as standard input
 * ends (until then from BASE on). Some rounds later it ends.
 *
 * probe list: the rows, and what becomes of them,
 *
 *   NUMBER SCOPE raw|any NAME
 *
 * with SCOPE where it is sent: internet, resolver, multicast (wider than a site), routed (to the
 * gateway, which is told to pass it on), link (who is on it), frame (past all that a kernel
 * filters), peer (the tunnel's, which a split one does not carry), endpoint (there, as WireGuard
 * itself sends); raw if CAP_NET_RAW is needed to send it at all.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "leak.h"

#define MARK 0x6f7767 /* the one that the guard gives to replies */
#define ENCRYPTED_MARK 0x6f7765 /* the one that WireGuard gives, where its socket is in here */
#define ROUNDS 10
#define PRIVILEGES 3

union address {
	struct sockaddr any;
	struct sockaddr_in four;
	struct sockaddr_in6 six;
};

enum scope { INTERNET, RESOLVER, MULTICAST, ROUTED, LINK, FRAME, PEER, ENDPOINT };

static const char *const scopes[] = {
	[INTERNET] = "internet", [RESOLVER] = "resolver", [MULTICAST] = "multicast",
	[ROUTED] = "routed",     [LINK] = "link",         [FRAME] = "frame",
	[PEER] = "peer",         [ENDPOINT] = "endpoint",
};

/* What is asked of a socket before it sends. */
enum how {
	PLAIN = 0,
	SOURCE = 1 << 0, /* bound to eth0's address */
	DEVICE = 1 << 1, /* SO_BINDTODEVICE */
	PKTINFO = 1 << 2, /* the link named with the packet */
	UNICAST_IF = 1 << 3,
	MULTICAST_IF = 1 << 4,
	MARKED = 1 << 5,
	DONTROUTE = 1 << 6,
	LARGE = 1 << 7, /* in fragments */
	SOURCE_ROUTE = 1 << 8, /* by way of the gateway */
	STRICT = 1 << 9, /* and by nobody else */
	KEPT = 1 << 10, /* one socket, connected once and for all */
	ENCRYPTED = 1 << 11, /* with the other mark */
	LISTEN = 1 << 12, /* from WireGuard's own port */
};

struct probe {
	const char *name;
	enum scope scope;
	bool raw;
	bool (*send)(const struct probe *, uint32_t cell);
	const char *to;
	uint16_t port; /* or what is special about it: ICMP's type, a protocol's number */
	enum how how;
};

static int kept[PRIVILEGES * 128]; /* sockets that are, by cell less base; 0 none yet */
static uint32_t cell_base;

static bool send_udp(const struct probe *probe, uint32_t cell);
static bool send_tcp(const struct probe *probe, uint32_t cell);
static bool send_ping(const struct probe *probe, uint32_t cell);
static bool send_raw(const struct probe *probe, uint32_t cell);
static bool send_header(const struct probe *probe, uint32_t cell);
static bool send_forged_reply(const struct probe *probe, uint32_t cell);
static bool send_forged_multicast(const struct probe *probe, uint32_t cell);
static bool send_mapped(const struct probe *probe, uint32_t cell);
static bool send_frame(const struct probe *probe, uint32_t cell);
static bool send_false_frame(const struct probe *probe, uint32_t cell);

static const struct probe probes[] = {
	/* Nothing special: what any program does. */
	{ "udp", INTERNET, false, send_udp, TARGET4, 9, PLAIN },
	{ "tcp", INTERNET, false, send_tcp, TARGET4, 9, PLAIN },
	{ "ping", INTERNET, false, send_ping, TARGET4, 0, PLAIN },
	{ "udp6", INTERNET, false, send_udp, TARGET6, 9, PLAIN },
	{ "tcp6", INTERNET, false, send_tcp, TARGET6, 9, PLAIN },
	{ "ping6", INTERNET, false, send_ping, TARGET6, 0, PLAIN },
	{ "udp, in fragments", INTERNET, false, send_udp, TARGET4, 9, LARGE },
	{ "udp6, in fragments", INTERNET, false, send_udp, TARGET6, 9, LARGE },
	{ "udp, a socket kept open", INTERNET, false, send_udp, TARGET4, 9, KEPT },
	{ "udp6, a socket kept open", INTERNET, false, send_udp, TARGET6, 9, KEPT },

	/* From eth0's address. */
	{ "udp from eth0's address", INTERNET, false, send_udp, TARGET4, 9, SOURCE },
	{ "tcp from eth0's address", INTERNET, false, send_tcp, TARGET4, 9, SOURCE },
	{ "ping from eth0's address", INTERNET, false, send_ping, TARGET4, 0, SOURCE },
	{ "udp6 from eth0's address", INTERNET, false, send_udp, TARGET6, 9, SOURCE },
	{ "tcp6 from eth0's address", INTERNET, false, send_tcp, TARGET6, 9, SOURCE },
	{ "ping6 from eth0's address", INTERNET, false, send_ping, TARGET6, 0, SOURCE },

	/* By eth0, whatever the routes say. */
	{ "udp, SO_BINDTODEVICE", INTERNET, false, send_udp, TARGET4, 9, DEVICE },
	{ "tcp, SO_BINDTODEVICE", INTERNET, false, send_tcp, TARGET4, 9, DEVICE },
	{ "ping, SO_BINDTODEVICE", INTERNET, false, send_ping, TARGET4, 0, DEVICE },
	{ "udp6, SO_BINDTODEVICE", INTERNET, false, send_udp, TARGET6, 9, DEVICE },
	{ "tcp6, SO_BINDTODEVICE", INTERNET, false, send_tcp, TARGET6, 9, DEVICE },
	{ "ping6, SO_BINDTODEVICE", INTERNET, false, send_ping, TARGET6, 0, DEVICE },
	{ "udp, a socket kept open, SO_BINDTODEVICE", INTERNET, false, send_udp, TARGET4, 9,
	  DEVICE | KEPT },
	{ "udp6, a socket kept open, SO_BINDTODEVICE", INTERNET, false, send_udp, TARGET6, 9,
	  DEVICE | KEPT },
	{ "udp, in fragments, SO_BINDTODEVICE", INTERNET, false, send_udp, TARGET4, 9,
	  DEVICE | LARGE },
	{ "udp6, in fragments, SO_BINDTODEVICE", INTERNET, false, send_udp, TARGET6, 9,
	  DEVICE | LARGE },
	{ "udp, IP_PKTINFO", INTERNET, false, send_udp, TARGET4, 9, PKTINFO },
	{ "udp6, IPV6_PKTINFO", INTERNET, false, send_udp, TARGET6, 9, PKTINFO },
	{ "udp, IP_UNICAST_IF", INTERNET, false, send_udp, TARGET4, 9, UNICAST_IF },
	{ "udp6, IPV6_UNICAST_IF", INTERNET, false, send_udp, TARGET6, 9, UNICAST_IF },
	{ "udp, MSG_DONTROUTE, SO_BINDTODEVICE", INTERNET, false, send_udp, TARGET4, 9,
	  DONTROUTE | DEVICE },
	{ "udp6, MSG_DONTROUTE, SO_BINDTODEVICE", INTERNET, false, send_udp, TARGET6, 9,
	  DONTROUTE | DEVICE },
	{ "udp to an IPv4 address, of an IPv6 socket, SO_BINDTODEVICE", INTERNET, false,
	  send_mapped, TARGET4, 9, DEVICE },

	/* With the mark that the guard gives to replies. */
	{ "udp, SO_MARK", INTERNET, true, send_udp, TARGET4, 9, MARKED },
	{ "tcp, SO_MARK", INTERNET, true, send_tcp, TARGET4, 9, MARKED },
	{ "ping, SO_MARK", INTERNET, true, send_ping, TARGET4, 0, MARKED },
	{ "udp6, SO_MARK", INTERNET, true, send_udp, TARGET6, 9, MARKED },
	{ "tcp6, SO_MARK", INTERNET, true, send_tcp, TARGET6, 9, MARKED },
	{ "ping6, SO_MARK", INTERNET, true, send_ping, TARGET6, 0, MARKED },
	{ "udp, SO_MARK, SO_BINDTODEVICE", INTERNET, true, send_udp, TARGET4, 9, MARKED | DEVICE },
	{ "udp6, SO_MARK, SO_BINDTODEVICE", INTERNET, true, send_udp, TARGET6, 9, MARKED | DEVICE },

	/* As WireGuard sends where its socket is in here, but for one thing; the last for none. */
	{ "udp, WireGuard's mark", INTERNET, true, send_udp, TARGET4, ENDPOINT_PORT, ENCRYPTED },
	{ "tcp, WireGuard's mark", INTERNET, true, send_tcp, TARGET4, ENDPOINT_PORT, ENCRYPTED },
	{ "ping, WireGuard's mark", PEER, true, send_ping, ENDPOINT4, 0, ENCRYPTED },
	{ "udp6, WireGuard's mark", INTERNET, true, send_udp, TARGET6, ENDPOINT_PORT, ENCRYPTED },
	{ "udp, WireGuard's mark, SO_BINDTODEVICE", INTERNET, true, send_udp, TARGET4,
	  ENDPOINT_PORT, ENCRYPTED | DEVICE },
	{ "udp, WireGuard's mark and port, if that is free", INTERNET, true, send_udp, TARGET4,
	  ENDPOINT_PORT, ENCRYPTED | LISTEN },
	{ "raw packet, WireGuard's mark and port", INTERNET, true, send_header, TARGET4,
	  ENDPOINT_PORT, ENCRYPTED | LISTEN },
	{ "raw packet6, WireGuard's mark and port", INTERNET, true, send_header, TARGET6,
	  ENDPOINT_PORT, ENCRYPTED | LISTEN },
	{ "raw packet, WireGuard's mark and port, another port of its peer", PEER, true,
	  send_header, ENDPOINT4, 9, ENCRYPTED | LISTEN },
	{ "raw packet, WireGuard's mark, to its peer, from another port", PEER, true, send_header,
	  ENDPOINT4, ENDPOINT_PORT, ENCRYPTED },
	{ "raw packet, WireGuard's port, to its peer, SO_BINDTODEVICE", PEER, true, send_header,
	  ENDPOINT4, ENDPOINT_PORT, LISTEN | DEVICE },
	{ "raw packet, WireGuard's mark and port, to its peer", ENDPOINT, true, send_header,
	  ENDPOINT4, ENDPOINT_PORT, ENCRYPTED | LISTEN },

	/* Names, asked of the engine's resolver, of a public one, of that by another link. */
	{ "DNS to the gateway, udp", RESOLVER, false, send_udp, GATEWAY4, 53, PLAIN },
	{ "DNS to the gateway, tcp", RESOLVER, false, send_tcp, GATEWAY4, 53, PLAIN },
	{ "DoT to the gateway", RESOLVER, false, send_tcp, GATEWAY4, 853, PLAIN },
	{ "DoQ to the gateway", RESOLVER, false, send_udp, GATEWAY4, 853, PLAIN },
	{ "DNS to the gateway, udp6", RESOLVER, false, send_udp, GATEWAY6, 53, PLAIN },
	{ "DNS to the gateway, tcp6", RESOLVER, false, send_tcp, GATEWAY6, 53, PLAIN },
	{ "DoT to the gateway, tcp6", RESOLVER, false, send_tcp, GATEWAY6, 853, PLAIN },
	{ "DoQ to the gateway, udp6", RESOLVER, false, send_udp, GATEWAY6, 853, PLAIN },
	{ "DNS to a public server, udp", INTERNET, false, send_udp, RESOLVER4, 53, DEVICE },
	{ "DNS to a public server, tcp", INTERNET, false, send_tcp, RESOLVER4, 53, DEVICE },
	{ "DoT to a public server", INTERNET, false, send_tcp, RESOLVER4, 853, DEVICE },
	{ "DNS to a public server, udp6", INTERNET, false, send_udp, RESOLVER6, 53, DEVICE },
	{ "DNS to a public server, tcp6", INTERNET, false, send_tcp, RESOLVER6, 53, DEVICE },
	{ "DoT to a public server, tcp6", INTERNET, false, send_tcp, RESOLVER6, 853, DEVICE },

	/* To many. */
	{ "broadcast", LINK, false, send_udp, "255.255.255.255", 9, PLAIN },
	{ "broadcast, SO_BINDTODEVICE", LINK, false, send_udp, "255.255.255.255", 9, DEVICE },
	{ "broadcast in the subnet", LINK, false, send_udp, "172.30.255.255", 9, PLAIN },
	{ "multicast on the link", LINK, false, send_udp, "224.0.0.251", 9, MULTICAST_IF },
	{ "multicast in the organisation", LINK, false, send_udp, "239.1.1.1", 9, MULTICAST_IF },
	{ "multicast to anywhere", MULTICAST, false, send_udp, "224.1.1.1", 9, MULTICAST_IF },
	{ "multicast6 on the link", LINK, false, send_udp, "ff02::fb", 9, MULTICAST_IF },
	{ "multicast6 on the site", LINK, false, send_udp, "ff05::2", 9, MULTICAST_IF },
	{ "multicast6 to anywhere", MULTICAST, false, send_udp, "ff0e::101", 9, MULTICAST_IF },
	{ "a link-local neighbour", LINK, false, send_udp, GATEWAY_LOCAL6, 9, DEVICE },

	/* Sent to a neighbour, to be sent on by him. */
	{ "udp, a source route by the gateway", ROUTED, true, send_udp, TARGET4, 9, SOURCE_ROUTE },
	{ "udp, a strict source route by the gateway", ROUTED, true, send_udp, TARGET4, 9,
	  SOURCE_ROUTE | STRICT },
	{ "udp6, a segment route by the gateway", ROUTED, false, send_udp, TARGET6, 9,
	  SOURCE_ROUTE },

	/* What CAP_NET_RAW can make up. */
	{ "raw icmp", INTERNET, true, send_raw, TARGET4, ICMP_ECHO, DEVICE },
	{ "raw igmp", INTERNET, true, send_raw, TARGET4, 0x16, DEVICE },
	{ "raw packet", INTERNET, true, send_header, TARGET4, 9, DEVICE },
	{ "raw icmpv6 echo", INTERNET, true, send_raw, TARGET6, ICMP6_ECHO_REQUEST, DEVICE },
	{ "raw router solicitation", INTERNET, true, send_raw, TARGET6, ND_ROUTER_SOLICIT, DEVICE },
	{ "raw neighbour solicitation", INTERNET, true, send_raw, TARGET6, ND_NEIGHBOR_SOLICIT,
	  DEVICE },
	{ "raw neighbour advertisement", INTERNET, true, send_raw, TARGET6, ND_NEIGHBOR_ADVERT,
	  DEVICE },
	{ "raw MLD report", INTERNET, true, send_raw, TARGET6, MLD_LISTENER_REPORT, DEVICE },
	{ "raw MLD done", INTERNET, true, send_raw, TARGET6, MLD_LISTENER_REDUCTION, DEVICE },
	{ "raw MLDv2 report", INTERNET, true, send_raw, TARGET6, 143, DEVICE },
	{ "raw packet6", INTERNET, true, send_header, TARGET6, 9, DEVICE },
	{ "an answer to a question forged over lo", INTERNET, true, send_forged_reply, TARGET4, 0,
	  PLAIN },
	{ "an answer to a question forged over lo, udp6", INTERNET, true, send_forged_reply,
	  TARGET6, 0, PLAIN },
	{ "an answer to a question forged by multicast", INTERNET, true, send_forged_multicast,
	  TARGET4, 0, PLAIN },
	{ "an answer to a question forged by multicast, udp6", INTERNET, true,
	  send_forged_multicast, TARGET6, 0, PLAIN },
	{ "AF_PACKET", FRAME, true, send_frame, TARGET4, 0, PLAIN },
	{ "AF_PACKET, PACKET_QDISC_BYPASS", FRAME, true, send_frame, TARGET4, 1, PLAIN },
	{ "AF_PACKET, said to be ARP", FRAME, true, send_false_frame, TARGET4, 0, PLAIN },
};

#define PROBES (sizeof(probes) / sizeof(*probes))

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static socklen_t length_of(const union address *address)
{
	return address->any.sa_family == AF_INET ? sizeof(address->four) : sizeof(address->six);
}

static unsigned int link_index(void)
{
	return if_nametoindex(LEAK_LINK);
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

static bool send_udp(const struct probe *probe, uint32_t cell)
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
static bool send_tcp(const struct probe *probe, uint32_t cell)
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
static bool send_ping(const struct probe *probe, uint32_t cell)
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

static bool send_raw(const struct probe *probe, uint32_t cell)
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

static bool send_header(const struct probe *probe, uint32_t cell)
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
static bool send_forged_reply(const struct probe *probe, uint32_t cell)
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
static bool send_forged_multicast(const struct probe *probe, uint32_t cell)
{
	union address to = address_of(probe->to, (uint16_t)(LEAK_PORT + cell));
	bool six = to.any.sa_family == AF_INET6;
	union address group = address_of(six ? "ff02::1" : "224.0.0.1", 7000);

	return forge_question(&to, &group, MULTICAST_IF, cell) &&
	       send_datagram(probe, &group, &to, cell);
}

static bool send_mapped(const struct probe *probe, uint32_t cell)
{
	char text[64];
	struct probe mapped = *probe;

	snprintf(text, sizeof(text), "::ffff:%s", probe->to);
	mapped.to = text;
	return send_udp(&mapped, cell);
}

static bool send_frame(const struct probe *probe, uint32_t cell)
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
static bool send_false_frame(const struct probe *probe, uint32_t cell)
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

/* Privileges */

/* What Docker and podman leave to a container's root. */
static const uint32_t docker_capabilities =
	1u << CAP_CHOWN | 1u << CAP_DAC_OVERRIDE | 1u << CAP_FSETID | 1u << CAP_FOWNER |
	1u << CAP_MKNOD | 1u << CAP_NET_RAW | 1u << CAP_SETGID | 1u << CAP_SETUID |
	1u << CAP_SETFCAP | 1u << CAP_SETPCAP | 1u << CAP_NET_BIND_SERVICE | 1u << CAP_SYS_CHROOT |
	1u << CAP_KILL | 1u << CAP_AUDIT_WRITE;

static void keep_capabilities(uint32_t capabilities)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { { capabilities, capabilities, 0 } };

	if (syscall(SYS_capset, &head, data) < 0)
		die("probe: capset");
}

static void become(unsigned int privilege)
{
	if (setgroups(0, NULL) < 0)
		die("probe: setgroups");
	switch (privilege) {
	case 0: keep_capabilities(0); break;
	case 1:
		if (setgid(65534) < 0 || setuid(65534) < 0)
			die("probe: setuid");
		break;
	case 2: keep_capabilities(docker_capabilities); break;
	}
}

/* Rounds */

/* Shared with the processes that send. */
struct progress {
	volatile bool gone; /* standard input has ended */
	volatile bool started[PRIVILEGES];
};

static uint32_t stride(void)
{
	return PROBES * PRIVILEGES;
}

static void send_all(unsigned int privilege, uint32_t base, const struct progress *progress)
{
	for (size_t i = 0; i < PROBES; i++) {
		uint32_t number = (uint32_t)(i * PRIVILEGES + privilege);
		uint32_t first = base + (progress && progress->gone ? stride() : 0);

		cell_base = first;
		probes[i].send(&probes[i], first + number);
	}
}

static void send_until_gone(unsigned int privilege, uint32_t base, struct progress *progress)
{
	for (int after = 0; after < ROUNDS; after += progress->gone) {
		send_all(privilege, base, progress);
		progress->started[privilege] = true;
		if (!progress->gone)
			usleep(1000); /* the hook has to have its turn, and the capture */
	}
}

/* Says so when all of them have sent everything once. */
static void watch_input(struct progress *progress)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	char byte;
	int ready;

	for (unsigned int privilege = 0; privilege < PRIVILEGES; privilege++)
		while (!progress->started[privilege])
			usleep(1000);
	puts("sending");
	fflush(stdout);
	while ((ready = poll(&input, 1, 60000)) > 0 && read(STDIN_FILENO, &byte, 1) > 0)
		;
	if (ready <= 0)
		fprintf(stderr, "probe: standard input has no end\n");
	progress->gone = true;
}

/* The barrier */

static bool is_unresolved(const struct nlmsghdr *message)
{
	const struct ndmsg *neighbour = NLMSG_DATA(message);

	return message->nlmsg_type == RTM_NEWNEIGH && neighbour->ndm_state == NUD_INCOMPLETE;
}

/* How many neighbours are being looked for: packets may wait for them, a second for each question
 * lost. */
static int count_unresolved(int fd)
{
	struct {
		struct nlmsghdr head;
		struct ndmsg neighbour;
	} request = {
		.head = { .nlmsg_len = sizeof(request),
			  .nlmsg_type = RTM_GETNEIGH,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
	};
	struct nlmsghdr room[1024];
	int count = 0;

	if (send(fd, &request, sizeof(request), 0) < 0)
		die("probe: neighbours");
	for (;;) {
		ssize_t got = recv(fd, room, sizeof(room), 0);
		struct nlmsghdr *message = room;

		if (got <= 0)
			die("probe: neighbours");
		for (; NLMSG_OK(message, got); message = NLMSG_NEXT(message, got)) {
			if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR)
				return count;
			count += is_unresolved(message);
		}
	}
}

/* Until each is found or given up, which the kernel does after three seconds. */
static void wait_for_neighbours(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0)
		die("probe: neighbours");
	for (int i = 0; i < 1000 && count_unresolved(fd) > 0; i++)
		usleep(10000);
	close(fd);
}

static int open_barrier(void)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(LEAK_ETHERTYPE),
		.sll_ifindex = (int)link_index(),
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (!address.sll_ifindex || fd < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		die("probe: barrier on " LEAK_LINK);
	return fd;
}

static bool is_answer(int fd, uint32_t number)
{
	uint8_t data[64];

	return recv(fd, data, sizeof(data), MSG_DONTWAIT) >= 8 &&
	       memcmp(data, LEAK_ANSWER, 4) == 0 && memcmp(data + 4, &number, 4) == 0;
}

/* Everything that this machine has sent by eth0 until now is counted when it returns. */
static void cross_barrier(int fd, uint32_t number)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(LEAK_ETHERTYPE),
		.sll_ifindex = (int)link_index(),
		.sll_halen = ETH_ALEN,
		.sll_addr = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
	};
	struct pollfd one = { .fd = fd, .events = POLLIN };
	uint8_t question[50] = LEAK_QUESTION;

	memcpy(question + 4, &number, 4);
	if (sendto(fd, question, sizeof(question), 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		die("probe: barrier");
	while (poll(&one, 1, 30000) > 0)
		if (is_answer(fd, number))
			return;
	fprintf(stderr, "probe: nobody captures\n");
	exit(1);
}

static void stay_on_one_cpu(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

static void enter(const char *pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/ns/net", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		die(path);
	close(fd);
}

static void start(unsigned int privilege, uint32_t base, struct progress *progress)
{
	pid_t child = fork();

	if (child < 0)
		die("probe: fork");
	if (child > 0)
		return;
	become(privilege);
	if (progress)
		send_until_gone(privilege, base, progress);
	else
		send_all(privilege, base, NULL);
	_exit(0);
}

static void list(void)
{
	for (size_t i = 0; i < PROBES; i++)
		printf("%zu %s %s %s\n", i, scopes[probes[i].scope], probes[i].raw ? "raw" : "any",
		       probes[i].name);
}

int main(int argc, char **argv)
{
	struct progress *progress = NULL;
	int barrier, status, bad = 0;
	uint32_t base;

	if (argc == 2 && strcmp(argv[1], "list") == 0) {
		list();
		return 0;
	}
	if (argc < 3)
		return 2;
	base = (uint32_t)strtoul(argv[2], NULL, 10);
	if (base + 2 * stride() > LEAK_CELLS) {
		fprintf(stderr, "probe: cells beyond %d\n", LEAK_CELLS);
		return 2;
	}
	stay_on_one_cpu();
	if (strcmp(argv[1], "-") != 0)
		enter(argv[1]);
	if (argc > 3)
		progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (unsigned int privilege = 0; privilege < PRIVILEGES; privilege++)
		start(privilege, base, progress);
	if (progress)
		watch_input(progress);
	for (int i = 0; i < PRIVILEGES; i++) {
		wait(&status);
		bad |= status;
	}
	barrier = open_barrier();
	cross_barrier(barrier, 1);
	wait_for_neighbours();
	cross_barrier(barrier, 2);
	return bad ? 1 : 0;
}
