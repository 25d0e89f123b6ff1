/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tunnel file, as wg(8) and wg-quick(8) read it, and AmneziaWG's awg(8), as plain data. Pure: the
 * text comes in as bytes, hostnames stay names (endpoint.h resolves them). Only a port by name is
 * looked up, in /etc/services, and the scope of a link-local endpoint by the name of its link.
 */
#ifndef HOOK_TUNNEL_H
#define HOOK_TUNNEL_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "amnezia.h"
#include "err.h"
#include "ip.h"
#include "key.h"
#include "names.h"

union endpoint_address {
	struct sockaddr sa; /* sa_family is AF_UNSPEC until the name is resolved */
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

#define ENDPOINT_TEXT (INET6_ADDRSTRLEN + 24) /* brackets, scope, port and NUL included */

struct peer {
	struct key public_key;
	struct key preshared_key; /* zero: none */
	char *host; /* the endpoint's, a name or an address; NULL without Endpoint= */
	uint16_t port; /* host order */
	union endpoint_address address; /* filled by the parser for a literal address */
	uint16_t keepalive; /* seconds, 0 is off */
	struct prefix *allowed; /* networks, in the file's order */
	size_t allowed_count;
	unsigned int line; /* of its [Peer] */
	unsigned int endpoint_line;
};

enum tunnel_table {
	TUNNEL_TABLE_AUTO,
	TUNNEL_TABLE_OFF,
	TUNNEL_TABLE_NUMBER,
};

struct tunnel {
	struct key private_key;
	uint16_t listen_port; /* host order, 0: the kernel's choice */
	unsigned int mtu; /* bytes, 0: not given */
	unsigned int mtu_line;
	enum tunnel_table table;
	uint32_t table_number; /* with TUNNEL_TABLE_NUMBER */
	struct prefix *addresses; /* with their host bits and lengths */
	size_t addresses_count;
	struct names dns;
	struct amnezia amnezia;
	struct peer *peers;
	size_t peers_count;
};

/*
 * Parses LENGTH bytes of TEXT. NAME is what messages call the file: "NAME:LINE: what". No message
 * and no warning ever holds a byte of a key, and none repeats text that might be one.
 *
 * Warned of, and otherwise without effect: PreUp, PostUp, PreDown, PostDown (empty ones in
 * silence), SaveConfig = true, FwMark, AdvancedSecurity = off; host bits in AllowedIPs (masked, as
 * the kernel does); one prefix in two peers (the last has it, as in the kernel).
 *
 * On success *tunnel owns memory that tunnel_free() wipes and releases; on failure it is untouched
 * and nothing is left allocated, or unwiped, but TEXT, which stays the caller's.
 */
int tunnel_parse(const char *name, const char *text, size_t length, struct tunnel *tunnel,
		 struct warnings *warnings, struct err *err);

void tunnel_free(struct tunnel *tunnel);

/*
 * The seconds between keepalives with which a peer with an Endpoint is called at once: its own, or
 * some. A peer that nobody has anything to say to makes no handshake otherwise.
 */
uint16_t peer_calling_keepalive(const struct peer *peer);

/* "192.0.2.1:51820", "[2001:db8::1]:51820", "[fe80::1%2]:51820"; of IPv4 or IPv6. Returns OUT. */
const char *endpoint_format(const union endpoint_address *address, char out[static ENDPOINT_TEXT]);

/* The address alone; of family 0 where there is none yet. */
struct prefix endpoint_prefix(const union endpoint_address *address);

/* Whether one of the link's own addresses is IPv6. */
bool tunnel_has_ipv6(const struct tunnel *tunnel);

#endif /* HOOK_TUNNEL_H */
