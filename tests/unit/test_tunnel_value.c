/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hook/tunnel.c: each key and its values, and what of a value a message shows. */
#include "tunnel.h"
#include "template.h"
#include "tunnel_parsed.h"
#include "unit.h"

#include <arpa/inet.h>
#include <unistd.h>

/* --- keys and values ------------------------------------------------------------------------ */

static void test_keys(void)
{
	refuses("an empty PrivateKey", "[Interface]\nPrivateKey =\n",
		"t.conf:2: PrivateKey is empty");
	refuses("one of a comment", "[Interface]\nPrivateKey = # $PRIV\n",
		"t.conf:2: PrivateKey is empty");
	refuses("an empty PublicKey", HEAD "[Peer]\nPublicKey=\n", "t.conf:5: PublicKey is empty");
	refuses("an empty PresharedKey", HEAD PEER "presharedkey = \t\r\n",
		"t.conf:6: PresharedKey is empty");
	refuses("a wrong PrivateKey", "[Interface]\nPrivateKey = $PRIV$PRIV\n",
		"t.conf:2: PrivateKey is not a key (44 characters of base64)");
	refuses("a wrong PublicKey", HEAD "[Peer]\nPublicKey = x$PUB1\n",
		"t.conf:5: PublicKey is not a key (44 characters of base64)");
	refuses("a wrong PresharedKey", HEAD PEER "PresharedKey = <$PSK>\n",
		"t.conf:6: PresharedKey is not a key (44 characters of base64)");
	refuses("no PrivateKey", "[Interface]\nAddress = 10.0.0.2\n" PEER,
		"t.conf: no PrivateKey, or one of zeros");
	refuses("a PrivateKey of zeros",
		"[Interface]\nPrivateKey = $ZERO\nAddress = 10.0.0.2\n" PEER,
		"t.conf: no PrivateKey, or one of zeros");
	takes("a PresharedKey of zeros is none", HEAD PEER "PresharedKey = $ZERO\n", NULL);
	check("it is zeros", result.parsed && key_is_zero(&t->peers[0].preshared_key));
}

static void test_commands(void)
{
	char line[128], text[256];
	static const char *const names[] = { "PreUp", "PostUp", "PreDown", "PostDown" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(text, sizeof(text),
			 HEAD "%s = iptables -I OUTPUT ! -o %%i -j REJECT\n" PEER, names[i]);
		snprintf(line, sizeof(line),
			 "t.conf:4: %s is not run: commands in a tunnel file are never executed",
			 names[i]);
		takes(names[i], text, line);
		snprintf(text, sizeof(text), HEAD "%s = \n%s=#x\n" PEER, names[i], names[i]);
		takes("empty", text, NULL);
	}
	takes("two lines, two warnings, and a key in neither",
	      HEAD PEER "[Interface]\nPostUp = wg set %i private-key $PRIV\n",
	      "t.conf:7: PostUp is not run: commands in a tunnel file are never executed");
	parse(HEAD "PostUp = a\nPostUp = b\n" PEER);
	check("one warning for each line", result.parsed && result.warnings.count == 2);
	refuses("a command of a peer", HEAD PEER "PostUp = a\n",
		"t.conf:6: 'PostUp' belongs in [Interface]");

	takes("SaveConfig = true", HEAD "SaveConfig = true\n" PEER,
	      "t.conf:4: SaveConfig has no meaning here: nothing is written back");
	takes("SaveConfig = false", HEAD "SaveConfig = false\n" PEER, NULL);
	refuses("SaveConfig = yes", HEAD "SaveConfig = yes\n" PEER,
		"t.conf:4: SaveConfig is neither true nor false");
	refuses("SaveConfig, empty", HEAD "SaveConfig =\n" PEER,
		"t.conf:4: SaveConfig is neither true nor false");
}

/* "NAME = VALUE" behind HEAD, or behind PEER. */
static const char *with(const char *head, const char *name, const char *value)
{
	static char text[2048];

	snprintf(text, sizeof(text), "%s%s = %s\n", head, name, value);
	return text;
}

static void test_numbers(void)
{
	static const char *const no_mark[] = { "-1",  "4294967296",  "0x",
					       "0xg", "0x100000000", "on",
					       "0X1", "1x",          "99999999999999999999" };
	static const char *const no_mtu[] = { "67",    "65536", "0",     "-1",
					      "0x500", "1400x", "14 00", "99999999999999999999",
					      "auto" };
	static const char *const no_keepalive[] = { "-1", "65536", "on", "25s", "0x19" };
	static const char *const no_port[] = { "-1", "65536", "no-such-service", "0x1" };
	char line[256];

	takes("FwMark = 0x1", HEAD "FwMark = 0x1\n" PEER,
	      "t.conf:4: FwMark has no meaning here: the socket is the host's");
	takes("FwMark = 4294967295", HEAD "FwMark = 4294967295\n" PEER,
	      "t.conf:4: FwMark has no meaning here: the socket is the host's");
	takes("FwMark = 0xFFFFffff", HEAD "FwMark = 0xFFFFffff\n" PEER,
	      "t.conf:4: FwMark has no meaning here: the socket is the host's");
	takes("FwMark = 0", HEAD "FwMark = 0\n" PEER, NULL);
	takes("FwMark = OFF", HEAD "FwMark = OFF\n" PEER, NULL);
	for (size_t i = 0; i < sizeof(no_mark) / sizeof(*no_mark); i++) {
		snprintf(line, sizeof(line),
			 "t.conf:4: FwMark: '%s' is not off and not a number of 32 bits",
			 no_mark[i]);
		refuses("FwMark", with(HEAD, "FwMark", no_mark[i]), line);
	}
	refuses("FwMark, empty", HEAD "FwMark =\n", "t.conf:4: FwMark is empty");

	for (size_t i = 0; i < sizeof(no_mtu) / sizeof(*no_mtu); i++) {
		snprintf(line, sizeof(line), "t.conf:4: MTU: '%s' is not a number from 68 to 65535",
			 no_mtu[i]);
		refuses("MTU", with(HEAD, "MTU", no_mtu[i]), line);
	}
	check("MTU 68", parse(HEAD "MTU = 68\n" PEER) && t->mtu == 68);
	check("MTU 65535", parse(HEAD "MTU = 65535\n" PEER) && t->mtu == 65535);
	check("MTU, empty", parse(HEAD "MTU = 1400\nMTU = # no\n" PEER) && t->mtu == 0);
	refuses("a small MTU with IPv6", HEAD "MTU = 1279\nAddress = fd00::2\n" PEER,
		"t.conf:4: MTU: 1279 is too small: IPv6 needs 1280");
	takes("1280 with IPv6", HEAD "MTU = 1280\nAddress = fd00::2\n" PEER, NULL);
	takes("a small MTU without IPv6", HEAD "MTU = 1279\n" PEER "AllowedIPs = ::/0\n", NULL);

	for (size_t i = 0; i < sizeof(no_keepalive) / sizeof(*no_keepalive); i++) {
		snprintf(
			line, sizeof(line),
			"t.conf:6: PersistentKeepalive: '%s' is not off and not a number from 0 to "
			"65535",
			no_keepalive[i]);
		refuses("PersistentKeepalive",
			with(HEAD PEER, "PersistentKeepalive", no_keepalive[i]), line);
	}
	check("keepalive 65535",
	      parse(HEAD PEER "PersistentKeepalive = 65535\n") && t->peers[0].keepalive == 65535);
	check("keepalive off",
	      parse(HEAD PEER "PersistentKeepalive = 1\nPersistentKeepalive = off\n") &&
		      t->peers[0].keepalive == 0);
	check("keepalive 0", parse(HEAD PEER "PersistentKeepalive = 0\n"));
	refuses("keepalive, empty", HEAD PEER "PersistentKeepalive =\n",
		"t.conf:6: PersistentKeepalive is empty");

	for (size_t i = 0; i < sizeof(no_port) / sizeof(*no_port); i++) {
		snprintf(line, sizeof(line), "t.conf:4: ListenPort: '%s' is not a port",
			 no_port[i]);
		refuses("ListenPort", with(HEAD, "ListenPort", no_port[i]), line);
	}
	check("ListenPort 65535",
	      parse(HEAD "ListenPort = 65535\n" PEER) && t->listen_port == 65535);
	check("ListenPort 0",
	      parse(HEAD "ListenPort = 5\nListenPort = 0\n" PEER) && !t->listen_port);
	if (access("/etc/services", R_OK) == 0)
		check("ListenPort by name",
		      parse(HEAD "ListenPort = domain\n" PEER) && t->listen_port == 53);
	refuses("ListenPort, empty", HEAD "ListenPort =\n", "t.conf:4: ListenPort is empty");
}

static void check_table(const char *value, enum tunnel_table table, uint32_t number)
{
	check(value, parse(expand(with(HEAD PEER "[Interface]\n", "Table", value))) &&
			     t->table == table && t->table_number == number);
}

static void test_table(void)
{
	check_table("off", TUNNEL_TABLE_OFF, 0);
	check_table("auto", TUNNEL_TABLE_AUTO, 0);
	check_table("", TUNNEL_TABLE_AUTO, 0);
	check_table("1", TUNNEL_TABLE_NUMBER, 1);
	check_table("252", TUNNEL_TABLE_NUMBER, 252);
	check_table("256", TUNNEL_TABLE_NUMBER, 256);
	check_table("0xca6c", TUNNEL_TABLE_NUMBER, 51820);
	check_table("4294967295", TUNNEL_TABLE_NUMBER, 4294967295);
	check("empty after a number is auto", parse(HEAD "Table = 5\nTable =\n" PEER) &&
						      t->table == TUNNEL_TABLE_AUTO &&
						      t->table_number == 0);
	refuses("a table's name", HEAD "Table = foo\n",
		"t.conf:4: Table: 'foo' is a name; give the table's number, off or auto");
	refuses("the table main", HEAD "Table = main\n",
		"t.conf:4: Table: 'main' is a name; give the table's number, off or auto");
	refuses("table 0", HEAD "Table = 0\n",
		"t.conf:4: Table: '0' is not a number from 1 to 4294967295");
	refuses("table 2^32", HEAD "Table = 4294967296\n",
		"t.conf:4: Table: '4294967296' is not a number from 1 to 4294967295");
	refuses("table 253", HEAD "Table = 253\n",
		"t.conf:4: Table: 253 is one of the kernel's own tables");
	refuses("table 254", HEAD "Table = 0xfe\n",
		"t.conf:4: Table: 254 is one of the kernel's own tables");
	refuses("table 255", HEAD "Table = 255\n",
		"t.conf:4: Table: 255 is one of the kernel's own tables");
}

static void test_addresses(void)
{
	takes("lists by commas and blanks, and several lines",
	      "[Interface]\nPrivateKey = $PRIV\nAddress = 10.0.0.2/24,fd00::2/64 10.0.0.3\n"
	      "Address = , 10.0.0.4,, 10.0.0.5 ,\nAddress =\n"
	      "DNS = 10.0.0.1,,home.example lan\nDNS = fd00::1\tx_y-z.\nDNS=\n" PEER,
	      NULL);
	check_lists("the lists", "10.0.0.2/24 fd00::2/64 10.0.0.3 10.0.0.4 10.0.0.5",
		    "10.0.0.1 fd00::1");
	if (check("three domains", result.parsed && t->dns.search_count == 3)) {
		check_text("a domain", t->dns.search[0], "home.example");
		check_text("one of a label", t->dns.search[1], "lan");
		check_text("one of other characters", t->dns.search[2], "x_y-z.");
	}
	refuses("no Address", "[Interface]\nPrivateKey = $PRIV\nAddress = ,\n" PEER,
		"t.conf: no Address");
	refuses("a wrong address", HEAD "Address = 10.0.0.3, 10.0.0.4/33\n",
		"t.conf:4: Address: '10.0.0.4/33' is not an address");
	refuses("a host's name as address", HEAD "Address = host\n",
		"t.conf:4: Address: 'host' is not an address");
	refuses("a wrong server", HEAD "DNS = 10.0.0\n",
		"t.conf:4: DNS: '10.0.0' is neither an address nor a domain");
	refuses("a server with a prefix", HEAD "DNS = fd00::1/128\n",
		"t.conf:4: DNS: 'fd00::1/128' is neither an address nor a domain");
	refuses("a server with a port", HEAD "DNS = 10.0.0.1:53\n",
		"t.conf:4: DNS: '10.0.0.1:53' is neither an address nor a domain");
	refuses("a domain that would be another line of resolv.conf", HEAD "DNS = a;b\n",
		"t.conf:4: DNS: 'a;b' is neither an address nor a domain");
}

static void test_allowed(void)
{
	takes("lists and several lines",
	      HEAD PEER "AllowedIPs = 10.0.0.0/8,fd00::/8\nAllowedIPs = 192.0.2.1\n", NULL);
	check_allowed("all of them", 0, "10.0.0.0/8 fd00::/8 192.0.2.1");
	takes("host bits", HEAD PEER "AllowedIPs = 10.1.2.3/8\n",
	      "t.conf:6: AllowedIPs: 10.1.2.3/8 has host bits: it is taken as 10.0.0.0/8");
	check_allowed("they are masked", 0, "10.0.0.0/8");
	takes("host bits of IPv6", HEAD PEER "AllowedIPs = fd00::1/64\n",
	      "t.conf:6: AllowedIPs: fd00::1/64 has host bits: it is taken as fd00::/64");
	refuses("empty", HEAD PEER "AllowedIPs =\n", "t.conf:6: AllowedIPs is empty");
	refuses("an empty element", HEAD PEER "AllowedIPs = 10.0.0.0/8,,fd00::/8\n",
		"t.conf:6: AllowedIPs: '' is not an address and the length of a prefix");
	refuses("an empty last element", HEAD PEER "AllowedIPs = 10.0.0.0/8,\n",
		"t.conf:6: AllowedIPs: '' is not an address and the length of a prefix");
	refuses("a name", HEAD PEER "AllowedIPs = 10.0.0.0/8, all\n",
		"t.conf:6: AllowedIPs: 'all' is not an address and the length of a prefix");
	refuses("two signs", HEAD PEER "AllowedIPs = +-10.0.0.0/8\n",
		"t.conf:6: AllowedIPs: '-10.0.0.0/8' is not an address and the length of a prefix");
	refuses("a sign alone", HEAD PEER "AllowedIPs = -\n",
		"t.conf:6: AllowedIPs: '' is not an address and the length of a prefix");

	takes("signs",
	      HEAD PEER "AllowedIPs = +10.0.0.0/8, +fd00::/8, 192.0.2.0/24\n"
			"AllowedIPs = -10.0.0.0/8, -198.51.100.0/24\n",
	      NULL);
	check_allowed("'-' takes away", 0, "fd00::/8 192.0.2.0/24");
	parse(HEAD PEER "AllowedIPs = -10.0.0.0/8, 10.0.0.0/8\n");
	check_allowed("'-' takes nothing that comes after", 0, "10.0.0.0/8");
	parse(HEAD PEER "AllowedIPs = 10.0.0.0/8, -10.0.0.0/8, 10.0.0.0/8, fd00::/8, fd01::/16\n"
			"AllowedIPs = 10.0.0.0/8,-10.0.0.0/8,+10.0.0.0/8,-fd01::/16,-fd02::/16\n");
	check_allowed("each '-' up to where it stands", 0, "fd00::/8 10.0.0.0/8");
	parse(HEAD PEER "AllowedIPs = 10.0.0.0/8\n[Peer]\nPublicKey = $PUB2\n"
			"AllowedIPs = 10.0.0.0/9, -10.0.0.0/8, -10.0.0.0/9\n");
	check_allowed("'-' is of its own peer", 0, "10.0.0.0/8");
	check_allowed("and in the other one too", 1, "");
	takes("'-' with host bits", HEAD PEER "AllowedIPs = 10.0.0.0/8\nAllowedIPs=-10.1.0.0/8\n",
	      "t.conf:7: AllowedIPs: 10.1.0.0/8 has host bits: it is taken as 10.0.0.0/8");
	check_allowed("masked, and gone", 0, "");
}

static void endpoint(const char *value, const char *host, unsigned int port, int family)
{
	parse(expand(with(HEAD PEER, "Endpoint", value)));
	check_endpoint(value, host, port, family);
}

static void no_endpoint(const char *value, const char *why)
{
	char line[512];

	snprintf(line, sizeof(line), "t.conf:6: Endpoint: %s", why);
	refuses(value, with(HEAD PEER, "Endpoint", value), line);
}

static void test_endpoints(void)
{
	struct in6_addr wanted;
	char name[300];

	endpoint("192.0.2.1:51820", "192.0.2.1", 51820, AF_INET);
	check("its address", t->peers[0].address.in.sin_addr.s_addr == htonl(0xc0000201) &&
				     t->peers[0].address.in.sin_port == htons(51820));
	endpoint("[2001:db8::1]:51820", "2001:db8::1", 51820, AF_INET6);
	inet_pton(AF_INET6, "2001:db8::1", &wanted);
	check("its address", memcmp(&t->peers[0].address.in6.sin6_addr, &wanted, 16) == 0 &&
				     t->peers[0].address.in6.sin6_port == htons(51820) &&
				     t->peers[0].address.in6.sin6_scope_id == 0);
	endpoint("2001:db8::1:51820", "2001:db8::1", 51820, AF_INET6);
	endpoint("[fe80::1%7]:1", "fe80::1%7", 1, AF_INET6);
	check("a scope by number", t->peers[0].address.in6.sin6_scope_id == 7);
	endpoint("fe80::1%lo:1", "fe80::1%lo", 1, AF_INET6);
	check("a scope by name", t->peers[0].address.in6.sin6_scope_id == 1);
	endpoint("vpn.example.com:65535", "vpn.example.com", 65535, AF_UNSPEC);
	endpoint("a_b-c.example.:1", "a_b-c.example.", 1, AF_UNSPEC);
	endpoint("1.2.3.4.example:1", "1.2.3.4.example", 1, AF_UNSPEC);
	endpoint("162.159.193.1:2408 #engage.example:2408", "162.159.193.1", 2408, AF_INET);
	if (access("/etc/services", R_OK) == 0)
		endpoint("host:domain", "host", 53, AF_UNSPEC);

	no_endpoint("192.0.2.1", "'192.0.2.1' has no port");
	no_endpoint("192.0.2.1:", "'192.0.2.1:' has no port");
	no_endpoint("[2001:db8::1]", "'[2001:db8::1]' has no port");
	no_endpoint("[2001:db8::1]:", "'[2001:db8::1]:' has no port");
	no_endpoint("[2001:db8::1:51820", "'[2001:db8::1:51820' has no port");
	no_endpoint("[2001:db8::1]51820", "'[2001:db8::1]51820' has no port");
	no_endpoint("192.0.2.1:0", "'0' is not a port");
	no_endpoint("192.0.2.1:65536", "'65536' is not a port");
	no_endpoint("192.0.2.1:51820x", "'51820x' is not a port");
	no_endpoint("192.0.2.1:51820:51820",
		    "'192.0.2.1:51820' is neither an address nor a host's name");
	no_endpoint("host:51820:51820", "'host:51820' is neither an address nor a host's name");
	no_endpoint("1.2.3:51820", "'1.2.3' is neither an address nor a host's name");
	no_endpoint("300.1.2.3:51820", "'300.1.2.3' is neither an address nor a host's name");
	no_endpoint("3221225985:51820", "'3221225985' is neither an address nor a host's name");
	no_endpoint("...:51820", "'...' is neither an address nor a host's name");
	no_endpoint(":51820", "'' is neither an address nor a host's name");
	no_endpoint("[]:51820", "'' is neither an address nor a host's name");
	no_endpoint("a/b:51820", "'a/b' is neither an address nor a host's name");
	no_endpoint("http://host:51820", "'http://host' is neither an address nor a host's name");
	no_endpoint("192.0.2.1%lo:1", "'192.0.2.1%lo' is neither an address nor a host's name");
	no_endpoint("[fe80::1%]:1", "'fe80::1%' is neither an address nor a host's name");
	no_endpoint("[fe80::1%0]:1", "'fe80::1%0' is neither an address nor a host's name");
	no_endpoint("[fe80::1%no-such-if]:1",
		    "'fe80::1%no-such-if' is neither an address nor a host's name");
	refuses("empty", HEAD PEER "Endpoint =\n", "t.conf:6: Endpoint is empty");

	memset(name, 'a', sizeof(name));
	strcpy(name + 253, ":1");
	check("a name of 253", parse(expand(with(HEAD PEER, "Endpoint", name))));
	strcpy(name + 253, "a:1");
	check("a name of 254", !parse(expand(with(HEAD PEER, "Endpoint", name))));
}

static void test_whole_file_errors(void)
{
	refuses("no section", "# nothing\n\n", "t.conf: no [Interface] section");
	refuses("no [Interface]", PEER, "t.conf: no [Interface] section");
	takes("no peers", HEAD, "t.conf: no [Peer] section: the tunnel leads nowhere");
	refuses("a peer without a key", HEAD PEER "[Peer]\nAllowedIPs = 10.0.0.0/8\n",
		"t.conf:6: this [Peer] has no PublicKey, or one of zeros");
	refuses("a peer with zeros", HEAD "[Peer]\nPublicKey = $ZERO\n",
		"t.conf:4: this [Peer] has no PublicKey, or one of zeros");
	refuses("our own key", HEAD PEER "[Peer]\nPublicKey = $OWN\n",
		"t.conf:6: this [Peer] has the tunnel's own PublicKey");
	refuses("a key twice", HEAD PEER "[Peer]\nPublicKey = $PUB2\n" PEER,
		"t.conf:8: the [Peer] of line 4 has the same PublicKey");
	takes("a prefix twice",
	      HEAD PEER "AllowedIPs = 10.0.0.0/8, fd00::/8\n[Peer]\nPublicKey = $PUB2\n"
			"AllowedIPs = 10.0.0.0/9, fd00::/8\n",
	      "t.conf:7: AllowedIPs: fd00::/8 is taken from the [Peer] of line 4");
	check_allowed("the first list is whole", 0, "10.0.0.0/8 fd00::/8");
	check_allowed("and the second", 1, "10.0.0.0/9 fd00::/8");
	takes("a prefix twice in one peer", HEAD PEER "AllowedIPs = 10.0.0.0/8, 10.0.0.0/8\n",
	      NULL);
	takes("a prefix that was taken away again",
	      HEAD PEER "AllowedIPs = 10.0.0.0/8, -10.0.0.0/8\n[Peer]\nPublicKey = $PUB2\n"
			"AllowedIPs = 10.0.0.0/8\n",
	      NULL);

	refuses("escaped line breaks",
		"[Interface]\\nPrivateKey = $PRIV\\nAddress = 10.0.0.2\\n[Peer]\\nPublicKey = $PUB1\\n",
		"t.conf:1: unknown section: there are [Interface] and [Peer] "
		"(the file holds '\\n' instead of line breaks?)");
	refuses("escaped line breaks, a real one, and a comment first",
		"# my file\\n[Interface]\\nPrivateKey = $PRIV\n",
		"t.conf: no [Interface] section (the file holds '\\n' instead of line breaks?)");
	refuses("'\\n' in a file of lines", "[Interface]\nFoo = \\n\n",
		"t.conf:2: unknown key 'Foo' in [Interface]");
}

/* --- values in messages --------------------------------------------------------------------- */

static void test_shown_values(void)
{
	static const char *const fields[] = { "ListenPort", "FwMark", "Address",   "DNS",
					      "MTU",        "Table",  "SaveConfig" };
	static const char *const fields_peer[] = { "Endpoint", "PersistentKeepalive",
						   "AllowedIPs" };

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		parse(with(HEAD, fields[i], "$PSK"));
		parse(with(HEAD, fields[i], "10.0.0.1, $PSK"));
		parse(with(HEAD, fields[i], "$PSK:51820"));
		check("a key in a wrong field", !result.parsed);
	}
	for (size_t i = 0; i < sizeof(fields_peer) / sizeof(*fields_peer); i++) {
		parse(with(HEAD PEER, fields_peer[i], "$PSK"));
		parse(with(HEAD PEER, fields_peer[i], "10.0.0.1, $PSK"));
		parse(with(HEAD PEER, fields_peer[i], "$PSK:51820"));
		check("a key in a peer's wrong field", !result.parsed);
	}
	refuses("15 characters are shown", HEAD "MTU = abcdefghijk+/01\n",
		"t.conf:4: MTU: 'abcdefghijk+/01' is not a number from 68 to 65535");
	refuses("16 are not", HEAD "MTU = .abcdefghijkl+/01.\n",
		"t.conf:4: MTU: '(hidden)' is not a number from 68 to 65535");
	refuses("nor in parts of a list", HEAD "DNS = abcdefgh,ijklm/01\n",
		"t.conf:4: DNS: '(hidden)' is neither an address nor a domain");
	refuses("nor with blanks between", HEAD "MTU = abcdefghijklmnop qrstuvwxyz+/0123\n",
		"t.conf:4: MTU: '(hidden)' is not a number from 68 to 65535");
#define TENS "aa.bcdefghi.bcdefghi.bcdefghi.bcdefghi.bcdefghi.bcdefghi.bcdefghi.bcdefg" /* 72 */
	refuses("80 bytes are shown", HEAD "MTU = " TENS "hi.bcdef\n",
		"t.conf:4: MTU: '" TENS "hi.bcdef' is not a number from 68 to 65535");
	refuses("of 81 they are, too", HEAD "MTU = " TENS "hi.bcdefg\n",
		"t.conf:4: MTU: '" TENS "hi.bcdef...' is not a number from 68 to 65535");
	refuses("whole characters of UTF-8", HEAD "MTU = " TENS "hi.bcde\xc3\xa4\n",
		"t.conf:4: MTU: '" TENS "hi.bcde...' is not a number from 68 to 65535");
#undef TENS
	refuses("control characters", HEAD "MTU = \x1b[31m\n",
		"t.conf:4: MTU: '?[31m' is not a number from 68 to 65535");
}

int main(void)
{
	tunnel_begin();
	test_keys();
	test_commands();
	test_numbers();
	test_table();
	test_addresses();
	test_allowed();
	test_endpoints();
	test_whole_file_errors();
	test_shown_values();
	return tunnel_done();
}
