/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of a tunnel file, a function each. Text of the file goes into a message through shown()
 * alone.
 */
#include "tunnel_word.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alphabet.h"

#define SHOWN_MAX 80 /* bytes of a value in a message */
#define SHOWN_SECRET 16 /* base64 characters in a row that make a value look like a key */

struct shown {
	char text[SHOWN_MAX + sizeof("...")];
};

bool word_may_hold_key(const char *value)
{
	size_t run = 0;
	bool letter = false; /* digits alone are a number */

	for (const char *c = value; *c && !(letter && run >= SHOWN_SECRET); c++) {
		if (strchr(ALPHANUMERIC "+/", *c)) {
			run++;
			letter |= strchr(LETTERS, *c) != NULL;
		} else if (!strchr(SPACE ",", *c)) {
			run = 0;
			letter = false;
		}
	}
	return letter && run >= SHOWN_SECRET;
}

/* A part of the line's value for a message: cut to a bearable length, or hidden. */
static struct shown shown(const struct parser *p, const char *value)
{
	struct shown result = { "" };
	size_t length = strlen(value);

	if (p->secret) {
		strcpy(result.text, "(hidden)");
	} else if (length <= SHOWN_MAX) {
		memcpy(result.text, value, length + 1);
	} else {
		for (length = SHOWN_MAX; length && (value[length] & 0xc0) == 0x80;)
			length--; /* not in the middle of a UTF-8 character */
		memcpy(result.text, value, length);
		strcpy(result.text + length, "...");
	}
	return result;
}

/* Digits, or "0x" and hexadecimal ones if HEX; no sign, no blank, which strtoull() would take. */
static bool number_parse(const char *text, bool hex, unsigned long long most,
			 unsigned long long *number)
{
	unsigned long long value;
	bool prefixed = hex && strncmp(text, "0x", 2) == 0;

	text += prefixed ? 2 : 0;
	if (!*text || text[strspn(text, prefixed ? DIGITS "abcdefABCDEF" : DIGITS)])
		return false;
	value = strtoull(text, NULL, prefixed ? 16 : 10); /* too long a number is ULLONG_MAX */
	if (value > most)
		return false;
	*number = value;
	return true;
}

/* [Interface], wg's keys */

static int read_key(const char *name, const char *value, struct key *key, struct err *err)
{
	if (!key_parse(value, strlen(value), key))
		return fail(err, "%s is not a key (44 characters of base64)", name);
	return 0;
}

static int read_private_key(struct parser *p, const char *name, char *value, struct err *err)
{
	return read_key(name, value, &p->tunnel.private_key, err);
}

static int read_listen_port(struct parser *p, const char *name, char *value, struct err *err)
{
	if (!port_parse(value, &p->tunnel.listen_port))
		return fail(err, "%s: '%s' is not a port", name, shown(p, value).text);
	return 0;
}

/* The tunnel's socket lives in the host's namespace, and what leaves it there is not ours. */
static int read_fwmark(struct parser *p, const char *name, char *value, struct err *err)
{
	unsigned long long mark = 0;

	if (strcasecmp(value, "off") != 0 && !number_parse(value, true, UINT32_MAX, &mark))
		return fail(err, "%s: '%s' is not off and not a number of 32 bits", name,
			    shown(p, value).text);
	if (mark)
		warn(p->warnings, "%s:%u: %s has no meaning here: the socket is the host's",
		     p->name, p->line, name);
	return 0;
}

/* [Interface], wg-quick's keys */

/* The next of VALUE's elements, which commas and blanks part; NULL after the last. */
static char *list_next(char **value)
{
	char *element;

	do
		element = strsep(value, "," SPACE);
	while (element && !*element);
	return element;
}

static int read_address(struct parser *p, const char *name, char *value, struct err *err)
{
	struct tunnel *t = &p->tunnel;
	struct prefix prefix;
	char *element;

	while ((element = list_next(&value))) {
		if (!prefix_parse(element, &prefix))
			return fail(err, "%s: '%s' is not an address", name,
				    shown(p, element).text);
		if (!prefix_append(&t->addresses, &t->addresses_count, prefix))
			return out_of_memory(err);
	}
	return 0;
}

static int read_dns(struct parser *p, const char *name, char *value, struct err *err)
{
	char *element;

	while ((element = list_next(&value))) {
		if (names_add(&p->tunnel.dns, element, err) == 0)
			continue;
		if (err->number == EINVAL)
			fail(err, "%s: '%s' is neither an address nor a domain", name,
			     shown(p, element).text);
		return -1;
	}
	return 0;
}

/* From the least that IPv4 allows (RFC 791) to the most that a datagram's length can say. */
static int read_mtu(struct parser *p, const char *name, char *value, struct err *err)
{
	unsigned long long mtu = 0;

	if (*value && (!number_parse(value, false, 65535, &mtu) || mtu < 68))
		return fail(err, "%s: '%s' is not a number from 68 to 65535", name,
			    shown(p, value).text);
	p->tunnel.mtu = (unsigned int)mtu;
	p->tunnel.mtu_line = p->line;
	return 0;
}

/* Names are those of the host's /etc/iproute2/rt_tables: they mean nothing in a container. */
static int read_table(struct parser *p, const char *name, char *value, struct err *err)
{
	unsigned long long number = 0;
	enum tunnel_table table = TUNNEL_TABLE_NUMBER;

	if (!*value || strcasecmp(value, "auto") == 0)
		table = TUNNEL_TABLE_AUTO;
	else if (strcasecmp(value, "off") == 0)
		table = TUNNEL_TABLE_OFF;
	else if (!number_parse(value, true, UINT32_MAX, &number) && !strchr(DIGITS, *value))
		return fail(err, "%s: '%s' is a name; give the table's number, off or auto", name,
			    shown(p, value).text);
	else if (number == 0)
		return fail(err, "%s: '%s' is not a number from 1 to 4294967295", name,
			    shown(p, value).text);
	else if (number >= 253 && number <= 255) /* rtnetlink.h: default, main, local */
		return fail(err, "%s: %llu is one of the kernel's own tables", name, number);
	p->tunnel.table = table;
	p->tunnel.table_number = (uint32_t)number;
	return 0;
}

static int read_save_config(struct parser *p, const char *name, char *value, struct err *err)
{
	if (strcasecmp(value, "true") == 0)
		warn(p->warnings, "%s:%u: %s has no meaning here: nothing is written back", p->name,
		     p->line, name);
	else if (strcasecmp(value, "false") != 0)
		return fail(err, "%s is neither true nor false", name);
	return 0;
}

static int read_command(struct parser *p, const char *name, char *value, struct err *err)
{
	(void)err;
	if (*value)
		warn(p->warnings,
		     "%s:%u: %s is not run: commands in a tunnel file are never executed", p->name,
		     p->line, name);
	return 0;
}

/* awg's keys. As wg's they hold no blanks and are never empty, but for those of tags. */

static int read_amnezia(struct parser *p, const char *name, char *value, struct err *err)
{
	if (amnezia_set(amnezia_find(name), value, &p->tunnel.amnezia, err) == 0)
		return 0;
	return fail_in(err, "%s: '%s'", name, shown(p, value).text);
}

/* Of a peer. amneziawg-go's UAPI has no such key, and awg refuses to set it there (ipc-uapi.h). */
static int read_advanced_security(struct parser *p, const char *name, char *value, struct err *err)
{
	if (strcasecmp(value, "off") == 0 || strcmp(value, "0") == 0)
		warn(p->warnings,
		     "%s:%u: %s has no effect here: amneziawg-go treats all peers alike", p->name,
		     p->line, name);
	else if (strcasecmp(value, "on") != 0 && strcmp(value, "1") != 0)
		return fail(err, "%s is neither on nor off", name);
	return 0;
}

/* [Peer] */

static struct peer *peer_last(struct parser *p)
{
	return &p->tunnel.peers[p->tunnel.peers_count - 1];
}

static int read_public_key(struct parser *p, const char *name, char *value, struct err *err)
{
	return read_key(name, value, &peer_last(p)->public_key, err);
}

static int read_preshared_key(struct parser *p, const char *name, char *value, struct err *err)
{
	return read_key(name, value, &peer_last(p)->preshared_key, err);
}

/* What follows the '%' of a link-local address: a link's number or name. 0 if there is none. */
static uint32_t scope_parse(const char *scope)
{
	unsigned long long number;

	return number_parse(scope, false, UINT32_MAX, &number) ? (uint32_t)number
							       : if_nametoindex(scope);
}

/* False, and *address is of AF_UNSPEC, for what may be a host's name. */
static bool literal_parse(const char *host, uint16_t port, union endpoint_address *address)
{
	size_t length = strcspn(host, "%");
	char text[INET6_ADDRSTRLEN];

	memset(address, 0, sizeof(*address));
	if (length >= sizeof(text))
		return false;
	memcpy(text, host, length);
	text[length] = '\0';
	if (inet_pton(AF_INET, host, &address->in.sin_addr) == 1) {
		address->in.sin_family = AF_INET;
		address->in.sin_port = htons(port);
		return true;
	}
	if (inet_pton(AF_INET6, text, &address->in6.sin6_addr) == 1) {
		address->in6.sin6_family = AF_INET6;
		address->in6.sin6_port = htons(port);
		address->in6.sin6_scope_id = host[length] ? scope_parse(host + length + 1) : 0;
		return !host[length] || address->in6.sin6_scope_id;
	}
	return false;
}

/* Parts "[HOST]:PORT" or, at its last ':', "HOST:PORT". False, and VALUE whole, without a port. */
static bool endpoint_split(char *value, char **host, char **port)
{
	size_t brackets = *value == '[';
	char *end = brackets ? strstr(value, "]:") : strrchr(value, ':');

	if (!end || !end[brackets + 1])
		return false;
	*end = '\0';
	*host = value + brackets;
	*port = end + brackets + 1;
	return true;
}

static int read_endpoint(struct parser *p, const char *name, char *value, struct err *err)
{
	struct peer *peer = peer_last(p);
	union endpoint_address address;
	char *host, *port, *copy;
	uint16_t number;

	if (!endpoint_split(value, &host, &port))
		return fail(err, "%s: '%s' has no port", name, shown(p, value).text);
	if (!port_parse(port, &number) || number == 0)
		return fail(err, "%s: '%s' is not a port", name, shown(p, port).text);
	/* getaddrinfo() takes "1.2.3" for 1.2.0.3: a typing error, not an address */
	if (!literal_parse(host, number, &address) &&
	    (!name_is_plausible(host) || !host[strspn(host, DIGITS ".")]))
		return fail(err, "%s: '%s' is neither an address nor a host's name", name,
			    shown(p, host).text);
	copy = strdup(host);
	if (!copy)
		return out_of_memory(err);
	free(peer->host);
	peer->host = copy;
	peer->port = number;
	peer->address = address;
	peer->endpoint_line = p->line;
	return 0;
}

static int read_keepalive(struct parser *p, const char *name, char *value, struct err *err)
{
	unsigned long long seconds = 0;

	if (strcasecmp(value, "off") != 0 && !number_parse(value, false, UINT16_MAX, &seconds))
		return fail(err, "%s: '%s' is not off and not a number from 0 to 65535", name,
			    shown(p, value).text);
	peer_last(p)->keepalive = (uint16_t)seconds;
	return 0;
}

static int read_allowed(struct parser *p, const char *name, char *value, struct err *err)
{
	struct peer *peer = peer_last(p);
	char *element, given[PREFIX_TEXT], masked[PREFIX_TEXT];

	while ((element = strsep(&value, ","))) {
		int sign = *element && strchr("+-", *element) ? *element++ : '+';
		struct prefix prefix, network;

		if (!prefix_parse(element, &prefix))
			return fail(err, "%s: '%s' is not an address and the length of a prefix",
				    name, shown(p, element).text);
		network = prefix_network(prefix);
		if (prefix_compare(&prefix, &network) != 0)
			warn(p->warnings, "%s:%u: %s: %s has host bits: it is taken as %s", p->name,
			     p->line, name, prefix_format(&prefix, false, given),
			     prefix_format(&network, false, masked));
		if (sign == '-' && !removals_add(&p->removals, peer, &network))
			return out_of_memory(err);
		if (sign != '-' && !prefix_append(&peer->allowed, &peer->allowed_count, network))
			return out_of_memory(err);
	}
	return 0;
}

/* wg's keys hold no blanks and are never empty (config.c, get_value()); wg-quick's may be. */
static const struct word words[] = {
	{ "PrivateKey", SECTION_INTERFACE, WG, read_private_key },
	{ "ListenPort", SECTION_INTERFACE, WG, read_listen_port },
	{ "FwMark", SECTION_INTERFACE, WG, read_fwmark },
	{ "PublicKey", SECTION_PEER, WG, read_public_key },
	{ "PresharedKey", SECTION_PEER, WG, read_preshared_key },
	{ "Endpoint", SECTION_PEER, WG, read_endpoint },
	{ "PersistentKeepalive", SECTION_PEER, WG, read_keepalive },
	{ "AllowedIPs", SECTION_PEER, WG, read_allowed },
	{ "AdvancedSecurity", SECTION_PEER, WG, read_advanced_security },
	{ "Address", SECTION_INTERFACE, QUICK, read_address },
	{ "DNS", SECTION_INTERFACE, QUICK, read_dns },
	{ "MTU", SECTION_INTERFACE, QUICK, read_mtu },
	{ "Table", SECTION_INTERFACE, QUICK, read_table },
	{ "SaveConfig", SECTION_INTERFACE, QUICK, read_save_config },
	{ "PreUp", SECTION_INTERFACE, QUICK, read_command },
	{ "PostUp", SECTION_INTERFACE, QUICK, read_command },
	{ "PreDown", SECTION_INTERFACE, QUICK, read_command },
	{ "PostDown", SECTION_INTERFACE, QUICK, read_command },
};

struct word word_find(const char *name)
{
	int amnezia = amnezia_find(name);

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcasecmp(words[i].name, name) == 0)
			return words[i];
	if (amnezia < 0)
		return (struct word){ .owner = QUICK };
	return (struct word){ amnezia_name(amnezia), SECTION_INTERFACE,
			      amnezia_is_tags(amnezia) ? QUICK : WG, read_amnezia };
}
