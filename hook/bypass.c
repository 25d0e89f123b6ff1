/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is reached outside the tunnel: from text, and as a set. */
#include "bypass.h"

#include <stdlib.h>
#include <string.h>

#include "alphabet.h"

/* The text of an element in its parts; of "10.0.0.0/8:53/udp" PREFIX is "10.0.0.0/8". */
struct parts {
	char prefix[64]; /* the longest prefix has 49 characters */
	const char *port; /* what follows the ':', NULL: nothing does */
};

static bool take_prefix(struct parts *parts, const char *text, size_t length)
{
	if (length >= sizeof(parts->prefix))
		return false;
	memcpy(parts->prefix, text, length);
	parts->prefix[length] = '\0';
	return true;
}

/* False when there are brackets that nothing but "]" or "]:" ends. */
static bool split(const char *text, struct parts *parts)
{
	size_t length = strcspn(text, ":");
	const char *end;

	parts->port = NULL;
	if (*text == '[') {
		end = strchr(text, ']');
		if (!end || (end[1] && end[1] != ':'))
			return false;
		parts->port = end[1] ? end + 2 : end + 1;
		return take_prefix(parts, text + 1, (size_t)(end - text) - 1);
	}
	if (!text[length] || !memchr(text, '.', length)) /* IPv6 may hold dots after its ':' */
		return take_prefix(parts, text, strlen(text));
	parts->port = text + length + 1;
	return take_prefix(parts, text, length);
}

/* "fd00::/64:53/udp", "fd00::1:53/udp" */
static bool lacks_brackets(const char *text)
{
	const char *colon = strchr(text, ':'), *slash = strchr(text, '/');

	return *text != '[' && colon && slash && strchr(colon + 1, ':') && colon < slash &&
	       (strchr(slash, ':') || strcmp(slash, "/udp") == 0 || strcmp(slash, "/tcp") == 0);
}

/* "53/udp"; TEXT is the element it comes from. */
static int parse_port(const char *where, const char *text, const char *port, struct bypass *bypass,
		      struct err *err)
{
	size_t digits = strspn(port, DIGITS), length = strcspn(port, "/");
	long number;

	if (!length)
		return fail(err, "%s: no port '%.64s'", where, text);
	number = digits < length || digits > 5 ? 0 : strtol(port, NULL, 10);
	if (number < 1 || number > UINT16_MAX)
		return fail(err, "%s: not a port from 1 to 65535 '%.64s'", where, text);
	bypass->port = (uint16_t)number;
	if (!port[length] || !port[length + 1])
		return fail(err, "%s: no protocol, /tcp or /udp '%.64s'", where, text);
	if (strcmp(port + length, "/tcp") == 0)
		bypass->protocol = IPPROTO_TCP;
	else if (strcmp(port + length, "/udp") == 0)
		bypass->protocol = IPPROTO_UDP;
	else
		return fail(err, "%s: a protocol that is neither tcp nor udp '%.64s'", where, text);
	return 0;
}

/* A bypass is a hole; one of half the internet is a mistake, or an attack (TunnelVision). */
int bypass_parse(const char *where, const char *text, struct bypass *bypass, struct err *err)
{
	struct bypass parsed = { 0 };
	struct parts parts;

	if (!split(text, &parts) || !prefix_parse(parts.prefix, &parsed.prefix)) {
		if (lacks_brackets(text))
			return fail(err,
				    "%s: IPv6 with a port is [PREFIX]:PORT/PROTOCOL, not '%.64s'",
				    where, text);
		return fail(err, "%s: not a prefix '%.64s'", where, text);
	}
	if (parsed.prefix.length < (parsed.prefix.family == AF_INET ? 8 : 16))
		return fail(err, "%s: shorter than %s '%.64s'", where,
			    parsed.prefix.family == AF_INET ? "/8" : "/16", text);
	if (parts.port && parse_port(where, text, parts.port, &parsed, err) < 0)
		return -1;
	parsed.prefix = prefix_network(parsed.prefix);
	*bypass = parsed;
	return 0;
}

bool bypass_append(struct bypass **list, size_t *count, struct bypass bypass)
{
	if ((*count & (*count - 1)) == 0) {
		size_t room = *count ? 2 * *count : 1;
		struct bypass *grown = reallocarray(*list, room, sizeof(*grown));

		if (!grown)
			return false;
		*list = grown;
	}
	(*list)[(*count)++] = bypass;
	return true;
}

static int compare_ports(const struct bypass *a, const struct bypass *b)
{
	return a->protocol != b->protocol ? a->protocol - b->protocol : a->port - b->port;
}

static int by_port(const void *a, const void *b)
{
	const struct bypass *x = a, *y = b;
	int order = compare_ports(x, y);

	return order ? order : prefix_compare(&x->prefix, &y->prefix);
}

static int by_prefix(const void *a, const void *b)
{
	const struct bypass *x = a, *y = b;
	int order = prefix_compare(&x->prefix, &y->prefix);

	return order ? order : compare_ports(x, y);
}

/* In this order what covers one for the same port is the last that was kept. */
static size_t reduce_each_port(struct bypass *list, size_t count)
{
	size_t kept = 0;

	qsort(list, count, sizeof(*list), by_port);
	for (size_t i = 0; i < count; i++)
		if (!kept || compare_ports(&list[kept - 1], &list[i]) != 0 ||
		    !prefix_covers(&list[kept - 1].prefix, &list[i].prefix))
			list[kept++] = list[i];
	return kept;
}

/* And in this one what covers it for all ports is the last of those that are without. */
static size_t reduce_to_whole(struct bypass *list, size_t count)
{
	const struct bypass *whole = NULL;
	size_t kept = 0;

	qsort(list, count, sizeof(*list), by_prefix);
	for (size_t i = 0; i < count; i++) {
		if (whole && prefix_covers(&whole->prefix, &list[i].prefix))
			continue;
		list[kept++] = list[i];
		if (!list[kept - 1].protocol)
			whole = &list[kept - 1];
	}
	return kept;
}

size_t bypass_reduce(struct bypass *list, size_t count)
{
	if (!count)
		return 0;
	return reduce_to_whole(list, reduce_each_port(list, count));
}

bool bypass_is_of_names(const struct bypass *bypass)
{
	return bypass->protocol && (bypass->port == 53 || bypass->port == 853);
}
