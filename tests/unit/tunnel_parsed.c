/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Linked with the tests of tunnel files. */
#include "tunnel_parsed.h"
#include "template.h"
#include "unit.h"

#include <malloc.h>
#include <stdlib.h>

struct result result;
const struct tunnel *const t = &result.tunnel;

/* --- what is freed holds no key ------------------------------------------------------------- */

static int leaks; /* messages with a piece of a key in them */
static int touched; /* outputs written to by a failure */

#ifdef WATCHED
int live, budget = -1;
static int remains; /* pieces of freed memory with a key in them */
static bool watching;
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void __libc_free(void *memory);

static bool granted(void)
{
	if (!watching)
		return true;
	if (budget == 0)
		return false;
	budget -= budget > 0;
	live++;
	return true;
}

void *malloc(size_t size)
{
	return granted() ? __libc_malloc(size) : NULL;
}

void *calloc(size_t count, size_t size)
{
	return granted() ? __libc_calloc(count, size) : NULL;
}

void free(void *memory)
{
	size_t size = memory && watching ? malloc_usable_size(memory) : 0;

	live -= memory && watching;
	for (size_t i = PRIV; i <= PSK && size; i++)
		remains += memmem(memory, size, keys[i].bytes, KEY_LEN) ||
			   memmem(memory, size, key_texts[i], KEY_BASE64 - 1);
	__libc_free(memory);
}

/* Nothing with a key in it is ever given to these: what they free would go unseen. */
void *realloc(void *memory, size_t size)
{
	if (!granted())
		return NULL;
	live -= memory && watching;
	return __libc_realloc(memory, size);
}

void *reallocarray(void *memory, size_t count, size_t size)
{
	return realloc(memory, count * size);
}

static void watch(bool on)
{
	watching = on;
}
#else
static void watch(bool on)
{
	(void)on;
}
#endif

/* --- parsing, watched ------------------------------------------------------------------------ */

static bool holds_key(const char *line)
{
	char piece[9] = "";

	for (size_t key = 0; key < ZERO; key++)
		for (size_t i = 0; i + 8 < KEY_BASE64; i++) {
			memcpy(piece, key_texts[key] + i, 8);
			if (strstr(line, piece))
				return true;
		}
	return false;
}

static void note_leak(const char *line)
{
	if (!line || !holds_key(line))
		return;
	leaks++;
	printf("# a message with key material: %s\n", line);
}

void result_free(void)
{
	watch(true);
	warnings_free(&result.warnings);
	if (result.parsed)
		tunnel_free(&result.tunnel);
	watch(false);
	result.parsed = false;
}

bool parse_bytes(const char *text, size_t length)
{
	result_free();
	blot(&result.tunnel, sizeof(result.tunnel));
	result.err = (struct err){ 0 };
	watch(true);
	result.parsed = tunnel_parse("t.conf", text, length, &result.tunnel, &result.warnings,
				     &result.err) == 0;
	watch(false);
	note_leak(result.err.line);
	for (size_t i = 0; i < result.warnings.count && i < WARNINGS_MAX; i++)
		note_leak(result.warnings.line[i]);
	if (!result.parsed) {
		touched += !is_blotted(&result.tunnel, sizeof(result.tunnel));
		touched += !result.err.line[0];
	}
	return result.parsed;
}

bool parse(const char *template)
{
	const char *text = expand(template);

	return parse_bytes(text, strlen(text));
}

void refuses(const char *what, const char *template, const char *line)
{
	parse(template);
	check_refused(what, result.parsed, &result.err, line);
}

bool takes(const char *what, const char *template, const char *line)
{
	char wanted[512];

	if (!parse(template))
		return check_taken(what, false, &result.err);
	snprintf(wanted, sizeof(wanted), "%s%s", line ? line : "", line ? "\n" : "");
	return check_warnings(what, &result.warnings, wanted);
}

void check_list(const char *what, const struct prefix *list, size_t count, const char *wanted)
{
	if (result.parsed)
		check_prefixes(what, list, count, true, wanted);
	else
		check_taken(what, false, &result.err);
}

void check_allowed(const char *what, size_t peer, const char *wanted)
{
	if (result.parsed && peer < t->peers_count)
		check_list(what, t->peers[peer].allowed, t->peers[peer].allowed_count, wanted);
	else
		check(what, false);
}

void check_lists(const char *what, const char *addresses, const char *dns)
{
	check_list(what, t->addresses, result.parsed ? t->addresses_count : 0, addresses);
	check_list(what, t->dns.servers, result.parsed ? t->dns.servers_count : 0, dns);
}

void check_endpoint(const char *what, const char *host, unsigned int port, int family)
{
	if (!check(what, result.parsed && t->peers_count && t->peers[0].host))
		return;
	check_text(what, t->peers[0].host, host);
	check(what, t->peers[0].port == port && t->peers[0].address.sa.sa_family == family);
}

void check_amnezia(const char *what, enum amnezia_word word, const char *wanted)
{
	const char *got = result.parsed ? t->amnezia.value[word] : result.err.line;

	check_text(what, got ? got : "(none)", wanted);
}

void tunnel_begin(void)
{
	keys_make(0);
}

int tunnel_done(void)
{
	result_free();
	check("no message held eight characters of a key", leaks == 0);
	check("no failure touched its output, or was silent", touched == 0);
#ifdef WATCHED
	check("no freed memory held a key", remains == 0);
#endif
	return unit_done();
}
