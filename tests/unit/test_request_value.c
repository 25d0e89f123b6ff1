/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hook/request.c: each setting's values. */
#include "request.h"
#include "request_asked.h"
#include "unit.h"

#include <stdlib.h>

static const struct {
	enum setting setting;
	const char *value;
	const char *line; /* what follows "wg.NAME: " or "--NAME: "; NULL: taken */
} values[] = {
	{ SETTING_INTERFACE, "wg0", NULL },
	{ SETTING_INTERFACE, "a", NULL },
	{ SETTING_INTERFACE, "_vpn.home-1", NULL },
	{ SETTING_INTERFACE, "0", NULL },
	{ SETTING_INTERFACE, "eth1", NULL },
	{ SETTING_INTERFACE, "lo0", NULL },
	{ SETTING_INTERFACE, "abcdefghijklmno", NULL },
	{ SETTING_INTERFACE, "abcdefghijklmnop", "not a link's name 'abcdefghijklmnop'" },
	{ SETTING_INTERFACE, "", "not a link's name ''" },
	{ SETTING_INTERFACE, "a/b", "not a link's name 'a/b'" },
	{ SETTING_INTERFACE, ".", "not a link's name '.'" },
	{ SETTING_INTERFACE, "..", "not a link's name '..'" },
	{ SETTING_INTERFACE, "-a", "not a link's name '-a'" },
	{ SETTING_INTERFACE, "wg%d", "not a link's name 'wg%d'" },
	{ SETTING_INTERFACE, "a b", "not a link's name 'a b'" },
	{ SETTING_INTERFACE, "a:b", "not a link's name 'a:b'" },
	{ SETTING_INTERFACE, "lo", "'lo' stands for something else" },
	{ SETTING_INTERFACE, "eth0", "'eth0' stands for something else" },

	{ SETTING_BYPASS, "10.0.0.0/8", NULL },
	{ SETTING_BYPASS, "10.0.0.0/7", "shorter than /8 '10.0.0.0/7'" },
	{ SETTING_BYPASS, "0.0.0.0/0", "shorter than /8 '0.0.0.0/0'" },
	{ SETTING_BYPASS, "fd00::/16", NULL },
	{ SETTING_BYPASS, "fd00::/15", "shorter than /16 'fd00::/15'" },
	{ SETTING_BYPASS, "::/0", "shorter than /16 '::/0'" },
	{ SETTING_BYPASS, "192.168.178.0/24, fd00:1::/64", NULL },
	{ SETTING_BYPASS, "10.0.0.0/8,0.0.0.0/1", "shorter than /8 '0.0.0.0/1'" },
	{ SETTING_BYPASS, "192.168.178.0/24:53/udp", NULL },
	{ SETTING_BYPASS, "[fd00:1::/64]:53/udp", NULL },
	{ SETTING_BYPASS, "192.168.178.0/24:53",
	  "no protocol, /tcp or /udp '192.168.178.0/24:53'" },
	{ SETTING_BYPASS, "", "empty" },
	{ SETTING_BYPASS, "10.0.0.0/8,", NULL },
	{ SETTING_BYPASS, ",10.0.0.0/8", NULL },
	{ SETTING_BYPASS, "10.0.0.0/8,,11.0.0.0/8", NULL },
	{ SETTING_BYPASS, " ", "empty" },
	{ SETTING_BYPASS, "10.0.0.0/33", "not a prefix '10.0.0.0/33'" },
	{ SETTING_BYPASS, "fd00::/129", "not a prefix 'fd00::/129'" },
	{ SETTING_BYPASS, "10.0.0/8", "not a prefix '10.0.0/8'" },
	{ SETTING_BYPASS, "lan", "not a prefix 'lan'" },
	{ SETTING_BYPASS, "10.0.0.0/", "not a prefix '10.0.0.0/'" },

	{ SETTING_DNS, "tunnel", NULL },
	{ SETTING_DNS, "engine", NULL },
	{ SETTING_DNS, "9.9.9.9", NULL },
	{ SETTING_DNS, "9.9.9.9, 2620:fe::fe,example.org,corp", NULL },
	{ SETTING_DNS, "", "no server's address in ''" },
	{ SETTING_DNS, "9.9.9.9,", NULL },
	{ SETTING_DNS, "9.9.9", "neither an address nor a domain '9.9.9'" },
	{ SETTING_DNS, "9.9.9.9/32", "neither an address nor a domain '9.9.9.9/32'" },
	{ SETTING_DNS, "9.9.9.9:53", "neither an address nor a domain '9.9.9.9:53'" },
	{ SETTING_DNS, "2620::zz", "neither an address nor a domain '2620::zz'" },
	{ SETTING_DNS, "9.9.9.9,-x", "neither an address nor a domain '-x'" },
	{ SETTING_DNS, "9.9.9.9,a_b;c", "neither an address nor a domain 'a_b;c'" },
	{ SETTING_DNS, "example.org", "no server's address in 'example.org'" },
	{ SETTING_DNS, "Tunnel", "no server's address in 'Tunnel'" },

	{ SETTING_KILLSWITCH, "on", NULL },
	{ SETTING_KILLSWITCH, "routes", NULL },
	{ SETTING_KILLSWITCH, "off", NULL },
	{ SETTING_KILLSWITCH, "", "unknown ''" },
	{ SETTING_KILLSWITCH, "On", "unknown 'On'" },
	{ SETTING_KILLSWITCH, "of", "unknown 'of'" },
	{ SETTING_KILLSWITCH, "no", "unknown 'no'" },
	{ SETTING_KILLSWITCH, "false", "unknown 'false'" },

	{ SETTING_NETWORKS, "allow", NULL },
	{ SETTING_NETWORKS, "deny", NULL },
	{ SETTING_NETWORKS, "none", "unknown 'none'" },
	{ SETTING_SOCKET, "host", NULL },
	{ SETTING_SOCKET, "container", NULL },
	{ SETTING_SOCKET, "", "unknown ''" },
	{ SETTING_SOCKET, "Host", "unknown 'Host'" },
	{ SETTING_HANDSHAKE, "0", NULL },
	{ SETTING_HANDSHAKE, "5", NULL },
	{ SETTING_HANDSHAKE, "-1", "not a number of seconds from 0 to 9999 '-1'" },
	{ SETTING_HANDSHAKE, "", "not a number of seconds from 0 to 9999 ''" },
	{ SETTING_HANDSHAKE, "1s", "not a number of seconds from 0 to 9999 '1s'" },
	{ SETTING_HANDSHAKE, "10000", "not a number of seconds from 0 to 9999 '10000'" },
};

/* Each as an annotation and as an option. */
static void test_values(void)
{
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		const char *name = setting_name(values[i].setting);
		char what[128], annotations[256], line[256];

		snprintf(what, sizeof(what), "wg.%s = '%s'", name, values[i].value);
		snprintf(annotations, sizeof(annotations), QUIET ",\"wg.%s\":\"%s\"", name,
			 values[i].value);
		snprintf(line, sizeof(line), "wg.%s: %s", name,
			 values[i].line ? values[i].line : "");
		if (values[i].line)
			refuses(what, annotations, line);
		else
			taken(what, annotations);
		options.setting[values[i].setting] = values[i].value;
		memcpy(line, "--", 2);
		memmove(line + 2, line + 3, strlen(line + 3) + 1);
		snprintf(what, sizeof(what), "--%s '%s'", name, values[i].value);
		if (values[i].line)
			refuses(what, QUIET, line);
		else
			taken(what, QUIET);
		options_reset();
	}
	/* Beside the links' own directories in /proc/sys/net/ipv6/conf; no link can have the name.
	 */
	check("wg.interface = 'all'", !ask(WITH("interface", "all")));
	check("wg.interface = 'default'", !ask(WITH("interface", "default")));
	refuses("networks 'deny' with killswitch 'routes'",
		WITH("networks", "deny") ",\"wg.killswitch\":\"routes\"",
		"wg.networks: 'deny' needs killswitch 'on', not 'routes'");
	refuses("networks 'deny' with killswitch 'off'",
		WITH("networks", "deny") ",\"wg.killswitch\":\"off\"",
		"wg.networks: 'deny' needs killswitch 'on', not 'off'");
	refuses("a value with a newline, on one line", WITH("killswitch", "a\\nb\\u007f"),
		"wg.killswitch: unknown 'a?b?'");
}

/* Half of a list taken would be a hole, or a server, that was not asked for in silence. */
static void test_blanks_in_lists(void)
{
	ask(WITH("bypass", "10.0.0.0/8 192.168.0.0/16"));
	check("a bypass list parted by blanks is refused or taken whole",
	      !result.parsed || result.request.bypass_count == 2);
	ask(WITH("bypass", "10.0.0.0/8 nonsense, 11.0.0.0/8"));
	check("text behind a prefix is refused", !result.parsed);
	ask(WITH("dns", "9.9.9.9 1.1.1.1"));
	check("a DNS list parted by blanks is refused or taken whole",
	      !result.parsed || request_names(&result.request)->servers_count == 2);
}

/* The request's bypass, as ip-rule(8) has ports. */
static void check_bypass(const char *what, const char *wanted)
{
	const struct request *request = &result.request;
	char got[1024] = "", out[PREFIX_TEXT];

	for (size_t i = 0; result.parsed && i < request->bypass_count; i++) {
		const struct bypass *bypass = &request->bypass[i];
		size_t used = strlen(got);

		used += (size_t)sprintf(got + used, "%s%s", i ? ", " : "",
					prefix_format(&bypass->prefix, false, out));
		if (bypass->protocol || bypass->port)
			sprintf(got + used, " %s %u",
				bypass->protocol == IPPROTO_TCP   ? "tcp"
				: bypass->protocol == IPPROTO_UDP ? "udp"
								  : "?",
				bypass->port);
	}
	check_text(what, result.parsed ? got : result.err.line, wanted);
}

static void test_bypass(void)
{
	taken("blanks, host bits, addresses without mask",
	      WITH("bypass", " 192.168.178.20/24 ,\\t10.1.2.3,fd00:1::9/64, fd00:2::1 "));
	check_bypass("host bits go, an address is its own network",
		     "10.1.2.3/32, 192.168.178.0/24, fd00:1::/64, fd00:2::1/128");
	taken("prefixes within others", WITH("bypass", "10.1.0.0/16,10.0.0.0/8,10.0.0.0/8"));
	check_bypass("are left out", "10.0.0.0/8");
	taken("no bypass", QUIET);
	check("is none", result.parsed && result.request.bypass_count == 0);
}

static const struct {
	const char *value, *wanted;
} ports[] = {
	{ "192.168.178.0/24:53/udp", "192.168.178.0/24 udp 53" },
	{ "[fd00:1::/64]:8123/tcp", "fd00:1::/64 tcp 8123" },
	{ "10.0.0.5:443/tcp", "10.0.0.5/32 tcp 443" },
	{ "[fd00::5]:65535/udp", "fd00::5/128 udp 65535" },
	{ "[10.0.0.5]:1/tcp", "10.0.0.5/32 tcp 1" },
	{ "[::ffff:10.0.0.5]:53/udp", "::ffff:10.0.0.5/128 udp 53" },
	{ "10.1.2.3/8:053/udp", "10.0.0.0/8 udp 53" },
	{ "[fd00:1::9/64]:53/udp", "fd00:1::/64 udp 53" },
	{ "fd00::1:53", "fd00::1:53/128" }, /* an address: nothing tells them apart */
	{ "10.2.0.0/16:53/udp fd00::/32 [fd00::/16]:53/udp,10.1.0.0/16",
	  "10.1.0.0/16, 10.2.0.0/16 udp 53, fd00::/16 udp 53, fd00::/32" },
	/* What another covers is left out: with its port, or with all. */
	{ "10.0.0.5:53/udp,10.0.0.5:53/udp", "10.0.0.5/32 udp 53" },
	{ "10.0.0.5:53/udp,10.0.0.0/8:53/udp,10.0.0.0/16:53/udp", "10.0.0.0/8 udp 53" },
	{ "10.0.0.5:53/udp,10.0.0.5", "10.0.0.5/32" },
	{ "10.0.0.5:53/udp,10.0.0.0/24,10.0.0.0/24:53/tcp", "10.0.0.0/24" },
	{ "10.0.0.0/9:1/tcp,10.0.0.0/16:2/tcp,10.0.0.5:1/tcp,10.0.0.6:2/tcp,10.0.0.7:3/tcp",
	  "10.0.0.0/9 tcp 1, 10.0.0.0/16 tcp 2, 10.0.0.7/32 tcp 3" },
	/* And nothing else is. */
	{ "10.0.0.5:53/udp,10.0.0.5:53/tcp,10.0.0.5:853/tcp,10.0.0.6:53/udp",
	  "10.0.0.5/32 tcp 53, 10.0.0.5/32 tcp 853, 10.0.0.5/32 udp 53, 10.0.0.6/32 udp 53" },
	{ "10.0.0.0/8:53/udp,10.0.0.0/16", "10.0.0.0/8 udp 53, 10.0.0.0/16" },
	{ "10.0.0.0/8:53/udp,10.0.0.0/16,10.1.0.0/16:53/udp,10.1.0.0/24:54/udp,10.0.9.0/24:54/udp",
	  "10.0.0.0/8 udp 53, 10.0.0.0/16, 10.1.0.0/24 udp 54" },
};

static void test_bypass_ports(void)
{
	for (size_t i = 0; i < sizeof(ports) / sizeof(*ports); i++) {
		char annotations[512];

		snprintf(annotations, sizeof(annotations), QUIET ",\"wg.bypass\":\"%s\"",
			 ports[i].value);
		ask(annotations);
		check_bypass(ports[i].value, ports[i].wanted);
	}
}

/* What is refused, and the words before it. */
static const struct {
	const char *value, *line;
} no_bypasses[] = {
	{ "10.0.0.5:", "no port" },
	{ "10.0.0.5:/udp", "no port" },
	{ "[fd00::5]", "no port" },
	{ "[fd00::5]:", "no port" },
	{ "[10.0.0.5]", "no port" },
	{ "10.0.0.5:53", "no protocol, /tcp or /udp" },
	{ "10.0.0.5:53/", "no protocol, /tcp or /udp" },
	{ "10.0.0.0/8:53", "no protocol, /tcp or /udp" },
	{ "[fd00::5]:53", "no protocol, /tcp or /udp" },
	{ "10.0.0.5:0/udp", "not a port from 1 to 65535" },
	{ "10.0.0.5:000/udp", "not a port from 1 to 65535" },
	{ "10.0.0.5:65536/udp", "not a port from 1 to 65535" },
	{ "10.0.0.5:4294967349/udp", "not a port from 1 to 65535" },
	{ "10.0.0.5:99999999999999999999/udp", "not a port from 1 to 65535" },
	{ "10.0.0.5:-1/udp", "not a port from 1 to 65535" },
	{ "10.0.0.5:+53/udp", "not a port from 1 to 65535" },
	{ "10.0.0.5:53-60/udp", "not a port from 1 to 65535" },
	{ "10.0.0.5:0x35/udp", "not a port from 1 to 65535" },
	{ "10.0.0.5:domain/udp", "not a port from 1 to 65535" },
	{ "10.0.0.5:53:54/udp", "not a port from 1 to 65535" },
	{ "10.0.0.5:udp/53", "not a port from 1 to 65535" },
	{ "10.0.0.5:53/sctp", "a protocol that is neither tcp nor udp" },
	{ "10.0.0.5:53/UDP", "a protocol that is neither tcp nor udp" },
	{ "10.0.0.5:53/udp/", "a protocol that is neither tcp nor udp" },
	{ "10.0.0.5:53/17", "a protocol that is neither tcp nor udp" },
	{ "fd00::1:53/udp", "IPv6 with a port is [PREFIX]:PORT/PROTOCOL, not" },
	{ "fd00:1::/64:53/udp", "IPv6 with a port is [PREFIX]:PORT/PROTOCOL, not" },
	{ "fd00:1::/64:53", "IPv6 with a port is [PREFIX]:PORT/PROTOCOL, not" },
	{ "::ffff:10.0.0.5:53/tcp", "IPv6 with a port is [PREFIX]:PORT/PROTOCOL, not" },
	{ "10.0.0.5/24/53", "not a prefix" },
	{ "10.0.0.5/53/udp", "not a prefix" },
	{ "10.0.0.5/:53/udp", "not a prefix" },
	{ "10.0.0.5/33:53/udp", "not a prefix" },
	{ "fd00::/x", "not a prefix" },
	{ "[fd00::5", "not a prefix" },
	{ "[fd00::5:53/udp", "not a prefix" },
	{ "[fd00::5]53/udp", "not a prefix" },
	{ "[fd00::5]/64:53/udp", "not a prefix" },
	{ "[[fd00::5]]:53/udp", "not a prefix" },
	{ "[fd00::/129]:53/udp", "not a prefix" },
	{ "[]:53/udp", "not a prefix" },
	{ ":53/udp", "not a prefix" },
	{ "53/udp", "not a prefix" },
	{ "host:53/udp", "not a prefix" },
	{ "host.example.org:53/udp", "not a prefix" },
	{ "10.0.0.0/7:53/udp", "shorter than /8" },
	{ "0.0.0.0/0:53/udp", "shorter than /8" },
	{ "[fd00::/15]:53/udp", "shorter than /16" },
	{ "[000000000000000000000000000000000000000000000000000::1]", "not a prefix" },
	{ "[00000000000000000000000000000000000000000000000000000000000000::1]", "not a prefix" },
};

static void test_no_bypasses(void)
{
	for (size_t i = 0; i < sizeof(no_bypasses) / sizeof(*no_bypasses); i++) {
		const char *value = no_bypasses[i].value;
		char annotations[512], line[512];

		snprintf(annotations, sizeof(annotations), QUIET ",\"wg.bypass\":\"%s\"", value);
		snprintf(line, sizeof(line), "wg.bypass: %s '%.64s'", no_bypasses[i].line, value);
		refuses(value, annotations, line);
	}
}

/* LENGTH of prefixes, one behind the other: 1.0.0.0, 1.0.1.0, ... */
static char *bypass_of(unsigned int count, unsigned int step, unsigned int length, const char *port)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	for (unsigned int i = 0; stream && i < count; i++) {
		unsigned int address = i * step;

		fprintf(stream, "%s%u.%u.%u.0/%u%s",
			i ? "," : "\"wg.conf\":\"quiet\",\"wg.bypass\":\"", address >> 16,
			address >> 8 & 255, address & 255, length, port);
	}
	fprintf(stream, "\"");
	fclose(stream);
	return text;
}

static void test_bypass_bounds(void)
{
	char *text = bypass_of(256, 2, 24, "");

	taken("256 prefixes", text);
	free(text);
	text = bypass_of(257, 2, 24, "");
	refuses("257 prefixes", text, "wg.bypass: more than 256 prefixes");
	free(text);
	text = bypass_of(256, 2, 24, ":53/udp");
	taken("256 ports", text);
	free(text);
	text = bypass_of(257, 2, 24, ":53/udp");
	refuses("257 ports", text, "wg.bypass: more than 256 prefixes");
	free(text);
	text = bypass_of(256, 1 << 16, 8, ":53/udp");
	taken("a port of all of IPv4 by /8", text);
	free(text);
	text = bypass_of(256, 1 << 16, 8, "");
	refuses("all of IPv4 by /8", text, "wg.bypass: the whole internet");
	free(text);
}

static void check_dns(const char *what, enum dns dns, const char *servers, size_t searches)
{
	const struct request *r = &result.request;

	if (!check(what,
		   result.parsed && r->dns == dns && request_names(r)->search_count == searches))
		return;
	check_list("its servers", request_names(r)->servers, request_names(r)->servers_count,
		   servers);
}

static void test_dns(void)
{
	taken("DNS by default", QUIET);
	check_dns("is the file's", DNS_TUNNEL, "10.0.0.1/32", 1);
	check_text("with its domain",
		   result.parsed ? request_names(&result.request)->search[0] : "", "example.org");
	taken("DNS 'tunnel'", WITH("dns", "tunnel"));
	check_dns("is the file's too", DNS_TUNNEL, "10.0.0.1/32", 1);
	taken("DNS 'engine'", WITH("dns", "engine"));
	check_dns("is none of ours", DNS_ENGINE, "", 0);
	warned("without a warning: it was asked for", "");
	taken("DNS by a list", WITH("dns", "corp.example, 9.9.9.9,2620:fe::fe , lan"));
	check_dns("is the list's, in its order", DNS_LIST, "9.9.9.9/32 2620:fe::fe/128", 2);
	check_text("and its domains",
		   result.parsed ? request_names(&result.request)->search[0] : "", "corp.example");
	check_text("both of them", result.parsed ? request_names(&result.request)->search[1] : "",
		   "lan");
	put("conf/nodns.conf", HEAD PEER ALL);
	refuses("DNS 'tunnel' of a file without DNS=",
		"\"wg.conf\":\"nodns\",\"wg.dns\":\"tunnel\"",
		"wg.dns: 'tunnel', but $D/conf/nodns.conf has no DNS server");
	taken("a file without DNS=", "\"wg.conf\":\"nodns\"");
	check_dns("leaves it to the engine", DNS_ENGINE, "", 0);
}

#define ONLY_IPV4 "[Interface]\nPrivateKey = $PRIV\nAddress = 10.0.0.2/32\n"

static void test_dns_families(void)
{
	put("conf/four.conf", ONLY_IPV4 "DNS = fd00::53, 10.0.0.1, x.org, fd00::54\n" PEER ALL);
	taken("DNS= in a family without an address", "\"wg.conf\":\"four\"");
	check_dns("is left out", DNS_TUNNEL, "10.0.0.1/32", 1);
	warned("with a warning each",
	       "$D/conf/four.conf: DNS: fd00::53 is left out: the tunnel has no address of its"
	       " family\n"
	       "$D/conf/four.conf: DNS: fd00::54 is left out: the tunnel has no address of its"
	       " family\n");
	taken("but a server that is asked for", "\"wg.conf\":\"four\",\"wg.dns\":\"::1\"");
	check_dns("may be elsewhere", DNS_LIST, "::1/128", 0);
	warned("and is not warned of", "");
	put("conf/none.conf", ONLY_IPV4 "DNS = fd00::53\n" PEER ALL);
	refuses("DNS= of which nothing is left", "\"wg.conf\":\"none\"",
		"$D/conf/none.conf: DNS: no server in a family of the tunnel's addresses");
	taken("not where nobody asks it", "\"wg.conf\":\"none\",\"wg.dns\":\"engine\"");
	warned("nor is there a warning", "");
	taken("three servers", WITH("dns", "9.9.9.1,9.9.9.2,9.9.9.3"));
	warned("are asked", "");
	taken("four", WITH("dns", "9.9.9.1,9.9.9.2,9.9.9.3,9.9.9.4"));
	check_dns("are all taken", DNS_LIST, "9.9.9.1/32 9.9.9.2/32 9.9.9.3/32 9.9.9.4/32", 0);
	warned("with a warning", "wg.dns: 4 DNS servers, of which most programs ask the first 3\n");
}

static void test_defaults(void)
{
	const struct request *r = &result.request;

	if (!taken("nothing but wg.conf", QUIET))
		return;
	check_text("the link is wg0", r->interface, "wg0");
	check("the killswitch is on", r->killswitch == KILLSWITCH_ON);
	check("the container's networks are not denied", !r->deny_networks);
	check("the MTU is left to endpoint_mtu()", r->mtu == 0);
	check_list("what is carried", r->carried, r->carried_count, "0.0.0.0/0 ::/0");
	taken("networks 'deny'", WITH("networks", "deny"));
	check("denies them", r->deny_networks);
	taken("killswitch 'routes'", WITH("killswitch", "routes"));
	check("is routes", r->killswitch == KILLSWITCH_ROUTES);
	taken("killswitch 'off'", WITH("killswitch", "off"));
	check("is off", r->killswitch == KILLSWITCH_OFF);
	taken("a file with MTU=", "\"wg.conf\":\"both\"");
	check("has its MTU", r->mtu == 1401);
}

static void test_table(void)
{
	put("conf/off.conf", HEAD DNS "Table = off\n" PEER ALL);
	refuses("Table = off", "\"wg.conf\":\"off\"",
		"$D/conf/off.conf: Table = off routes nothing into the tunnel;"
		" only with killswitch 'off'");
	refuses("Table = off with killswitch 'routes'",
		"\"wg.conf\":\"off\",\"wg.killswitch\":\"routes\"",
		"$D/conf/off.conf: Table = off routes nothing into the tunnel;"
		" only with killswitch 'off'");
	taken("Table = off with killswitch 'off'", "\"wg.conf\":\"off\",\"wg.killswitch\":\"off\"");
	put("conf/numbered.conf", HEAD DNS "Table = 1234\n" PEER ALL);
	taken("Table = 1234", "\"wg.conf\":\"numbered\"");
	check("has its number", result.parsed && result.request.tunnel.table_number == 1234);
	put("conf/broken.conf", HEAD DNS "Tabel = 1234\n" PEER ALL);
	refuses("a broken file is named with its line", "\"wg.conf\":\"broken\"",
		"$D/conf/broken.conf:5: unknown key 'Tabel' in [Interface]");
	put("conf/empty.conf", "");
	refuses("an empty one too", "\"wg.conf\":\"empty\"",
		"$D/conf/empty.conf: no [Interface] section");
}

int main(void)
{
	request_begin();
	test_values();
	test_blanks_in_lists();
	test_bypass();
	test_bypass_ports();
	test_no_bypasses();
	test_bypass_bounds();
	test_dns();
	test_dns_families();
	test_defaults();
	test_table();
	return request_done();
}
