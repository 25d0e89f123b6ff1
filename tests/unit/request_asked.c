/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Linked with the tests of requests. */
#include "request_asked.h"
#include "template.h"
#include "unit.h"

#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state.h"

struct options options;
struct result result;

static int touched; /* outputs written to by a failure, failures without a line */

/* --- texts and files ------------------------------------------------------------------------- */

static char root[128];

void must(bool done, const char *what)
{
	if (done)
		return;
	perror(what);
	exit(1);
}

void put_mode(const char *path, mode_t mode, const char *template)
{
	char full[256];
	FILE *file;

	snprintf(full, sizeof(full), "%s/%s", root, path);
	unlink(full);
	file = fopen(full, "w");
	must(file, full);
	must(fputs(expand(template), file) >= 0 && fclose(file) == 0, full);
	must(chmod(full, mode) == 0, full);
}

void put(const char *path, const char *template)
{
	put_mode(path, 0600, template);
}

void put_directory(const char *path)
{
	char full[256];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	must(mkdir(full, 0700) == 0, full);
}

void put_link(const char *path, const char *target)
{
	char full[256];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	must(symlink(expand(target), full) == 0, full);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static void remove_all(void)
{
	nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* --- asking ---------------------------------------------------------------------------------- */

void options_reset(void)
{
	static char directory[256];

	snprintf(directory, sizeof(directory), "%s/conf", root);
	options = (struct options){ .config_dir = { directory }, .config_dir_count = 1 };
}

static void result_free(void)
{
	if (result.parsed)
		request_free(&result.request);
	warnings_free(&result.warnings);
	result.parsed = false;
}

bool ask_state(const char *text)
{
	struct state state = { 0 };
	struct err err = { 0 };

	result_free();
	if (text && state_parse(text, strlen(text), &state, &err) < 0)
		return check_taken("a state of the test's own", false, &err);
	blot(&result.request, sizeof(result.request));
	result.wanted = true;
	result.err = (struct err){ 0 };
	result.parsed = request_parse(&options, text ? &state : NULL, &result.request,
				      &result.wanted, &result.warnings, &result.err) == 0;
	if (text)
		state_free(&state);
	if (!result.parsed)
		touched += !is_blotted(&result.request, sizeof(result.request)) || !result.wanted ||
			   !result.err.line[0] || strpbrk(result.err.line, "\n\033");
	return result.parsed;
}

bool ask(const char *annotations)
{
	char text[16500];

	if (!annotations)
		return ask_state(NULL);
	snprintf(text, sizeof(text),
		 "{\"ociVersion\":\"1.0.2\",\"id\":\"t\",\"status\":\"creating\","
		 "\"pid\":1,\"bundle\":\"/\",\"annotations\":{%s}}",
		 expand(annotations));
	return ask_state(text);
}

void refuses(const char *what, const char *annotations, const char *line)
{
	ask(annotations);
	check_refused(what, result.parsed, &result.err, expand(line));
}

bool taken(const char *what, const char *annotations)
{
	ask(annotations);
	return check_taken(what, result.parsed && result.wanted, &result.err);
}

void warned(const char *what, const char *wanted)
{
	if (result.parsed)
		check_warnings(what, &result.warnings, expand(wanted));
	else
		check_taken(what, false, &result.err);
}

void takes_file(const char *what, const char *annotations, const char *file, const char *name)
{
	if (!taken(what, annotations))
		return;
	check_text("its path", result.request.file, expand(file));
	check_text("its name", result.request.name, name);
}

void check_list(const char *what, const struct prefix *list, size_t count, const char *wanted)
{
	if (result.parsed)
		check_prefixes(what, list, count, false, wanted);
	else
		check_taken(what, false, &result.err);
}

/* --- beginning and end ----------------------------------------------------------------------- */

void request_begin(void)
{
	const char *parent = getenv("TMPDIR");

	alarm(300); /* what blocks must not block for ever */
	umask(0);
	snprintf(root, sizeof(root), "%.80s/oci-wireguard-test-XXXXXX", parent ? parent : "/tmp");
	must(mkdtemp(root), root);
	atexit(remove_all);
	template_directory = root;
	keys_make(0);
	put_directory("conf");
	put("conf/quiet.conf", HEAD DNS PEER ALL);
	put("conf/both.conf", HEAD DNS "MTU = 1401\n" PEER ALL);
	options_reset();
}

int request_done(void)
{
	check("a failure leaves the outputs alone, and one line", touched == 0);
	result_free();
	return unit_done();
}
