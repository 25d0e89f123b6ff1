/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tunnel file: what wg(8) reads (wireguard-tools, config.c) and what wg-quick(8) adds to it
 * (linux.bash), and AmneziaWG's awg(8), in one pass over a copy of the text that is cut up in place
 * and wiped.
 *
 * Whoever mistypes a tunnel file may have put a key anywhere in it. So messages name keys of the
 * file's grammar and lines; text of the file itself goes into one through name_is_harmless(), or
 * shown() in tunnel_word.c, alone, and none does from a line that holds a key.
 */
#include "tunnel.h"
#include "tunnel_check.h"
#include "tunnel_word.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alphabet.h"
#include "cleanup.h"

#define NAME_MAX_SHOWN 24

static const char *const section_names[] = { "no section", "[Interface]", "[Peer]" };

/*
 * Room for one more after COUNT peers: PEERS itself, or a larger copy of it, zero behind COUNT;
 * NULL without memory, and PEERS is as it was. Not realloc(), which leaves keys in what it frees.
 * The capacity is always the next power of two, so that it needs no field of its own.
 */
static struct peer *grow(struct peer *peers, size_t count)
{
	struct peer *larger;

	if (count & (count - 1))
		return peers;
	larger = calloc(count ? 2 * count : 1, sizeof(*larger));
	if (!larger || !count)
		return larger;
	memcpy(larger, peers, count * sizeof(*larger));
	key_wipe(peers, count * sizeof(*larger));
	free(peers);
	return larger;
}

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
	grown = grow(p->tunnel.peers, p->tunnel.peers_count);
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
	p->secret = word_may_hold_key(value);
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
	removals_free(&p->removals);
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
	removals_apply(&p.removals, &p.tunnel);
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
