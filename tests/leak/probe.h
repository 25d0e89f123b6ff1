/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a probe is (probe.c has them all), how each is sent (probe_send.c), and when all that was
 * sent is counted (probe_barrier.c).
 */
#ifndef PROBE_H
#define PROBE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "leak.h"

#define PRIVILEGES 3

enum scope { INTERNET, RESOLVER, MULTICAST, ROUTED, LINK, FRAME, PEER, ENDPOINT };

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

/* That of the round's first probe. */
extern uint32_t cell_base;

/* False of what could not be sent. */
bool send_udp(const struct probe *probe, uint32_t cell);
bool send_tcp(const struct probe *probe, uint32_t cell);
bool send_ping(const struct probe *probe, uint32_t cell);
bool send_raw(const struct probe *probe, uint32_t cell);
bool send_header(const struct probe *probe, uint32_t cell);
bool send_forged_reply(const struct probe *probe, uint32_t cell);
bool send_forged_multicast(const struct probe *probe, uint32_t cell);
bool send_mapped(const struct probe *probe, uint32_t cell);
bool send_frame(const struct probe *probe, uint32_t cell);
bool send_false_frame(const struct probe *probe, uint32_t cell);

static inline unsigned int link_index(void)
{
	return if_nametoindex(LEAK_LINK);
}

/*
 * Everything that this machine has sent by eth0 until now, and what still looked for its neighbour,
 * is counted when it returns. Ends the program if nobody captures.
 */
void wait_until_counted(void);

#endif
