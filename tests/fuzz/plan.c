/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plan of whatever can be asked for: the same each time, whole lines without control
 * characters, and nothing of a key that is secret. An input chooses; the request is made of its
 * choices, and is nearly always one that is taken.
 */
#include <arpa/inet.h>

#include "endpoint.h"
#include "fuzz.h"
#include "made.h"
#include "plan.h"
#include "request.h"

/* Texts for settings and values, of which a byte chooses one. */
#define CHOOSE(bytes, ...) choose(bytes, (const char *const[]){ __VA_ARGS__, NULL })

static const char *choose(struct bytes *bytes, const char *const *texts)
{
	size_t count = 0;

	while (texts[count])
		count++;
	return texts[take_byte(bytes) % count];
}

static void print_address(struct bytes *bytes, FILE *out)
{
	static const uint8_t ranges[][2] = { { 10, 0 },   { 192, 168 }, { 172, 16 },
					     { 100, 64 }, { 203, 0 },   { 8, 8 } };
	uint8_t choice = take_byte(bytes), part = take_byte(bytes);

	if (choice & 1)
		fprintf(out, "%s:%x::%x", choice & 2 ? "fd00" : "2001:db8", part, choice);
	else
		fprintf(out, "%u.%u.%u.%u", ranges[choice % 6][0], ranges[choice % 6][1], part,
			choice);
}

static void print_prefix(struct bytes *bytes, FILE *out)
{
	const char *whole =
		CHOOSE(bytes, "0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "", "", "", "");

	fputs(whole, out);
	if (!*whole) {
		print_address(bytes, out);
		fprintf(out, "/%u", take_byte(bytes) % 33u);
	}
}

static void print_amnezia(struct bytes *bytes, FILE *out)
{
	uint8_t choice = take_byte(bytes);

	if (choice & 1)
		fprintf(out, "Jc = %u\nJmin = 1\nJmax = %u\n", choice, choice);
	if (choice & 2)
		fprintf(out, "S1 = %u\nS4 = %u\n", choice, choice);
	if (choice & 4)
		fprintf(out, "H1 = 10-20\nH2 = 5\nI1 = <b 0x%04x><r %u>\n", choice, choice);
}

static void print_peer(struct bytes *bytes, unsigned int number, FILE *out)
{
	char text[KEY_BASE64];
	uint8_t choice = take_byte(bytes);

	/* Public keys are no secret: of others than the secrets. */
	fprintf(out, "[Peer]\nPublicKey = %s\n", secret(SECRETS + number, text));
	if (choice & 1)
		fprintf(out, "PresharedKey = %s\n", secret(1 + number % 3, text));
	if (choice & 2)
		fprintf(out, "Endpoint = %s\n",
			CHOOSE(bytes, "192.0.2.1:51820", "[2001:db8::1]:1", "vpn.example.org:53"));
	if (choice & 4)
		fprintf(out, "PersistentKeepalive = %u\n", choice);
	for (unsigned int i = 0; i < choice >> 5; i++) {
		fprintf(out, "AllowedIPs = ");
		print_prefix(bytes, out);
		fputc('\n', out);
	}
}

static void print_tunnel(struct bytes *bytes, FILE *out)
{
	uint8_t choice = take_byte(bytes), peers = take_byte(bytes) % 5;
	char text[KEY_BASE64];

	fprintf(out, "[Interface]\nPrivateKey = %s\nAddress = ", secret(0, text));
	print_address(bytes, out);
	fprintf(out, choice & 1 ? ", fd00::2/64\n" : ", 10.0.0.2/24\n");
	for (unsigned int i = 0; i < (choice >> 1 & 3); i++) {
		fprintf(out, "DNS = ");
		print_address(bytes, out);
		fprintf(out, i ? ", example.org\n" : "\n");
	}
	if (choice & 8)
		fprintf(out, "ListenPort = %u\n", take_number(bytes));
	if (choice & 16)
		fprintf(out, "MTU = %u\n", 1280u + choice);
	if (choice & 32)
		fprintf(out, "Table = %s\n", CHOOSE(bytes, "off", "auto", "100"));
	if (choice & 64)
		print_amnezia(bytes, out);
	for (unsigned int i = 0; i < peers; i++)
		print_peer(bytes, i, out);
}

static char *print_bypass(struct bytes *bytes, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);
	unsigned int count = take_byte(bytes) % 4;

	must(out, "memory");
	for (unsigned int i = 0; i < count; i++) {
		uint8_t choice = take_byte(bytes);

		fprintf(out, choice & 1 ? "[fd00:%x::/%u]" : "10.%u.0.0/%u", choice,
			16 + choice % 16);
		if (choice & 2)
			fprintf(out, ":%u/%s", choice + 1u, choice & 4 ? "tcp" : "udp");
		fputc(',', out);
	}
	must(fclose(out) == 0, "memory");
	return text;
}

/* False where the choices do not go together. */
static bool make_request(struct bytes *bytes, char *bypass, struct request *request)
{
	struct options options = { .any_file = true };
	struct warnings warnings = { 0 };
	struct err err;
	bool wanted, made;

	options.setting[SETTING_CONF] = TUNNEL_PATH;
	options.setting[SETTING_BYPASS] = *bypass ? bypass : NULL;
	options.setting[SETTING_INTERFACE] = CHOOSE(bytes, "wg0", "a", "abcdefghijklmno", "w.g-0");
	options.setting[SETTING_DNS] =
		(const char *[]){ NULL, "tunnel", "engine", "1.1.1.1,a.b",
				  "fd00::53,10.0.0.1" }[take_byte(bytes) % 5];
	options.setting[SETTING_KILLSWITCH] = CHOOSE(bytes, "on", "on", "routes", "off");
	options.setting[SETTING_NETWORKS] = CHOOSE(bytes, "allow", "allow", "deny");
	options.setting[SETTING_SOCKET] = CHOOSE(bytes, "host", "host", "container");
	options.setting[SETTING_HANDSHAKE] = CHOOSE(bytes, "0", "7");
	made = request_parse(&options, NULL, request, &wanted, &warnings, &err) == 0 &&
	       request_place_socket(request, true, &warnings, &err) == 0;
	warnings_free(&warnings);
	return made && wanted;
}

static char *print(const struct request *request)
{
	struct err err = { 0 };
	char *text = NULL;
	struct plan plan;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	must(out && plan_build(request, &plan, &err) == 0, "a plan");
	plan_print(&plan, out);
	must(fclose(out) == 0 && strlen(text) == size, "a text");
	for (size_t i = 0; i < plan.count; i++) {
		char words[200];

		fill(words, sizeof(words));
		step_describe(&plan, &plan.steps[i], words, 1 + i % sizeof(words));
		must(memchr(words, '\0', 1 + i % sizeof(words)), "cut to its room");
		must_hold_no_secret(words);
	}
	must_hold_no_secret(plan.alias);
	plan_free(&plan);
	return text;
}

static UNWATCHED void must_be_lines_of_text(const char *text)
{
	must(*text && text[strlen(text) - 1] == '\n', "whole lines");
	for (const unsigned char *c = (const unsigned char *)text; *c; c++)
		must((*c >= 0x20 && *c != 0x7f) || *c == '\n' || *c == '\t', "lines of text");
}

/* In hexadecimal, as UAPI has them, neither. */
static void must_hold_no_hex(const char *text)
{
	for (unsigned int i = 0; i < SECRETS; i++) {
		char base64[KEY_BASE64], hex[2 * KEY_LEN + 1];
		struct key key;

		secret(i, base64);
		must(key_parse(base64, KEY_BASE64 - 1, &key), "a key");
		for (size_t j = 0; j < KEY_LEN; j++)
			snprintf(hex + 2 * j, 3, "%02x", key.bytes[j]);
		must(!holds(text, strlen(text), hex, 2 * KEY_LEN), "no key in hexadecimal");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { data, size };
	struct request request = { 0 };
	char *file = NULL, *bypass, *first, *second;
	size_t length;
	FILE *out = open_memstream(&file, &length);

	must(out, "memory");
	print_tunnel(&bytes, out);
	must(fclose(out) == 0, "memory");
	put_tunnel(file, length);
	bypass = print_bypass(&bytes, &length);
	if (make_request(&bytes, bypass, &request)) {
		if (!request.mtu)
			request.mtu = endpoint_mtu(&request.tunnel, take_number(&bytes));
		first = print(&request);
		second = print(&request);
		must(strcmp(first, second) == 0, "the same each time");
		must_be_lines_of_text(first);
		must_hold_no_secret(first);
		must_hold_no_hex(first);
		free(first);
		free(second);
	}
	request_free(&request);
	free(bypass);
	return 0;
}
