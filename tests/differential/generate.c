/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * generate SEED NUMBER: a tunnel file on standard output that wg-quick(8), wg(8) and this program
 * take, written in any of the ways that they take; the same for the same two numbers.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "key.h"

static uint64_t state;

/* splitmix64; below MOST. */
static unsigned int choice(unsigned int most)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (unsigned int)((z ^ (z >> 31)) % most);
}

#define ONE_OF(...) one_of((const char *const[]){ __VA_ARGS__, NULL })

static const char *one_of(const char *const *texts)
{
	unsigned int count = 0;

	while (texts[count])
		count++;
	return texts[choice(count)];
}

static const char *blank(void)
{
	return ONE_OF("", "", "", " ", "\t", "  ", " \t ");
}

static void end_line(void)
{
	static const char *const comments[] = { "# a comment", "#PrivateKey = x", "#[Peer]", NULL };

	fputs(blank(), stdout);
	if (!choice(6))
		fputs(one_of(comments), stdout);
	fputs(choice(8) ? "\n" : "\r\n", stdout);
	if (!choice(5))
		printf("%s%s\n", blank(), choice(2) ? one_of(comments) : "");
}

static void start(const char *name)
{
	fputs(blank(), stdout);
	for (unsigned int way = choice(4); *name; name++)
		putchar(way == 0 ? tolower(*name) : way == 1 ? toupper(*name) : *name);
	printf("%s=%s", blank(), blank());
}

static void section(const char *name)
{
	fputs(blank(), stdout);
	for (bool lower = !choice(4); *name; name++)
		putchar(lower ? tolower(*name) : *name);
	end_line();
}

/* A private one is clamped already, as whoever takes one clamps it. */
static void print_key(const char *name, bool private)
{
	char text[KEY_BASE64];
	struct key key;

	for (size_t i = 0; i < KEY_LEN; i++)
		key.bytes[i] = (uint8_t)choice(256);
	if (private) {
		key.bytes[0] &= 248;
		key.bytes[31] = (uint8_t)((key.bytes[31] & 127) | 64);
	}
	key_format(&key, text);
	start(name);
	fputs(text, stdout);
	end_line();
}

static void print_number(const char *name, unsigned int most)
{
	start(name);
	printf(choice(5) ? "%u" : "%06u", choice(most));
	end_line();
}

static void print_ipv4(void)
{
	printf("%u.%u.%u.%u", choice(4) ? 10 : 1 + choice(223), choice(256), choice(256),
	       choice(256));
}

static void print_ipv6(void)
{
	static const char *const forms[] = { "2001:db8:%x:%x::%x", "2001:0DB8:%X:0:0:0:%X:%X",
					     "fd00::%x:%x:%x", "::ffff:%x:%x:%x", "%x::%x:%x" };

	/* The compiler is told that these are formats. */
	switch (choice(5)) {
	case 0: printf(forms[0], choice(65536), choice(65536), choice(65536)); break;
	case 1: printf(forms[1], choice(65536), choice(65536), choice(65536)); break;
	case 2: printf(forms[2], choice(65536), choice(65536), choice(65536)); break;
	case 3: printf(forms[3], choice(65536), choice(65536), choice(65536)); break;
	default: printf(forms[4], 1 + choice(65535), choice(65536), choice(65536)); break;
	}
}

static void print_prefix(void)
{
	bool ipv6 = choice(2);

	if (!choice(8)) {
		fputs(ONE_OF("0.0.0.0/0", "::/0", "::0/0", "0.0.0.0/1", "128.0.0.0/1", "8000::/1"),
		      stdout);
		return;
	}
	if (ipv6)
		print_ipv6();
	else
		print_ipv4();
	if (choice(4))
		printf("/%u", choice(ipv6 ? 129 : 33));
}

static void print_allowed(void)
{
	start("AllowedIPs");
	for (unsigned int left = 1 + choice(5); left; left--) {
		print_prefix();
		if (left > 1)
			printf("%s,%s", blank(), blank());
	}
	end_line();
}

static void print_endpoint(void)
{
	start("Endpoint");
	if (choice(2)) {
		print_ipv4();
	} else {
		putchar('[');
		print_ipv6();
		putchar(']');
	}
	if (choice(8))
		printf(":%u", 1 + choice(65535));
	else
		fputs(ONE_OF(":domain", ":ntp"), stdout);
	end_line();
}

static void print_word(const char *name, const char *value)
{
	start(name);
	fputs(value, stdout);
	end_line();
}

/* wg-quick's own, which wg is not shown. */
static void print_quick(void)
{
	switch (choice(6)) {
	case 0:
		print_word("DNS", ONE_OF("10.0.0.1", "10.0.0.1, fd00::1", "fritz.box,10.0.0.1"));
		break;
	case 1: print_word("MTU", ONE_OF("1280", "1420", "1500")); break;
	case 2: print_word("Table", ONE_OF("auto", "off", "1234", "0x10")); break;
	case 3: print_word("SaveConfig", ONE_OF("true", "false")); break;
	case 4:
		print_word(ONE_OF("PreUp", "PostUp", "PreDown", "PostDown"), ONE_OF("", "true %i"));
		break;
	default: print_word("Address", ONE_OF("10.0.0.3/24", "fd00::3/64, 10.0.0.4")); break;
	}
}

static void print_interface(bool first)
{
	section("[Interface]");
	if (first || !choice(4))
		print_key("PrivateKey", true);
	if (first)
		print_word("Address", ONE_OF("10.0.0.2/32", "10.0.0.2/24, fd00::2/128"));
	for (unsigned int left = choice(4); left; left--)
		print_quick();
	if (!choice(2))
		print_number("ListenPort", 65536);
	if (!choice(8))
		print_word("ListenPort", ONE_OF("domain", "ntp"));
	if (!choice(4))
		print_word("FwMark", ONE_OF("off", "0", "51820", "0xca6c"));
	if (!choice(8))
		print_key("PrivateKey", true);
}

static void print_peer(void)
{
	section("[Peer]");
	if (!choice(4))
		print_allowed();
	if (!choice(6))
		print_key("PublicKey", false); /* which the next one replaces */
	print_key("PublicKey", false);
	if (!choice(2))
		print_key("PresharedKey", false);
	for (unsigned int left = choice(4); left; left--)
		print_allowed();
	for (unsigned int left = choice(3); left; left--)
		print_endpoint();
	if (!choice(2))
		print_number("PersistentKeepalive", 65536);
	if (!choice(6))
		print_word("PersistentKeepalive", ONE_OF("off", "25", "0"));
}

int main(int argc, char **argv)
{
	unsigned int peers;

	if (argc != 3)
		return 2;
	state = strtoull(argv[1], NULL, 10) << 32 ^ strtoull(argv[2], NULL, 10);
	peers = choice(7);
	if (!choice(6)) /* the Interface may come behind peers */
		print_peer();
	print_interface(true);
	while (peers--)
		print_peer();
	if (!choice(5))
		print_interface(false);
	return 0;
}
