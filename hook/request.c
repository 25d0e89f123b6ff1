/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was asked for, value by value, and the tunnel file, to a struct request. */
#include "request.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "alphabet.h"
#include "cleanup.h"
#include "file.h"
#include "locate.h"
#include "options.h"

/* 200,000 prefixes are 4 MB of text. */
#define TUNNEL_SIZE_MAX (16 << 20)

/*
 * Each is two rules, which the kernel finds by walking all of them, under the lock that the whole
 * host's network configuration waits for.
 */
#define BYPASS_MAX 256

static int parse_interface(const struct asked *asked, struct request *request, struct err *err)
{
	const char *value = asked->value[SETTING_INTERFACE];
	const char *where = asked->where[SETTING_INTERFACE];
	/* Other links, and what stands for all of them under /proc/sys/net. */
	static const char *const taken[] = { "lo", "eth0", "all", "default" };

	if (!value)
		value = "wg0";
	if (strspn(value, ALPHANUMERIC "_.-") != strlen(value) || *value == '.' || *value == '-' ||
	    !*value || strlen(value) >= IFNAMSIZ)
		return fail(err, "%s: not a link's name '%.64s'", where, value);
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
		if (strcmp(value, taken[i]) == 0)
			return fail(err, "%s: '%s' stands for something else", where, value);
	memcpy(request->interface, value, strlen(value) + 1);
	return 0;
}

/* Which of the NULL-terminated WORDS the setting is; the first when it is not given. -1: none. */
static int parse_word(const struct asked *asked, enum setting setting, const char *const *words,
		      struct err *err)
{
	const char *value = asked->value[setting];

	for (int i = 0; words[i]; i++)
		if (!value || strcmp(value, words[i]) == 0)
			return i;
	return fail(err, "%s: unknown '%.64s'", asked->where[setting], value);
}

static int parse_words(const struct asked *asked, struct request *request, struct err *err)
{
	static const char *const killswitches[] = { "on", "routes", "off", NULL };
	static const char *const networks[] = { "allow", "deny", NULL };
	static const char *const sockets[] = { "host", "container", NULL };
	int killswitch = parse_word(asked, SETTING_KILLSWITCH, killswitches, err);
	int deny, place;

	if (killswitch < 0)
		return -1;
	deny = parse_word(asked, SETTING_NETWORKS, networks, err);
	if (deny < 0)
		return -1;
	place = parse_word(asked, SETTING_SOCKET, sockets, err);
	if (place < 0)
		return -1;
	request->socket = (enum socket_place)place;
	request->socket_asked = asked->value[SETTING_SOCKET];
	request->killswitch = (enum killswitch)killswitch;
	if (deny && killswitch != KILLSWITCH_ON)
		return fail(err, "%s: 'deny' needs killswitch 'on', not '%s'",
			    asked->where[SETTING_NETWORKS], killswitches[killswitch]);
	request->deny_networks = deny;
	return 0;
}

static int parse_handshake(const struct asked *asked, struct request *request, struct err *err)
{
	const char *value = asked->value[SETTING_HANDSHAKE];

	if (!value)
		return 0;
	if (!*value || strspn(value, DIGITS) != strlen(value) || strlen(value) > 4)
		return fail(err, "%s: not a number of seconds from 0 to 9999 '%.64s'",
			    asked->where[SETTING_HANDSHAKE], value);
	request->handshake = (unsigned int)strtoul(value, NULL, 10);
	return 0;
}

/* The next element of a list by commas and blanks; NULL at its end. */
static char *next_element(char **list)
{
	char *element;

	do
		element = strsep(list, ", \t");
	while (element && !*element);
	return element;
}

/* One port of it is not: some service may have its servers everywhere. */
static bool is_whole_internet(const struct request *request)
{
	struct prefix whole[BYPASS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < request->bypass_count; i++)
		if (!request->bypass[i].protocol)
			whole[count++] = request->bypass[i].prefix;
	return prefixes_global(whole, count, AF_INET) || prefixes_global(whole, count, AF_INET6);
}

static int parse_bypass(const struct asked *asked, struct request *request, struct err *err)
{
	const char *value = asked->value[SETTING_BYPASS], *where = asked->where[SETTING_BYPASS];
	cleanup_free char *copy = strdup(value ? value : "");
	char *rest = copy, *element;

	if (!copy)
		return fail(err, "out of memory");
	while ((element = next_element(&rest))) {
		struct bypass bypass;

		if (bypass_parse(where, element, &bypass, err) < 0)
			return -1;
		if (!bypass_append(&request->bypass, &request->bypass_count, bypass))
			return fail(err, "out of memory");
	}
	if (value && !request->bypass_count)
		return fail(err, "%s: empty", where);
	request->bypass_count = bypass_reduce(request->bypass, request->bypass_count);
	if (request->bypass_count > BYPASS_MAX)
		return fail(err, "%s: more than %d prefixes", where, BYPASS_MAX);
	if (is_whole_internet(request))
		return fail(err, "%s: the whole internet", where);
	return 0;
}

static int parse_dns_list(const char *where, const char *value, struct request *request,
			  struct err *err)
{
	cleanup_free char *copy = strdup(value);
	char *rest = copy, *element;

	if (!copy)
		return fail(err, "out of memory");
	while ((element = next_element(&rest))) {
		if (names_add(&request->asked_names, element, err) == 0)
			continue;
		if (err->number == EINVAL)
			fail(err, "%s: neither an address nor a domain '%.64s'", where, element);
		return -1;
	}
	if (!request->asked_names.servers_count)
		return fail(err, "%s: no server's address in '%.64s'", where, value);
	return 0;
}

/* Not yet whether the file has what 'tunnel' means. */
static int parse_dns(const struct asked *asked, struct request *request, struct err *err)
{
	const char *value = asked->value[SETTING_DNS];

	if (!value || strcmp(value, "tunnel") == 0) {
		request->dns = DNS_TUNNEL;
	} else if (strcmp(value, "engine") == 0) {
		request->dns = DNS_ENGINE;
	} else {
		request->dns = DNS_LIST;
		return parse_dns_list(asked->where[SETTING_DNS], value, request, err);
	}
	return 0;
}

static int match_dns(const struct asked *asked, struct request *request, struct err *err)
{
	if (request->dns != DNS_TUNNEL || request->tunnel.dns.servers_count)
		return 0;
	if (asked->value[SETTING_DNS])
		return fail(err, "%s: 'tunnel', but %s has no DNS server",
			    asked->where[SETTING_DNS], request->file);
	request->dns = DNS_ENGINE;
	return 0;
}

const struct names *request_names(const struct request *request)
{
	static const struct names none;

	switch (request->dns) {
	case DNS_TUNNEL: return &request->tunnel.dns;
	case DNS_LIST: return &request->asked_names;
	case DNS_ENGINE: break;
	}
	return &none;
}

bool request_is_pinned(const struct request *request, const struct prefix *server)
{
	return request->dns == DNS_TUNNEL &&
	       prefixes_cover(request->carried, request->carried_count, server);
}

static int set_name(struct request *request, struct err *err)
{
	const char *base = strrchr(request->file, '/');
	size_t length;

	base = base ? base + 1 : request->file;
	length = strlen(base);
	if (length > 5 && strcmp(base + length - 5, ".conf") == 0)
		length -= 5;
	request->name = strndup(base, length);
	return request->name ? 0 : fail(err, "out of memory");
}

static int read_tunnel(const struct asked *asked, const struct options *options,
		       struct request *request, struct warnings *warnings, struct err *err)
{
	cleanup_close int fd = locate_tunnel(asked, options, &request->file, warnings, err);
	cleanup_free char *text = NULL;
	size_t length;
	int result;

	if (fd < 0 || set_name(request, err) < 0)
		return -1;
	if (file_read(fd, TUNNEL_SIZE_MAX, 10, &text, &length, err) < 0)
		return fail_in(err, "%s", request->file);
	result = tunnel_parse(request->file, text, length, &request->tunnel, warnings, err);
	key_wipe(text, length);
	return result;
}

static int set_carried(struct request *request, struct err *err)
{
	const struct tunnel *tunnel = &request->tunnel;
	size_t count = 0;

	for (size_t i = 0; i < tunnel->peers_count; i++)
		count += tunnel->peers[i].allowed_count;
	request->carried = calloc(count ? count : 1, sizeof(*request->carried));
	if (!request->carried)
		return fail(err, "out of memory");
	for (size_t i = 0; i < tunnel->peers_count; i++) {
		const struct peer *peer = &tunnel->peers[i];

		if (peer->allowed_count)
			memcpy(request->carried + request->carried_count, peer->allowed,
			       peer->allowed_count * sizeof(*peer->allowed));
		request->carried_count += peer->allowed_count;
	}
	request->carried_count = prefixes_reduce(request->carried, request->carried_count);
	request->full = prefixes_global(request->carried, request->carried_count, AF_INET) ||
			prefixes_global(request->carried, request->carried_count, AF_INET6);
	return 0;
}

static bool has_address(const struct tunnel *tunnel, uint8_t family)
{
	for (size_t i = 0; i < tunnel->addresses_count; i++)
		if (tunnel->addresses[i].family == family)
			return true;
	return false;
}

/*
 * A server of the file's in a family in which the tunnel has no address cannot answer, and a
 * resolver would wait for it. Those that were asked for by name may be elsewhere.
 */
static int leave_out_servers(struct request *request, struct warnings *warnings, struct err *err)
{
	struct names *names = &request->tunnel.dns;
	size_t kept = 0;
	char text[PREFIX_TEXT];

	if (request->dns != DNS_TUNNEL)
		return 0;
	for (size_t i = 0; i < names->servers_count; i++) {
		const struct prefix *server = &names->servers[i];

		if (has_address(&request->tunnel, server->family))
			names->servers[kept++] = *server;
		else
			warn(warnings,
			     "%s: DNS: %s is left out: the tunnel has no address of its family",
			     request->file, prefix_format(server, true, text));
	}
	names->servers_count = kept;
	return kept ? 0
		    : fail(err, "%s: DNS: no server in a family of the tunnel's addresses",
			   request->file);
}

/* MAXNS, resolv.h: glibc asks no more, and musl neither. */
#define RESOLV_SERVERS 3

static void warn_of_servers(const struct asked *asked, const struct request *request,
			    struct warnings *warnings)
{
	const struct names *names = request_names(request);
	char text[PREFIX_TEXT];

	for (size_t i = 0; request->dns == DNS_TUNNEL && i < names->servers_count; i++) {
		const struct prefix *server = &names->servers[i];

		if (!prefixes_cover(request->carried, request->carried_count, server))
			warn(warnings, "%s: DNS: %s is in no AllowedIPs: not asked by the tunnel",
			     request->file, prefix_format(server, true, text));
	}
	if (names->servers_count > RESOLV_SERVERS)
		warn(warnings, "%s: %zu DNS servers, of which most programs ask the first %d",
		     request->dns == DNS_LIST ? asked->where[SETTING_DNS] : request->file,
		     names->servers_count, RESOLV_SERVERS);
}

static void warn_of_resolver(const struct asked *asked, const struct request *request,
			     struct warnings *warnings)
{
	if (!asked->value[SETTING_DNS] && request->dns == DNS_ENGINE && request->full)
		warn(warnings,
		     "%s: no DNS server: names are asked of the engine's resolver, perhaps outside the tunnel",
		     request->file);
}

/* Half of the global addresses or more, 2000::/3 in IPv6: meant for all, perhaps, less an address.
 */
static void warn_of_nearly_full(const struct request *request, struct warnings *warnings)
{
	double share[] = { 0, 0 };

	for (size_t i = 0; i < request->carried_count; i++)
		if (request->carried[i].length < 64) /* the others do not add up to anything */
			share[request->carried[i].family == AF_INET6] +=
				1.0 / (double)(UINT64_C(1) << request->carried[i].length);
	if (!request->full && (share[0] >= 0.5 || share[1] >= 1.0 / 16))
		warn(warnings,
		     "%s: AllowedIPs leave out some of the internet, which is reached outside the tunnel",
		     request->file);
}

static void warn_of_nobody_to_call(const struct asked *asked, const struct request *request,
				   struct warnings *warnings)
{
	for (size_t i = 0; i < request->tunnel.peers_count; i++)
		if (request->tunnel.peers[i].host)
			return;
	if (request->handshake)
		warn(warnings, "%s: no peer has an Endpoint: there is no handshake to wait for",
		     asked->where[SETTING_HANDSHAKE]);
}

static int check_whole(const struct asked *asked, struct request *request,
		       struct warnings *warnings, struct err *err)
{
	if (request->tunnel.table == TUNNEL_TABLE_OFF && request->killswitch != KILLSWITCH_OFF)
		return fail(
			err,
			"%s: Table = off routes nothing into the tunnel; only with killswitch 'off'",
			request->file);
	if (amnezia_used(&request->tunnel.amnezia) && request->userspace &&
	    strcmp(request->userspace, "none") == 0)
		return fail(err,
			    "%s: AmneziaWG's is a userspace one, which --userspace none forbids",
			    request->file);
	if (amnezia_used(&request->tunnel.amnezia) && request->socket == SOCKET_CONTAINER)
		return fail(err,
			    "%s: 'container' is for the kernel's WireGuard, and %s is AmneziaWG's",
			    asked->where[SETTING_SOCKET], request->file);
	if (request->killswitch == KILLSWITCH_OFF)
		warn(warnings, "%s: 'off': nothing keeps traffic from leaving outside the tunnel",
		     asked->where[SETTING_KILLSWITCH]);
	if (leave_out_servers(request, warnings, err) < 0)
		return -1;
	warn_of_resolver(asked, request, warnings);
	warn_of_servers(asked, request, warnings);
	warn_of_nearly_full(request, warnings);
	warn_of_nobody_to_call(asked, request, warnings);
	return 0;
}

static int parse_settings(const struct asked *asked, struct request *request, struct err *err)
{
	if (parse_interface(asked, request, err) < 0 || parse_words(asked, request, err) < 0 ||
	    parse_handshake(asked, request, err) < 0 || parse_bypass(asked, request, err) < 0 ||
	    parse_dns(asked, request, err) < 0)
		return -1;
	return 0;
}

static int parse_all(const struct asked *asked, const struct options *options,
		     struct request *request, struct warnings *warnings, struct err *err)
{
	if (parse_settings(asked, request, err) < 0 ||
	    read_tunnel(asked, options, request, warnings, err) < 0 ||
	    match_dns(asked, request, err) < 0 || set_carried(request, err) < 0 ||
	    check_whole(asked, request, warnings, err) < 0)
		return -1;
	request->mtu = request->tunnel.mtu;
	request->port = request->tunnel.listen_port;
	return 0;
}

int request_parse(const struct options *options, const struct state *state, struct request *request,
		  bool *wanted, struct warnings *warnings, struct err *err)
{
	struct options complete = *options;
	struct request parsed = {
		.userspace = options->userspace,
		.scratch_dir = options->scratch_dir,
	};
	struct asked asked;
	bool any;

	options_complete(&complete);
	if (settings_collect(&complete, state, &asked, &any, err) < 0)
		return -1;
	if (any && parse_all(&asked, &complete, &parsed, warnings, err) < 0) {
		request_free(&parsed);
		return -1;
	}
	*wanted = any;
	*request = parsed;
	key_wipe(&parsed, sizeof(parsed));
	return 0;
}

int request_check(const struct options *options, struct err *err)
{
	cleanup(request_free) struct request request = { 0 };
	struct options given = *options;
	struct asked asked;
	bool any;

	given.require = false; /* a tunnel, which comes later */
	if (settings_collect(&given, NULL, &asked, &any, err) < 0)
		return -1;
	return parse_settings(&asked, &request, err);
}

/*
 * Above what the kernel gives to sockets that ask for no port (ip_local_port_range): not taken by
 * one of the container's.
 */
#define PORT_FIRST 61000

static int choose_port(uint16_t *port, struct err *err)
{
	uint16_t number;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return fail_errno(err, errno, "getrandom");
	*port = (uint16_t)(PORT_FIRST + number % (UINT16_MAX + 1 - PORT_FIRST));
	return 0;
}

int request_place_socket(struct request *request, bool host_is_ours, struct warnings *warnings,
			 struct err *err)
{
	if (request->socket == SOCKET_HOST && !host_is_ours) {
		if (request->socket_asked)
			return fail(
				err,
				"wg.socket: 'host', whose network this hook may not use; 'container' does without");
		request->socket = SOCKET_CONTAINER;
		warn(warnings,
		     "the host's network is not this hook's to use: encrypted packets leave by the container's (wg.socket=container)");
	}
	if (request->socket == SOCKET_CONTAINER && !request->port)
		return choose_port(&request->port, err);
	return 0;
}

void request_free(struct request *request)
{
	tunnel_free(&request->tunnel);
	names_free(&request->asked_names);
	free(request->bypass);
	free(request->carried);
	free(request->file);
	free(request->name);
	*request = (struct request){ 0 };
}

static void digest_bytes(uint64_t *digest, const void *data, size_t size)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < size; i++)
		*digest = (*digest ^ bytes[i]) * 0x100000001b3; /* the FNV prime of 64 bits */
}

static void digest_number(uint64_t *digest, uint64_t number)
{
	digest_bytes(digest, &number, sizeof(number));
}

static void digest_text(uint64_t *digest, const char *text)
{
	digest_bytes(digest, text ? text : "", text ? strlen(text) + 1 : 1);
}

static void digest_prefixes(uint64_t *digest, const struct prefix *prefixes, size_t count)
{
	digest_number(digest, count);
	digest_bytes(digest, prefixes, count * sizeof(*prefixes));
}

/*
 * A prefix begins with its family, which is neither TCP's number nor UDP's: no two lists read
 * alike. Without ports it is digest_prefixes(), for links that were made before there were any.
 */
static void digest_bypass(uint64_t *digest, const struct bypass *bypass, size_t count)
{
	digest_number(digest, count);
	for (size_t i = 0; i < count; i++) {
		digest_bytes(digest, &bypass[i].prefix, sizeof(bypass[i].prefix));
		if (!bypass[i].protocol)
			continue;
		digest_number(digest, bypass[i].protocol);
		digest_number(digest, bypass[i].port);
	}
}

static void digest_peer(uint64_t *digest, const struct peer *peer)
{
	digest_text(digest, peer->host);
	digest_number(digest, peer->port);
	digest_number(digest, peer->keepalive);
	digest_prefixes(digest, peer->allowed, peer->allowed_count);
}

/* Nothing without them: links that were made before there were any keep their digest. */
static void digest_amnezia(uint64_t *digest, const struct amnezia *amnezia)
{
	for (int word = 0; word < AMNEZIA_WORDS; word++) {
		if (!amnezia->value[word])
			continue;
		digest_number(digest, (uint64_t)word);
		digest_text(digest, amnezia->value[word]);
	}
}

uint64_t request_digest(const struct request *request)
{
	const struct tunnel *tunnel = &request->tunnel;
	const struct names *names = request_names(request);
	uint64_t digest = 0xcbf29ce484222325; /* FNV's offset basis of 64 bits */

	digest_text(&digest, request->file);
	digest_text(&digest, request->interface);
	digest_bypass(&digest, request->bypass, request->bypass_count);
	digest_number(&digest, request->dns);
	digest_prefixes(&digest, names->servers, names->servers_count);
	digest_number(&digest, names->search_count);
	for (size_t i = 0; i < names->search_count; i++)
		digest_text(&digest, names->search[i]);
	digest_number(&digest, request->killswitch);
	digest_number(&digest, request->deny_networks);
	digest_number(&digest, tunnel->listen_port);
	digest_number(&digest, tunnel->mtu);
	digest_number(&digest, tunnel->table);
	digest_number(&digest, tunnel->table_number);
	digest_prefixes(&digest, tunnel->addresses, tunnel->addresses_count);
	digest_number(&digest, tunnel->peers_count);
	for (size_t i = 0; i < tunnel->peers_count; i++)
		digest_peer(&digest, &tunnel->peers[i]);
	digest_amnezia(&digest, &tunnel->amnezia);
	if (request->socket == SOCKET_CONTAINER) /* the same for links that were made before */
		digest_text(&digest, "container");
	return digest;
}
