/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reading FILE: what tunnel_parse() makes of it, in the form of "wg showconf". */
#include <stdio.h>
#include <stdlib.h>

#include "tunnel.h"

static void print_key(const char *name, const struct key *key)
{
	char text[KEY_BASE64];

	if (key_is_zero(key))
		return;
	key_format(key, text);
	printf("%s = %s\n", name, text);
}

/* Of a prefix in two peers the last has it. */
static bool is_taken(const struct tunnel *tunnel, size_t peer, const struct prefix *prefix)
{
	for (size_t i = peer + 1; i < tunnel->peers_count; i++)
		for (size_t j = 0; j < tunnel->peers[i].allowed_count; j++)
			if (prefix_compare(&tunnel->peers[i].allowed[j], prefix) == 0)
				return true;
	return false;
}

static void print_peer(const struct tunnel *tunnel, size_t number)
{
	const struct peer *peer = &tunnel->peers[number];
	char text[ENDPOINT_TEXT > PREFIX_TEXT ? ENDPOINT_TEXT : PREFIX_TEXT];
	const char *comma = "AllowedIPs = ", *end = "";

	printf("\n[Peer]\n");
	print_key("PublicKey", &peer->public_key);
	print_key("PresharedKey", &peer->preshared_key);
	for (size_t i = 0; i < peer->allowed_count; i++) {
		if (is_taken(tunnel, number, &peer->allowed[i]))
			continue;
		printf("%s%s", comma, prefix_format(&peer->allowed[i], false, text));
		comma = ", ";
		end = "\n";
	}
	fputs(end, stdout);
	if (peer->host)
		printf("Endpoint = %s\n", endpoint_format(&peer->address, text));
	if (peer->keepalive)
		printf("PersistentKeepalive = %u\n", peer->keepalive);
}

static void print(const struct tunnel *tunnel)
{
	printf("[Interface]\n");
	if (tunnel->listen_port)
		printf("ListenPort = %u\n", tunnel->listen_port);
	print_key("PrivateKey", &tunnel->private_key);
	for (size_t i = 0; i < tunnel->peers_count; i++)
		print_peer(tunnel, i);
}

int main(int argc, char **argv)
{
	static char text[1 << 20];
	struct warnings warnings = { 0 };
	struct tunnel tunnel;
	struct err err;
	FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
	size_t length;

	if (!file)
		return 2;
	length = fread(text, 1, sizeof(text), file);
	fclose(file);
	if (tunnel_parse(argv[1], text, length, &tunnel, &warnings, &err) < 0) {
		fprintf(stderr, "%s\n", err.line);
		return 1;
	}
	print(&tunnel);
	tunnel_free(&tunnel);
	warnings_free(&warnings);
	return 0;
}
