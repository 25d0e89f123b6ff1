/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tunnel_parse(): any text. What is taken is written down as a tunnel file again, which has to be
 * read as the same; what is not, is told in a line without a piece of a key.
 */
#include <stdlib.h>

#include "fuzz.h"
#include "tunnel.h"

#define NAME "tunnel.conf"

static void print_key(const char *name, const struct key *key, FILE *out)
{
	char text[KEY_BASE64];

	key_format(key, text);
	fprintf(out, "%s = %s\n", name, text);
}

static void print_names(const struct names *names, FILE *out)
{
	char text[PREFIX_TEXT];

	for (size_t i = 0; i < names->servers_count; i++)
		fprintf(out, "DNS = %s\n", prefix_format(&names->servers[i], true, text));
	for (size_t i = 0; i < names->search_count; i++)
		fprintf(out, "DNS = %s\n", names->search[i]);
}

static void print_interface(const struct tunnel *tunnel, FILE *out)
{
	char text[PREFIX_TEXT];

	fprintf(out, "[Interface]\n");
	print_key("PrivateKey", &tunnel->private_key, out);
	fprintf(out, "ListenPort = %u\n", tunnel->listen_port);
	if (tunnel->mtu)
		fprintf(out, "MTU = %u\n", tunnel->mtu);
	switch (tunnel->table) {
	case TUNNEL_TABLE_AUTO: break;
	case TUNNEL_TABLE_OFF: fprintf(out, "Table = off\n"); break;
	case TUNNEL_TABLE_NUMBER: fprintf(out, "Table = %u\n", tunnel->table_number); break;
	}
	for (size_t i = 0; i < tunnel->addresses_count; i++)
		fprintf(out, "Address = %s\n", prefix_format(&tunnel->addresses[i], false, text));
	print_names(&tunnel->dns, out);
	for (int word = 0; word < AMNEZIA_WORDS; word++)
		if (tunnel->amnezia.value[word])
			fprintf(out, "%s = %s\n", amnezia_name(word), tunnel->amnezia.value[word]);
}

static void print_peer(const struct peer *peer, FILE *out)
{
	char text[PREFIX_TEXT];

	fprintf(out, "[Peer]\n");
	print_key("PublicKey", &peer->public_key, out);
	if (!key_is_zero(&peer->preshared_key))
		print_key("PresharedKey", &peer->preshared_key, out);
	if (peer->host)
		fprintf(out,
			strchr(peer->host, ':') ? "Endpoint = [%s]:%u\n" : "Endpoint = %s:%u\n",
			peer->host, peer->port);
	fprintf(out, "PersistentKeepalive = %u\n", peer->keepalive);
	for (size_t i = 0; i < peer->allowed_count; i++)
		fprintf(out, "AllowedIPs = %s\n", prefix_format(&peer->allowed[i], false, text));
}

static char *print(const struct tunnel *tunnel, size_t *length)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, length);

	must(out, "memory");
	print_interface(tunnel, out);
	for (size_t i = 0; i < tunnel->peers_count; i++)
		print_peer(&tunnel->peers[i], out);
	must(fclose(out) == 0, "memory");
	return text;
}

static bool parse(const char *text, size_t length, struct tunnel *tunnel)
{
	struct warnings warnings = { 0 };
	struct err err = { 0 };
	bool taken;

	fill(tunnel, sizeof(*tunnel));
	taken = tunnel_parse(NAME, text, length, tunnel, &warnings, &err) == 0;
	must_be_told(&err, !taken);
	must_be_lines(&warnings);
	must_hold_no_secret(err.line);
	must_hold_no_secrets(&warnings);
	if (!taken) {
		must_be_filled(tunnel, sizeof(*tunnel));
		must(strncmp(err.line, NAME ":", strlen(NAME ":")) == 0, "the file's name first");
	}
	warnings_free(&warnings);
	return taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text, *first, *second;
	struct tunnel tunnel;
	size_t length;

	if (knows_secret(data, size))
		return 0;
	text = with_secrets(data, size, &length);
	if (parse(text, length, &tunnel)) {
		first = print(&tunnel, &length);
		tunnel_free(&tunnel);
		must(parse(first, length, &tunnel), "what is written is read");
		second = print(&tunnel, &length);
		tunnel_free(&tunnel);
		must(strcmp(first, second) == 0, "as the same");
		free(first);
		free(second);
	}
	free(text);
	return 0;
}
