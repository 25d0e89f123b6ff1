/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guard as plain data: the sets, chains and rules of one nftables table, each rule a row of
 * terms. A term has its nft words (ruleset_print.c) and its expressions (guard_object.c), so that
 * what check prints is what the kernel holds. Pure.
 */
#ifndef HOOK_RULESET_H
#define HOOK_RULESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "err.h"
#include "ip.h"
#include "request.h"

#define RULESET_TABLE "oci-wireguard" /* of family inet, and of netdev for CHAIN_FRAMES */

/*
 * "owg": of connections that came in by another link than the tunnel's, and of their replies. It
 * opens nothing by itself, for a process with CAP_NET_RAW can set it too (Linux 5.17).
 */
#define RULESET_MARK 0x6f7767

/*
 * "owe": of encrypted packets that leave by a network of the container's own (SOCKET_CONTAINER),
 * and of their connections. It opens nothing by itself either.
 */
#define RULESET_ENCRYPTED_MARK 0x6f7765

#define RULESET_ASKED_SECONDS 180 /* as long as conntrack keeps a UDP stream */
#define RULESET_ASKED_MOST 65535 /* elements: the kernel's own bound */

enum chain {
	CHAIN_ARRIVE,
	CHAIN_REMEMBER,
	CHAIN_ANSWER,
	CHAIN_REROUTE,
	CHAIN_LEAVE,
	CHAIN_THROUGH,
	CHAIN_ENDPOINTS,
	CHAIN_NAMES,
	CHAIN_KERNEL,
	CHAIN_REFUSE,
	CHAINS_INET, /* those before, which are in one table */
	CHAIN_FRAMES = CHAINS_INET, /* of links, in a table of family netdev */
	CHAINS,
};

/* Where a base chain hangs; without a type it is one that others jump to. */
struct chain_place {
	const char *name;
	const char *type;
	const char *hook_word, *priority_word;
	uint32_t hook; /* NF_INET_..., NF_NETDEV_... */
	int32_t priority; /* lower is asked first; conntrack is at -200 */
};

extern const struct chain_place ruleset_chains[CHAINS];

enum set {
	SET_OWN4, /* the tunnel's own addresses */
	SET_OWN6,
	SET_SERVERS4, /* DNS servers that are asked outside the tunnel */
	SET_SERVERS6,
	SET_PRIVATE4,
	SET_PRIVATE6,
	SET_CARRIED4, /* of a split tunnel */
	SET_CARRIED6,
	SET_ASKED4, /* a map: which of our addresses a UDP client asked */
	SET_ASKED6,
	SETS,
};

struct set_content {
	const char *name;
	uint8_t family;
	bool interval; /* prefixes, not addresses */
	bool map; /* filled by packets */
	const struct prefix *prefixes; /* sorted, none in another */
	size_t count;
	bool used; /* a rule names it */
};

enum term_kind {
	TERM_END,
	/* Matches; the packet goes on to the next rule where one fails. */
	TERM_IN, /* the link that a packet came by; name */
	TERM_OUT,
	TERM_TO, /* a destination; prefix, of family 0 that of a name which is not resolved */
	TERM_TO_SET, /* any of a set; set */
	TERM_PROTOCOL, /* number */
	TERM_PORT, /* a destination port; protocol and number */
	TERM_LISTEN_PORT, /* UDP from the port of the link's own socket */
	TERM_ICMPV6, /* a type; number */
	TERM_ROUTED, /* by way of hosts that it names; number: IPv4's option, or IPv6's header */
	TERM_UNICAST, /* to this host's link address */
	TERM_PROCESS, /* of some process's socket */
	TERM_BOUND, /* of a socket that has an address: it is connected, or bound to one */
	TERM_STACK, /* with a route: the kernel's IP made it, no packet socket */
	TERM_FRAME, /* an Ethernet frame of this EtherType, as its own bytes say; number */
	TERM_NEW, /* the first of a connection */
	TERM_ORIGINAL, /* in the direction of the first */
	TERM_REPLY, /* in the other */
	TERM_MARKED, /* itself, by whoever could; mark */
	TERM_OF_MARK, /* of a marked connection; mark */
	/* What is done. */
	TERM_MARK_CONNECTION, /* mark */
	TERM_MARK_PACKET, /* mark */
	TERM_RECORD, /* UDP: who asked which of our addresses, into a map; set */
	TERM_ANSWER, /* UDP: the source is the address that was asked; set */
	/* Verdicts. */
	TERM_ACCEPT,
	TERM_DROP,
	TERM_RETURN,
	TERM_JUMP, /* chain */
	TERM_GOTO,
	TERM_RESET, /* refused as a closed TCP port does */
	TERM_REJECT, /* refused by an ICMP error */
};

struct term {
	enum term_kind kind;
	union {
		const char *name; /* NULL: the tunnel's link */
		struct prefix prefix;
		enum set set;
		enum chain chain;
		uint32_t mark;
		struct {
			uint8_t protocol;
			uint16_t number; /* host order */
		};
	};
};

/* Types of ICMPv6 that hosts of a link speak and linux/icmpv6.h lacks (RFC 4861). */
#define RULESET_ROUTER_SOLICIT 133
#define RULESET_NEIGHBOUR_SOLICIT 135
#define RULESET_NEIGHBOUR_ADVERT 136

#define RULESET_TERMS 4

struct row {
	enum chain chain;
	unsigned int when; /* what must hold of the request, ruleset.c */
	struct term terms[RULESET_TERMS]; /* as far as TERM_END */
};

struct ruleset {
	const char *interface; /* the request's, as are the prefixes carried */
	uint16_t port; /* of a TERM_LISTEN_PORT, host order */
	bool closed; /* what no rule lets leave does not leave */
	struct set_content sets[SETS];
	struct row *rows; /* those of a chain are in its order */
	size_t rows_count;
	struct prefix *prefixes; /* of the sets */
};

/* REQUEST must outlive *ruleset, which owns memory: ruleset_free(). Fails for want of memory. */
int ruleset_build(const struct request *request, struct ruleset *ruleset, struct err *err);
void ruleset_free(struct ruleset *ruleset);

struct ruleset_size {
	size_t rules, elements; /* of the table inet; of its sets, as the kernel counts them */
	size_t frames_rules; /* of the table netdev */
};

/* An element of a set: an address, or of an interval where it begins or, with END, has ended. */
struct element {
	struct prefix address; /* of full length; family 0: none */
	bool end;
};

/* The one or two elements that the prefix NUMBER of SET is; how many. */
size_t set_elements(const struct set_content *set, size_t number,
		    struct element elements[static 2]);

struct ruleset_size ruleset_size(const struct ruleset *ruleset);

/* Whether TERM is of a set, which term->set is then. */
bool ruleset_names_set(const struct term *term);

/* The name of the link that a TERM_IN or TERM_OUT means. */
const char *ruleset_link(const struct ruleset *ruleset, const struct term *term);

/* Whether some rule is in CHAIN: others are not made. */
bool ruleset_has_chain(const struct ruleset *ruleset, enum chain chain);

/* What becomes of a packet that no rule of CHAIN, a base chain, decides on. */
bool ruleset_drops(const struct ruleset *ruleset, enum chain chain);

/* As "nft list table inet oci-wireguard" (1.0.6) prints it, and as "nft -f" takes it. */
void ruleset_print(const struct ruleset *ruleset, FILE *out);

/* The same of the table of family netdev, for the link eth0, each line after PREFIX. */
void ruleset_print_frames(const struct ruleset *ruleset, const char *prefix, FILE *out);

/* One rule's words, cut to SIZE bytes. */
void ruleset_describe(const struct ruleset *ruleset, const struct row *row, char *out, size_t size);

#endif /* HOOK_RULESET_H */
