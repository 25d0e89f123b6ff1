/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hook/request.c, of a request and its tunnel file together: the decision between full and split,
 * warnings, where the socket is, the digest.
 */
#include "request.h"
#include "request_asked.h"
#include "template.h"
#include "unit.h"

/* --- full or split --------------------------------------------------------------------------- */

/* 0.0.0.0/0 without PREFIX: at each bit of it the sibling. */
static const char *all_but(const char *text)
{
	static char list[1024];
	char out[PREFIX_TEXT];
	struct prefix prefix;

	must(prefix_parse(text, &prefix), text);
	*list = '\0';
	for (uint8_t bit = 0; bit < prefix.length; bit++) {
		struct prefix sibling = prefix;

		sibling.address[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		sibling.length = bit + 1;
		sibling = prefix_network(sibling);
		sprintf(list + strlen(list), "%s%s", bit ? "," : "",
			prefix_format(&sibling, false, out));
	}
	return list;
}

static void check_full(const char *what, const char *allowed, bool full)
{
	char text[2048];

	snprintf(text, sizeof(text), HEAD DNS PEER "AllowedIPs = %s\n", allowed);
	put("conf/allowed.conf", text);
	ask("\"wg.conf\":\"allowed\"");
	check_taken(what, result.parsed && result.request.full == full, &result.err);
}

static void test_full(void)
{
	check_full("0.0.0.0/0 is full", "0.0.0.0/0", true);
	check_full("::/0 is full", "::/0", true);
	check_full("::0/0 is full", "0.0.0.0/0,::0/0", true);
	check_full("both halves are full", "128.0.0.0/1, 0.0.0.0/1", true);
	check_full("both halves of IPv6 are full", "::/1, 8000::/1", true);
	check_full("2000::/3 is all of global IPv6", "2000::/3", true);
	check_full("one half is split", "0.0.0.0/1", false);
	check_full("2000::/4 is split", "2000::/4", false);
	check_full("all but my LAN is full", all_but("192.168.178.0/24"), true);
	check_full("all but 10/8 is full", all_but("10.0.0.0/8"), true);
	check_full("all but multicast is full", all_but("224.0.0.0/4"), true);
	check_full("all but a public network is split", all_but("93.184.216.0/24"), false);
	check_full("all but one public address is split", all_but("9.9.9.9"), false);
	check_full("all but 192.0.0.0/9 is split", all_but("192.0.0.0/9"), false);
	check_full("\"exclude private IPs\" of WireGuard's apps is full",
		   "0.0.0.0/5, 8.0.0.0/7, 11.0.0.0/8, 12.0.0.0/6, 16.0.0.0/4, 32.0.0.0/3, "
		   "64.0.0.0/2, 128.0.0.0/3, 160.0.0.0/5, 168.0.0.0/6, 172.0.0.0/12, "
		   "172.32.0.0/11, 172.64.0.0/10, 172.128.0.0/9, 173.0.0.0/8, 174.0.0.0/7, "
		   "176.0.0.0/4, 192.0.0.0/9, 192.128.0.0/11, 192.160.0.0/13, 192.169.0.0/16, "
		   "192.170.0.0/15, 192.172.0.0/14, 192.176.0.0/12, 192.192.0.0/10, "
		   "193.0.0.0/8, 194.0.0.0/7, 196.0.0.0/6, 200.0.0.0/5, 208.0.0.0/4",
		   true);
	check_full("private networks are split", "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fd00::/8",
		   false);
	check_full("one address is split", "10.0.0.1", false);
	check_full("a FRITZ!Box's list is full", "192.168.178.0/24,0.0.0.0/0", true);
}

static void test_peers_together(void)
{
	put("conf/halves.conf", HEAD DNS PEER
	    "AllowedIPs = 0.0.0.0/1\n[Peer]\nPublicKey = $PUB2\nAllowedIPs = 128.0.0.0/1\n");
	taken("two peers with a half each", "\"wg.conf\":\"halves\"");
	check("are full together", result.parsed && result.request.full);
	put("conf/within.conf", HEAD DNS PEER "AllowedIPs = 10.1.0.0/16, fd00::/64\n[Peer]\n"
					      "PublicKey = $PUB2\nAllowedIPs = 10.0.0.0/8\n");
	taken("one within the other", "\"wg.conf\":\"within\"");
	check_list("is carried by the larger", result.request.carried,
		   result.parsed ? result.request.carried_count : 0, "10.0.0.0/8 fd00::/64");
	put("conf/nopeer.conf", HEAD DNS);
	taken("no peer at all", "\"wg.conf\":\"nopeer\"");
	check("is split, and carries nothing",
	      result.parsed && !result.request.full && !result.request.carried_count);
}

/* --- warnings -------------------------------------------------------------------------------- */

static void test_warnings(void)
{
	put("conf/nodns.conf", HEAD PEER ALL);
	taken("a full tunnel without DNS", "\"wg.conf\":\"nodns\"");
	warned("is warned of",
	       "$D/conf/nodns.conf: no DNS server: names are asked of the engine's resolver,"
	       " perhaps outside the tunnel\n");
	taken("one where 'engine' was asked for", "\"wg.conf\":\"nodns\",\"wg.dns\":\"engine\"");
	warned("is not", "");
	taken("one with servers asked for", "\"wg.conf\":\"nodns\",\"wg.dns\":\"9.9.9.9\"");
	warned("is not either", "");
	put("conf/split.conf", HEAD PEER "AllowedIPs = 10.1.0.0/16\n");
	taken("a split tunnel without DNS", "\"wg.conf\":\"split\"");
	warned("is not warned of", "");
	put("conf/outside.conf",
	    HEAD "DNS = 10.1.0.1, 9.9.9.9, fd00::1\n" PEER "AllowedIPs = 10.1.0.0/16\n");
	taken("DNS servers outside AllowedIPs", "\"wg.conf\":\"outside\"");
	warned("are warned of, each",
	       "$D/conf/outside.conf: DNS: 9.9.9.9 is in no AllowedIPs: not asked by the tunnel\n"
	       "$D/conf/outside.conf: DNS: fd00::1 is in no AllowedIPs: not asked by the tunnel\n");
	taken("unless 'engine' was asked for", "\"wg.conf\":\"outside\",\"wg.dns\":\"engine\"");
	warned("for then they are not used", "");
	put("conf/nearly.conf", HEAD PEER "AllowedIPs = 0.0.0.0/1, 128.0.0.0/2\n");
	taken("a tunnel that lacks a quarter of the internet", "\"wg.conf\":\"nearly\"");
	warned("is warned of", "$D/conf/nearly.conf: AllowedIPs leave out some of the internet,"
			       " which is reached outside the tunnel\n");
	taken("servers that were asked for, outside AllowedIPs",
	      "\"wg.conf\":\"split\",\"wg.dns\":\"9.9.9.9\"");
	warned("are meant so", "");
	taken("killswitch 'off'", WITH("killswitch", "off"));
	warned("is warned of",
	       "wg.killswitch: 'off': nothing keeps traffic from leaving outside the tunnel\n");
	options.setting[SETTING_KILLSWITCH] = "off";
	taken("as an option", QUIET);
	warned("too", "--killswitch: 'off': nothing keeps traffic from leaving outside the"
		      " tunnel\n");
	options_reset();
	put("conf/mute.conf", HEAD "[Peer]\nPublicKey = $PUB1\nAllowedIPs = 10.1.0.0/16\n");
	taken("a handshake with nobody who can be called",
	      "\"wg.conf\":\"mute\",\"wg.handshake\":\"5\"");
	warned("is warned of",
	       "wg.handshake: no peer has an Endpoint: there is no handshake to wait for\n");
	put("conf/commands.conf", HEAD DNS "PostUp = iptables -F\nPostDown =\n" PEER ALL);
	taken("the tunnel file's own warnings", "\"wg.conf\":\"commands\"");
	warned("are handed on", "$D/conf/commands.conf:5: PostUp is not run: commands in a tunnel"
				" file are never executed\n");
}

/* --- where the socket is --------------------------------------------------------------------- */

/* PLACED is where it is to be, "" for a failure; LINES all the warnings, or the failure's line. */
static void places(const char *what, const char *annotations, bool host_is_ours, const char *placed,
		   const char *lines)
{
	static const char *const words[] = { "host", "container" };
	struct warnings warnings = { 0 };
	const char *place = "", *said = "";

	if (!taken(what, annotations))
		return;
	if (request_place_socket(&result.request, host_is_ours, &warnings, &result.err) == 0)
		place = words[result.request.socket];
	else
		said = result.err.line;
	if (warnings.count)
		said = warnings.line[0];
	check_text("it is where it is to be", place, placed);
	check_text("and what is said", said, lines);
	warnings_free(&warnings);
}

static void test_socket(void)
{
	bool differs = false;
	uint16_t port;

	places("no place asked for, of a hook that has the host's network", QUIET, true, "host",
	       "");
	check("and any port", result.request.port == 0);
	places("the host asked for", WITH("socket", "host"), true, "host", "");
	places("the container asked for", WITH("socket", "container"), true, "container", "");
	port = result.request.port;
	check("and a port above those of sockets that ask for none", port >= 61000);
	for (int i = 0; i < 20; i++) {
		result.request.port = 0;
		request_place_socket(&result.request, true, &result.warnings, &result.err);
		differs |= result.request.port != port;
		check("and so each time", result.request.port >= 61000);
	}
	check("another", differs);
	places("no place, of a rootless engine's hook", QUIET, false, "container",
	       "the host's network is not this hook's to use: encrypted packets leave by the "
	       "container's (wg.socket=container)");
	check("with a port", result.request.port >= 61000);
	places("the container, of such a hook", WITH("socket", "container"), false, "container",
	       "");
	places("the host, of such a hook", WITH("socket", "host"), false, "",
	       "wg.socket: 'host', whose network this hook may not use; 'container' does without");
	put("conf/port.conf", HEAD DNS "ListenPort = 7\n" PEER ALL);
	places("ListenPort", "\"wg.conf\":\"port\",\"wg.socket\":\"container\"", true, "container",
	       "");
	check("is the port", result.request.port == 7);
	put("conf/awg.conf", HEAD DNS "S1 = 5\n" PEER ALL);
	refuses("AmneziaWG with the socket in the container",
		"\"wg.conf\":\"awg\",\"wg.socket\":\"container\"",
		"wg.socket: 'container' is for the kernel's WireGuard, and $D/conf/awg.conf is "
		"AmneziaWG's");
	options.userspace = "none";
	refuses("AmneziaWG without a userspace one", "\"wg.conf\":\"awg\"",
		"$D/conf/awg.conf: AmneziaWG's is a userspace one, which --userspace none forbids");
	options_reset();
}

/* --- the digest ------------------------------------------------------------------------------ */

/* Another file, or another annotation, than the first row's; at least one thing differs in each. */
static const struct {
	const char *what, *file, *annotations;
} differing[] = {
	{ "the base", HEAD DNS PEER ALL, "" },
	{ "interface", HEAD DNS PEER ALL, ",\"wg.interface\":\"wg1\"" },
	{ "bypass", HEAD DNS PEER ALL, ",\"wg.bypass\":\"10.0.0.0/8\"" },
	{ "another bypass", HEAD DNS PEER ALL, ",\"wg.bypass\":\"10.0.0.0/9\"" },
	{ "a port of a bypass", HEAD DNS PEER ALL, ",\"wg.bypass\":\"10.0.0.0/8:53/udp\"" },
	{ "another port", HEAD DNS PEER ALL, ",\"wg.bypass\":\"10.0.0.0/8:54/udp\"" },
	{ "another protocol", HEAD DNS PEER ALL, ",\"wg.bypass\":\"10.0.0.0/8:53/tcp\"" },
	{ "a port of the first of two", HEAD DNS PEER ALL,
	  ",\"wg.bypass\":\"10.0.0.0/8:53/udp,fd00::/16\"" },
	{ "a port of the second", HEAD DNS PEER ALL,
	  ",\"wg.bypass\":\"10.0.0.0/8,[fd00::/16]:53/udp\"" },
	{ "two bypasses", HEAD DNS PEER ALL, ",\"wg.bypass\":\"10.0.0.0/8,fd00::/16\"" },
	{ "DNS of the engine", HEAD DNS PEER ALL, ",\"wg.dns\":\"engine\"" },
	{ "DNS of a list", HEAD DNS PEER ALL, ",\"wg.dns\":\"10.0.0.1,example.org\"" },
	{ "another list", HEAD DNS PEER ALL, ",\"wg.dns\":\"10.0.0.3,example.org\"" },
	{ "its domain", HEAD DNS PEER ALL, ",\"wg.dns\":\"10.0.0.1,example.net\"" },
	{ "no domain", HEAD DNS PEER ALL, ",\"wg.dns\":\"10.0.0.1\"" },
	{ "networks deny", HEAD DNS PEER ALL, ",\"wg.networks\":\"deny\"" },
	{ "killswitch routes", HEAD DNS PEER ALL, ",\"wg.killswitch\":\"routes\"" },
	{ "killswitch off", HEAD DNS PEER ALL, ",\"wg.killswitch\":\"off\"" },
	{ "socket container", HEAD DNS PEER ALL, ",\"wg.socket\":\"container\"" },
	{ "Table = off", HEAD DNS "Table = off\n" PEER ALL, ",\"wg.killswitch\":\"off\"" },
	{ "Table = 7", HEAD DNS "Table = 7\n" PEER ALL, "" },
	{ "Table = 8", HEAD DNS "Table = 8\n" PEER ALL, "" },
	{ "ListenPort", HEAD DNS "ListenPort = 7\n" PEER ALL, "" },
	{ "MTU", HEAD DNS "MTU = 1400\n" PEER ALL, "" },
	{ "AmneziaWG", HEAD DNS "S1 = 5\n" PEER ALL, "" },
	{ "another number", HEAD DNS "S1 = 6\n" PEER ALL, "" },
	{ "another word", HEAD DNS "S2 = 5\n" PEER ALL, "" },
	{ "tags", HEAD DNS "I1 = <r 5>\n" PEER ALL, "" },
	{ "another MTU", HEAD DNS "MTU = 1401\n" PEER ALL, "" },
	{ "one address more", HEAD "Address = 10.0.0.3\n" DNS PEER ALL, "" },
	{ "another address",
	  "[Interface]\nPrivateKey = $PRIV\nAddress = 10.0.0.3/32, fd00::2/128\n" DNS PEER ALL,
	  "" },
	{ "an address's length",
	  "[Interface]\nPrivateKey = $PRIV\nAddress = 10.0.0.2/24, fd00::2/128\n" DNS PEER ALL,
	  "" },
	{ "DNS in the file", HEAD "DNS = 10.0.0.3, example.org\n" PEER ALL, "" },
	{ "a domain in the file", HEAD "DNS = 10.0.0.1, example.net\n" PEER ALL, "" },
	{ "AllowedIPs", HEAD DNS PEER "AllowedIPs = 0.0.0.0/0\n", "" },
	{ "AllowedIPs of as many", HEAD DNS PEER "AllowedIPs = 0.0.0.0/0, fd00::/8\n", "" },
	{ "keepalive", HEAD DNS PEER ALL "PersistentKeepalive = 25\n", "" },
	{ "another keepalive", HEAD DNS PEER ALL "PersistentKeepalive = 26\n", "" },
	{ "the endpoint's host", HEAD DNS PEER ALL "Endpoint = vpn.example.net:51820\n", "" },
	{ "the endpoint's port", HEAD DNS PEER ALL "Endpoint = vpn.example.org:51821\n", "" },
	{ "no endpoint", HEAD DNS "[Peer]\nPublicKey = $PUB1\n" ALL, "" },
	{ "one peer more", HEAD DNS PEER ALL "[Peer]\nPublicKey = $PUB2\n", "" },
	{ "a prefix of the other peer",
	  HEAD DNS PEER "AllowedIPs = 0.0.0.0/0\n[Peer]\nPublicKey = $PUB2\nAllowedIPs = ::/0\n",
	  "" },
};

#define DIFFERING (sizeof(differing) / sizeof(*differing))

static uint64_t digest_of(const char *name, const char *file, const char *annotations)
{
	char all[256], path[64];

	snprintf(path, sizeof(path), "conf/%s.conf", name);
	put(path, file);
	snprintf(all, sizeof(all), "\"wg.conf\":\"%s\"%s", name, annotations);
	if (ask(all))
		return request_digest(&result.request);
	check_taken("taken, for its digest", false, &result.err);
	return 0;
}

static void test_digest_differs(void)
{
	uint64_t digests[DIFFERING];

	for (size_t i = 0; i < DIFFERING; i++) {
		bool alone = true;
		char what[128];

		digests[i] = digest_of("digest", differing[i].file, differing[i].annotations);
		for (size_t j = 0; j < i; j++)
			if (digests[i] == digests[j]) {
				printf("# the digest of: %s\n", differing[j].what);
				alone = false;
			}
		snprintf(what, sizeof(what), "a digest of its own: %s", differing[i].what);
		check(what, alone && digests[i]);
	}
	check("another file, another digest",
	      digest_of("other", differing[0].file, "") != digests[0]);
}

static void test_digest_same(void)
{
	const char *base = differing[0].file;
	uint64_t digest = digest_of("digest", base, "");
	union endpoint_address address = { .in = { .sin_family = AF_INET, .sin_port = 5 } };

	check("the same twice", digest_of("digest", base, "") == digest);
	check("defaults that were spelled out",
	      digest_of(
		      "digest", base,
		      ",\"wg.interface\":\"wg0\",\"wg.dns\":\"tunnel\",\"wg.killswitch\":\"on\","
		      "\"wg.networks\":\"allow\",\"wg.socket\":\"host\",\"wg.handshake\":\"0\"") ==
		      digest);
	check("comments and blanks",
	      digest_of("digest", HEAD "# a comment\n\n" DNS PEER "AllowedIPs=0.0.0.0/0,::/0",
			"") == digest);
	digest_of("digest", base, "");
	if (check("a peer to resolve", result.parsed && result.request.tunnel.peers_count == 1)) {
		result.request.tunnel.peers[0].address = address;
		result.request.mtu = 1234;
		result.request.port = 1234;
		check("a resolved address, the path's MTU and a port that was chosen do not count",
		      request_digest(&result.request) == digest);
	}
	keys_make(1);
	check("keys do not count", digest_of("digest", base, "") == digest);
	keys_make(0);
	options.setting[SETTING_CONF] = "digest";
	ask(NULL);
	check("nor who asked", result.parsed && request_digest(&result.request) == digest);
	options_reset();
	check("bypass prefixes in another order",
	      digest_of("digest", base, ",\"wg.bypass\":\"10.0.0.0/8,11.0.0.0/8\"") ==
		      digest_of("digest", base, ",\"wg.bypass\":\"11.0.0.0/8, 10.0.0.0/8\""));
}

static void test_free(void)
{
	static const struct request empty;

	ask(QUIET);
	request_free(&result.request);
	check("request_free leaves zeros", memcmp(&result.request, &empty, sizeof(empty)) == 0);
	request_free(&result.request);
	check("request_free of an empty request", true);
	result.parsed = false;
}

int main(void)
{
	request_begin();
	test_full();
	test_peers_together();
	test_warnings();
	test_socket();
	test_digest_differs();
	test_digest_same();
	test_free();
	return request_done();
}
