/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tunnel file: what wg(8) reads (wireguard-tools, config.c) and what wg-quick(8) adds to it
 * (linux.bash), and AmneziaWG's awg(8), in one pass over a copy of the text that is cut up in place
 * and wiped.
 *
 * Whoever mistypes a tunnel file may have put a key anywhere in it. So messages name keys of the
 * file's grammar and lines; text of the file itself goes into one through shown() or
 * name_is_harmless() alone, and none does from a line that holds a key.
 */
#include "tunnel.h"
#include "tunnel_check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alphabet.h"
#include "cleanup.h"

#define SHOWN_MAX 80 /* bytes of a value in a message */
#define SHOWN_SECRET 16 /* base64 characters in a row that make a value look like a key */
#define NAME_MAX_SHOWN 24

enum section {
	SECTION_NONE,
	SECTION_INTERFACE,
	SECTION_PEER,
};

static const char *const section_names[] = { "no section", "[Interface]", "[Peer]" };

/* "AllowedIPs = -PREFIX": takes PREFIX out of the first BEFORE of the peer whose [Peer] is LINE. */
struct removal {
	unsigned int line;
	struct prefix prefix;
	size_t before;
};

struct parser {
	const char *name; /* of the file */
	unsigned int line;
	enum section section;
	bool secret; /* the line's value may hold a key */
	bool interface; /* a section of that name was seen */
	struct tunnel tunnel;
	struct removal *removals;
	size_t removals_count;
	struct warnings *warnings;
};

/* A key of the file's grammar. READ gets its name as NAME and may cut up VALUE. */
struct word {
	const char *name;
	enum section section;
	enum { WG, QUICK } owner;
	int (*read)(struct parser *p, const char *name, char *value, struct err *err);
};

/*
 * Room for one more after COUNT elements: ARRAY itself, or a larger copy of it, zero behind COUNT;
 * NULL without memory, and ARRAY is as it was. Not realloc(), which leaves keys in what it frees.
 * The capacity is always the next power of two, so that it needs no field of its own.
 */
static void *grow(void *array, size_t count, size_t size)
{
	void *larger;

	if (count & (count - 1))
		return array;
	larger = calloc(count ? 2 * count : 1, size);
	if (!larger || !count)
		return larger;
	memcpy(larger, array, count * size);
	key_wipe(array, count * size);
	free(array);
	return larger;
}

static int out_of_memory(struct err *err)
{
	return fail_errno(err, ENOMEM, "tunnel file");
}

/* Text. The C library's isspace() and isalnum() would follow the locale for bytes above 127. */

/* Deletes all white space, as wg does before it looks at a line. */
static char *squeeze(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++)
		if (!strchr(SPACE, *from))
			*to++ = *from;
	*to = '\0';
	return text;
}

static char *trim(char *text)
{
	size_t length;

	text += strspn(text, SPACE);
	for (length = strlen(text); length && strchr(SPACE, text[length - 1]); length--)
		text[length - 1] = '\0';
	return text;
}

struct shown {
	char text[SHOWN_MAX + sizeof("...")];
};

/*
 * Whether a key, or a piece of one, may be in VALUE, blanks or not. Judged of the whole value, not
 * of the element of a list that is wrong in it.
 */
static bool may_hold_key(const char *value)
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

/* Digits, or "0x" and hexadecimal ones if HEX; no sign and no blank, which strtoull() would take.
 */
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

static int removal_append(struct parser *p, const struct prefix *prefix, struct err *err)
{
	struct removal *grown = grow(p->removals, p->removals_count, sizeof(*grown));

	if (!grown)
		return out_of_memory(err);
	p->removals = grown;
	grown[p->removals_count++] = (struct removal){
		.line = peer_last(p)->line,
		.prefix = *prefix,
		.before = peer_last(p)->allowed_count,
	};
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
		if (sign == '-' && removal_append(p, &network, err))
			return -1;
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

/* READ is NULL of what is none. */
static struct word word_find(const char *name)
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

/*
 * A '=' also ends a key in base64, and a lost or stray line break puts key material before one. So
 * an unknown name is repeated only if it is short and plain, if something follows its '=', if
 * there is no other '=' but at the end, and if "key", with which the names of keys end, ends it.
 */
static bool name_is_harmless(const char *name, const char *value)
{
	size_t length = strlen(name), equals = strcspn(value, "=");
	const char *key = strcasestr(name, "key");

	if (length < 1 || length > NAME_MAX_SHOWN || !strchr(LETTERS, *name))
		return false;
	if (strspn(name, ALPHANUMERIC) != length || (key && key[3]))
		return false;
	return *value && !value[equals + strspn(value + equals, "=")];
}

static int parse_section(struct parser *p, const char *header, struct err *err)
{
	struct peer *grown;

	if (strcasecmp(header, section_names[SECTION_INTERFACE]) == 0) {
		p->section = SECTION_INTERFACE;
		p->interface = true;
		return 0;
	}
	if (strcasecmp(header, section_names[SECTION_PEER]) != 0)
		return fail(err, "unknown section: there are [Interface] and [Peer]");
	grown = grow(p->tunnel.peers, p->tunnel.peers_count, sizeof(*grown));
	if (!grown)
		return out_of_memory(err);
	p->tunnel.peers = grown;
	grown[p->tunnel.peers_count++] = (struct peer){ .line = p->line };
	p->section = SECTION_PEER;
	return 0;
}

static int refuse_unknown(const struct parser *p, const char *name, const char *value,
			  struct err *err)
{
	const char *owner = amnezia_unread(name);

	if (owner)
		return fail(err, "'%s' is %s's, which this version does not speak", name, owner);
	if (name_is_harmless(name, value))
		return fail(err, "unknown key '%s' in %s", name, section_names[p->section]);
	return fail(err, "unknown key in %s", section_names[p->section]);
}

static int parse_line(struct parser *p, char *line, struct err *err)
{
	struct word word;
	char *value;

	line[strcspn(line, "#")] = '\0';
	line = trim(line);
	if (!*line)
		return 0;
	if (*line == '[')
		return parse_section(p, squeeze(line), err);
	value = strchr(line, '=');
	if (!value)
		return fail(err, "neither a section nor 'Key = value'");
	if (p->section == SECTION_NONE)
		return fail(err, "outside a section");
	*value++ = '\0';
	word = word_find(squeeze(line));
	value = word.owner == WG ? squeeze(value) : trim(value);
	p->secret = may_hold_key(value);
	if (!word.read)
		return refuse_unknown(p, line, value, err);
	if (word.section != p->section)
		return fail(err, "'%s' belongs in %s", word.name, section_names[word.section]);
	if (word.owner == WG && !*value)
		return fail(err, "%s is empty", word.name);
	return word.read(p, word.name, value, err);
}

/* TEXT holds one byte more than END says, for the last line's NUL. */
static int parse_lines(struct parser *p, char *text, const char *end, struct err *err)
{
	char *next;

	if (end - text >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3; /* the byte order mark of Windows editors */
	for (; text < end; text = next) {
		char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t length = (size_t)((stop ? stop : end) - text);

		p->line++;
		next = text + length + 1;
		text[length] = '\0';
		if (strlen(text) != length)
			return fail(err, "%s:%u: a NUL byte: this is not text", p->name, p->line);
		if (parse_line(p, text, err))
			return fail_in(err, "%s:%u", p->name, p->line);
	}
	return 0;
}

/* Removals, once all is read */

static int removal_compare_prefix(const void *a, const void *b)
{
	const struct removal *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return prefix_compare(&x->prefix, &y->prefix);
}

static int removal_compare(const void *a, const void *b)
{
	const struct removal *x = a, *y = b;
	int order = removal_compare_prefix(a, b);

	return order ? order : (x->before < y->before) - (x->before > y->before);
}

/* On a fresh device that is all that wg's '-' amounts to: a prefix goes if it came before. */
static void apply_removals(struct parser *p)
{
	size_t unique = 0;

	if (!p->removals_count)
		return;
	/* of one prefix's removals the last, which comes first here, does what the others do */
	qsort(p->removals, p->removals_count, sizeof(*p->removals), removal_compare);
	for (size_t i = 0; i < p->removals_count; i++)
		if (!unique ||
		    removal_compare_prefix(&p->removals[unique - 1], &p->removals[i]) != 0)
			p->removals[unique++] = p->removals[i];
	for (size_t i = 0; i < p->tunnel.peers_count; i++) {
		struct peer *peer = &p->tunnel.peers[i];
		size_t kept = 0;

		for (size_t j = 0; j < peer->allowed_count; j++) {
			struct removal wanted = { .line = peer->line, .prefix = peer->allowed[j] };
			const struct removal *found =
				bsearch(&wanted, p->removals, unique, sizeof(wanted),
					removal_compare_prefix);

			if (!found || found->before <= j)
				peer->allowed[kept++] = peer->allowed[j];
		}
		peer->allowed_count = kept;
	}
}

/* The whole */

static int check_sections(const struct parser *p, struct err *err)
{
	return p->interface ? 0 : fail(err, "%s: no [Interface] section", p->name);
}

/* Secret managers that want a value on one line hand out the two characters for its line breaks. */
static bool has_escaped_breaks(const char *text, size_t length)
{
	const char *first = memchr(text, '\n', length);

	return (!first || first + 1 == text + length) && memmem(text, length, "\\n", 2);
}

struct copy {
	char *bytes; /* one more than LENGTH */
	size_t length;
};

static void copy_clean(struct copy *copy)
{
	if (!copy->bytes)
		return;
	key_wipe(copy->bytes, copy->length + 1);
	free(copy->bytes);
}

static void parser_clean(struct parser *p)
{
	free(p->removals);
	tunnel_free(&p->tunnel);
}

int tunnel_parse(const char *name, const char *text, size_t length, struct tunnel *tunnel,
		 struct warnings *warnings, struct err *err)
{
	cleanup(parser_clean) struct parser p = { .name = name, .warnings = warnings };
	cleanup(copy_clean) struct copy copy = { malloc(length + 1), length };
	size_t used;

	if (!copy.bytes)
		return out_of_memory(err);
	text = length ? text : ""; /* NULL is as good, but not for memcpy() */
	memcpy(copy.bytes, text, length);
	if (parse_lines(&p, copy.bytes, copy.bytes + length, err) || check_sections(&p, err)) {
		used = strlen(err->line);
		if (has_escaped_breaks(text, length))
			snprintf(err->line + used, sizeof(err->line) - used,
				 " (the file holds '\\n' instead of line breaks?)");
		return -1;
	}
	apply_removals(&p);
	if (tunnel_check(name, &p.tunnel, warnings, err))
		return -1;
	*tunnel = p.tunnel;
	key_wipe(&p.tunnel, sizeof(p.tunnel));
	return 0;
}

void tunnel_free(struct tunnel *tunnel)
{
	for (size_t i = 0; i < tunnel->peers_count; i++) {
		free(tunnel->peers[i].host);
		free(tunnel->peers[i].allowed);
	}
	if (tunnel->peers)
		key_wipe(tunnel->peers, tunnel->peers_count * sizeof(*tunnel->peers));
	free(tunnel->peers);
	free(tunnel->addresses);
	names_free(&tunnel->dns);
	amnezia_free(&tunnel->amnezia);
	key_wipe(tunnel, sizeof(*tunnel));
}

uint16_t peer_calling_keepalive(const struct peer *peer)
{
	return peer->keepalive || !peer->host ? peer->keepalive : 25;
}

struct prefix endpoint_prefix(const union endpoint_address *address)
{
	struct prefix prefix = { .family = (uint8_t)address->sa.sa_family };

	if (prefix.family == AF_UNSPEC)
		return prefix;
	prefix.length = (uint8_t)family_bits(prefix.family);
	if (prefix.family == AF_INET)
		memcpy(prefix.address, &address->in.sin_addr, sizeof(address->in.sin_addr));
	else
		memcpy(prefix.address, &address->in6.sin6_addr, sizeof(address->in6.sin6_addr));
	return prefix;
}

const char *endpoint_format(const union endpoint_address *address, char out[static ENDPOINT_TEXT])
{
	char text[INET6_ADDRSTRLEN], scope[16] = "";

	if (address->sa.sa_family == AF_INET) {
		inet_ntop(AF_INET, &address->in.sin_addr, text, sizeof(text));
		snprintf(out, ENDPOINT_TEXT, "%s:%u", text, ntohs(address->in.sin_port));
		return out;
	}
	inet_ntop(AF_INET6, &address->in6.sin6_addr, text, sizeof(text));
	if (address->in6.sin6_scope_id)
		snprintf(scope, sizeof(scope), "%%%u", address->in6.sin6_scope_id);
	snprintf(out, ENDPOINT_TEXT, "[%s%s]:%u", text, scope, ntohs(address->in6.sin6_port));
	return out;
}

bool tunnel_has_ipv6(const struct tunnel *tunnel)
{
	for (size_t i = 0; i < tunnel->addresses_count; i++)
		if (tunnel->addresses[i].family == AF_INET6)
			return true;
	return false;
}
