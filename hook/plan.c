/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The packet policy: which rules, routes and sysctls a request amounts to, and in which order. */
#include "plan.h"

#include <ctype.h>
#include <linux/rtnetlink.h>
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "alias.h"
#include "anchor.h"
#include "text.h"

/* Lower is asked first. 0 is the kernel's local table, 32766 its main table. */
enum preference {
	PREFERENCE_MARK = 100,
	PREFERENCE_MARK_TWIN = 101,
	PREFERENCE_ENCRYPTED = 102,
	PREFERENCE_ENCRYPTED_TWIN = 103,
	PREFERENCE_DNS = 110,
	PREFERENCE_DNS_TWIN = 111,
	PREFERENCE_BYPASS = 120,
	PREFERENCE_BYPASS_TWIN = 121,
	PREFERENCE_MAIN = 130,
	PREFERENCE_TUNNEL = 140,
	PREFERENCE_TERMINAL = 150,
};

/* A file may name one twice; the kernel refuses the second. */
static bool came_before(const struct prefix *addresses, size_t number)
{
	for (size_t i = 0; i < number; i++)
		if (prefix_compare(&addresses[i], &addresses[number]) == 0)
			return true;
	return false;
}

static const uint8_t families[] = { AF_INET, AF_INET6 };

#define NO_PREFIX ((struct prefix){ 0 })

/* plan_build() has counted them: there is room. */
static struct step *add_step(struct plan *plan, enum step_kind kind)
{
	struct step *step = &plan->steps[plan->count++];

	*step = (struct step){ .kind = kind };
	return step;
}

static struct rule *add_rule(struct plan *plan, uint8_t family, uint32_t preference,
			     enum rule_action action, struct prefix to)
{
	struct rule *rule = &add_step(plan, STEP_RULE)->rule;

	*rule = (struct rule){
		.family = family,
		.preference = preference,
		.action = action,
		.table = RT_TABLE_MAIN,
		.suppress = -1,
		.to = to,
	};
	return rule;
}

/*
 * A rule, not an unreachable route: for a socket bound to another link IPv6 passes such a route
 * over and goes on to main's default (rt6_score_route, net/ipv6/route.c). With it last, a default
 * route that an engine adds to main later is never reached, and a link that is down or gone leaves
 * nothing but "unreachable".
 */
static void add_terminal_rules(struct plan *plan)
{
	for (size_t i = 0; i < 2; i++)
		add_rule(plan, families[i], PREFERENCE_TERMINAL, RULE_UNREACHABLE, NO_PREFIX);
}

static void add_tunnel_rules(struct plan *plan)
{
	for (size_t i = 0; i < 2; i++)
		add_rule(plan, families[i], PREFERENCE_TUNNEL, RULE_LOOKUP, NO_PREFIX)->table =
			plan->table;
}

/*
 * Networks of the container's own stay reachable, and an engine that asks for the way to its
 * gateway is told. Not only a default is passed over: 0.0.0.0/1, or IPv6's 2000::/3, stands for
 * one where somebody wants traffic past the tunnel (CVE-2024-3661).
 */
static void add_main_rules(struct plan *plan)
{
	for (size_t i = 0; i < 2; i++)
		add_rule(plan, families[i], PREFERENCE_MAIN, RULE_LOOKUP, NO_PREFIX)->suppress =
			families[i] == AF_INET ? 7 : 6;
}

static void add_bypass_rule(struct plan *plan, const struct bypass *bypass, uint32_t preference,
			    enum rule_action action)
{
	struct rule *rule =
		add_rule(plan, bypass->prefix.family, preference, action, bypass->prefix);

	rule->protocol = bypass->protocol;
	rule->port = bypass->port;
}

/* Each with a twin: where main has no route, a bypassed packet would go on to the tunnel. */
static void add_bypass_rules(struct plan *plan)
{
	const struct request *request = plan->request;

	for (size_t i = 0; i < request->bypass_count; i++) {
		const struct bypass *bypass = &request->bypass[i];

		add_bypass_rule(plan, bypass, PREFERENCE_BYPASS_TWIN, RULE_UNREACHABLE);
		add_bypass_rule(plan, bypass, PREFERENCE_BYPASS, RULE_LOOKUP);
	}
}

/* Pinned servers have a twin: with the link gone, a bypass or such a network would be asked. */
static void add_dns_rules(struct plan *plan)
{
	const struct names *names = request_names(plan->request);

	for (size_t i = 0; i < names->servers_count; i++) {
		const struct prefix *server = &names->servers[i];

		if (!request_is_pinned(plan->request, server) || came_before(names->servers, i))
			continue;
		if (plan->request->killswitch != KILLSWITCH_OFF)
			add_rule(plan, server->family, PREFERENCE_DNS_TWIN, RULE_UNREACHABLE,
				 *server);
		add_rule(plan, server->family, PREFERENCE_DNS, RULE_LOOKUP, *server)->table =
			plan->table;
	}
}

/* Table = off is with killswitch 'off' alone. */
static bool has_guard(const struct request *request)
{
	return request->killswitch == KILLSWITCH_ON;
}

static void add_mark_rules(struct plan *plan, uint32_t mark, enum preference lookup,
			   enum preference twin)
{
	for (size_t i = 0; i < 2; i++)
		add_rule(plan, families[i], twin, RULE_UNREACHABLE, NO_PREFIX)->mark = mark;
	for (size_t i = 0; i < 2; i++)
		add_rule(plan, families[i], lookup, RULE_LOOKUP, NO_PREFIX)->mark = mark;
}

/*
 * Before all others. By the main table go replies of published ports, which the guard marks, to
 * where their requests came from: a client may be anywhere. Without the guard that mark would be a
 * way out for whoever has CAP_NET_RAW. And encrypted packets, which the link marks, go that way
 * where its socket is the container's: in the tunnel they would go round and round.
 */
static void add_rules_of_marks(struct plan *plan)
{
	if (plan->request->socket == SOCKET_CONTAINER)
		add_mark_rules(plan, RULESET_ENCRYPTED_MARK, PREFERENCE_ENCRYPTED,
			       PREFERENCE_ENCRYPTED_TWIN);
	if (has_guard(plan->request))
		add_mark_rules(plan, RULESET_MARK, PREFERENCE_MARK, PREFERENCE_MARK_TWIN);
}

static void add_rules(struct plan *plan)
{
	if (plan->request->tunnel.table == TUNNEL_TABLE_OFF)
		return;
	if (plan->request->full && plan->request->killswitch != KILLSWITCH_OFF)
		add_terminal_rules(plan);
	add_tunnel_rules(plan);
	add_main_rules(plan);
	add_bypass_rules(plan);
	add_dns_rules(plan);
	add_rules_of_marks(plan);
}

/* Linux, Documentation/networking/ip-sysctl.rst; the first is of both families. */
const struct sysctl plan_sysctls[PLAN_SYSCTLS] = {
	{ AF_INET, '1', 0, "net/ipv4/tcp_fwmark_accept" },
	{ AF_INET, '1', 1, "net/ipv4/fwmark_reflect" },
	{ AF_INET6, '1', 2, "net/ipv6/fwmark_reflect" },
	{ AF_INET, '1', 3, "net/ipv4/conf/all/src_valid_mark" },
};

static void add_sysctls(struct plan *plan)
{
	if (plan->request->tunnel.table == TUNNEL_TABLE_OFF)
		return;
	for (size_t i = 0; i < PLAN_SYSCTLS; i++)
		add_step(plan, STEP_SYSCTL)->sysctl = plan_sysctls[i];
}

/* Below IPv6's least MTU the kernel gives a link no IPv6 at all (addrconf_notify). */
static bool has_ipv6(const struct request *request)
{
	return request->mtu >= 1280;
}

/* Where an engine switched IPv6 off for all links, it stays off but for the tunnel's. */
static void add_ipv6_on(struct plan *plan)
{
	struct sysctl *sysctl = &add_step(plan, STEP_SYSCTL)->sysctl;

	*sysctl = (struct sysctl){ .family = AF_INET6, .value = '0', .number = -1 };
	snprintf(sysctl->path, sizeof(sysctl->path), "net/ipv6/conf/%s/disable_ipv6",
		 plan->request->interface);
}

static void add_link(struct plan *plan)
{
	const struct tunnel *tunnel = &plan->request->tunnel;

	add_step(plan, STEP_LINK);
	add_step(plan, STEP_WIREGUARD);
	if (has_ipv6(plan->request))
		add_ipv6_on(plan);
	for (size_t i = 0; i < tunnel->addresses_count; i++)
		if (!came_before(tunnel->addresses, i))
			add_step(plan, STEP_ADDRESS)->address = tunnel->addresses[i];
	add_step(plan, STEP_UP);
}

/*
 * All that belongs into table T. Full: a default in both families, since WireGuard itself refuses
 * what no peer carries. Split: what the peers carry, and the networks of the link's own addresses,
 * whose routes the kernel was told not to make.
 */
static size_t list_routes(const struct request *request, struct prefix *routes)
{
	const struct tunnel *tunnel = &request->tunnel;
	size_t count = 0;

	if (tunnel->table == TUNNEL_TABLE_OFF)
		return 0;
	if (request->full) {
		routes[count++] = (struct prefix){ .family = AF_INET };
		routes[count++] = (struct prefix){ .family = AF_INET6 };
		return count;
	}
	for (; count < request->carried_count; count++)
		routes[count] = request->carried[count];
	for (size_t i = 0; i < tunnel->addresses_count; i++)
		if (tunnel->addresses[i].length < family_bits(tunnel->addresses[i].family))
			routes[count++] = prefix_network(tunnel->addresses[i]);
	return prefixes_reduce(routes, count);
}

static void add_routes(struct plan *plan)
{
	size_t count = list_routes(plan->request, plan->routes), first = 0;

	while (first < count) {
		struct step *step;
		size_t end = first;

		if (plan->routes[first].family == AF_INET6 && !has_ipv6(plan->request))
			break; /* the last, for they are sorted */
		step = add_step(plan, STEP_ROUTES);
		while (end < count && plan->routes[end].family == plan->routes[first].family)
			end++;
		step->routes.family = plan->routes[first].family;
		step->routes.prefixes = plan->routes + first;
		step->routes.count = end - first;
		first = end;
	}
}

/*
 * The tunnel's name, cut where the alias would have no room; what is no letter of such a name
 * becomes '_', for a file that check or attach was given may be called anything.
 */
static void copy_name(const struct request *request, char name[static ALIAS_NAME_ROOM])
{
	snprintf(name, ALIAS_NAME_ROOM, "%s", request->name);
	for (char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("_.+=-", *c))
			*c = '_';
}

static int add_resolv(struct plan *plan, struct err *err)
{
	const struct names *names = request_names(plan->request);
	char name[ALIAS_NAME_ROOM];
	struct text text = { 0 };
	FILE *out;

	if (!names->servers_count) {
		add_step(plan, STEP_ANCHOR);
		return 0;
	}
	out = text_open(&text);
	if (!out)
		return fail(err, "out of memory");
	copy_name(plan->request, name);
	fprintf(out, "# Mounted by oci-wireguard, for tunnel %s\n", name);
	names_print(names, out);
	plan->resolv = text_close(&text, out, NULL);
	if (!plan->resolv)
		return fail(err, "out of memory");
	add_step(plan, STEP_RESOLV);
	return 0;
}

static void add_alias(struct plan *plan)
{
	char name[ALIAS_NAME_ROOM];

	add_step(plan, STEP_ALIAS);
	copy_name(plan->request, name);
	snprintf(plan->alias, sizeof(plan->alias), ALIAS_START "%s %016llx", name,
		 (unsigned long long)request_digest(plan->request));
}

/* The first step: what no rule of routing can hold, a socket bound to another link. */
static int add_guard(struct plan *plan, struct err *err)
{
	add_step(plan, STEP_GUARD);
	return ruleset_build(plan->request, &plan->ruleset, err);
}

int plan_build(const struct request *request, struct plan *plan, struct err *err)
{
	const struct tunnel *tunnel = &request->tunnel;
	struct plan built = {
		.request = request,
		.table = tunnel->table == TUNNEL_TABLE_NUMBER ? tunnel->table_number : PLAN_TABLE,
	};
	/* The guard, 14 rules, five sysctls, two steps of routes, link, WireGuard, up, handshake,
	 * resolv.conf or anchor, alias; and the lists.
	 */
	size_t steps = 28 + 2 * request->bypass_count + 2 * request_names(request)->servers_count +
		       tunnel->addresses_count;

	built.steps = calloc(steps, sizeof(*built.steps));
	built.routes =
		calloc(request->carried_count + tunnel->addresses_count + 2, sizeof(*built.routes));
	if (!built.steps || !built.routes) {
		plan_free(&built);
		return fail(err, "out of memory");
	}
	if (has_guard(request) && add_guard(&built, err) < 0) {
		plan_free(&built);
		return -1;
	}
	add_rules(&built);
	add_sysctls(&built);
	add_link(&built);
	add_routes(&built);
	if (request->handshake)
		add_step(&built, STEP_HANDSHAKE);
	if (add_resolv(&built, err) < 0) {
		plan_free(&built);
		return -1;
	}
	add_alias(&built);
	*plan = built;
	return 0;
}

void plan_free(struct plan *plan)
{
	ruleset_free(&plan->ruleset);
	free(plan->steps);
	free(plan->routes);
	free(plan->resolv);
	*plan = (struct plan){ 0 };
}

static const char *ip_family(uint8_t family)
{
	return family == AF_INET ? "-4" : "-6";
}

static void print_rule(const struct rule *rule, FILE *out)
{
	char text[PREFIX_TEXT];

	fprintf(out, "ip -n container %s rule add", ip_family(rule->family));
	if (rule->to.family)
		fprintf(out, " to %s", prefix_format(&rule->to, true, text));
	if (rule->protocol)
		fprintf(out, " ipproto %s dport %u", rule->protocol == IPPROTO_TCP ? "tcp" : "udp",
			rule->port);
	if (rule->mark)
		fprintf(out, " fwmark %#x", rule->mark);
	switch (rule->action) {
	case RULE_LOOKUP:
		if (rule->table == RT_TABLE_MAIN)
			fprintf(out, " lookup main");
		else
			fprintf(out, " lookup %u", rule->table);
		break;
	case RULE_UNREACHABLE: fprintf(out, " unreachable"); break;
	}
	if (rule->suppress >= 0)
		fprintf(out, " suppress_prefixlength %d", rule->suppress);
	fprintf(out, " pref %u protocol %d%s\n", rule->preference, RTNL_PROTOCOL,
		rule->more ? ", and more" : "");
}

static void print_endpoint(const struct peer *peer, FILE *out)
{
	char text[ENDPOINT_TEXT];

	if (peer->address.sa.sa_family == AF_UNSPEC)
		fprintf(out, " endpoint %s:%u", peer->host, peer->port);
	else
		fprintf(out, " endpoint %s", endpoint_format(&peer->address, text));
}

/* What amneziawg-go's link is called here until it is moved. */
#define AMNEZIA_LINK "owg0"

static bool is_amnezia(const struct plan *plan)
{
	return amnezia_used(&plan->request->tunnel.amnezia);
}

/* amneziawg-go's link is the host's: what configures it comes before it is moved. */
static void print_set(const struct plan *plan, FILE *out)
{
	if (is_amnezia(plan))
		fprintf(out, "awg set " AMNEZIA_LINK);
	else
		fprintf(out, "ip netns exec container wg set %s", plan->request->interface);
}

static void print_amnezia(const struct amnezia *amnezia, FILE *out)
{
	for (int word = 0; word < AMNEZIA_WORDS; word++) {
		const char *quote = amnezia_is_tags(word) ? "'" : "";

		if (amnezia->value[word])
			fprintf(out, " %s %s%s%s", amnezia_key(word), quote, amnezia->value[word],
				quote);
	}
}

static void print_peer(const struct plan *plan, const struct peer *peer, FILE *out)
{
	char key[KEY_BASE64], text[PREFIX_TEXT];

	key_format(&peer->public_key, key);
	print_set(plan, out);
	fprintf(out, " peer %s", key);
	if (!key_is_zero(&peer->preshared_key))
		fprintf(out, " preshared-key (hidden)");
	if (peer->host)
		print_endpoint(peer, out);
	if (peer->keepalive)
		fprintf(out, " persistent-keepalive %u", peer->keepalive);
	for (size_t i = 0; i < peer->allowed_count; i++)
		fprintf(out, "%s%s", i ? "," : " allowed-ips ",
			prefix_format(&peer->allowed[i], false, text));
	fputc('\n', out);
}

static void print_device(const struct plan *plan, FILE *out)
{
	const struct tunnel *tunnel = &plan->request->tunnel;

	print_set(plan, out);
	fprintf(out, " private-key (hidden)");
	if (plan->request->port)
		fprintf(out, " listen-port %u", plan->request->port);
	if (plan->request->socket == SOCKET_CONTAINER)
		fprintf(out, " fwmark %#x", RULESET_ENCRYPTED_MARK);
	print_amnezia(&tunnel->amnezia, out);
	fputc('\n', out);
}

static void print_link(const struct plan *plan, FILE *out)
{
	const struct request *request = plan->request;

	if (is_amnezia(plan))
		fprintf(out, "%s " AMNEZIA_LINK "\n",
			plan->request->userspace ? plan->request->userspace : "amneziawg-go");
	else if (request->socket == SOCKET_CONTAINER)
		fprintf(out, "ip -n container link add name %s group %d mtu %u type wireguard\n",
			request->interface, RTNL_GROUP, request->mtu);
	else
		fprintf(out, "ip link add name %s group %d mtu %u netns container type wireguard\n",
			request->interface, RTNL_GROUP, request->mtu);
}

/* addrgenmode: an address of its own making comes with a link that is not WireGuard's. */
static void print_move(const struct plan *plan, FILE *out)
{
	const struct request *request = plan->request;

	fprintf(out,
		"ip link set " AMNEZIA_LINK
		" netns container name %s group %d mtu %u addrgenmode none\n",
		request->interface, RTNL_GROUP, request->mtu);
}

static void print_sysctl(const struct sysctl *sysctl, FILE *out)
{
	/* With slashes: a link's name may hold a dot (sysctl(8)). */
	fprintf(out, "ip netns exec container sysctl -qw %s=%c\n", sysctl->path, sysctl->value);
}

static void print_routes(const struct plan *plan, const struct step *step, FILE *out)
{
	char text[PREFIX_TEXT];

	for (size_t i = 0; i < step->routes.count; i++) {
		const struct prefix *prefix = &step->routes.prefixes[i];

		fprintf(out, "ip -n container %s route add %s dev %s table %u proto %d\n",
			ip_family(prefix->family),
			prefix->length ? prefix_format(prefix, true, text) : "default",
			plan->request->interface, plan->table, RTNL_PROTOCOL);
	}
}

static void print_guard(const struct plan *plan, FILE *out)
{
	fprintf(out, "ip netns exec container nft -f - <<'EOF'\n");
	ruleset_print(&plan->ruleset, out);
	fprintf(out, "EOF\n");
	/* Comments: which links there are is not known yet, nor whether the kernel can. */
	fprintf(out, "# and on Linux 5.16 or newer, for the links there are, such as eth0:\n");
	ruleset_print_frames(&plan->ruleset, "# ", out);
}

/* A comment: a mount of a file without a name cannot be typed. */
static void print_resolv(const struct plan *plan, FILE *out)
{
	const char *line = plan->resolv;

	fprintf(out, "# over the container's " COVER_RESOLV ", read-only, this one is mounted:\n");
	while (*line) {
		int length = (int)strcspn(line, "\n");

		fprintf(out, "#   %.*s\n", length, line);
		line += length + 1;
	}
}

static void print_step(const struct plan *plan, const struct step *step, FILE *out)
{
	const char *interface = plan->request->interface;
	char text[PREFIX_TEXT];

	switch (step->kind) {
	case STEP_GUARD: print_guard(plan, out); break;
	case STEP_RULE: print_rule(&step->rule, out); break;
	case STEP_SYSCTL: print_sysctl(&step->sysctl, out); break;
	case STEP_LINK: print_link(plan, out); break;
	case STEP_WIREGUARD: print_device(plan, out); break;
	case STEP_ADDRESS:
		fprintf(out, "ip -n container addr add %s dev %s noprefixroute\n",
			prefix_format(&step->address, false, text), interface);
		break;
	case STEP_UP: fprintf(out, "ip -n container link set %s up\n", interface); break;
	case STEP_ROUTES: print_routes(plan, step, out); break;
	case STEP_HANDSHAKE:
		fprintf(out, "# within %u s a handshake with every peer that has an Endpoint\n",
			plan->request->handshake);
		break;
	case STEP_RESOLV: print_resolv(plan, out); break;
	case STEP_ANCHOR:
		fprintf(out, "# over " ANCHOR_PATH ", where /dev is the container's own tmpfs, "
			     "an empty file is mounted, which CRIU does not save\n");
		break;
	case STEP_ALIAS:
		fprintf(out, "ip -n container link set %s alias '%s'\n", interface, plan->alias);
		break;
	}
}

static void print_head(const struct plan *plan, FILE *out)
{
	const struct request *request = plan->request;
	size_t peers = request->tunnel.peers_count;

	fprintf(out, "# %s: a %s tunnel, %zu peer%s\n", request->file,
		request->full ? "full" : "split", peers, peers == 1 ? "" : "s");
	if (is_amnezia(plan))
		fprintf(out,
			"# AmneziaWG: the hook starts amneziawg-go by a name of its own, not %s\n",
			AMNEZIA_LINK);
	if (request->socket == SOCKET_CONTAINER && !request->tunnel.listen_port)
		fprintf(out, "# without ListenPort: each time the hook chooses one, as here %u\n",
			request->port);
	fprintf(out, "# first, with the container's PID: ip netns attach container PID\n");
}

void plan_print(const struct plan *plan, FILE *out)
{
	const struct tunnel *tunnel = &plan->request->tunnel;

	print_head(plan, out);

	for (size_t i = 0; i < plan->count; i++) {
		print_step(plan, &plan->steps[i], out);
		if (plan->steps[i].kind != STEP_WIREGUARD)
			continue;
		for (size_t j = 0; j < tunnel->peers_count; j++)
			print_peer(plan, &tunnel->peers[j], out);
		if (is_amnezia(plan))
			print_move(plan, out);
	}
}

void step_describe(const struct plan *plan, const struct step *step, char *out, size_t size)
{
	struct step one = *step;
	FILE *stream;

	if (one.kind == STEP_GUARD) { /* many lines */
		snprintf(out, size, "nft table inet %s", RULESET_TABLE);
		return;
	}
	*out = '\0';
	if (one.kind == STEP_RESOLV || one.kind == STEP_ANCHOR) {
		snprintf(out, size, "the container's %s",
			 one.kind == STEP_RESOLV ? COVER_RESOLV : ANCHOR_PATH);
		return;
	}
	stream = fmemopen(out, size, "w");
	if (!stream)
		return;
	if (one.kind == STEP_ROUTES && one.routes.count > 1)
		one.routes.count = 1; /* the first stands for all */
	print_step(plan, &one, stream);
	fclose(stream);
	out[size - 1] = '\0';
	out[strcspn(out, "\n")] = '\0';
}

void rule_describe(const struct rule *rule, char *out, size_t size)
{
	const struct request none = { 0 };
	const struct plan plan = { .request = &none };
	const struct step step = { .kind = STEP_RULE, .rule = *rule };

	step_describe(&plan, &step, out, size);
}
