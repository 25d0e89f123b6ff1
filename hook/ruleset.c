/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guard's rules, a row each, and which of them a request makes. */
#include "ruleset.h"

#include <linux/icmpv6.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <netinet/ip.h>
#include <stdlib.h>
#include <string.h>

/* nft(8) has the same words for these priorities; conntrack's is between the first two. */
const struct chain_place ruleset_chains[CHAINS] = {
	[CHAIN_ARRIVE] = { "arrive", "filter", "prerouting", "raw", NF_INET_PRE_ROUTING,
			   NF_IP_PRI_RAW },
	[CHAIN_REMEMBER] = { "remember", "filter", "prerouting", "mangle", NF_INET_PRE_ROUTING,
			     NF_IP_PRI_MANGLE },
	[CHAIN_ANSWER] = { "answer", "filter", "output", "raw", NF_INET_LOCAL_OUT, NF_IP_PRI_RAW },
	[CHAIN_REROUTE] = { "reroute", "route", "output", "mangle", NF_INET_LOCAL_OUT,
			    NF_IP_PRI_MANGLE },
	[CHAIN_LEAVE] = { "leave", "filter", "output", "filter", NF_INET_LOCAL_OUT,
			  NF_IP_PRI_FILTER },
	[CHAIN_THROUGH] = { "through", "filter", "forward", "filter", NF_INET_FORWARD,
			    NF_IP_PRI_FILTER },
	[CHAIN_ENDPOINTS] = { .name = "endpoints" },
	[CHAIN_NAMES] = { .name = "names" },
	[CHAIN_KERNEL] = { .name = "kernel" },
	[CHAIN_REFUSE] = { .name = "refuse" },
	[CHAIN_FRAMES] = { "frames", "filter", "egress", "filter", NF_NETDEV_EGRESS,
			   NF_IP_PRI_FILTER },
};

/* What must hold of a request for a row to be made: all the bits that the row has. */
enum when {
	ALWAYS = 0,
	FULL = 1 << 0,
	SPLIT = 1 << 1,
	ALLOW = 1 << 2, /* the container's own networks stay reachable */
	DENY = 1 << 3,
	NAMES = 1 << 4, /* names are asked of certain servers alone */
	NO_RESOLVER = 1 << 5, /* and Docker's own is none of them */
	INSIDE = 1 << 6, /* encrypted packets leave by the container's own network */
};

#define IN(link)                                                                                   \
	{                                                                                          \
		TERM_IN, .name = (link)                                                            \
	}
#define OUT(link)                                                                                  \
	{                                                                                          \
		TERM_OUT, .name = (link)                                                           \
	}
#define TO(a, b, c, d)                                                                             \
	{                                                                                          \
		TERM_TO, .prefix = { AF_INET, 32, { a, b, c, d } }                                 \
	}
#define TO_SET(which)                                                                              \
	{                                                                                          \
		TERM_TO_SET, .set = SET_##which                                                    \
	}
#define PROTOCOL(which)                                                                            \
	{                                                                                          \
		TERM_PROTOCOL, .number = IPPROTO_##which                                           \
	}
#define PORT(which, port)                                                                          \
	{                                                                                          \
		TERM_PORT, .protocol = IPPROTO_##which, .number = (port)                           \
	}
#define ICMPV6(type)                                                                               \
	{                                                                                          \
		TERM_ICMPV6, .number = (type)                                                      \
	}
#define ROUTED(option)                                                                             \
	{                                                                                          \
		TERM_ROUTED, .number = (option)                                                    \
	}
#define FRAME(type)                                                                                \
	{                                                                                          \
		TERM_FRAME, .number = (type)                                                       \
	}
#define RECORD(which)                                                                              \
	{                                                                                          \
		TERM_RECORD, .set = SET_##which                                                    \
	}
#define ANSWER(which)                                                                              \
	{                                                                                          \
		TERM_ANSWER, .set = SET_##which                                                    \
	}
#define JUMP(which)                                                                                \
	{                                                                                          \
		TERM_JUMP, .chain = CHAIN_##which                                                  \
	}
#define GOTO(which)                                                                                \
	{                                                                                          \
		TERM_GOTO, .chain = CHAIN_##which                                                  \
	}
#define OF_MARK(which)                                                                             \
	{                                                                                          \
		TERM_OF_MARK, .mark = MARK_##which                                                 \
	}
#define MARKED(which)                                                                              \
	{                                                                                          \
		TERM_MARKED, .mark = MARK_##which                                                  \
	}
#define MARK_CONNECTION(which)                                                                     \
	{                                                                                          \
		TERM_MARK_CONNECTION, .mark = MARK_##which                                         \
	}
#define MARK_PACKET(which)                                                                         \
	{                                                                                          \
		TERM_MARK_PACKET, .mark = MARK_##which                                             \
	}
#define DO(what)                                                                                   \
	{                                                                                          \
		.kind = TERM_##what                                                                \
	}
#define THE_TUNNEL NULL
#define MARK_REPLY RULESET_MARK
#define MARK_ENCRYPTED RULESET_ENCRYPTED_MARK

/*
 * In the order in which they are asked. A row that names a set with nothing in it is not made.
 * Links are told apart by name: it covers those that are attached later.
 */
static const struct row rows[] = {
	/*
	 * On the way in. What is addressed to the tunnel's addresses came through the tunnel
	 * (CVE-2019-14899: a neighbour finds out about connections that way).
	 */
	{ CHAIN_ARRIVE, ALWAYS, { IN("lo"), DO(ACCEPT) } },
	{ CHAIN_ARRIVE, ALWAYS, { IN(THE_TUNNEL), DO(ACCEPT) } },
	{ CHAIN_ARRIVE, ALWAYS, { TO_SET(OWN4), DO(DROP) } },
	{ CHAIN_ARRIVE, ALWAYS, { TO_SET(OWN6), DO(DROP) } },

	/*
	 * Connections from elsewhere, of published ports, are marked. Their packets are too: what
	 * rp_filter asks with the mark (src_valid_mark) is the way back that the reply will take,
	 * and TCP's answer bears it before a route is looked up (tcp_fwmark_accept). Not a
	 * multicast: a process's own comes back from the link it was sent to, in whosever name that
	 * was, and an answer to it would be free to leave.
	 */
	{ CHAIN_REMEMBER, ALWAYS, { IN("lo"), DO(ACCEPT) } },
	{ CHAIN_REMEMBER, ALWAYS, { IN(THE_TUNNEL), DO(ACCEPT) } },
	{ CHAIN_REMEMBER, ALWAYS, { DO(UNICAST), DO(NEW), MARK_CONNECTION(REPLY) } },
	{ CHAIN_REMEMBER, ALWAYS, { DO(ORIGINAL), OF_MARK(REPLY), MARK_PACKET(REPLY) } },
	/* What a peer sends to the link's own socket: the way back is that of what it answers. */
	{ CHAIN_REMEMBER, INSIDE, { OF_MARK(ENCRYPTED), MARK_PACKET(ENCRYPTED) } },
	/*
	 * A UDP server that is bound to no address answers from the tunnel's, and conntrack would
	 * not know the reply. So who asked which address is kept, as long as he asks (not only by
	 * his first packet: a stream would die with the entry), and the source put right before
	 * conntrack sees the answer. Not of a broadcast or multicast: those are nobody's source.
	 */
	{ CHAIN_REMEMBER, ALWAYS, { DO(UNICAST), DO(ORIGINAL), RECORD(ASKED4) } },
	{ CHAIN_REMEMBER, ALWAYS, { DO(UNICAST), DO(ORIGINAL), RECORD(ASKED6) } },

	/*
	 * On the way out. Not what a connected socket sends, which is no such server's: a neighbour
	 * who forges questions to ports of clients would have it taken for answers.
	 */
	{ CHAIN_ANSWER, ALWAYS, { PROTOCOL(UDP), DO(BOUND), DO(ACCEPT) } },
	{ CHAIN_ANSWER, ALWAYS, { ANSWER(ASKED4) } },
	{ CHAIN_ANSWER, ALWAYS, { ANSWER(ASKED6) } },
	/* A chain of type route: the mark has the route looked up once more. */
	{ CHAIN_REROUTE, ALWAYS, { DO(REPLY), OF_MARK(REPLY), MARK_PACKET(REPLY) } },

	/* Docker's resolver may ask from the host; any port, for Docker's own rules change it. */
	{ CHAIN_LEAVE, NO_RESOLVER, { TO(127, 0, 0, 11), GOTO(REFUSE) } },
	{ CHAIN_LEAVE, ALWAYS, { OUT("lo"), DO(ACCEPT) } },
	{ CHAIN_LEAVE, ALWAYS, { OUT(THE_TUNNEL), DO(ACCEPT) } },
	/* The direction is conntrack's to say; a packet's mark any process with CAP_NET_RAW's. */
	{ CHAIN_LEAVE, ALWAYS, { DO(REPLY), OF_MARK(REPLY), DO(ACCEPT) } },
	/* To a neighbour, who is told to send it on: it is for the last of those it names. */
	{ CHAIN_LEAVE, ALWAYS, { ROUTED(IPOPT_LSRR), GOTO(REFUSE) } },
	{ CHAIN_LEAVE, ALWAYS, { ROUTED(IPOPT_SSRR), GOTO(REFUSE) } },
	{ CHAIN_LEAVE, ALWAYS, { ROUTED(IPPROTO_ROUTING), GOTO(REFUSE) } },
	/*
	 * The tunnel's own packets, to a peer's Endpoint. Whose socket they are of says nothing:
	 * WireGuard keeps that of the packet inside (wg_xmit). So who has CAP_NET_RAW can send
	 * to an Endpoint what looks like them, and to nobody else.
	 */
	{ CHAIN_LEAVE, INSIDE, { MARKED(ENCRYPTED), DO(LISTEN_PORT), JUMP(ENDPOINTS) } },
	{ CHAIN_LEAVE, ALWAYS, { DO(TO), DO(PORT), DO(ACCEPT) } }, /* a bypass for names' ports */
	{ CHAIN_LEAVE, NAMES, { PORT(UDP, 53), JUMP(NAMES) } },
	{ CHAIN_LEAVE, NAMES, { PORT(TCP, 53), JUMP(NAMES) } },
	{ CHAIN_LEAVE, NAMES, { PORT(UDP, 853), JUMP(NAMES) } },
	{ CHAIN_LEAVE, NAMES, { PORT(TCP, 853), JUMP(NAMES) } },
	{ CHAIN_LEAVE, ALWAYS, { JUMP(KERNEL) } },
	{ CHAIN_LEAVE, ALWAYS, { DO(TO), DO(ACCEPT) } }, /* one for each other bypass */
	{ CHAIN_LEAVE, SPLIT, { TO_SET(CARRIED4), GOTO(REFUSE) } },
	{ CHAIN_LEAVE, SPLIT, { TO_SET(CARRIED6), GOTO(REFUSE) } },
	{ CHAIN_LEAVE, SPLIT | DENY, { TO_SET(PRIVATE4), GOTO(REFUSE) } },
	{ CHAIN_LEAVE, SPLIT | DENY, { TO_SET(PRIVATE6), GOTO(REFUSE) } },
	{ CHAIN_LEAVE, FULL | ALLOW, { TO_SET(PRIVATE4), DO(ACCEPT) } },
	{ CHAIN_LEAVE, FULL | ALLOW, { TO_SET(PRIVATE6), DO(ACCEPT) } },
	{ CHAIN_LEAVE, FULL, { GOTO(REFUSE) } },

	/* The container is no router between the tunnel and its other networks. */
	{ CHAIN_THROUGH, ALWAYS, { IN(THE_TUNNEL), DO(DROP) } },
	{ CHAIN_THROUGH, ALWAYS, { OUT(THE_TUNNEL), DO(DROP) } },

	/* One for each; the port may be that of names. */
	{ CHAIN_ENDPOINTS, INSIDE, { DO(TO), DO(PORT), MARK_CONNECTION(ENCRYPTED), DO(ACCEPT) } },

	/* Servers that are asked elsewhere are so where the rest of "leave" has them. */
	{ CHAIN_NAMES, NAMES, { TO_SET(SERVERS4), DO(RETURN) } },
	{ CHAIN_NAMES, NAMES, { TO_SET(SERVERS6), DO(RETURN) } },
	{ CHAIN_NAMES, NAMES, { GOTO(REFUSE) } },

	/*
	 * Without these IPv6 neighbours do not find each other, at whatever address they have: so
	 * it is not the address that is looked at, but that the kernel sends them, from a socket
	 * that is no file (nft_meta_get_eval_skugid breaks). A process's own may go anywhere.
	 */
	{ CHAIN_KERNEL, ALWAYS, { DO(PROCESS), DO(RETURN) } },
	{ CHAIN_KERNEL, ALWAYS, { ICMPV6(ICMPV6_MGM_REPORT), DO(ACCEPT) } },
	{ CHAIN_KERNEL, ALWAYS, { ICMPV6(ICMPV6_MGM_REDUCTION), DO(ACCEPT) } },
	{ CHAIN_KERNEL, ALWAYS, { ICMPV6(RULESET_ROUTER_SOLICIT), DO(ACCEPT) } },
	{ CHAIN_KERNEL, ALWAYS, { ICMPV6(RULESET_NEIGHBOUR_SOLICIT), DO(ACCEPT) } },
	{ CHAIN_KERNEL, ALWAYS, { ICMPV6(RULESET_NEIGHBOUR_ADVERT), DO(ACCEPT) } },
	{ CHAIN_KERNEL, ALWAYS, { ICMPV6(ICMPV6_MLD2_REPORT), DO(ACCEPT) } },
	{ CHAIN_KERNEL, ALWAYS, { PROTOCOL(IGMP), DO(ACCEPT) } },

	/* Refused, not dropped: applications fail at once. */
	{ CHAIN_REFUSE, ALWAYS, { PROTOCOL(TCP), DO(RESET) } },
	{ CHAIN_REFUSE, ALWAYS, { DO(REJECT) } },

	/*
	 * Frames that a process writes itself, with CAP_NET_RAW (AF_PACKET), pass none of the
	 * above, but do pass the links (packet_xmit, nf_hook_direct_egress). They bear no route,
	 * which all that IP sends does (nft_meta_get_eval_rtclassid breaks without); links have not
	 * yet dropped it there (__dev_queue_xmit). ARP they may speak, and DHCP, as the daemons do
	 * that engines start in here; by the frame's own bytes, for its protocol is the sender's to
	 * say.
	 */
	{ CHAIN_FRAMES, ALWAYS, { DO(STACK), DO(ACCEPT) } },
	{ CHAIN_FRAMES, ALWAYS, { FRAME(ETH_P_ARP), DO(ACCEPT) } },
	{ CHAIN_FRAMES,
	  ALLOW,
	  { FRAME(ETH_P_IP), TO(255, 255, 255, 255), PORT(UDP, 67), DO(ACCEPT) } },
};

#define ROWS (sizeof(rows) / sizeof(*rows))

/* Where the networks of a container's own are; multicast no wider than an organisation. */
static const struct prefix private4[] = {
	{ AF_INET, 8, { 10 } }, /* RFC 1918 */
	{ AF_INET, 10, { 100, 64 } }, /* RFC 6598 */
	{ AF_INET, 16, { 169, 254 } }, /* link-local, RFC 3927 */
	{ AF_INET, 12, { 172, 16 } },
	{ AF_INET, 16, { 192, 168 } },
	{ AF_INET, 24, { 224, 0, 0 } }, /* multicast on the link, RFC 5771 */
	{ AF_INET, 8, { 239 } }, /* administratively scoped, RFC 2365 */
	{ AF_INET, 32, { 255, 255, 255, 255 } },
};

static const struct prefix private6[] = {
	{ AF_INET6, 7, { 0xfc } }, /* unique local, RFC 4193 */
	{ AF_INET6, 10, { 0xfe, 0x80 } }, /* link-local */
	{ AF_INET6, 16, { 0xff, 0x02 } }, /* multicast on the link, RFC 4291 */
	{ AF_INET6, 16, { 0xff, 0x05 } }, /* of a site */
	{ AF_INET6, 16, { 0xff, 0x12 } }, /* and their transient groups */
	{ AF_INET6, 16, { 0xff, 0x15 } },
};

static bool is_resolver(const struct names *names)
{
	static const struct prefix resolver = { AF_INET, 32, { 127, 0, 0, 11 } };

	for (size_t i = 0; i < names->servers_count; i++)
		if (prefix_compare(&names->servers[i], &resolver) == 0)
			return true;
	return false;
}

static bool has_endpoint(const struct tunnel *tunnel)
{
	for (size_t i = 0; i < tunnel->peers_count; i++)
		if (tunnel->peers[i].host)
			return true;
	return false;
}

static unsigned int holds_of(const struct request *request)
{
	unsigned int holds = request->full ? FULL : SPLIT;

	holds |= request->deny_networks ? DENY : ALLOW;
	if (request->socket == SOCKET_CONTAINER && has_endpoint(&request->tunnel))
		holds |= INSIDE;
	if (request->dns != DNS_ENGINE) {
		holds |= NAMES;
		if (!is_resolver(request_names(request)))
			holds |= NO_RESOLVER;
	}
	return holds;
}

/* Sets */

/* Appends to the ruleset's prefixes, for which there is room, those of FAMILY that KEEP wants. */
static void fill_set(struct ruleset *ruleset, struct set_content *set, size_t *used,
		     const struct prefix *from, size_t count,
		     bool (*keep)(const struct request *, const struct prefix *),
		     const struct request *request)
{
	struct prefix *into = ruleset->prefixes + *used;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (from[i].family == set->family && keep(request, &from[i]))
			into[kept++] = prefix_address(from[i]);
	set->prefixes = into;
	set->count = prefixes_reduce(into, kept);
	*used += set->count;
}

static bool keep_all(const struct request *request, const struct prefix *prefix)
{
	(void)request;
	(void)prefix;
	return true;
}

static bool keep_unpinned(const struct request *request, const struct prefix *server)
{
	return !request_is_pinned(request, server);
}

static void refer(struct set_content *set, const struct prefix *prefixes, size_t count)
{
	set->prefixes = prefixes;
	set->count = count;
}

/* AllowedIPs are sorted, IPv4 first. */
static void refer_carried(struct ruleset *ruleset, const struct request *request)
{
	size_t first6 = 0;

	while (first6 < request->carried_count && request->carried[first6].family == AF_INET)
		first6++;
	refer(&ruleset->sets[SET_CARRIED4], request->carried, first6);
	refer(&ruleset->sets[SET_CARRIED6], request->carried + first6,
	      request->carried_count - first6);
}

static int fill_sets(const struct request *request, struct ruleset *ruleset, struct err *err)
{
	static const struct set_content empty[SETS] = {
		[SET_OWN4] = { .name = "own4", .family = AF_INET },
		[SET_OWN6] = { .name = "own6", .family = AF_INET6 },
		[SET_SERVERS4] = { .name = "servers4", .family = AF_INET },
		[SET_SERVERS6] = { .name = "servers6", .family = AF_INET6 },
		[SET_PRIVATE4] = { .name = "private4", .family = AF_INET, .interval = true },
		[SET_PRIVATE6] = { .name = "private6", .family = AF_INET6, .interval = true },
		[SET_CARRIED4] = { .name = "carried4", .family = AF_INET, .interval = true },
		[SET_CARRIED6] = { .name = "carried6", .family = AF_INET6, .interval = true },
		[SET_ASKED4] = { .name = "asked4", .family = AF_INET, .map = true },
		[SET_ASKED6] = { .name = "asked6", .family = AF_INET6, .map = true },
	};
	const struct tunnel *tunnel = &request->tunnel;
	const struct names *names = request_names(request);
	size_t used = 0;

	memcpy(ruleset->sets, empty, sizeof(empty));
	ruleset->prefixes = calloc(tunnel->addresses_count + names->servers_count + 1,
				   sizeof(*ruleset->prefixes));
	if (!ruleset->prefixes)
		return fail(err, "out of memory");
	for (int i = 0; i < 2; i++) {
		fill_set(ruleset, &ruleset->sets[SET_OWN4 + i], &used, tunnel->addresses,
			 tunnel->addresses_count, keep_all, request);
		fill_set(ruleset, &ruleset->sets[SET_SERVERS4 + i], &used, names->servers,
			 names->servers_count, keep_unpinned, request);
	}
	refer(&ruleset->sets[SET_PRIVATE4], private4, sizeof(private4) / sizeof(*private4));
	refer(&ruleset->sets[SET_PRIVATE6], private6, sizeof(private6) / sizeof(*private6));
	refer_carried(ruleset, request);
	return 0;
}

/* Rows */

bool ruleset_names_set(const struct term *term)
{
	return term->kind == TERM_TO_SET || term->kind == TERM_RECORD || term->kind == TERM_ANSWER;
}

/* Says too which sets are used. */
static bool has_its_sets(struct ruleset *ruleset, const struct row *row)
{
	for (size_t i = 0; i < RULESET_TERMS; i++) {
		struct set_content *set;

		if (!ruleset_names_set(&row->terms[i]))
			continue;
		set = &ruleset->sets[row->terms[i].set];
		if (!set->map && !set->count)
			return false;
		set->used = true;
	}
	return true;
}

/* Holes in the guard, as the request has them: those for the ports of names, or the others. */
static void add_bypasses(struct ruleset *ruleset, const struct row *row,
			 const struct request *request)
{
	bool of_names = row->terms[1].kind == TERM_PORT;

	for (size_t i = 0; i < request->bypass_count; i++) {
		const struct bypass *bypass = &request->bypass[i];
		struct term *term;

		if (bypass_is_of_names(bypass) != of_names)
			continue;
		ruleset->rows[ruleset->rows_count] = (struct row){ .chain = row->chain };
		term = ruleset->rows[ruleset->rows_count++].terms;
		*term++ = (struct term){ TERM_TO, .prefix = bypass->prefix };
		if (bypass->protocol)
			*term++ = (struct term){ TERM_PORT, .protocol = bypass->protocol,
						 .number = bypass->port };
		*term = (struct term){ .kind = TERM_ACCEPT };
	}
}

static void add_endpoints(struct ruleset *ruleset, const struct row *row,
			  const struct tunnel *tunnel)
{
	for (size_t i = 0; i < tunnel->peers_count; i++) {
		const struct peer *peer = &tunnel->peers[i];
		struct row *made = &ruleset->rows[ruleset->rows_count];

		if (!peer->host)
			continue;
		*made = *row;
		made->terms[0].prefix = endpoint_prefix(&peer->address);
		made->terms[1].protocol = IPPROTO_UDP;
		made->terms[1].number = peer->port;
		ruleset->rows_count++;
	}
}

static int add_rows(const struct request *request, struct ruleset *ruleset, struct err *err)
{
	unsigned int holds = holds_of(request);

	ruleset->rows = calloc(ROWS + request->bypass_count + request->tunnel.peers_count,
			       sizeof(*ruleset->rows));
	if (!ruleset->rows)
		return fail(err, "out of memory");
	for (size_t i = 0; i < ROWS; i++) {
		const struct row *row = &rows[i];

		if ((row->when & holds) != row->when || !has_its_sets(ruleset, row))
			continue;
		if (row->chain == CHAIN_ENDPOINTS)
			add_endpoints(ruleset, row, &request->tunnel);
		else if (row->terms[0].kind == TERM_TO && !row->terms[0].prefix.family)
			add_bypasses(ruleset, row, request);
		else
			ruleset->rows[ruleset->rows_count++] = *row;
	}
	return 0;
}

int ruleset_build(const struct request *request, struct ruleset *ruleset, struct err *err)
{
	struct ruleset built = {
		.interface = request->interface,
		.port = request->port,
		.closed = request->full,
	};

	if (fill_sets(request, &built, err) < 0 || add_rows(request, &built, err) < 0) {
		ruleset_free(&built);
		return -1;
	}
	*ruleset = built;
	return 0;
}

void ruleset_free(struct ruleset *ruleset)
{
	free(ruleset->rows);
	free(ruleset->prefixes);
	*ruleset = (struct ruleset){ 0 };
}

/* Of the last interval there is none that has ended. */
size_t set_elements(const struct set_content *set, size_t number, struct element elements[static 2])
{
	const struct prefix *prefix = &set->prefixes[number];

	elements[0] = (struct element){ prefix_address(*prefix), false };
	elements[1] = (struct element){ .end = true };
	return set->interval && prefix_after(prefix, &elements[1].address) ? 2 : 1;
}

static size_t count_elements(const struct set_content *set)
{
	struct element elements[2];
	size_t count = 0;

	for (size_t i = 0; i < set->count; i++)
		count += set_elements(set, i, elements);
	return count;
}

struct ruleset_size ruleset_size(const struct ruleset *ruleset)
{
	struct ruleset_size size = { 0 };

	for (size_t i = 0; i < ruleset->rows_count; i++)
		if (ruleset->rows[i].chain == CHAIN_FRAMES)
			size.frames_rules++;
		else
			size.rules++;
	for (size_t i = 0; i < SETS; i++)
		if (ruleset->sets[i].used)
			size.elements += count_elements(&ruleset->sets[i]);
	return size;
}

const char *ruleset_link(const struct ruleset *ruleset, const struct term *term)
{
	return term->name ? term->name : ruleset->interface;
}

bool ruleset_has_chain(const struct ruleset *ruleset, enum chain chain)
{
	for (size_t i = 0; i < ruleset->rows_count; i++)
		if (ruleset->rows[i].chain == chain)
			return true;
	return false;
}

bool ruleset_drops(const struct ruleset *ruleset, enum chain chain)
{
	return chain == CHAIN_FRAMES || (chain == CHAIN_LEAVE && ruleset->closed);
}
