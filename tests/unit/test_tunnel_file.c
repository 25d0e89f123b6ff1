/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hook/tunnel.c: whole files, of providers, damaged, and large. */
#include "tunnel.h"
#include "template.h"
#include "tunnel_parsed.h"
#include "unit.h"

#include <stdlib.h>
#include <time.h>

/* --- providers ------------------------------------------------------------------------------ */

static void test_providers(void)
{
	takes("Mullvad",
	      "[Interface]\n# Device: Happy Seal\nPrivateKey = $PRIV\n"
	      "Address = 10.64.1.2/32,fc00:bbbb:bbbb:bb01::1:2/128\nDNS = 10.64.0.1\n"
	      "PostUp = iptables -I OUTPUT ! -o %i -m mark ! --mark $(wg show %i fwmark) -m addrtype "
	      "! --dst-type LOCAL -j REJECT && ip6tables -I OUTPUT ! -o %i -j REJECT\n\n"
	      "[Peer]\nPublicKey = $PUB1\nAllowedIPs = 0.0.0.0/0,::0/0\nEndpoint = 192.0.2.1:51820\n",
	      "t.conf:6: PostUp is not run: commands in a tunnel file are never executed");
	check_lists("Mullvad", "10.64.1.2 fc00:bbbb:bbbb:bb01::1:2", "10.64.0.1");
	check_allowed("Mullvad's ::0/0", 0, "0.0.0.0/0 ::/0");

	takes("Proton",
	      "[Interface]\n# Key for x\n# Bouncing = 3\n# NetShield = 1\n# Moderate NAT = off\n"
	      "# NAT-PMP (Port Forwarding) = on\n# VPN Accelerator = on\nPrivateKey = $PRIV\n"
	      "Address = 10.2.0.2/32\nDNS = 10.2.0.1\n\n[Peer]\n# NL-FREE#128\nPublicKey = $PUB1\n"
	      "AllowedIPs = 0.0.0.0/0, ::/0\nEndpoint = 192.0.2.1:51820\n",
	      NULL);
	check_lists("Proton", "10.2.0.2", "10.2.0.1");
	check_allowed("Proton's ::/0 without an address", 0, "0.0.0.0/0 ::/0");

	takes("AirVPN",
	      "[Interface]\nAddress = 10.128.1.2/32, fd7d:76ee:e68f:a993::2/128\nPrivateKey = $PRIV\n"
	      "MTU = 1320\nDNS = 10.128.0.1, fd7d:76ee:e68f:a993::1\n\n[Peer]\nPublicKey = $PUB1\n"
	      "PresharedKey = $PSK\nEndpoint = europe3.vpn.airdns.org:1637\n"
	      "AllowedIPs = 0.0.0.0/0, ::/0\nPersistentKeepalive = 15\n",
	      NULL);
	check_lists("AirVPN", "10.128.1.2 fd7d:76ee:e68f:a993::2",
		    "10.128.0.1 fd7d:76ee:e68f:a993::1");
	check_endpoint("AirVPN", "europe3.vpn.airdns.org", 1637, AF_UNSPEC);
	check("AirVPN's MTU and keepalive",
	      result.parsed && t->mtu == 1320 && t->peers[0].keepalive == 15);

	takes("IVPN",
	      "[Interface]\nPrivateKey = $PRIV\nAddress = 172.16.1.2/32, fd00:4956:504e:ffff::2/128\n"
	      "DNS = 172.16.0.1\n\n[Peer]\nPublicKey = $PUB1\nAllowedIPs = 0.0.0.0/0, ::/0\n"
	      "Endpoint = us-tx1.wg.ivpn.net:2049\n",
	      NULL);
	check_lists("IVPN", "172.16.1.2 fd00:4956:504e:ffff::2", "172.16.0.1");

	takes("wgcf",
	      "[Interface]\nPrivateKey = $PRIV\nAddress = 172.16.0.2/32\n"
	      "Address = 2606:4700:110:8a36::2/128\n"
	      "DNS = 1.1.1.1, 1.0.0.1, 2606:4700:4700::1111, 2606:4700:4700::1001\nMTU = 1280\n"
	      "[Peer]\nPublicKey = $PUB1\nAllowedIPs = 0.0.0.0/0\nAllowedIPs = ::/0\n"
	      "Endpoint = engage.cloudflareclient.com:2408\n",
	      NULL);
	check_lists("wgcf", "172.16.0.2 2606:4700:110:8a36::2",
		    "1.1.1.1 1.0.0.1 2606:4700:4700::1111 2606:4700:4700::1001");
	check_allowed("wgcf's two lines", 0, "0.0.0.0/0 ::/0");

	takes("Windscribe",
	      "[Interface]\nPrivateKey = $PRIV\nAddress = 100.64.1.2/32\n"
	      "DNS = 10.255.255.1, 10.255.255.3\n\n[Peer]\nPublicKey = $PUB1\n"
	      "AllowedIPs = 0.0.0.0/0, ::/0\nEndpoint = zrh-264-wg.whiskergalaxy.com:443\n"
	      "Endpoint = zrh-264-wg.whiskergalaxy.com:443\nPreSharedKey = $PSK\n",
	      NULL);
	check("Windscribe's PreSharedKey",
	      result.parsed && key_equal(&t->peers[0].preshared_key, &keys[PSK]));

	takes("Surfshark",
	      "[Interface]\nAddress = 10.14.0.2/16\nPrivateKey = $PRIV\n"
	      "DNS = 162.252.172.57, 149.154.159.92\n[Peer]\nPublicKey = $PUB1\n"
	      "AllowedIPs = 0.0.0.0/0\nEndPoint = nz-akl.prod.surfshark.com:51820\n",
	      NULL);
	check_lists("Surfshark", "10.14.0.2/16", "162.252.172.57 149.154.159.92");

	takes("PrivateVPN",
	      "[Interface]\nPrivateKey = $PRIV\nAddress = 10.34.1.2/16\n"
	      "DNS = 10.35.53.1\n[Peer]\nPublicKey = $PUB1\nAllowedIPs = 0.0.0.0/0, ::/0\n"
	      "Endpoint = se-sto.pvdata.host:3389\n",
	      NULL);

	takes("FRITZ!Box",
	      "[Interface]\nPrivateKey = $PRIV\nAddress = 192.168.178.156/24\nDNS = 192.168.178.1\n"
	      "DNS = fritz.box\n\n[Peer]\nPublicKey = $PUB1\nPresharedKey = $PSK\n"
	      "AllowedIPs = 192.168.178.0/24,0.0.0.0/0\nEndpoint = xyz.myfritz.net:53171\n"
	      "PersistentKeepalive = 25\n",
	      NULL);
	check_lists("FRITZ!Box", "192.168.178.156/24", "192.168.178.1");
	check("FRITZ!Box's domain", result.parsed && t->dns.search_count == 1 &&
					    strcmp(t->dns.search[0], "fritz.box") == 0);
	check_allowed("FRITZ!Box's prefixes in order", 0, "192.168.178.0/24 0.0.0.0/0");

	takes("AmneziaVPN",
	      "[Interface]\nAddress = 10.8.1.2/32\nDNS = 1.1.1.1, 1.0.0.1\nPrivateKey = $PRIV\n"
	      "Jc = 4\nJmin = 10\nJmax = 50\nS1 = 116\nS2 = 61\nH1 = 1503391518\n"
	      "H2 = 1160112461\nH3 = 214135041\nH4 = 1738151453\n\n[Peer]\nPublicKey = $PUB1\n"
	      "PresharedKey = $PSK\nAllowedIPs = 0.0.0.0/0, ::/0\nEndpoint = 192.0.2.1:42597\n"
	      "PersistentKeepalive = 25\n",
	      NULL);
	check_amnezia("AmneziaVPN's header", AMNEZIA_H4, "1738151453");

	takes("wg-easy and others",
	      "[Interface]\nPrivateKey = $PRIV\nAddress = 10.8.0.2/24\n"
	      "DNS = 1.1.1.1\nListenPort = 51820\nMTU = 1420\nPreUp = \nPostUp = \n"
	      "PreDown = \nPostDown = \n\n# Name: phone\n[Peer]\nPublicKey = $PUB1\n"
	      "PresharedKey = $PSK\nAllowedIPs = 0.0.0.0/0, ::/0\n"
	      "PersistentKeepalive = 0\nEndpoint = vpn.example.com:51820\n",
	      NULL);
	check("its port", result.parsed && t->listen_port == 51820);
	takes("WGDashboard", HEAD "SaveConfig = true\n" PEER,
	      "t.conf:4: SaveConfig has no meaning here: nothing is written back");
	takes("Windows",
	      "\xef\xbb\xbf[Interface]\r\nPrivateKey = $PRIV\r\nAddress = 10.0.0.2/32\r\n\r\n"
	      "[Peer]\r\nPublicKey = $PUB1\r\nEndpoint = vpn.example.com:443",
	      NULL);
	check_endpoint("Windows", "vpn.example.com", 443, AF_UNSPEC);
	refuses("an empty variable", "[Interface]\nPrivateKey=\nAddress=10.5.0.2/32\n",
		"t.conf:2: PrivateKey is empty");
}

/* --- files that something happened to ------------------------------------------------------- */

static const char victim[] =
	"[Interface]\nPrivateKey = $PRIV\nListenPort = 51820\nFwMark = 0x1\n"
	"Address = 10.0.0.2/24, fd00::2/64\nDNS = 10.0.0.1, home.example\nMTU = 1400\nTable = 7\n"
	"SaveConfig = true\nPostUp = echo $PRIV\nJc = 4\nJmax = 70\nS4 = 20\nH1 = 5-9\n"
	"I1 = <b 0x01> <r 2>\n[Peer]\nPublicKey = $PUB1\nPresharedKey = $PSK\n"
	"AllowedIPs = 0.0.0.0/0, -::/0, 10.1.2.3/8\nEndpoint = vpn.example.com:51820\n"
	"PersistentKeepalive = 25\n[Peer]\nPublicKey = $PUB2\nAllowedIPs = 10.0.0.0/8\n"
	"Endpoint = [2001:db8::1]:51820\nEndpoint = 192.0.2.1:5\n[Peer]\nPublicKey = $PUB3\n";

static void test_truncation(void)
{
	char text[2048], *exact;
	size_t length;
	int parsed = 0;

	snprintf(text, sizeof(text), "%s", expand(victim));
	length = strlen(text);
	check("the whole file", parse_bytes(text, length) && result.warnings.count == 5);
	for (size_t i = 0; i < length; i++) {
		/* in memory of its own, so that a sanitizer sees a byte too far */
		exact = malloc(i ? i : 1);
		memcpy(exact, text, i);
		parsed += parse_bytes(exact, i);
		key_wipe(exact, i);
		free(exact);
	}
	check("a file cut off at every byte", parsed > 0 && (size_t)parsed < length / 2);
	result_free();
}

/* Parses PREFIX, MIDDLE and SUFFIX in a row. */
static void parse_changed(const char *text, size_t before, const char *middle, size_t after)
{
	static char changed[4096];
	size_t length = strlen(text);

	memcpy(changed, text, before);
	strcpy(changed + before, middle);
	memcpy(changed + before + strlen(middle), text + after, length - after);
	parse_bytes(changed, before + strlen(middle) + length - after);
}

static void test_corruption(void)
{
	static const char *const inserted[] = { "",  " ", "=", "#", "\n", ",",
						":", "x", "[", "%", "\\n" };
	char text[2048];
	size_t length;
	int runs = 0;

	snprintf(text, sizeof(text), "%s", expand(victim));
	length = strlen(text);
	/* every byte left out or replaced, and something put before every byte */
	for (size_t i = 0; i < length; i++)
		for (size_t j = 0; j < sizeof(inserted) / sizeof(*inserted); j++, runs += 2) {
			parse_changed(text, i, inserted[j], i + 1);
			parse_changed(text, i, inserted[j], i);
		}
	check("a file with every byte changed in turn", runs > 10000);
	result_free();
}

/* Every line with the name of every key, with none, and with its line break lost. */
static void test_swapped_lines(void)
{
	static const char *const names[] = {
		"PrivateKey", "ListenPort",
		"FwMark",     "Address",
		"DNS",        "MTU",
		"Table",      "SaveConfig",
		"PostUp",     "PublicKey",
		"Endpoint",   "PresharedKey",
		"AllowedIPs", "Jc",
		"I1",         "H1",
		"J1",         "AdvancedSecurity",
		"Unknown",    "[Peer]",
		"Key",        "",
		"[Interface", "\\n",
		"Private Ke", "PersistentKeepalive",
	};
	char text[2048], *line, *next;
	int runs = 0;

	snprintf(text, sizeof(text), "%s", expand(victim));
	for (line = text; *line; line = next + 1) {
		char *equals = memchr(line, '=', strcspn(line, "\n"));
		size_t start = (size_t)(line - text);

		next = strchr(line, '\n');
		parse_changed(text, (size_t)(next - text), "", (size_t)(next - text) + 1);
		parse_changed(text, start, "", (size_t)(next - text) + 1);
		for (size_t i = 0; equals && i < sizeof(names) / sizeof(*names); i++, runs += 3) {
			parse_changed(text, start, names[i], (size_t)(equals - text));
			parse_changed(text, start, names[i], (size_t)(equals - text) + 1);
			parse_changed(text, start, names[i], (size_t)(equals - text) + 2);
		}
	}
	check("a file with every line under every name", runs > 500);
	result_free();
}

#ifdef WATCHED
/* Every allocation fails in turn: all that were granted are freed again, and without keys. */
static void test_out_of_memory(void)
{
	char text[2048];
	int failures = 0, silent = 0, before;

	snprintf(text, sizeof(text), "%s", expand(victim));
	result_free();
	before = live; /* the C library keeps some for names of services */
	for (budget = 0; !parse_bytes(text, strlen(text)) && failures < 1000; budget = ++failures) {
		silent += !strstr(result.err.line, "memory") || result.err.number == 0;
		result_free();
	}
	/* a warning that found no memory is lost, and no failure */
	check("some 25 allocations that may fail", failures > 15 && failures < 100);
	check("each says so", silent == 0);
	budget = -1;
	result_free();
	check("nothing is left of those that failed", live == before);
}
#endif

/* --- size ----------------------------------------------------------------------------------- */

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Time enough for a sanitizer on a slow machine, and nothing near enough for pairs of 200,000. */
#define BOUND 3.0

static char *large_start(size_t size, size_t *used)
{
	char *text = malloc(size);

	*used = (size_t)sprintf(text, "%s", expand(HEAD));
	return text;
}

static void test_many_peers(void)
{
	size_t used;
	char *text = large_start(4 << 20, &used), key_text[KEY_BASE64];
	double began;
	bool parsed;

	for (uint32_t i = 0; i < 10000; i++) {
		struct key key = key_made(i + 1000);

		key_format(&key, key_text);
		used += (size_t)sprintf(
			text + used,
			"[Peer]\nPublicKey=%s\nAllowedIPs=10.%u.%u.0/24,fd00::%x/128,"
			"11.%u.%u.1,::/0\nEndpoint=h%u.example:1\n",
			key_text, i >> 8, i & 255, i, i >> 8, i & 255, i);
	}
	began = seconds();
	parsed = parse_bytes(text, used);
	check("10,000 peers", parsed && t->peers_count == 10000 &&
				      key_equal(&t->private_key, &keys[PRIV]) &&
				      t->peers[9999].allowed_count == 4);
	check("of which all want one prefix", result.warnings.count == 9999);
	check("in time", seconds() - began < BOUND);
	printf("# %.0f ms\n", 1000 * (seconds() - began));
	result_free();
	key_wipe(text, used);
	free(text);
}

static void test_many_prefixes(void)
{
	size_t used;
	char *text = large_start(16 << 20, &used);
	double began;

	used += (size_t)sprintf(text + used, "%sAllowedIPs=0.0.0.0/0", expand(PEER));
	for (uint32_t i = 1; i < 200000; i++)
		used += (size_t)sprintf(text + used, ",10.%u.%u.%u", i >> 16, i >> 8 & 255,
					i & 255);
	began = seconds();
	check("200,000 prefixes in one peer",
	      parse_bytes(text, used) && t->peers[0].allowed_count == 200000);
	check("in time", seconds() - began < BOUND);
	printf("# %.0f ms\n", 1000 * (seconds() - began));

	used += (size_t)sprintf(text + used, "\nAllowedIPs=-0.0.0.0/0");
	for (uint32_t i = 2; i < 200000; i++)
		used += (size_t)sprintf(text + used, ",-10.%u.%u.%u", i >> 16, i >> 8 & 255,
					i & 255);
	began = seconds();
	parse_bytes(text, used);
	check_allowed("and all but one taken away again", 0, "10.0.0.1");
	check("in time", seconds() - began < BOUND);
	printf("# %.0f ms\n", 1000 * (seconds() - began));
	result_free();
	key_wipe(text, used);
	free(text);
}

int main(void)
{
	tunnel_begin();
	test_providers();
	test_truncation();
	test_corruption();
	test_swapped_lines();
#ifdef WATCHED
	test_out_of_memory();
#endif
	test_many_peers();
	test_many_prefixes();
	return tunnel_done();
}
