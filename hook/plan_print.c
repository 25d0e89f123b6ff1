/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan as the lines that a person could type. */
#include "plan.h"

#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "anchor.h"

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
