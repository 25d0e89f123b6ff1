/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hook/tunnel.c: sections, names and lines, those of AmneziaWG too. */
#include "tunnel.h"
#include "template.h"
#include "tunnel_parsed.h"
#include "unit.h"

#include <arpa/inet.h>

static void test_whole_file(void)
{
	const struct peer *peer;

	takes("a file with everything of wg's",
	      "[Interface]\nPrivateKey = $PRIV\nListenPort = 51820\nFwMark = off\n"
	      "Address = 10.0.0.2/24\n\n[Peer]\nPublicKey = $PUB1\nPresharedKey = $PSK\n"
	      "AllowedIPs = 0.0.0.0/0, ::/0\nEndpoint = 192.0.2.1:51820\n"
	      "PersistentKeepalive = 25\n[Peer]\nPublicKey = $PUB2\n",
	      NULL);
	if (!check("two peers", result.parsed && t->peers_count == 2))
		return;
	peer = &t->peers[0];
	check("private key", key_equal(&t->private_key, &keys[PRIV]));
	check("port to listen on", t->listen_port == 51820);
	check("public key", key_equal(&peer->public_key, &keys[PUB1]));
	check("preshared key", key_equal(&peer->preshared_key, &keys[PSK]));
	check("keepalive", peer->keepalive == 25);
	check("lines of the peers", peer->line == 7 && t->peers[1].line == 13);
	check("line of the endpoint", peer->endpoint_line == 11);
	check("the second peer", key_equal(&t->peers[1].public_key, &keys[PUB2]) &&
					 key_is_zero(&t->peers[1].preshared_key) &&
					 !t->peers[1].host && !t->peers[1].keepalive &&
					 !t->peers[1].allowed_count);
	check_allowed("allowed", 0, "0.0.0.0/0 ::/0");
	check_endpoint("endpoint", "192.0.2.1", 51820, AF_INET);
	check("what was not given", t->mtu == 0 && t->table == TUNNEL_TABLE_AUTO &&
					    t->dns.servers_count == 0 && t->dns.search_count == 0);
	check_list("address with its host bits", t->addresses, t->addresses_count, "10.0.0.2/24");

	takes("a smallest file", HEAD PEER, NULL);
	check("no port is port 0", result.parsed && t->listen_port == 0);
	result_free();
	check("tunnel_free leaves zeros", key_is_zero(&t->private_key) && !t->peers);
	tunnel_free(&result.tunnel);
	check("tunnel_free of an empty tunnel", true);
}

static void test_lines(void)
{
	takes("CRLF",
	      "[Interface]\r\nPrivateKey = $PRIV\r\nAddress = 10.0.0.2\r\nMTU = 1400\r\n"
	      "DNS = 10.0.0.1\r\n\r\n[Peer]\r\nPublicKey = $PUB1\r\n",
	      NULL);
	check("MTU before a CR", result.parsed && t->mtu == 1400);
	takes("a byte order mark", "\xef\xbb\xbf" HEAD PEER, NULL);
	refuses("a byte order mark elsewhere", HEAD "\xef\xbb\xbf" PEER,
		"t.conf:4: neither a section nor 'Key = value'");
	takes("no final newline", HEAD "[Peer]\nPublicKey = $PUB1", NULL);
	takes("comments",
	      "# [Peer]\n[Interface] # x\n#PrivateKey = no\nPrivateKey = $PRIV # = y\n"
	      "Address = 10.0.0.2#z\n[Peer]# vsh01\nPublicKey = $PUB1#\n # end",
	      NULL);
	refuses("';' is no comment", HEAD PEER "; a comment\n",
		"t.conf:6: neither a section nor 'Key = value'");
	takes("blanks within names, headers and wg's values",
	      " [ Inter face ]\t\n\tP rivate Key\t=\v$PRIV\f\n Add ress =10.0.0.2\n[ peer]\n"
	      "Public Key= $PUB1 \nAllowed IPs = 1 0.0.0.0 / 8 , fd00: :/8\n",
	      NULL);
	check_allowed("blanks in AllowedIPs", 0, "10.0.0.0/8 fd00::/8");
	takes("upper and lower case",
	      "[INTERFACE]\nprivatekey=$PRIV\nADDRESS=10.0.0.2\nmtu=1400\n[pEER]\npublicKEY=$PUB1\n"
	      "PreSharedKey=$PSK\nEndPoint=192.0.2.1:1\npersistentkeepalive=OFF\n",
	      NULL);
	check("they have their values", result.parsed && t->mtu == 1400 &&
						key_equal(&t->peers[0].preshared_key, &keys[PSK]) &&
						t->peers[0].port == 1);
	takes("[Interface] twice, and after a peer",
	      PEER "[Interface]\nPrivateKey = $PRIV\n[Peer]\nPublicKey = $PUB2\n[Interface]\n"
		   "Address = 10.0.0.2\n",
	      NULL);
	check("both are one", result.parsed && t->peers_count == 2 && t->addresses_count == 1);
	takes("the last of a scalar wins",
	      "[Interface]\nPrivateKey = $PUB3\nPrivateKey = $PRIV\nListenPort = 1\nListenPort = 2\n"
	      "MTU = 1300\nMTU = 1400\nTable = 7\nTable = off\nAddress = 10.0.0.2\n[Peer]\n"
	      "PublicKey = $PUB2\nPublicKey = $PUB1\nEndpoint = 192.0.2.1:1\n"
	      "Endpoint = host.example:2\nPersistentKeepalive = 1\nPersistentKeepalive = 2\n",
	      NULL);
	check("the last values", result.parsed && key_equal(&t->private_key, &keys[PRIV]) &&
					 t->listen_port == 2 && t->mtu == 1400 &&
					 t->table == TUNNEL_TABLE_OFF && t->table_number == 0 &&
					 key_equal(&t->peers[0].public_key, &keys[PUB1]) &&
					 t->peers[0].keepalive == 2);
	check_endpoint("the last endpoint, and nothing of the first", "host.example", 2, AF_UNSPEC);
	check("no address of the first", result.parsed && !t->peers[0].address.in.sin_port);
}

static void test_nul_bytes(void)
{
	static const char nul[] = "[Interface]\n# a\0b\nPrivateKey = x\n";
	static const char utf16[] = "\xff\xfe[\0I\0n\0t\0";

	parse_bytes(nul, sizeof(nul) - 1);
	check_text("a NUL byte in a comment", result.err.line,
		   "t.conf:2: a NUL byte: this is not text");
	parse_bytes(utf16, sizeof(utf16) - 1);
	check_text("UTF-16", result.err.line, "t.conf:1: a NUL byte: this is not text");
	parse_bytes("\0", 1);
	check_text("nothing but a NUL", result.err.line, "t.conf:1: a NUL byte: this is not text");
	parse_bytes(NULL, 0);
	check_text("no bytes", result.err.line, "t.conf: no [Interface] section");
	parse_bytes("\xef\xbb\xbf", 3);
	check_text("nothing but a mark", result.err.line, "t.conf: no [Interface] section");
	parse_bytes("\xef\xbb", 2);
	check("a part of a mark", !result.parsed);
}

static void test_unknown_lines(void)
{
	refuses("an unknown key", HEAD "Foo = bar\n" PEER,
		"t.conf:4: unknown key 'Foo' in [Interface]");
	refuses("an unknown key of a peer", HEAD PEER "F oo1 = 2\n",
		"t.conf:6: unknown key 'Foo1' in [Peer]");
	refuses("a peer's key", HEAD "PublicKey = $PUB1\n",
		"t.conf:4: 'PublicKey' belongs in [Peer]");
	refuses("an interface's key", HEAD PEER "dns = 10.0.0.1\n",
		"t.conf:6: 'DNS' belongs in [Interface]");
	refuses("an unknown section", HEAD "[Pear]\n",
		"t.conf:4: unknown section: there are [Interface] and [Peer]");
	refuses("an unfinished section", HEAD "[Peer\n",
		"t.conf:4: unknown section: there are [Interface] and [Peer]");
	refuses("text behind a section", HEAD "[Peer] PublicKey = $PUB1\n",
		"t.conf:4: unknown section: there are [Interface] and [Peer]");
	refuses("no '='", HEAD "Foo\n", "t.conf:4: neither a section nor 'Key = value'");
	refuses("before any section", "\nAddress = 10.0.0.2\n", "t.conf:2: outside a section");
	refuses("unknown, before any section", "Foo = bar\n", "t.conf:1: outside a section");
	refuses("no name", HEAD "= 5\n", "t.conf:4: unknown key in [Interface]");
}

/* Names that are, or hold, or might be, a part of a key are not repeated. */
static void test_hidden_names(void)
{
	refuses("a key alone", HEAD PEER "$PSK\n", "t.conf:6: unknown key in [Peer]");
	refuses("a key and a comment", HEAD PEER "$PSK # psk\n", "t.conf:6: unknown key in [Peer]");
	refuses("an empty value", HEAD "Foo =\n", "t.conf:4: unknown key in [Interface]");
	refuses("24 characters", HEAD "abcdefghijklmnopqrstuvwx = 1\n",
		"t.conf:4: unknown key 'abcdefghijklmnopqrstuvwx' in [Interface]");
	refuses("25 characters", HEAD "abcdefghijklmnopqrstuvwxy = 1\n",
		"t.conf:4: unknown key in [Interface]");
	refuses("not of letters and digits", HEAD "a+b = 1\n",
		"t.conf:4: unknown key in [Interface]");
	refuses("not a letter first", HEAD "1ab = 1\n", "t.conf:4: unknown key in [Interface]");
	refuses("the end of a key before a lost line break", HEAD "aGVsbG8= Endpoint = 1\n",
		"t.conf:4: unknown key in [Interface]");
	refuses("a key's name, mistyped", HEAD "PrivatKey = $PRIV\n",
		"t.conf:4: unknown key 'PrivatKey' in [Interface]");
	refuses("a '=' that slipped into a key", HEAD "PrivateKeyaGVsbG8sIH = dGhlcmU=\n",
		"t.conf:4: unknown key in [Interface]");
}

/* What test_amnezia.c does not see: lines, sections, white space, comments. */
static void test_amnezia(void)
{
	takes("AmneziaWG's words",
	      HEAD "J c = 4 # junk\nJMIN=40\njmax = 7 0\nS1 = 15\nS2 = 0\nH1 = 5 - 9\nH2=0 10\n"
		   "I1 = \t<b 0x01>  <r 2>\t# two\nI2 = <t>\r\nI3 =\nI4 = # none\n" PEER,
	      NULL);
	check_amnezia("a comment behind a number", AMNEZIA_JC, "4");
	check_amnezia("upper case", AMNEZIA_JMIN, "40");
	check_amnezia("lower case, and a blank in a number", AMNEZIA_JMAX, "70");
	check_amnezia("padding", AMNEZIA_S1, "15");
	check_amnezia("a zero", AMNEZIA_S2, "(none)");
	check_amnezia("what was not given", AMNEZIA_S3, "(none)");
	check_amnezia("blanks in a range", AMNEZIA_H1, "5-9");
	check_amnezia("a leading zero", AMNEZIA_H2, "10");
	check_amnezia("blanks in tags, and around them", AMNEZIA_I1, "<b 0x01>  <r 2>");
	check_amnezia("a carriage return", AMNEZIA_I2, "<t>");
	check_amnezia("empty tags", AMNEZIA_I3, "(none)");
	check_amnezia("nothing but a comment", AMNEZIA_I4, "(none)");
	takes("the last of a word wins",
	      HEAD "Jc = 4\nJc = 5\nS1 = 4\nS1 = 0\nI1 = <t>\nI1 =\n" PEER, NULL);
	check_amnezia("a number", AMNEZIA_JC, "5");
	check_amnezia("a zero", AMNEZIA_S1, "(none)");
	check_amnezia("tags", AMNEZIA_I1, "(none)");
	takes("WireGuard's own numbers",
	      HEAD "Jc = 0\nS1 = 0\nS4 = 0\nH1 = 1\nH2 = 2\nH3 = 3\nH4 = 4\n" PEER, NULL);
	check("are WireGuard", result.parsed && !amnezia_used(&t->amnezia));

	refuses("a wrong number", HEAD "Jc = 65536\n",
		"t.conf:4: Jc: '65536': not a number from 0 to 65535");
	refuses("a wrong range", HEAD "h3 = 9-5\n",
		"t.conf:4: H3: '9-5': not a number of 32 bits, nor a range such as 5-9");
	refuses("wrong tags", HEAD "I5 = <t> <c>\n",
		"t.conf:4: I5: '<t> <c>': unknown tag: there are b, t, r, rc, rd, d, ds and dz");
	refuses("tags that may hide a key", HEAD "I1 = <b 0x0123456789abcdef0>\n",
		"t.conf:4: I1: '(hidden)': <b> wants an even number of hexadecimal digits");
	refuses("an empty number", HEAD "Jc =\n", "t.conf:4: Jc is empty");
	refuses("an empty range", HEAD "H1 = # none\n", "t.conf:4: H1 is empty");
	refuses("Jc of a peer", HEAD PEER "jc = 4\n", "t.conf:6: 'Jc' belongs in [Interface]");
	refuses("I1 of a peer", HEAD PEER "I1 = <t>\n", "t.conf:6: 'I1' belongs in [Interface]");
	refuses("before any section", "Jc = 4\n", "t.conf:1: outside a section");
	refuses("words that do not go together", HEAD "Jmin = 9\nJmax = 8\n" PEER,
		"t.conf: Jmin, 9, is more than Jmax, 8");
	refuses("headers that overlap", HEAD "H1 = 2-5\n" PEER,
		"t.conf: H1, 2-5, and H2, 2, overlap");
	refuses("S5 is nobody's", HEAD "S5 = 1\n", "t.conf:4: unknown key 'S5' in [Interface]");
}

static void test_amnezia_others(void)
{
	static const char ignored[] =
		"t.conf:6: AdvancedSecurity has no effect here: amneziawg-go treats all peers alike";

	takes("AdvancedSecurity = off", HEAD PEER "AdvancedSecurity = off\n", ignored);
	check("is no use of AmneziaWG", result.parsed && !amnezia_used(&t->amnezia));
	takes("AdvancedSecurity = OFF", HEAD PEER "advancedsecurity = OFF\n", ignored);
	takes("AdvancedSecurity = 0", HEAD PEER "AdvancedSecurity = 0\n", ignored);
	takes("AdvancedSecurity = on", HEAD PEER "AdvancedSecurity = On\n", NULL);
	takes("AdvancedSecurity = 1", HEAD PEER "AdvancedSecurity = 1\n", NULL);
	refuses("AdvancedSecurity = yes", HEAD PEER "AdvancedSecurity = yes\n",
		"t.conf:6: AdvancedSecurity is neither on nor off");
	refuses("AdvancedSecurity, empty", HEAD PEER "AdvancedSecurity =\n",
		"t.conf:6: AdvancedSecurity is empty");
	refuses("AdvancedSecurity of an interface", HEAD "AdvancedSecurity = off\n",
		"t.conf:4: 'AdvancedSecurity' belongs in [Peer]");
	refuses("AmneziaWG 3", HEAD "HeaderProtectionKey = $PSK\n",
		"t.conf:4: 'HeaderProtectionKey' is AmneziaWG 3's, which this version does not "
		"speak");
	refuses("AmneziaWG 3, empty", HEAD "randomtrailers =\n",
		"t.conf:4: 'randomtrailers' is AmneziaWG 3's, which this version does not speak");
	refuses("AmneziaWG 1.5", HEAD "J1 = <b 0x01>\n",
		"t.conf:4: 'J1' is AmneziaWG 1.5's, which this version does not speak");
}

int main(void)
{
	tunnel_begin();
	test_whole_file();
	test_lines();
	test_nul_bytes();
	test_unknown_lines();
	test_hidden_names();
	test_amnezia();
	test_amnezia_others();
	return tunnel_done();
}
