/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a userspace WireGuard is sent for a tunnel file, byte for byte, and what its answers say. */
#include "uapi.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

/* Keys of one repeated byte: 00.. cannot be told from none, so 11, 22, 33 and 44. */
#define KEY_11 "ERERERERERERERERERERERERERERERERERERERERERE="
#define KEY_22 "IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI="
#define KEY_33 "MzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzM="
#define KEY_AF "r6+vr6+vr6+vr6+vr6+vr6+vr6+vr6+vr6+vr6+vr68="
#define HEX_11 "1111111111111111111111111111111111111111111111111111111111111111"
#define HEX_22 "2222222222222222222222222222222222222222222222222222222222222222"
#define HEX_33 "3333333333333333333333333333333333333333333333333333333333333333"
#define HEX_AF "afafafafafafafafafafafafafafafafafafafafafafafafafafafafafafafaf"

struct taken {
	char *text;
	size_t length;
	size_t pieces;
	size_t largest;
	size_t most; /* pieces before it fails */
};

static int take(void *context, const char *text, size_t length, struct err *err)
{
	struct taken *taken = context;

	if (taken->pieces == taken->most)
		return fail(err, "enough");
	taken->text = realloc(taken->text, taken->length + length + 1);
	memcpy(taken->text + taken->length, text, length);
	taken->length += length;
	taken->text[taken->length] = '\0';
	taken->pieces++;
	if (length > taken->largest)
		taken->largest = length;
	return 0;
}

/* The text for a tunnel FILE on PORT; the caller's. */
static char *sent(const char *file, uint16_t port, bool call)
{
	struct taken taken = { .most = SIZE_MAX };
	struct warnings warnings = { 0 };
	struct tunnel tunnel = { 0 };
	struct err err = { 0 };

	if (tunnel_parse("t", file, strlen(file), &tunnel, &warnings, &err) < 0 ||
	    uapi_set(&tunnel, port, call, take, &taken, &err) < 0)
		return strdup(err.line);
	tunnel_free(&tunnel);
	warnings_free(&warnings);
	return taken.text;
}

static void sends(const char *what, const char *file, uint16_t port, const char *wanted)
{
	char *text = sent(file, port, false);

	check_text(what, text, wanted);
	free(text);
}

static void whole_tunnels(void)
{
	sends("one peer with all there is",
	      "[Interface]\nPrivateKey = " KEY_11
	      "\nAddress = 10.0.0.2\n[Peer]\nPublicKey = " KEY_AF "\nPresharedKey = " KEY_33
	      "\nEndpoint = 192.0.2.1:51820\nPersistentKeepalive = 25\n"
	      "AllowedIPs = 0.0.0.0/0, ::/0\n",
	      51821,
	      "set=1\nprivate_key=" HEX_11
	      "\nlisten_port=51821\nreplace_peers=true\npublic_key=" HEX_AF
	      "\npreshared_key=" HEX_33 "\nendpoint=192.0.2.1:51820\n"
	      "persistent_keepalive_interval=25\nreplace_allowed_ips=true\nallowed_ip=0.0.0.0/0\n"
	      "allowed_ip=::/0\n\n");
	sends("two peers with little",
	      "[Interface]\nPrivateKey = " KEY_11
	      "\nAddress = 10.0.0.2\n[Peer]\nPublicKey = " KEY_22
	      "\nEndpoint = [2001:db8::1]:1\n[Peer]\nPublicKey = " KEY_33
	      "\nAllowedIPs = fd00::/8\n",
	      0,
	      "set=1\nprivate_key=" HEX_11 "\nlisten_port=0\nreplace_peers=true\npublic_key=" HEX_22
	      "\nendpoint=[2001:db8::1]:1\npersistent_keepalive_interval=0\n"
	      "replace_allowed_ips=true\npublic_key=" HEX_33 "\npersistent_keepalive_interval=0\n"
	      "replace_allowed_ips=true\nallowed_ip=fd00::/8\n\n");
	sends("AmneziaWG's words",
	      "[Interface]\nPrivateKey = " KEY_11
	      "\nAddress = 10.0.0.2\nJc = 4\nJmin = 8\nJmax = 80\n"
	      "S1 = 15\nS2 = 16\nS3 = 17\nS4 = 18\nH1 = 5-6\nH2 = 7\nH3 = 8\nH4 = 9-4294967295\n"
	      "I1 = <b 0x01><r 2>\nI2 = <t>\nI3 = <rc 1>\nI4 = <rd 1>\nI5 = <b 0xff>\n",
	      0,
	      "set=1\nprivate_key=" HEX_11 "\nlisten_port=0\nreplace_peers=true\njc=4\njmin=8\n"
	      "jmax=80\ns1=15\ns2=16\ns3=17\ns4=18\nh1=5-6\nh2=7\nh3=8\nh4=9-4294967295\n"
	      "i1=<b 0x01><r 2>\ni2=<t>\ni3=<rc 1>\ni4=<rd 1>\ni5=<b 0xff>\n\n");
	sends("an endpoint with a scope",
	      "[Interface]\nPrivateKey = " KEY_11
	      "\nAddress = 10.0.0.2\n[Peer]\nPublicKey = " KEY_22
	      "\nEndpoint = [fe80::1%1]:51820\n",
	      0,
	      "set=1\nprivate_key=" HEX_11 "\nlisten_port=0\nreplace_peers=true\npublic_key=" HEX_22
	      "\nendpoint=[fe80::1%1]:51820\npersistent_keepalive_interval=0\n"
	      "replace_allowed_ips=true\n\n");
}

/* A peer of 5,000 prefixes: in pieces that are bounded, and ended by the first failure. */
static void pieces(void)
{
	struct tunnel tunnel = { .peers = calloc(1, sizeof(*tunnel.peers)), .peers_count = 1 };
	struct taken taken = { .most = SIZE_MAX };
	struct err err = { 0 };
	size_t lines = 0;

	tunnel.peers[0].allowed = calloc(5000, sizeof(struct prefix));
	tunnel.peers[0].allowed_count = 5000;
	for (size_t i = 0; i < 5000; i++)
		tunnel.peers[0].allowed[i] = (struct prefix){ .family = AF_INET, .length = 32 };
	check("a long one is taken", uapi_set(&tunnel, 0, false, take, &taken, &err) == 0);
	for (char *c = taken.text; (c = strstr(c, "allowed_ip=0.0.0.0/32\n")); c++)
		lines++;
	check("whole", lines == 5000);
	check("in pieces of 4 KiB at most", taken.pieces > 20 && taken.largest <= 4096);
	taken = (struct taken){ .text = taken.text, .most = 3 };
	check("a sink that fails ends it", uapi_set(&tunnel, 0, false, take, &taken, &err) == -1);
	check("at once, with its own line", taken.pieces == 3 && strcmp(err.line, "enough") == 0);
	free(taken.text);
	tunnel_free(&tunnel);
}

#define TWO_PEERS                                                                                  \
	"[Interface]\nPrivateKey = " KEY_11 "\nAddress = 10.0.0.2\n[Peer]\nPublicKey = " KEY_22    \
	"\nEndpoint = 192.0.2.1:1\n[Peer]\nPublicKey = " KEY_33                                    \
	"\nEndpoint = 192.0.2.2:1\nPersistentKeepalive = 9\n[Peer]\nPublicKey = " KEY_AF "\n"

/* Peers with an endpoint are called by a keepalive, which goes back to what the file says. */
static void calls(void)
{
	struct warnings warnings = { 0 };
	struct taken taken = { .most = SIZE_MAX };
	struct tunnel tunnel;
	struct err err;
	char *text = sent(TWO_PEERS, 0, true);

	check("a peer without a keepalive gets one",
	      strstr(text, "endpoint=192.0.2.1:1\npersistent_keepalive_interval=25\n"));
	check("its own is kept",
	      strstr(text, "endpoint=192.0.2.2:1\npersistent_keepalive_interval=9\n"));
	check("one that cannot be called has none",
	      strstr(text, HEX_AF "\npersistent_keepalive_interval=0\n"));
	free(text);
	if (!check("they are parsed",
		   tunnel_parse("t", TWO_PEERS, strlen(TWO_PEERS), &tunnel, &warnings, &err) == 0))
		return;
	check("calmed", uapi_calm(&tunnel, take, &taken, &err) == 0);
	check_text("the first has none again", taken.text,
		   "set=1\npublic_key=" HEX_22
		   "\nupdate_only=true\npersistent_keepalive_interval=0\n\n");
	free(taken.text);
	tunnel_free(&tunnel);
	warnings_free(&warnings);
}

/* Which peers answered, as "yn"; the answer comes STEP bytes at a time. */
static void who_answered(const char *what, const char *text, size_t step, const char *wanted)
{
	struct warnings warnings = { 0 };
	struct uapi_answer answer = { 0 };
	struct tunnel tunnel = { 0 };
	bool answered[3] = { false };
	struct uapi_handshakes handshakes = { .tunnel = &tunnel, .answered = answered };
	struct err err;
	char got[4] = "";

	tunnel_parse("t", TWO_PEERS, strlen(TWO_PEERS), &tunnel, &warnings, &err);
	for (size_t i = 0; i < strlen(text); i += step) {
		size_t left = strlen(text) - i;

		uapi_read(&answer, text + i, left < step ? left : step, uapi_take_handshake,
			  &handshakes);
	}
	for (int i = 0; i < 3; i++)
		got[i] = answered[i] ? 'y' : 'n';
	check(what, answer.ended && answer.number == 0 && strcmp(got, wanted) == 0);
	tunnel_free(&tunnel);
	warnings_free(&warnings);
}

static void handshakes(void)
{
	static const char text[] =
		"private_key=" HEX_11 "\nlisten_port=1\npublic_key=" HEX_33
		"\nlast_handshake_time_sec=1700000000\nlast_handshake_time_nsec=5\n"
		"public_key=" HEX_22 "\nlast_handshake_time_sec=0\nlast_handshake_time_nsec=0\n"
		"public_key=4444444444444444444444444444444444444444444444444444444444444444\n"
		"last_handshake_time_sec=1700000000\nerrno=0\n\n";

	who_answered("the peer that answered, in one piece", text, sizeof(text), "nyn");
	who_answered("the same, a byte at a time", text, 1, "nyn");
	who_answered("no peer at all", "listen_port=1\nerrno=0\n\n", 7, "nnn");
}

static void answers(const char *text, int wanted)
{
	struct uapi_answer answer = { 0 };
	char what[64];

	snprintf(what, sizeof(what), "an answer of %zu bytes says %d", strlen(text), wanted);
	uapi_read(&answer, text, strlen(text), NULL, NULL);
	check(what, wanted < 0 ? !answer.ended : answer.ended && answer.number == wanted);
}

int main(void)
{
	whole_tunnels();
	pieces();
	calls();
	handshakes();
	answers("", -1);
	answers("errno=0", -1);
	answers("errno=0\n", -1);
	answers("errno=0\n\n", 0);
	answers("errno=22\n\n", 22);
	answers("errno=-22\n\n", 22);
	answers("errno=\n\n", EPROTO);
	answers("errno=none\n\n", EPROTO);
	answers("errno=4294967296\n\n", EPROTO);
	answers("errno=-2147483648\n\n", EPROTO);
	answers("listen_port=0\nerrno=0\n\n", 0);
	answers("hello\n\n", -1);
	answers("no_errno=0\n\n", -1);
	return unit_done();
}
