/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hook/ip.c: prefixes from and to text, as sets, and ports. */
#include "ip.h"
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

static struct prefix from(const char *text)
{
	struct prefix prefix = { 0 };

	if (!prefix_parse(text, &prefix))
		printf("# the test itself is wrong: %s\n", text);
	return prefix;
}

/* TEXT is parsed, and printed again as LONG_FORM and SHORT_FORM. */
static void check_prefix(const char *text, const char *long_form, const char *short_form)
{
	char out[PREFIX_TEXT];
	struct prefix prefix = from(text);

	check_text(text, prefix_format(&prefix, false, out), long_form);
	check_text(text, prefix_format(&prefix, true, out), short_form);
}

static void refuses(const char *text)
{
	struct prefix prefix;
	char what[128];

	blot(&prefix, sizeof(prefix));
	snprintf(what, sizeof(what), "'%s' is no prefix", text);
	check(what, !prefix_parse(text, &prefix) && is_blotted(&prefix, sizeof(prefix)));
}

static void test_parse(void)
{
	static const char *const wrong[] = {
		"",
		"/",
		"/8",
		"10",
		"10.0.0",
		"10.0.0.0.0",
		"10.0.0.256",
		"10.0.0.0/33",
		"10.0.0.0/",
		"10.0.0.0/-1",
		"10.0.0.0/+8",
		"10.0.0.0/ 8",
		"10.0.0.0/8/8",
		"10.0.0.0/0x8",
		"10.0.0.0/18446744073709551624",
		" 10.0.0.0",
		"10.0.0.0 ",
		"0x7f.0.0.1",
		"host",
		"fd00::/129",
		"fd00:::",
		"fd00::1%eth0",
		"[fd00::1]",
		"10.0.0.1:80",
		"1:2:3:4:5:6:7:8:9",
		"fd00::/64x",
		"0000:0000:0000:0000:0000:0000:255.255.255.2550",
		"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000",
	};

	check_prefix("10.1.2.3", "10.1.2.3/32", "10.1.2.3");
	check_prefix("10.1.2.3/8", "10.1.2.3/8", "10.1.2.3/8");
	check_prefix("10.1.2.3/008", "10.1.2.3/8", "10.1.2.3/8");
	check_prefix("0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/0");
	check_prefix("255.255.255.255/32", "255.255.255.255/32", "255.255.255.255");
	check_prefix("::0/0", "::/0", "::/0");
	check_prefix("fc00:bbbb:BBBB:bb01::1:2", "fc00:bbbb:bbbb:bb01::1:2/128",
		     "fc00:bbbb:bbbb:bb01::1:2");
	check_prefix("::ffff:1.2.3.4/120", "::ffff:1.2.3.4/120", "::ffff:1.2.3.4/120");
	check_prefix("1111:2222:3333:4444:5555:6666:255.255.255.255",
		     "1111:2222:3333:4444:5555:6666:ffff:ffff/128",
		     "1111:2222:3333:4444:5555:6666:ffff:ffff");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		refuses(wrong[i]);

	check("families", family_bytes(AF_INET) == 4 && family_bytes(AF_INET6) == 16 &&
				  family_bits(AF_INET) == 32 && family_bits(AF_INET6) == 128);
}

static void check_network(const char *text, const char *wanted)
{
	struct prefix network = prefix_network(from(text));
	char out[PREFIX_TEXT];

	check_text(text, prefix_format(&network, false, out), wanted);
}

static void test_network(void)
{
	struct prefix prefix = prefix_address(from("10.1.2.3/8"));
	char out[PREFIX_TEXT];

	check_network("10.1.2.3/8", "10.0.0.0/8");
	check_network("10.255.2.3/9", "10.128.0.0/9");
	check_network("10.1.2.255/31", "10.1.2.254/31");
	check_network("10.1.2.3/32", "10.1.2.3/32");
	check_network("255.255.255.255/0", "0.0.0.0/0");
	check_network("ffff:ffff::1/0", "::/0");
	check_network("2001:db8:ffff:ffff:ffff::1/67", "2001:db8:ffff:ffff:e000::/67");
	check_network("fd00::ffff/127", "fd00::fffe/127");
	check_network("fd00::ffff/128", "fd00::ffff/128");
	check_text("the address alone", prefix_format(&prefix, false, out), "10.1.2.3/32");
}

static bool covers(const char *outer, const char *inner)
{
	struct prefix o = from(outer), i = from(inner);

	return prefix_covers(&o, &i);
}

static void test_covers(void)
{
	check("itself", covers("10.0.0.0/8", "10.0.0.0/8"));
	check("a longer one", covers("10.0.0.0/8", "10.255.0.0/16"));
	check("not a shorter one", !covers("10.0.0.0/16", "10.0.0.0/8"));
	check("not its neighbour", !covers("10.0.0.0/8", "11.0.0.0/16"));
	check("bits within a byte",
	      covers("10.0.128.0/17", "10.0.200.1") && !covers("10.0.128.0/17", "10.0.127.1"));
	check("everything", covers("0.0.0.0/0", "255.1.2.3") && covers("::/0", "ff02::1"));
	check("never across families", !covers("0.0.0.0/0", "::") && !covers("::/0", "0.0.0.0"));
	check("host bits of the outer one do not count", covers("10.1.2.3/8", "10.9.9.9"));
	check("single addresses", covers("fd00::1", "fd00::1") && !covers("fd00::1", "fd00::2"));
}

static void test_compare(void)
{
	struct prefix a = from("10.0.0.0/8"), b = from("10.0.0.0/9"), c = from("9.0.0.0/32");
	struct prefix d = from("::/0"), e = from("10.0.0.1/8");

	check("equal", prefix_compare(&a, &a) == 0);
	check("shorter first", prefix_compare(&a, &b) < 0 && prefix_compare(&b, &a) > 0);
	check("address before length", prefix_compare(&c, &a) < 0);
	check("IPv4 before IPv6", prefix_compare(&a, &d) < 0 && prefix_compare(&d, &a) > 0);
	check("host bits count", prefix_compare(&a, &e) < 0);
}

/* Splits a list by blanks, into OUT, and reduces it. */
static size_t reduced(const char *list, struct prefix *out)
{
	char copy[4096], *next, *save = NULL;
	size_t count = 0;

	snprintf(copy, sizeof(copy), "%s", list);
	for (next = strtok_r(copy, " ", &save); next; next = strtok_r(NULL, " ", &save))
		out[count++] = from(next);
	return prefixes_reduce(out, count);
}

static void check_reduced(const char *list, const char *wanted)
{
	struct prefix prefixes[128];
	char got[4096] = "", out[PREFIX_TEXT];
	size_t count = reduced(list, prefixes);

	for (size_t i = 0; i < count; i++) {
		strcat(got, i ? " " : "");
		strcat(got, prefix_format(&prefixes[i], false, out));
	}
	check_text(*list ? list : "nothing", got, wanted);
}

static void test_reduce(void)
{
	struct prefix list[2] = { from("10.0.0.0/8"), from("fd00::/8") };
	struct prefix inside = from("10.1.0.0/16"), outside = from("11.0.0.0/16");
	struct prefix inside6 = from("fd12::1");

	check_reduced("", "");
	check_reduced("10.0.0.0/8", "10.0.0.0/8");
	check_reduced("10.0.0.0/8 10.0.0.0/8", "10.0.0.0/8");
	check_reduced("192.168.178.0/24 0.0.0.0/0", "0.0.0.0/0");
	check_reduced("10.1.0.0/16 fd00::/8 10.0.0.0/8 fd12::/16 11.0.0.0/8 ::/0",
		      "10.0.0.0/8 11.0.0.0/8 ::/0");
	check_reduced("128.0.0.0/1 0.0.0.0/1", "0.0.0.0/1 128.0.0.0/1");
	check_reduced("10.0.0.0/8 10.0.0.0/16 10.255.255.255/32 11.0.0.0/32",
		      "10.0.0.0/8 11.0.0.0/32");
	check("covered by one of a list",
	      prefixes_cover(list, 2, &inside) && prefixes_cover(list, 2, &inside6));
	check("covered by none", !prefixes_cover(list, 2, &outside));
	check("covered by an empty list", !prefixes_cover(NULL, 0, &inside));
}

static bool global(const char *list, int family)
{
	struct prefix prefixes[128];
	size_t count = reduced(list, prefixes);

	return prefixes_global(prefixes, count, family);
}

/* All of IPv4 but private addresses and multicast, as WireGuard's app for Android writes it. */
#define PUBLIC_4                                                                                   \
	"0.0.0.0/5 8.0.0.0/7 11.0.0.0/8 12.0.0.0/6 16.0.0.0/4 32.0.0.0/3 64.0.0.0/2 128.0.0.0/3 "  \
	"160.0.0.0/5 168.0.0.0/6 172.0.0.0/12 172.32.0.0/11 172.64.0.0/10 172.128.0.0/9 "          \
	"173.0.0.0/8 174.0.0.0/7 176.0.0.0/4 192.0.0.0/9 192.128.0.0/11 192.160.0.0/13 "           \
	"192.169.0.0/16 192.170.0.0/15 192.172.0.0/14 192.176.0.0/12 192.192.0.0/10 "              \
	"193.0.0.0/8 194.0.0.0/7 196.0.0.0/6 200.0.0.0/5 208.0.0.0/4 "

/* The last and the first global address beside every special range: each must be asked for. */
static const char *const edges[] = {
	"1.0.0.0/32",      "9.255.255.255/32",   "11.0.0.0/32",     "100.63.255.255/32",
	"100.128.0.0/32",  "126.255.255.255/32", "128.0.0.0/32",    "169.253.255.255/32",
	"169.255.0.0/32",  "172.15.255.255/32",  "172.32.0.0/32",   "191.255.255.255/32",
	"192.0.1.0/32",    "192.0.1.255/32",     "192.0.3.0/32",    "192.88.98.255/32",
	"192.88.100.0/32", "192.167.255.255/32", "192.169.0.0/32",  "198.17.255.255/32",
	"198.20.0.0/32",   "198.51.99.255/32",   "198.51.101.0/32", "203.0.112.255/32",
	"203.0.114.0/32",  "223.255.255.255/32",
};

static const char *const edges6[] = {
	"2000::",      "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	"2001:200::",  "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
	"2001:db9::",  "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	"2003::",      "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	"3fff:1000::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
};

/* All addresses of a family but one: at each length the half that does not hold it. */
static bool global_but(const char *text)
{
	struct prefix hole = from(text), list[128];
	size_t count = 0;

	for (unsigned int bit = 0; bit < family_bits(hole.family); bit++) {
		struct prefix half = hole;

		half.address[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		half.length = (uint8_t)(bit + 1);
		list[count++] = prefix_network(half);
	}
	count = prefixes_reduce(list, count);
	return prefixes_global(list, count, hole.family);
}

static void test_global(void)
{
	bool open = false;

	check("0.0.0.0/0 is global", global("0.0.0.0/0", AF_INET));
	check("and nothing of IPv6", !global("0.0.0.0/0", AF_INET6));
	check("::/0 is global", global("::/0", AF_INET6));
	check("and nothing of IPv4", !global("::/0", AF_INET));
	check("two halves", global("0.0.0.0/1 128.0.0.0/1", AF_INET));
	check("two halves of IPv6 beside one of IPv4",
	      global("::/1 8000::/1 0.0.0.0/1", AF_INET6) &&
		      !global("::/1 8000::/1 0.0.0.0/1", AF_INET));
	check("one half", !global("0.0.0.0/1", AF_INET) && !global("128.0.0.0/1", AF_INET));
	check("2000::/3 is all of IPv6", global("2000::/3", AF_INET6));
	check("half of 2000::/3", !global("2000::/4", AF_INET6) && !global("3000::/4", AF_INET6));
	check("nothing", !global("", AF_INET) && !global("", AF_INET6));
	check("all but private addresses", global(PUBLIC_4, AF_INET));
	check("all but private addresses, and my LAN again",
	      global(PUBLIC_4 "192.168.178.0/24", AF_INET));
	check("all but private addresses and 8.0.0.0/7",
	      !global("0.0.0.0/5 11.0.0.0/8 12.0.0.0/6 16.0.0.0/4 32.0.0.0/3 64.0.0.0/2 "
		      "128.0.0.0/1",
		      AF_INET));
	check("all but my LAN", global_but("192.168.178.1") && global_but("fd00::1"));
	check("all but 8.8.8.8", !global_but("8.8.8.8"));
	for (size_t i = 0; i < sizeof(edges) / sizeof(*edges); i++)
		open = open || global_but(edges[i]);
	for (size_t i = 0; i < sizeof(edges6) / sizeof(*edges6); i++)
		open = open || global_but(edges6[i]);
	check("all but one global address, beside each special range", !open);
	check("special addresses may be missing",
	      global_but("0.0.0.0") && global_but("255.255.255.255") && global_but("224.0.0.1") &&
		      global_but("100.127.255.255") && global_but("198.19.255.255") &&
		      global_but("::") && global_but("2001:db8::1") &&
		      global_but("1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff") &&
		      global_but("4000::") && global_but("ff02::1") && global_but("2002::1"));
}

static void test_ports(void)
{
	static const char *const wrong[] = { "",
					     "-1",
					     "+1",
					     " 1",
					     "1 ",
					     "65536",
					     "0x50",
					     "1.5",
					     "no-such-service",
					     "99999999999999999999" };
	uint16_t port = 7;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		char what[64];

		snprintf(what, sizeof(what), "'%s' is no port", wrong[i]);
		check(what, !port_parse(wrong[i], &port) && port == 7);
	}
	check("port 51820", port_parse("51820", &port) && port == 51820);
	check("port 0", port_parse("0", &port) && port == 0);
	check("port 65535", port_parse("65535", &port) && port == 65535);
	if (access("/etc/services", R_OK) == 0)
		check("a port by name", port_parse("domain", &port) && port == 53);
}

int main(void)
{
	test_parse();
	test_network();
	test_covers();
	test_compare();
	test_reduce();
	test_global();
	test_ports();
	return unit_done();
}
