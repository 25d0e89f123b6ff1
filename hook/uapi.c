/* SPDX-License-Identifier: GPL-2.0-or-later */
/* struct tunnel to "set=1". */
#include "uapi.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

#define PIECE 4096 /* bytes */
#define KEY_HEX (2 * KEY_LEN + 1)
#define ERRNO_MAX 4095 /* linux/err.h, MAX_ERRNO */

/* The text that is on its way. After a failure it takes no more, and says so at the end alone. */
struct text {
	uapi_sink *sink;
	void *context;
	struct err *err;
	bool failed;
	size_t used;
	char bytes[PIECE];
};

static void wipe_text(struct text *text)
{
	key_wipe(text->bytes, sizeof(text->bytes));
}

static void flush(struct text *text)
{
	if (!text->failed && text->used &&
	    text->sink(text->context, text->bytes, text->used, text->err) < 0)
		text->failed = true;
	text->used = 0;
}

/* Not stdio, which would keep copies of keys. */
static void put(struct text *text, const char *part)
{
	size_t length = strlen(part);

	while (length) {
		size_t room = sizeof(text->bytes) - text->used;
		size_t now = length < room ? length : room;

		memcpy(text->bytes + text->used, part, now);
		text->used += now;
		part += now;
		length -= now;
		if (text->used == sizeof(text->bytes))
			flush(text);
	}
}

static void put_line(struct text *text, const char *name, const char *value)
{
	put(text, name);
	put(text, "=");
	put(text, value);
	put(text, "\n");
}

static void put_number(struct text *text, const char *name, unsigned int value)
{
	char digits[16];

	snprintf(digits, sizeof(digits), "%u", value);
	put_line(text, name, digits);
}

/* In a time that does not depend on the nibble: no table, no branch. */
static char hex_digit(unsigned int nibble)
{
	return (char)('0' + nibble + (((9 - nibble) >> 8) & ('a' - '0' - 10)));
}

static void hex_key(const struct key *key, char hex[static KEY_HEX])
{
	for (size_t i = 0; i < KEY_LEN; i++) {
		hex[2 * i] = hex_digit(key->bytes[i] >> 4);
		hex[2 * i + 1] = hex_digit(key->bytes[i] & 15);
	}
	hex[KEY_HEX - 1] = '\0';
}

static void put_key(struct text *text, const char *name, const struct key *key)
{
	char hex[KEY_HEX];

	hex_key(key, hex);
	put_line(text, name, hex);
	key_wipe(hex, sizeof(hex));
}

static void put_peer(struct text *text, const struct peer *peer, bool call)
{
	char endpoint[ENDPOINT_TEXT], prefix[PREFIX_TEXT];

	put_key(text, "public_key", &peer->public_key);
	if (!key_is_zero(&peer->preshared_key))
		put_key(text, "preshared_key", &peer->preshared_key);
	if (peer->host)
		put_line(text, "endpoint", endpoint_format(&peer->address, endpoint));
	put_number(text, "persistent_keepalive_interval",
		   call ? peer_calling_keepalive(peer) : peer->keepalive);
	put_line(text, "replace_allowed_ips", "true");
	for (size_t i = 0; i < peer->allowed_count; i++)
		put_line(text, "allowed_ip", prefix_format(&peer->allowed[i], false, prefix));
}

static int end_text(struct text *text)
{
	put(text, "\n");
	flush(text);
	return text->failed ? -1 : 0;
}

int uapi_set(const struct tunnel *tunnel, uint16_t port, bool call, uapi_sink *sink, void *context,
	     struct err *err)
{
	cleanup(wipe_text) struct text text = { .sink = sink, .context = context, .err = err };

	put_line(&text, "set", "1");
	put_key(&text, "private_key", &tunnel->private_key);
	put_number(&text, "listen_port", port);
	put_line(&text, "replace_peers", "true");
	for (enum amnezia_word word = 0; word < AMNEZIA_WORDS; word++)
		if (tunnel->amnezia.value[word])
			put_line(&text, amnezia_key(word), tunnel->amnezia.value[word]);
	for (size_t i = 0; i < tunnel->peers_count; i++)
		put_peer(&text, &tunnel->peers[i], call);
	return end_text(&text);
}

int uapi_calm(const struct tunnel *tunnel, uapi_sink *sink, void *context, struct err *err)
{
	cleanup(wipe_text) struct text text = { .sink = sink, .context = context, .err = err };

	put_line(&text, "set", "1");
	for (size_t i = 0; i < tunnel->peers_count; i++) {
		const struct peer *peer = &tunnel->peers[i];

		if (peer_calling_keepalive(peer) == peer->keepalive)
			continue;
		put_key(&text, "public_key", &peer->public_key);
		put_line(&text, "update_only", "true");
		put_number(&text, "persistent_keepalive_interval", peer->keepalive);
	}
	return end_text(&text);
}

/* What is no number is not taken for 0, success. */
static int errno_parse(const char *value)
{
	char *end;
	long number = strtol(value, &end, 10);

	if (end == value || *end || number < -ERRNO_MAX || number > ERRNO_MAX)
		return EPROTO;
	return abs((int)number);
}

static void take_line(struct uapi_answer *answer, uapi_line *line, void *context)
{
	char *value = strchr(answer->line, '=');

	if (!answer->used) {
		answer->ended = answer->said;
		return;
	}
	if (!value)
		return;
	*value++ = '\0';
	if (strcmp(answer->line, "errno") == 0) {
		answer->said = true;
		answer->number = errno_parse(value);
	} else if (line) {
		line(context, answer->line, value);
	}
}

void uapi_read(struct uapi_answer *answer, const char *bytes, size_t length, uapi_line *line,
	       void *context)
{
	for (size_t i = 0; i < length && !answer->ended; i++) {
		if (bytes[i] != '\n') {
			if (answer->used + 1 < sizeof(answer->line))
				answer->line[answer->used++] = bytes[i];
			continue;
		}
		answer->line[answer->used] = '\0';
		take_line(answer, line, context);
		answer->used = 0;
	}
}

/* Peers come in the order that they were set in, or in any: looked for from the last one on. */
static size_t find_peer(const struct uapi_handshakes *handshakes, const char *hex)
{
	const struct tunnel *tunnel = handshakes->tunnel;
	char own[KEY_HEX];

	for (size_t i = 0; i < tunnel->peers_count; i++) {
		size_t number = (handshakes->peer + i) % tunnel->peers_count;

		hex_key(&tunnel->peers[number].public_key, own);
		if (strcmp(own, hex) == 0)
			return number + 1;
	}
	return 0;
}

void uapi_take_handshake(void *context, const char *name, const char *value)
{
	struct uapi_handshakes *handshakes = context;

	if (strcmp(name, "public_key") == 0)
		handshakes->peer = find_peer(handshakes, value);
	else if (strcmp(name, "last_handshake_time_sec") == 0 && strcmp(value, "0") != 0 &&
		 handshakes->peer)
		handshakes->answered[handshakes->peer - 1] = true;
}
