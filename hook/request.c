/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Annotations and options to a struct request. */
#include "request.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cleanup.h"
#include "file.h"

#define PREFIX "wg."

/* 200,000 prefixes are 4 MB of text. */
#define TUNNEL_SIZE_MAX (16 << 20)

static const char *const names[SETTINGS] = {
	[SETTING_CONF] = "conf",
	[SETTING_INTERFACE] = "interface",
	[SETTING_BYPASS] = "bypass",
	[SETTING_DNS] = "dns",
	[SETTING_KILLSWITCH] = "killswitch",
	[SETTING_NETWORKS] = "networks",
	[SETTING_SOCKET] = "socket",
	[SETTING_HANDSHAKE] = "handshake",
};

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

const char *setting_name(enum setting setting)
{
	return names[setting];
}

int setting_find(const char *name)
{
	for (int i = 0; i < SETTINGS; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

/* Levenshtein's distance, row by row; both are short. */
static size_t distance(const char *a, const char *b)
{
	size_t row[32], length = strlen(b);

	for (size_t j = 0; j <= length; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= length; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]);
			size_t other = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

			diagonal = row[j];
			row[j] = change < other ? change : other;
		}
	}
	return row[length];
}

const char *setting_nearest(const char *name)
{
	size_t best = 4;
	const char *nearest = NULL;

	if (strlen(name) > 24)
		return NULL;
	for (int i = 0; i < SETTINGS; i++) {
		size_t d = distance(name, names[i]);

		if (d < best && d < strlen(names[i])) {
			best = d;
			nearest = names[i];
		}
	}
	return nearest;
}

/* What was asked for, and by whom: "wg.dns" the annotation, "--dns" the option. */
struct asked {
	const char *value[SETTINGS];
	char where[SETTINGS][16];
};

static int unknown_annotation(const char *name, struct err *err)
{
	const char *nearest = setting_nearest(name);

	if (!nearest)
		return fail(err, "annotation %s%.64s: unknown", PREFIX, name);
	return fail(err, "annotation %s%.64s: unknown; did you mean %s%s?", PREFIX, name, PREFIX,
		    nearest);
}

static int take_annotation(struct asked *asked, const struct options *options,
			   const struct json *member, struct err *err)
{
	const char *name = json_key(member) + strlen(PREFIX);
	int setting = setting_find(name);
	const char *value, *option;

	if (setting < 0)
		return unknown_annotation(name, err);
	if (json_text(member, &value, err) < 0)
		return -1;
	option = options->setting[setting];
	if (option && strcmp(option, value) != 0)
		return fail(err, "annotation %s%s: '%s' disagrees with the option's '%s'", PREFIX,
			    name, value, option);
	if (!option && options->require && setting != SETTING_CONF && !options->allow[setting])
		return fail(err,
			    "annotation %s%s: not allowed here (--require without --allow %s%s)",
			    PREFIX, name, PREFIX, name);
	asked->value[setting] = value;
	snprintf(asked->where[setting], sizeof(asked->where[setting]), "%s%s", PREFIX, name);
	return 0;
}

/* Others' annotations may begin like ours when they are a domain's: "wg.example.org/name". */
static bool is_ours(const char *key)
{
	return strncmp(key, PREFIX, strlen(PREFIX)) == 0 && !strchr(key, '/');
}

static int take_annotations(struct asked *asked, const struct options *options,
			    const struct json *annotations, bool *any, struct err *err)
{
	for (size_t i = 0; i < json_count(annotations); i++) {
		const struct json *member = json_at(annotations, i);

		if (!is_ours(json_key(member)))
			continue;
		*any = true;
		if (take_annotation(asked, options, member, err) < 0)
			return -1;
	}
	return 0;
}

static int collect(const struct options *options, const struct state *state, struct asked *asked,
		   bool *wanted, struct err *err)
{
	bool any = false;

	for (int i = 0; i < SETTINGS; i++) {
		asked->value[i] = options->setting[i];
		snprintf(asked->where[i], sizeof(asked->where[i]), "--%s", names[i]);
	}
	if (state && take_annotations(asked, options, state->annotations, &any, err) < 0)
		return -1;
	*wanted = asked->value[SETTING_CONF];
	if (*wanted)
		return 0;
	if (any)
		return fail(err, "annotation wg.conf: missing beside other wg.* annotations");
	if (options->require)
		return fail(err, "annotation wg.conf: missing, and --require was given");
	return 0;
}

static int parse_interface(const struct asked *asked, struct request *request, struct err *err)
{
	const char *value = asked->value[SETTING_INTERFACE];
	const char *where = asked->where[SETTING_INTERFACE];

	if (!value)
		value = "wg0";
	if (strspn(value, LETTERS DIGITS "_.-") != strlen(value) || *value == '.' ||
	    *value == '-' || !*value || strlen(value) >= IFNAMSIZ)
		return fail(err, "%s: not a link's name '%.64s'", where, value);
	if (strcmp(value, "lo") == 0 || strcmp(value, "eth0") == 0)
		return fail(err, "%s: '%s' is another link's name", where, value);
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

static int not_yet(const struct asked *asked, enum setting setting, struct err *err)
{
	return fail(err, "%s: '%.64s' is not supported by this version", asked->where[setting],
		    asked->value[setting]);
}

static int parse_words(const struct asked *asked, struct request *request, struct err *err)
{
	static const char *const killswitches[] = { "on", "routes", "off", NULL };
	static const char *const networks[] = { "allow", "deny", NULL };
	static const char *const sockets[] = { "host", "container", NULL };
	int killswitch = parse_word(asked, SETTING_KILLSWITCH, killswitches, err);
	int deny, in_container;

	if (killswitch < 0)
		return -1;
	deny = parse_word(asked, SETTING_NETWORKS, networks, err);
	if (deny < 0)
		return -1;
	in_container = parse_word(asked, SETTING_SOCKET, sockets, err);
	if (in_container < 0)
		return -1;
	request->killswitch = (enum killswitch)killswitch;
	if (deny && killswitch != KILLSWITCH_ON)
		return fail(err, "%s: 'deny' needs killswitch 'on', not '%s'",
			    asked->where[SETTING_NETWORKS], killswitches[killswitch]);
	if (deny)
		return not_yet(asked, SETTING_NETWORKS, err);
	if (in_container)
		return not_yet(asked, SETTING_SOCKET, err);
	return 0;
}

static int parse_handshake(const struct asked *asked, struct err *err)
{
	const char *value = asked->value[SETTING_HANDSHAKE];

	if (!value || strcmp(value, "0") == 0)
		return 0;
	if (!*value || strspn(value, DIGITS) != strlen(value) || strlen(value) > 4)
		return fail(err, "%s: not a number of seconds from 0 to 9999 '%.64s'",
			    asked->where[SETTING_HANDSHAKE], value);
	return not_yet(asked, SETTING_HANDSHAKE, err);
}

/* The elements of a list by commas, blanks around them dropped; NULL at its end. */
static char *next_element(char **list)
{
	char *element = strsep(list, ",");

	if (!element)
		return NULL;
	element += strspn(element, " \t");
	element[strcspn(element, " \t")] = '\0';
	return element;
}

static void *grow(void *array, size_t count, size_t size, struct err *err)
{
	void *grown = reallocarray(array, count + 1, size);

	if (!grown)
		fail(err, "out of memory");
	return grown;
}

static int append_prefix(struct prefix **array, size_t *count, struct prefix prefix,
			 struct err *err)
{
	struct prefix *grown = grow(*array, *count, sizeof(prefix), err);

	if (!grown)
		return -1;
	*array = grown;
	grown[(*count)++] = prefix;
	return 0;
}

static int append_text(char ***array, size_t *count, const char *text, struct err *err)
{
	char **grown = grow(*array, *count, sizeof(*grown), err);

	if (!grown)
		return -1;
	*array = grown;
	grown[*count] = strdup(text);
	if (!grown[*count])
		return fail(err, "out of memory");
	++*count;
	return 0;
}

/* A bypass is a hole; one of half the internet is a mistake, or an attack (TunnelVision). */
static int parse_bypass_element(const char *where, const char *element, struct prefix *prefix,
				struct err *err)
{
	if (strpbrk(element, "/") && strpbrk(strchr(element, '/') + 1, "/"))
		return fail(err, "%s: ports are not supported by this version '%.64s'", where,
			    element);
	if (!prefix_parse(element, prefix))
		return fail(err, "%s: not a prefix '%.64s'", where, element);
	if (prefix->length < (prefix->family == AF_INET ? 8 : 16))
		return fail(err, "%s: shorter than %s '%.64s'", where,
			    prefix->family == AF_INET ? "/8" : "/16", element);
	*prefix = prefix_network(*prefix);
	return 0;
}

static int parse_bypass(const struct asked *asked, struct request *request, struct err *err)
{
	const char *value = asked->value[SETTING_BYPASS], *where = asked->where[SETTING_BYPASS];
	cleanup_free char *copy = strdup(value ? value : "");
	char *rest = copy, *element;

	if (!copy)
		return fail(err, "out of memory");
	if (value && !*value)
		return fail(err, "%s: empty", where);
	while (value && (element = next_element(&rest))) {
		struct prefix prefix;

		if (parse_bypass_element(where, element, &prefix, err) < 0 ||
		    append_prefix(&request->bypass, &request->bypass_count, prefix, err) < 0)
			return -1;
	}
	request->bypass_count = prefixes_reduce(request->bypass, request->bypass_count);
	return 0;
}

static bool is_domain(const char *text)
{
	size_t length = strlen(text);

	return length > 0 && length < 254 && *text != '.' && *text != '-' &&
	       strspn(text, LETTERS DIGITS "_.-") == length;
}

static int parse_dns_list(const char *where, const char *value, struct request *request,
			  struct err *err)
{
	cleanup_free char *copy = strdup(value);
	char *rest = copy, *element;
	struct prefix server;

	if (!copy)
		return fail(err, "out of memory");
	while ((element = next_element(&rest))) {
		bool address = prefix_parse(element, &server) && !strchr(element, '/');

		if (address &&
		    append_prefix(&request->servers, &request->servers_count, server, err) < 0)
			return -1;
		if (address)
			continue;
		/* As in a tunnel file: digits and dots alone, or a colon, were meant as a server.
		 */
		if (!is_domain(element) || strspn(element, DIGITS ".") == strlen(element))
			return fail(err, "%s: neither a server's address nor a domain '%.64s'",
				    where, element);
		if (append_text(&request->search, &request->search_count, element, err) < 0)
			return -1;
	}
	if (!request->servers_count)
		return fail(err, "%s: no server's address in '%.64s'", where, value);
	return 0;
}

static int copy_tunnel_dns(struct request *request, struct err *err)
{
	const struct tunnel *tunnel = &request->tunnel;

	for (size_t i = 0; i < tunnel->dns_count; i++)
		if (append_prefix(&request->servers, &request->servers_count, tunnel->dns[i], err) <
		    0)
			return -1;
	for (size_t i = 0; i < tunnel->search_count; i++)
		if (append_text(&request->search, &request->search_count, tunnel->search[i], err) <
		    0)
			return -1;
	return 0;
}

static int parse_dns(const struct asked *asked, struct request *request, struct err *err)
{
	const char *value = asked->value[SETTING_DNS], *where = asked->where[SETTING_DNS];
	bool in_file = request->tunnel.dns_count > 0;

	if (value && strcmp(value, "tunnel") != 0 && strcmp(value, "engine") != 0) {
		request->dns = DNS_LIST;
		return parse_dns_list(where, value, request, err);
	}
	if (value && !in_file && strcmp(value, "tunnel") == 0)
		return fail(err, "%s: 'tunnel', but %s has no DNS server", where, request->file);
	request->dns =
		in_file && !(value && strcmp(value, "engine") == 0) ? DNS_TUNNEL : DNS_ENGINE;
	return request->dns == DNS_TUNNEL ? copy_tunnel_dns(request, err) : 0;
}

/* "PATH" below "DIRECTORY/" as a path relative to it; NULL when it does not begin so. */
static const char *below(const char *directory, const char *path)
{
	size_t length = strlen(directory);

	while (length > 1 && directory[length - 1] == '/')
		length--;
	if (strncmp(directory, path, length) != 0 || path[length] != '/')
		return NULL;
	path += length;
	return path + strspn(path, "/");
}

static int check_name(const char *where, const char *name, struct err *err)
{
	if (!strspn(name, LETTERS DIGITS) || strspn(name, LETTERS DIGITS "_.+=-") != strlen(name) ||
	    strlen(name) > 200)
		return fail(err, "%s: not a tunnel's name '%.64s'", where, name);
	return 0;
}

/* Opens the file that VALUE means in DIRECTORY: -1 with errno set, ENOENT when it means none. */
static int open_in(const char *directory, const char *value, char **path)
{
	cleanup_free char *name = NULL;
	const char *relative;
	int fd;

	if (*value == '/') {
		relative = below(directory, value);
		if (!relative || !*relative) {
			errno = ENOENT;
			return -1;
		}
		name = strdup(relative);
	} else if (asprintf(&name, "%s.conf", value) < 0) {
		name = NULL;
	}
	if (!name) {
		errno = ENOMEM;
		return -1;
	}
	fd = file_open_inside(directory, name);
	if (fd >= 0 && asprintf(path, "%s/%s", directory, name) < 0)
		*path = NULL;
	return fd;
}

static int not_found(const char *where, const char *value, const struct options *options,
		     struct err *err)
{
	bool any = options->any_file && *value != '/';

	if (*value == '/')
		return fail(err, "%s: no such file in a tunnel directory (%s%s) '%.200s'", where,
			    options->config_dir[0], options->config_dir_count > 1 ? ", ..." : "",
			    value);
	return fail(err, "%s: no '%s.conf' in %s%s%s", where, value, options->config_dir[0],
		    options->config_dir_count > 1 ? " or the other tunnel directories" : "",
		    any ? " (a file elsewhere is named with a slash: ./NAME)" : "");
}

static int open_beneath(const char *where, const char *value, const struct options *options,
			char **path, struct err *err)
{
	if (strchr(value, '/') ? *value != '/' : check_name(where, value, err) < 0)
		return strchr(value, '/')
			       ? fail(err, "%s: neither a name nor an absolute path '%.200s'",
				      where, value)
			       : -1;
	for (size_t i = 0; i < options->config_dir_count; i++) {
		int fd = open_in(options->config_dir[i], value, path);

		if (fd >= 0)
			return fd;
		if (errno == EXDEV || errno == ELOOP)
			return fail(err, "%s: leaves %s, or is a symbolic link '%.200s'", where,
				    options->config_dir[i], value);
		if (errno != ENOENT)
			return fail_errno(err, errno, "%s: '%.200s' in %s", where, value,
					  options->config_dir[i]);
	}
	return not_found(where, value, options, err);
}

/* A file that somebody else may write is theirs, not the administrator's. */
static int check_trust(int fd, const char *path, bool any_file, struct warnings *warnings,
		       struct err *err)
{
	struct file_trust trust;

	if (file_trust(fd, &trust) < 0)
		return fail_errno(err, errno, "%s", path);
	if (!trust.regular)
		return fail(err, "%s: not a regular file", path);
	if (!any_file && !trust.owner)
		return fail(err, "%s: owned by neither root nor the caller", path);
	if (!any_file && trust.writable)
		return fail(err, "%s: writable by its group or by others", path);
	if (trust.readable)
		warn(warnings, "%s: readable by everybody, its private key included (chmod 600)",
		     path);
	return 0;
}

static int open_tunnel(const struct asked *asked, const struct options *options, char **path,
		       struct warnings *warnings, struct err *err)
{
	const char *value = asked->value[SETTING_CONF], *where = asked->where[SETTING_CONF];
	bool any_file = options->any_file && strchr(value, '/');
	int fd;

	if (any_file) {
		fd = file_open(value);
		if (fd < 0)
			return fail_errno(err, errno, "%s", value);
		*path = strdup(value);
	} else {
		fd = open_beneath(where, value, options, path, err);
		if (fd < 0)
			return -1;
	}
	if (!*path || check_trust(fd, *path, any_file, warnings, err) < 0) {
		close(fd);
		return *path ? -1 : fail(err, "out of memory");
	}
	return fd;
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
	cleanup_close int fd = open_tunnel(asked, options, &request->file, warnings, err);
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

static void warn_of_servers(const struct request *request, struct warnings *warnings)
{
	char text[PREFIX_TEXT];

	for (size_t i = 0; i < request->servers_count; i++) {
		const struct prefix *server = &request->servers[i];

		if (prefixes_cover(request->carried, request->carried_count, server) ||
		    (request->dns == DNS_LIST &&
		     prefixes_cover(request->bypass, request->bypass_count, server)))
			continue;
		warn(warnings, "%s: DNS server %s is in no AllowedIPs: not reached by the tunnel",
		     request->file, prefix_format(server, true, text));
	}
}

static int check_whole(const struct asked *asked, struct request *request,
		       struct warnings *warnings, struct err *err)
{
	if (request->tunnel.table == TUNNEL_TABLE_OFF && request->killswitch != KILLSWITCH_OFF)
		return fail(
			err,
			"%s: Table = off routes nothing into the tunnel; only with killswitch 'off'",
			request->file);
	if (request->killswitch == KILLSWITCH_OFF)
		warn(warnings, "%s: 'off': nothing keeps traffic from leaving outside the tunnel",
		     asked->where[SETTING_KILLSWITCH]);
	if (request->full && request->dns == DNS_ENGINE && !asked->value[SETTING_DNS])
		warn(warnings,
		     "%s: no DNS server: names are asked of the engine's resolver, perhaps outside the tunnel",
		     request->file);
	warn_of_servers(request, warnings);
	return 0;
}

static int parse_all(const struct asked *asked, const struct options *options,
		     struct request *request, struct warnings *warnings, struct err *err)
{
	if (parse_interface(asked, request, err) < 0 || parse_words(asked, request, err) < 0 ||
	    parse_handshake(asked, err) < 0 || parse_bypass(asked, request, err) < 0 ||
	    read_tunnel(asked, options, request, warnings, err) < 0 ||
	    parse_dns(asked, request, err) < 0 || set_carried(request, err) < 0 ||
	    check_whole(asked, request, warnings, err) < 0)
		return -1;
	request->mtu = request->tunnel.mtu;
	return 0;
}

int request_parse(const struct options *options, const struct state *state, struct request *request,
		  bool *wanted, struct warnings *warnings, struct err *err)
{
	struct options complete = *options;
	struct request parsed = { 0 };
	struct asked asked;
	bool any;

	if (!complete.config_dir_count)
		complete.config_dir[complete.config_dir_count++] = "/etc/wireguard";
	if (collect(&complete, state, &asked, &any, err) < 0)
		return -1;
	if (any && parse_all(&asked, &complete, &parsed, warnings, err) < 0) {
		request_free(&parsed);
		return -1;
	}
	*wanted = any;
	*request = parsed;
	return 0;
}

void request_free(struct request *request)
{
	tunnel_free(&request->tunnel);
	for (size_t i = 0; i < request->search_count; i++)
		free(request->search[i]);
	free(request->search);
	free(request->servers);
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

static void digest_peer(uint64_t *digest, const struct peer *peer)
{
	digest_text(digest, peer->host);
	digest_number(digest, peer->port);
	digest_number(digest, peer->keepalive);
	digest_prefixes(digest, peer->allowed, peer->allowed_count);
}

uint64_t request_digest(const struct request *request)
{
	const struct tunnel *tunnel = &request->tunnel;
	uint64_t digest = 0xcbf29ce484222325; /* FNV's offset basis of 64 bits */

	digest_text(&digest, request->file);
	digest_text(&digest, request->interface);
	digest_prefixes(&digest, request->bypass, request->bypass_count);
	digest_number(&digest, request->dns);
	digest_prefixes(&digest, request->servers, request->servers_count);
	digest_number(&digest, request->search_count);
	for (size_t i = 0; i < request->search_count; i++)
		digest_text(&digest, request->search[i]);
	digest_number(&digest, request->killswitch);
	digest_number(&digest, tunnel->listen_port);
	digest_number(&digest, tunnel->mtu);
	digest_number(&digest, tunnel->table);
	digest_number(&digest, tunnel->table_number);
	digest_prefixes(&digest, tunnel->addresses, tunnel->addresses_count);
	digest_number(&digest, tunnel->peers_count);
	for (size_t i = 0; i < tunnel->peers_count; i++)
		digest_peer(&digest, &tunnel->peers[i]);
	return digest;
}
