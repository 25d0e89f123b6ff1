/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hook/tunnel.c: what it takes, what it refuses and in which words; and for everything this
 * program parses, that no message holds eight characters of a key in a row, that a failure leaves
 * the output alone, and that what is freed holds no key.
 */
#include "tunnel.h"
#include "template.h"
#include "unit.h"

#include <arpa/inet.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED
#endif

/* --- what is freed holds no key ----------------------------------------------------------------
 */

static int leaks; /* messages with a piece of a key in them */
static int touched; /* outputs written to by a failure */

#if defined(__GLIBC__) && !defined(SANITIZED)
#define WATCHED
static int remains; /* pieces of freed memory with a key in them */
static bool watching;
static int live; /* allocations that were not freed, of those made while watching */
static int budget = -1; /* allocations to grant while watching, -1: all */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void __libc_free(void *memory);

static bool granted(void)
{
	if (!watching)
		return true;
	if (budget == 0)
		return false;
	budget -= budget > 0;
	live++;
	return true;
}

void *malloc(size_t size)
{
	return granted() ? __libc_malloc(size) : NULL;
}

void *calloc(size_t count, size_t size)
{
	return granted() ? __libc_calloc(count, size) : NULL;
}

void free(void *memory)
{
	size_t size = memory && watching ? malloc_usable_size(memory) : 0;

	live -= memory && watching;
	for (size_t i = PRIV; i <= PSK && size; i++)
		remains += memmem(memory, size, keys[i].bytes, KEY_LEN) ||
			   memmem(memory, size, key_texts[i], KEY_BASE64 - 1);
	__libc_free(memory);
}

/* Nothing with a key in it is ever given to these: what they free would go unseen. */
void *realloc(void *memory, size_t size)
{
	if (!granted())
		return NULL;
	live -= memory && watching;
	return __libc_realloc(memory, size);
}

void *reallocarray(void *memory, size_t count, size_t size)
{
	return realloc(memory, count * size);
}

static void watch(bool on)
{
	watching = on;
}
#else
static void watch(bool on)
{
	(void)on;
}
#endif

/* --- parsing, watched ------------------------------------------------------------------------ */

static bool holds_key(const char *line)
{
	char piece[9] = "";

	for (size_t key = 0; key < ZERO; key++)
		for (size_t i = 0; i + 8 < KEY_BASE64; i++) {
			memcpy(piece, key_texts[key] + i, 8);
			if (strstr(line, piece))
				return true;
		}
	return false;
}

static bool warned(const struct warnings *warnings, const char *line)
{
	for (size_t i = 0; i < warnings->count && i < WARNINGS_MAX; i++)
		if (warnings->line[i] && strcmp(warnings->line[i], line) == 0)
			return true;
	return false;
}

static void note_leak(const char *line)
{
	if (!line || !holds_key(line))
		return;
	leaks++;
	printf("# a message with key material: %s\n", line);
}

/* What came of one text. */
static struct result {
	bool parsed;
	struct tunnel tunnel;
	struct warnings warnings;
	struct err err;
} result;

static void result_free(void)
{
	watch(true);
	warnings_free(&result.warnings);
	if (result.parsed)
		tunnel_free(&result.tunnel);
	watch(false);
	result.parsed = false;
}

static bool parse_bytes(const char *text, size_t length)
{
	result_free();
	blot(&result.tunnel, sizeof(result.tunnel));
	result.err = (struct err){ 0 };
	watch(true);
	result.parsed = tunnel_parse("t.conf", text, length, &result.tunnel, &result.warnings,
				     &result.err) == 0;
	watch(false);
	note_leak(result.err.line);
	for (size_t i = 0; i < result.warnings.count && i < WARNINGS_MAX; i++)
		note_leak(result.warnings.line[i]);
	if (!result.parsed) {
		touched += !is_blotted(&result.tunnel, sizeof(result.tunnel));
		touched += !result.err.line[0];
	}
	return result.parsed;
}

static bool parse(const char *template)
{
	const char *text = expand(template);

	return parse_bytes(text, strlen(text));
}

#define HEAD "[Interface]\nPrivateKey = $PRIV\nAddress = 10.0.0.2\n" /* three lines */
#define PEER "[Peer]\nPublicKey = $PUB1\n"

/* LINE is the whole of the message. */
static void refuses(const char *what, const char *template, const char *line)
{
	parse(template);
	check_refused(what, result.parsed, &result.err, line);
}

/* Parsed, with one warning, or with none if LINE is NULL. */
static bool takes(const char *what, const char *template, const char *line)
{
	bool right;

	if (!parse(template))
		return check_taken(what, false, &result.err);
	right = result.warnings.count == (line ? 1 : 0) &&
		(!line || warned(&result.warnings, line));
	for (size_t i = 0; !right && i < result.warnings.count && i < WARNINGS_MAX; i++)
		printf("# warning: %s\n", result.warnings.line[i]);
	return check(what, right);
}

static const struct tunnel *t = &result.tunnel;

static void check_list(const char *what, const struct prefix *list, size_t count,
		       const char *wanted)
{
	if (result.parsed)
		check_prefixes(what, list, count, true, wanted);
	else
		check_taken(what, false, &result.err);
}

static void check_allowed(const char *what, size_t peer, const char *wanted)
{
	if (result.parsed && peer < t->peers_count)
		check_list(what, t->peers[peer].allowed, t->peers[peer].allowed_count, wanted);
	else
		check(what, false);
}

static void check_lists(const char *what, const char *addresses, const char *dns)
{
	check_list(what, t->addresses, result.parsed ? t->addresses_count : 0, addresses);
	check_list(what, t->dns.servers, result.parsed ? t->dns.servers_count : 0, dns);
}

static void check_endpoint(const char *what, const char *host, unsigned int port, int family)
{
	if (!check(what, result.parsed && t->peers_count && t->peers[0].host))
		return;
	check_text(what, t->peers[0].host, host);
	check(what, t->peers[0].port == port && t->peers[0].address.sa.sa_family == family);
}

/* --- lines ----------------------------------------------------------------------------------- */

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

static void check_amnezia(const char *what, enum amnezia_word word, const char *wanted)
{
	const char *got = result.parsed ? t->amnezia.value[word] : result.err.line;

	check_text(what, got ? got : "(none)", wanted);
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

/* --- keys and values ---------------------------------------------------------------------------
 */

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

/* --- values in messages ------------------------------------------------------------------------
 */

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

/* --- providers (facts/dialects.md) ---------------------------------------------------------------
 */

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

/* --- files that something happened to ------------------------------------------------------------
 */

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

/* --- size --------------------------------------------------------------------------------------
 */

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
	keys_make(0);
	test_whole_file();
	test_lines();
	test_nul_bytes();
	test_unknown_lines();
	test_hidden_names();
	test_amnezia();
	test_amnezia_others();
	test_keys();
	test_commands();
	test_numbers();
	test_table();
	test_addresses();
	test_allowed();
	test_endpoints();
	test_whole_file_errors();
	test_shown_values();
	test_providers();
	test_truncation();
	test_corruption();
	test_swapped_lines();
#ifdef WATCHED
	test_out_of_memory();
#endif
	test_many_peers();
	test_many_prefixes();
	result_free();

	check("no message held eight characters of a key", leaks == 0);
	check("no failure touched its output, or was silent", touched == 0);
#ifdef WATCHED
	check("no freed memory held a key", remains == 0);
#endif
	return unit_done();
}
