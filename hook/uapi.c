/* SPDX-License-Identifier: GPL-2.0-or-later */
/* struct tunnel to "set=1". */
#include "uapi.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

#define PIECE 4096 /* bytes */
#define KEY_HEX (2 * KEY_LEN + 1)

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

static void put_key(struct text *text, const char *name, const struct key *key)
{
	char hex[KEY_HEX] = "";

	for (size_t i = 0; i < KEY_LEN; i++) {
		hex[2 * i] = hex_digit(key->bytes[i] >> 4);
		hex[2 * i + 1] = hex_digit(key->bytes[i] & 15);
	}
	put_line(text, name, hex);
	key_wipe(hex, sizeof(hex));
}

static void put_peer(struct text *text, const struct peer *peer)
{
	char endpoint[ENDPOINT_TEXT], prefix[PREFIX_TEXT];

	put_key(text, "public_key", &peer->public_key);
	if (!key_is_zero(&peer->preshared_key))
		put_key(text, "preshared_key", &peer->preshared_key);
	if (peer->host)
		put_line(text, "endpoint", endpoint_format(&peer->address, endpoint));
	put_number(text, "persistent_keepalive_interval", peer->keepalive);
	put_line(text, "replace_allowed_ips", "true");
	for (size_t i = 0; i < peer->allowed_count; i++)
		put_line(text, "allowed_ip", prefix_format(&peer->allowed[i], false, prefix));
}

int uapi_set(const struct tunnel *tunnel, uint16_t port, uapi_sink *sink, void *context,
	     struct err *err)
{
	cleanup(wipe_text) struct text text = { .sink = sink, .context = context, .err = err };

	put_line(&text, "set", "1");
	put_key(&text, "private_key", &tunnel->private_key);
	put_number(&text, "listen_port", port);
	put_line(&text, "replace_peers", "true");
	for (size_t i = 0; i < tunnel->peers_count; i++)
		put_peer(&text, &tunnel->peers[i]);
	put(&text, "\n");
	flush(&text);
	return text.failed ? -1 : 0;
}

int uapi_answer(const char *text, size_t length)
{
	static const char word[] = "errno=";
	const char *found;

	if (length < 2 || memcmp(text + length - 2, "\n\n", 2) != 0)
		return -1;
	found = memmem(text, length, word, strlen(word));
	if (!found || (found != text && found[-1] != '\n'))
		return -1;
	return abs(atoi(found + strlen(word)));
}
