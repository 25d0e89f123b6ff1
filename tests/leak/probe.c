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
#include "probe.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 10

static const char *const scopes[] = {
	[INTERNET] = "internet", [RESOLVER] = "resolver", [MULTICAST] = "multicast",
	[ROUTED] = "routed",     [LINK] = "link",         [FRAME] = "frame",
	[PEER] = "peer",         [ENDPOINT] = "endpoint",
};

uint32_t cell_base;

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
	int status, bad = 0;
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
	wait_until_counted();
	return bad ? 1 : 0;
}
