/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hook/request.h: which file a setting names, who may set what, each setting's values, the decision
 * between full and split, warnings, the digest. Tunnel files lie below a directory made here.
 */
#include "request.h"
#include "template.h"
#include "unit.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "placeholder.h"
#include "state.h"

/* --- texts and files ------------------------------------------------------------------------- */

static char root[128];

static void must(bool done, const char *what)
{
	if (done)
		return;
	perror(what);
	exit(1);
}

/* Writes PATH below $D, whatever was there. */
static void put_mode(const char *path, mode_t mode, const char *template)
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

static void put(const char *path, const char *template)
{
	put_mode(path, 0600, template);
}

static void put_directory(const char *path)
{
	char full[256];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	must(mkdir(full, 0700) == 0, full);
}

static void put_link(const char *path, const char *target)
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

#define HEAD "[Interface]\nPrivateKey = $PRIV\nAddress = 10.0.0.2/32, fd00::2/128\n"
#define DNS "DNS = 10.0.0.1, example.org\n"
#define PEER "[Peer]\nPublicKey = $PUB1\nPresharedKey = $PSK\nEndpoint = vpn.example.org:51820\n"
#define ALL "AllowedIPs = 0.0.0.0/0, ::/0\n"

/* --- asking ---------------------------------------------------------------------------------- */

static struct options options;

static struct {
	bool parsed, wanted;
	struct request request;
	struct warnings warnings;
	struct err err;
} result;

static int touched; /* outputs written to by a failure, failures without a line */

static void options_reset(void)
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

/* TEXT: the whole state; NULL: none at all. */
static bool ask_state(const char *text)
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

/* ANNOTATIONS: the members of the JSON object, as a template; NULL: no state at all. */
static bool ask(const char *annotations)
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

/* The state of an engine that FILE holds, in tests/state. */
static bool ask_engine(const char *file)
{
	char path[64], text[16384];
	FILE *in;

	snprintf(path, sizeof(path), "tests/state/%s.json", file);
	in = fopen(path, "r");
	must(in, path);
	text[fread(text, 1, sizeof(text) - 1, in)] = '\0';
	fclose(in);
	return ask_state(text);
}

/* LINE, a template, is the whole of the message. */
static void refuses(const char *what, const char *annotations, const char *line)
{
	ask(annotations);
	check_refused(what, result.parsed, &result.err, expand(line));
}

static bool taken(const char *what, const char *annotations)
{
	ask(annotations);
	return check_taken(what, result.parsed && result.wanted, &result.err);
}

/* WANTED, a template, is all the warnings, each followed by a newline. */
static void warned(const char *what, const char *wanted)
{
	if (result.parsed)
		check_warnings(what, &result.warnings, expand(wanted));
	else
		check_taken(what, false, &result.err);
}

static void takes_file(const char *what, const char *annotations, const char *file,
		       const char *name)
{
	if (!taken(what, annotations))
		return;
	check_text("its path", result.request.file, expand(file));
	check_text("its name", result.request.name, name);
}

static void check_list(const char *what, const struct prefix *list, size_t count,
		       const char *wanted)
{
	if (result.parsed)
		check_prefixes(what, list, count, false, wanted);
	else
		check_taken(what, false, &result.err);
}

/* The request's bypass, as ip-rule(8) has ports. */
static void check_bypass(const char *what, const char *wanted)
{
	const struct request *request = &result.request;
	char got[1024] = "", out[PREFIX_TEXT];

	for (size_t i = 0; result.parsed && i < request->bypass_count; i++) {
		const struct bypass *bypass = &request->bypass[i];
		size_t used = strlen(got);

		used += (size_t)sprintf(got + used, "%s%s", i ? ", " : "",
					prefix_format(&bypass->prefix, false, out));
		if (bypass->protocol || bypass->port)
			sprintf(got + used, " %s %u",
				bypass->protocol == IPPROTO_TCP   ? "tcp"
				: bypass->protocol == IPPROTO_UDP ? "udp"
								  : "?",
				bypass->port);
	}
	check_text(what, result.parsed ? got : result.err.line, wanted);
}

#define QUIET "\"wg.conf\":\"quiet\"" /* a full tunnel with DNS: no warning */
#define WITH(name, value) QUIET ",\"wg." name "\":\"" value "\""

/* --- which file ------------------------------------------------------------------------------ */

static void make_files(void)
{
	put_directory("conf");
	put_directory("conf/sub");
	put_directory("conf/directory.conf");
	put_directory("conf/2");
	put_directory("conf2");
	put("conf/quiet.conf", HEAD DNS PEER ALL);
	put("conf/both.conf", HEAD DNS "MTU = 1401\n" PEER ALL);
	put("conf2/both.conf", HEAD DNS "MTU = 1402\n" PEER ALL);
	put("conf2/second.conf", HEAD DNS PEER ALL);
	put("conf/2/second.conf", HEAD DNS PEER ALL);
	put("conf/sub/deep.conf", HEAD DNS PEER ALL);
	put("conf/A0_.+=-z.conf", HEAD DNS PEER ALL);
	put("conf/plain", HEAD DNS PEER ALL);
	put("outside.conf", HEAD DNS PEER ALL);
	put_mode("conf/open.conf", 0644, HEAD DNS PEER ALL);
	put_mode("conf/group.conf", 0620, HEAD DNS PEER ALL);
	put_mode("conf/others.conf", 0602, HEAD DNS PEER ALL);
	put_link("conf/link.conf", "quiet.conf");
	put_link("conf/away.conf", "$D/outside.conf");
	put_link("conf/linked", "sub");
	put_link("conf/up", "..");
	put_link("other", "conf2");
}

static void test_names(void)
{
	takes_file("a name", QUIET, "$D/conf/quiet.conf", "quiet");
	takes_file("every character of a name", "\"wg.conf\":\"A0_.+=-z\"", "$D/conf/A0_.+=-z.conf",
		   "A0_.+=-z");
	refuses("a name that is not there", "\"wg.conf\":\"none\"",
		"wg.conf: no 'none.conf' in $D/conf");
	refuses("a name with its .conf", "\"wg.conf\":\"quiet.conf\"",
		"wg.conf: no 'quiet.conf.conf' in $D/conf");
	refuses("an empty name", "\"wg.conf\":\"\"", "wg.conf: not a tunnel's name ''");
	refuses("a name of two dots", "\"wg.conf\":\"..\"", "wg.conf: not a tunnel's name '..'");
	refuses("a name that begins with a dot", "\"wg.conf\":\".quiet\"",
		"wg.conf: not a tunnel's name '.quiet'");
	refuses("a name that begins with '-'", "\"wg.conf\":\"-quiet\"",
		"wg.conf: not a tunnel's name '-quiet'");
	refuses("a name with a blank", "\"wg.conf\":\"qui et\"",
		"wg.conf: not a tunnel's name 'qui et'");
	refuses("a name with a newline and an escape, on one line",
		"\"wg.conf\":\"a\\nb\\u001b[2J\"", "wg.conf: not a tunnel's name 'a?b?[2J'");
	refuses("a path with a newline", "\"wg.conf\":\"/a\\nb\"",
		"wg.conf: a control character in '/a?b'");
	refuses("nor one of U+0080 to U+009F", "\"wg.conf\":\"/a\\u009bb\"",
		"wg.conf: a control character in '/a??b'");
	refuses("a name with a slash", "\"wg.conf\":\"sub/deep\"",
		"wg.conf: neither a name nor an absolute path 'sub/deep'");
	refuses("a path with '..' that is not absolute", "\"wg.conf\":\"../outside\"",
		"wg.conf: neither a name nor an absolute path '../outside'");
	refuses("a path that begins with './'", "\"wg.conf\":\"./quiet.conf\"",
		"wg.conf: neither a name nor an absolute path './quiet.conf'");
	refuses("a number for a name", "\"wg.conf\":5", "annotations.wg.conf: not a string");
	refuses("null for a name", "\"wg.conf\":null", "annotations.wg.conf: not a string");
}

static void test_long_name(void)
{
	char annotations[512];

	snprintf(annotations, sizeof(annotations), "\"wg.conf\":\"%0200d\"", 0);
	ask(annotations);
	check("a name of 200 characters is one that is not there",
	      !result.parsed && strstr(result.err.line, ".conf' in "));
	snprintf(annotations, sizeof(annotations), "\"wg.conf\":\"%0201d\"", 0);
	ask(annotations);
	check("one of 201 characters is no name",
	      !result.parsed && strstr(result.err.line, "not a tunnel's name '000"));
}

static void test_paths(void)
{
	takes_file("an absolute path", "\"wg.conf\":\"$D/conf/quiet.conf\"", "$D/conf/quiet.conf",
		   "quiet");
	takes_file("an absolute path without .conf", "\"wg.conf\":\"$D/conf/plain\"",
		   "$D/conf/plain", "plain");
	takes_file("a path into a subdirectory", "\"wg.conf\":\"$D/conf/sub/deep.conf\"",
		   "$D/conf/sub/deep.conf", "deep");
	takes_file("slashes in a row", "\"wg.conf\":\"$D/conf//quiet.conf\"", "$D/conf/quiet.conf",
		   "quiet");
	refuses("a path outside", "\"wg.conf\":\"/etc/passwd\"",
		"wg.conf: no such file in a tunnel directory ($D/conf) '/etc/passwd'");
	refuses("a path into a directory whose name begins alike",
		"\"wg.conf\":\"$D/conf2/second.conf\"",
		"wg.conf: no such file in a tunnel directory ($D/conf) '$D/conf2/second.conf'");
	refuses("a path out by '..'", "\"wg.conf\":\"$D/conf/../outside.conf\"",
		"wg.conf: leaves $D/conf, or is a symbolic link '$D/conf/../outside.conf'");
	refuses("a path out by '..' of a subdirectory",
		"\"wg.conf\":\"$D/conf/sub/../../outside.conf\"",
		"wg.conf: leaves $D/conf, or is a symbolic link '$D/conf/sub/../../outside.conf'");
	refuses("a path that is not there", "\"wg.conf\":\"$D/conf/none.conf\"",
		"wg.conf: no such file in a tunnel directory ($D/conf) '$D/conf/none.conf'");
	refuses("a path through a file", "\"wg.conf\":\"$D/conf/quiet.conf/x\"",
		"wg.conf: '$D/conf/quiet.conf/x' in $D/conf: Not a directory");
	refuses("the tunnel directory itself", "\"wg.conf\":\"$D/conf\"",
		"wg.conf: no such file in a tunnel directory ($D/conf) '$D/conf'");
	refuses("the tunnel directory with a slash", "\"wg.conf\":\"$D/conf/\"",
		"wg.conf: no such file in a tunnel directory ($D/conf) '$D/conf/'");
	refuses("'/'", "\"wg.conf\":\"/\"",
		"wg.conf: no such file in a tunnel directory ($D/conf) '/'");
}

static void test_links(void)
{
	char directory[256];

	refuses("a symbolic link to a file beside it", "\"wg.conf\":\"link\"",
		"wg.conf: leaves $D/conf, or is a symbolic link 'link'");
	refuses("one that leads out", "\"wg.conf\":\"away\"",
		"wg.conf: leaves $D/conf, or is a symbolic link 'away'");
	refuses("a symbolic link to a subdirectory", "\"wg.conf\":\"$D/conf/linked/deep.conf\"",
		"wg.conf: leaves $D/conf, or is a symbolic link '$D/conf/linked/deep.conf'");
	refuses("one to the directory above", "\"wg.conf\":\"$D/conf/up/outside.conf\"",
		"wg.conf: leaves $D/conf, or is a symbolic link '$D/conf/up/outside.conf'");
	snprintf(directory, sizeof(directory), "%s/other", root);
	options.config_dir[0] = directory;
	takes_file("a tunnel directory that is a symbolic link", "\"wg.conf\":\"second\"",
		   "$D/other/second.conf", "second");
	options_reset();
}

static void test_what_a_file_is(void)
{
	static const char comment[] =
		"# one of the comments that make this file 15 MiB, a lawful size\n";
	char path[256];
	int fd;

	refuses("a directory", "\"wg.conf\":\"directory\"",
		"$D/conf/directory.conf: not a regular file");
	snprintf(path, sizeof(path), "%s/conf/fifo.conf", root);
	must(mkfifo(path, 0600) == 0, path);
	refuses("a FIFO without a writer, not waited for", "\"wg.conf\":\"fifo\"",
		"$D/conf/fifo.conf: not a regular file");
	refuses("a file its group may write", "\"wg.conf\":\"group\"",
		"$D/conf/group.conf: writable by its group or by others");
	refuses("a file that others may write", "\"wg.conf\":\"others\"",
		"$D/conf/others.conf: writable by its group or by others");
	taken("a file that all may read", "\"wg.conf\":\"open\"");
	warned("is warned of",
	       "$D/conf/open.conf: readable by everybody, its private key included (chmod 600)\n");
	taken("one that its owner alone may read", QUIET);
	warned("is not", "");
	put("conf/large.conf", HEAD DNS PEER ALL);
	snprintf(path, sizeof(path), "%s/conf/large.conf", root);
	must(truncate(path, (16 << 20) + 1) == 0, path);
	refuses("a file above 16 MiB", "\"wg.conf\":\"large\"",
		"$D/conf/large.conf: larger than 16777216 bytes");
	fd = open(path, O_WRONLY | O_TRUNC);
	must(fd >= 0, path);
	for (size_t i = 0; i < (15 << 20) / (sizeof(comment) - 1); i++)
		must(write(fd, comment, sizeof(comment) - 1) > 0, path);
	dprintf(fd, "%s", expand(HEAD DNS PEER ALL));
	close(fd);
	taken("one just below", "\"wg.conf\":\"large\"");
}

/* A file of somebody who is neither root nor the caller takes root to make. */
static void test_owner(void)
{
	char path[256];

	if (geteuid() != 0) {
		printf("# not root: the owner of a file is not tested\n");
		return;
	}
	put("conf/theirs.conf", HEAD DNS PEER ALL);
	snprintf(path, sizeof(path), "%s/conf/theirs.conf", root);
	must(chown(path, 65534, 65534) == 0, path);
	refuses("a file of somebody else's", "\"wg.conf\":\"theirs\"",
		"$D/conf/theirs.conf: owned by neither root nor the caller");
	options.any_file = true;
	options.setting[SETTING_CONF] = path;
	taken("which check and attach take", NULL);
	options_reset();
}

static void test_directories(void)
{
	char none[256], second[256];

	snprintf(none, sizeof(none), "%s/nowhere", root);
	snprintf(second, sizeof(second), "%s/conf2", root);
	options.config_dir[1] = second;
	options.config_dir_count = 2;
	taken("the first directory that has it is asked", "\"wg.conf\":\"both\"");
	check("first the first", result.parsed && result.request.mtu == 1401);
	takes_file("what only the second has", "\"wg.conf\":\"second\"", "$D/conf2/second.conf",
		   "second");
	takes_file("an absolute path in the second", "\"wg.conf\":\"$D/conf2/both.conf\"",
		   "$D/conf2/both.conf", "both");
	check("is that one", result.parsed && result.request.mtu == 1402);
	refuses("what none has", "\"wg.conf\":\"none\"",
		"wg.conf: no 'none.conf' in $D/conf or the other tunnel directories");
	put_link("conf/second.conf", "$D/outside.conf");
	refuses("a link in the first is not passed over for the second", "\"wg.conf\":\"second\"",
		"wg.conf: leaves $D/conf, or is a symbolic link 'second'");
	unlink(expand("$D/conf/second.conf"));
	options.config_dir[1] = options.config_dir[0];
	options.config_dir[0] = second;
	taken("the other order", "\"wg.conf\":\"both\"");
	check("gives the other file", result.parsed && result.request.mtu == 1402);
	options.config_dir[0] = none;
	taken("a directory that is not there is passed over", "\"wg.conf\":\"both\"");
	options.config_dir_count = 1;
	refuses("no directory at all", "\"wg.conf\":\"both\"",
		"wg.conf: no 'both.conf' in $D/nowhere");
	options_reset();
	snprintf(second, sizeof(second), "%s/conf//", root);
	options.config_dir[0] = second;
	taken("a directory with slashes at its end", "\"wg.conf\":\"$D/conf/sub/deep.conf\"");
	options_reset();
}

/* check and attach: what their caller names, the caller may read. */
static void test_any_file(void)
{
	static const struct {
		const char *what, *value;
	} paths[] = {
		{ "a path outside", "$D/outside.conf" },
		{ "a symbolic link", "$D/conf/away.conf" },
		{ "a file its group may write", "$D/conf/group.conf" },
		{ "a path with '..'", "$D/conf/../outside.conf" },
	};

	options.any_file = true;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		char value[256];

		snprintf(value, sizeof(value), "%s", expand(paths[i].value));
		options.setting[SETTING_CONF] = value;
		takes_file(paths[i].what, NULL, paths[i].value,
			   strcmp(paths[i].value, "$D/conf/away.conf") == 0    ? "away"
			   : strcmp(paths[i].value, "$D/conf/group.conf") == 0 ? "group"
									       : "outside");
	}
	options.setting[SETTING_CONF] = "quiet";
	takes_file("a name is still one in a tunnel directory", NULL, "$D/conf/quiet.conf",
		   "quiet");
	options.setting[SETTING_CONF] = "outside.conf";
	refuses("a name without a slash is no file", NULL,
		"tunnel: no 'outside.conf.conf' in $D/conf"
		" (a file elsewhere is named with a slash: ./NAME)");
	options.setting[SETTING_CONF] = "./none/none.conf";
	refuses("a file that is not there", NULL, "./none/none.conf: No such file or directory");
	options_reset();
}

/* --- whose tunnel directory it is ------------------------------------------------------------ */

#define CRIO "{io.kubernetes.pod.namespace}"
#define CONTAINERD "{io.kubernetes.cri.sandbox-namespace}"
#define BY_CRIO "\"wg.conf\":\"mullvad\",\"io.container.manager\":\"cri-o\""
#define BY_CONTAINERD "\"wg.conf\":\"mullvad\",\"io.kubernetes.cri.sandbox-id\":\"5f2a\""
#define OF_GROUP(value) "\"wg.conf\":\"mullvad\",\"example.org/group\":" value

/* The one tunnel directory is TEMPLATE. */
static void set_directory(const char *template)
{
	static char directory[256];

	snprintf(directory, sizeof(directory), "%s", expand(template));
	options.config_dir[0] = directory;
	options.config_dir_count = 1;
}

static void takes_engine(const char *what, const char *engine, const char *file)
{
	if (!ask_engine(engine))
		printf("# %s\n", result.err.line);
	check_text(what, result.parsed && result.wanted ? result.request.file : "(refused)",
		   expand(file));
}

static void refuses_engine(const char *what, const char *engine, const char *line)
{
	ask_engine(engine);
	check_refused(what, result.parsed, &result.err, expand(line));
}

static void make_teams(void)
{
	put_directory("conf/team-a");
	put_directory("conf/team-b");
	put_directory("conf/team-a/deep");
	put("conf/mullvad.conf", HEAD DNS PEER ALL);
	put("conf/team-a/mullvad.conf", HEAD DNS PEER ALL);
	put("conf/team-b/mullvad.conf", HEAD DNS PEER ALL);
	put("conf/team-b/members.conf", HEAD DNS PEER ALL);
	put("conf/team-a/deep/mullvad.conf", HEAD DNS PEER ALL);
	put_link("conf/team-l", "team-b");
	put_link("conf/team-o", "$D/conf2");
}

static void test_engines(void)
{
	options_reset();
	takes_engine("CRI-O's state, without a placeholder", "crio", "$D/conf/mullvad.conf");
	takes_engine("containerd's, likewise", "containerd", "$D/conf/mullvad.conf");
	set_directory("$D/conf/" CRIO);
	takes_engine("CRI-O's namespace of the pod", "crio", "$D/conf/team-a/mullvad.conf");
	refuses_engine("which containerd does not set", "containerd",
		       "--config-dir: " CRIO ": the container has no such annotation");
	set_directory("$D/conf/" CONTAINERD);
	takes_engine("containerd's", "containerd", "$D/conf/team-a/mullvad.conf");
	refuses_engine("which CRI-O does not set", "crio",
		       "--config-dir: " CONTAINERD ": the container has no such annotation");
}

/* What the author of a pod writes into it, and an engine lets pass. */
static void test_forged(void)
{
	set_directory("$D/conf/" CRIO);
	refuses("under containerd CRI-O's namespace is the author's",
		BY_CONTAINERD ",\"io.kubernetes.pod.namespace\":\"team-b\"",
		"--config-dir: " CRIO ": not from CRI-O, which sets it");
	refuses("also of who says that he is CRI-O",
		BY_CONTAINERD
		",\"io.container.manager\":\"cri-o\",\"io.kubernetes.pod.namespace\":\"team-b\"",
		"--config-dir: " CRIO ": not from CRI-O, which sets it");
	refuses("and under podman the user's",
		"\"wg.conf\":\"mullvad\",\"io.container.manager\":\"libpod\","
		"\"io.kubernetes.pod.namespace\":\"team-b\"",
		"--config-dir: " CRIO ": not from CRI-O, which sets it");
	refuses("what runc makes of a key 'io.kubernetes.pod.namespace=team-b'",
		BY_CRIO ",\"io.kubernetes.pod.namespace\":\"team-b=x\"",
		"--config-dir: " CRIO ": not the name of a directory 'team-b=x'");
	refuses("another's tunnel is not there",
		"\"wg.conf\":\"members\",\"io.container.manager\":\"cri-o\","
		"\"io.kubernetes.pod.namespace\":\"team-a\"",
		"wg.conf: no 'members.conf' in $D/conf/team-a");
	set_directory("$D/conf/" CONTAINERD);
	refuses("under CRI-O containerd's namespace is the author's",
		BY_CRIO ",\"io.kubernetes.cri.sandbox-namespace\":\"team-b\"",
		"--config-dir: " CONTAINERD ": not from containerd, which sets it");
	refuses("also of who says that he is containerd",
		BY_CRIO ",\"io.kubernetes.cri.sandbox-id\":\"5f2a\","
			"\"io.kubernetes.cri.sandbox-namespace\":\"team-b\"",
		"--config-dir: " CONTAINERD ": not from containerd, which sets it");
}

/* With a placeholder a path is refused: it could lead to another's directory. */
static void test_paths_filled(void)
{
	static const char *const paths[] = {
		"$D/conf/team-a/mullvad.conf",
		"$D/conf/team-b/mullvad.conf",
		"$D/conf/team-a/../team-b/mullvad.conf",
		"/etc/passwd",
	};
	char annotations[512], line[512];

	set_directory("$D/conf/{example.org/group}");
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		snprintf(annotations, sizeof(annotations),
			 "\"wg.conf\":\"%s\",\"example.org/group\":\"team-a\"", paths[i]);
		snprintf(line, sizeof(line), "wg.conf: a name is wanted here, not a path '%s'",
			 paths[i]);
		refuses(paths[i], annotations, line);
	}
	refuses("a name with a slash",
		"\"wg.conf\":\"../team-b/mullvad\",\"example.org/group\":"
		"\"team-a\"",
		"wg.conf: neither a name nor an absolute path '../team-b/mullvad'");
}

static void test_values_filled(void)
{
	static const char *const none[] = {
		"",   ".",  "..",     "../team-a", "team-a/deep", "/team-a", "-a",
		"_a", ".a", "team a", "team-a=",   "team+a",      "{x}",     "\303\244",
	};
	char annotations[256], line[256];

	set_directory("$D/conf/{example.org/group}");
	takes_file("an annotation that is the administrator's own", OF_GROUP("\"team-b\""),
		   "$D/conf/team-b/mullvad.conf", "mullvad");
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		snprintf(annotations, sizeof(annotations), OF_GROUP("\"%s\""), none[i]);
		snprintf(line, sizeof(line),
			 "--config-dir: {example.org/group}: not the name of a directory '%s'",
			 none[i]);
		refuses("a value that is no component of a path", annotations, line);
	}
	refuses("a newline", OF_GROUP("\"team-a\\n\""),
		"--config-dir: {example.org/group}: not the name of a directory 'team-a?'");
	refuses("a number", OF_GROUP("5"),
		"--config-dir: annotations.example.org/group: not a string");
	refuses("no such annotation", "\"wg.conf\":\"mullvad\"",
		"--config-dir: {example.org/group}: the container has no such annotation");
	refuses("a directory that is not there", OF_GROUP("\"team-z\""),
		"wg.conf: no 'mullvad.conf' in $D/conf/team-z");
	refuses("one that is a symbolic link", OF_GROUP("\"team-l\""),
		"wg.conf: leaves $D/conf/team-l, or is a symbolic link 'mullvad'");
	refuses("one that leads out", OF_GROUP("\"team-o\""),
		"wg.conf: leaves $D/conf/team-o, or is a symbolic link 'mullvad'");
	ask("\"example.org/group\":\"..\"");
	check("who asks for no tunnel is not asked for it", result.parsed && !result.wanted);
}

static void test_placeholders(void)
{
	set_directory("$D/conf/team-{example.org/group}");
	takes_file("a part of a component", OF_GROUP("\"b\""), "$D/conf/team-b/mullvad.conf",
		   "mullvad");
	set_directory("$D/conf/{example.org/group}/{example.org/group}");
	refuses("two of them", OF_GROUP("\"x\""), "wg.conf: no 'mullvad.conf' in $D/conf/x/x");
	set_directory("$D/conf/team-{example.org/group}/deep//");
	takes_file("one in the middle, and slashes at the end", OF_GROUP("\"a\""),
		   "$D/conf/team-a/deep/mullvad.conf", "mullvad");
	set_directory("/{example.org/group}");
	refuses("one below the root", OF_GROUP("\"none\""), "wg.conf: no 'mullvad.conf' in /none");
	options_reset();
	options.config_dir[1] = expand("$D/conf/{example.org/group}");
	options.config_dir_count = 2;
	takes_file("beside tunnels for all", OF_GROUP("\"team-b\""), "$D/conf/mullvad.conf",
		   "mullvad");
	takes_file("whose names come first",
		   "\"wg.conf\":\"members\",\"example.org/group\":\"team-b\"",
		   "$D/conf/team-b/members.conf", "members");
	refuses("but a path is refused there too",
		"\"wg.conf\":\"$D/conf/team-b/members.conf\",\"example.org/group\":\"team-a\"",
		"wg.conf: a name is wanted here, not a path '$D/conf/team-b/members.conf'");
	options_reset();
	options.config_dir[0] = expand("$D/conf/{example.org/group}");
	options.setting[SETTING_CONF] = "mullvad";
	refuses("without a state there is nothing to fill it in", NULL,
		"--config-dir: {example.org/group}: the container has no such annotation");
	options_reset();
}

static void test_placeholder_check(void)
{
	static const struct {
		const char *directory, *line; /* NULL: taken */
	} cases[] = {
		{ "/etc/wireguard", NULL },
		{ "/etc/wireguard/" CRIO, NULL },
		{ "/etc/wireguard/" CONTAINERD "/x", NULL },
		{ "/etc/{example.org/group}-{a}", NULL },
		{ "/etc/{", "not a placeholder, {ANNOTATION} '{'" },
		{ "/etc/{}/x", "not a placeholder, {ANNOTATION} '{}/x'" },
		{ "/etc/}", "not a placeholder, {ANNOTATION} '}'" },
		{ "/etc/{a}}", "not a placeholder, {ANNOTATION} '}'" },
		{ "/etc/{a{b}}", "not a placeholder, {ANNOTATION} '{a{b}}'" },
		{ "/etc/{a", "not a placeholder, {ANNOTATION} '{a'" },
		{ "/etc/{io.kubernetes.pod.name}",
		  "{io.kubernetes.pod.name}: may be a pod's own; io.kubernetes.pod.namespace (CRI-O)"
		  " and io.kubernetes.cri.sandbox-namespace (containerd) are not" },
		{ "/etc/" CRIO "/{io.kubernetes.cri-o.Namespace}",
		  "{io.kubernetes.cri-o.Namespace}: may be a pod's own; io.kubernetes.pod.namespace"
		  " (CRI-O) and io.kubernetes.cri.sandbox-namespace (containerd) are not" },
	};
	char line[256], long_one[512];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err err = { 0 };
		bool taken_it = placeholder_check(cases[i].directory, &err) == 0;

		snprintf(line, sizeof(line), "%s%s", cases[i].line ? "--config-dir: " : "",
			 cases[i].line ? cases[i].line : "");
		check_text(cases[i].directory, err.line, line);
		check("and says so", taken_it == !cases[i].line);
	}
	snprintf(long_one, sizeof(long_one), "/{%0400d}", 0);
	check("an annotation longer than there are", placeholder_check(long_one, &result.err) < 0);
}

/* --- who may set what ------------------------------------------------------------------------ */

static void test_wanted(void)
{
	ask("");
	check("without annotations nothing is wanted", result.parsed && !result.wanted);
	check("and the request is empty", !result.request.file && !result.request.carried);
	ask(NULL);
	check("nor without a state", result.parsed && !result.wanted);
	ask("\"org.example/a\":\"b\",\"wgconf\":\"x\",\"WG.conf\":\"x\",\"a.wg.conf\":\"x\"");
	check("others' annotations ask for nothing", result.parsed && !result.wanted);
	ask("\"wg.example.org/x\":\"y\",\"wg.conf/x\":\"y\"");
	check("nor do those with a slash", result.parsed && !result.wanted);
	ask("\"wg.example.org/x\":5");
	check("whatever they hold", result.parsed && !result.wanted);
	taken("beside ours they change nothing", QUIET ",\"wg.example.org/x\":\"y\",\"n\":7");
	refuses("an annotation of ours without wg.conf", "\"wg.dns\":\"engine\"",
		"wg.conf: missing beside other wg.* annotations");
	options.setting[SETTING_DNS] = "engine";
	ask("");
	check("options without --conf ask for nothing", result.parsed && !result.wanted);
	options_reset();
	options.setting[SETTING_CONF] = "quiet";
	taken("--conf wants a tunnel without annotations", "");
	taken("and with others'", "\"a\":\"b\"");
	taken("and beside wg.* without wg.conf", "\"wg.interface\":\"vpn\"");
	check_text("which is followed", result.parsed ? result.request.interface : "", "vpn");
	options_reset();
}

/* A failure leaves what it would have filled in as it was. */
static void test_nothing_collected(void)
{
	const struct options required = { .setting[SETTING_CONF] = "a",
					  .setting[SETTING_DNS] = "tunnel" };
	static const char text[] = "{\"ociVersion\":\"1\",\"status\":\"creating\",\"pid\":2,"
				   "\"annotations\":{\"wg.dns\":\"engine\"}}";
	struct asked asked = { .value[SETTING_CONF] = "before" };
	struct state state;
	bool wanted = true;
	struct err err;

	must(state_parse(text, strlen(text), &state, &err) == 0, "a state");
	check("an annotation that disagrees with its option",
	      settings_collect(&required, &state, &asked, &wanted, &err) < 0);
	check("leaves all that was to be collected",
	      wanted && strcmp(asked.value[SETTING_CONF], "before") == 0 && !*asked.where[0] &&
		      !asked.annotations);
	wanted = true;
	check("and so does one without wg.conf",
	      settings_collect(&(struct options){ 0 }, &state, &asked, &wanted, &err) < 0 &&
		      wanted && strcmp(asked.value[SETTING_CONF], "before") == 0);
	state_free(&state);
}

static void test_unknown(void)
{
	refuses("wg.config", "\"wg.config\":\"quiet\"",
		"wg.config: unknown annotation; did you mean wg.conf?");
	refuses("wg.killswich", QUIET ",\"wg.killswich\":\"on\"",
		"wg.killswich: unknown annotation; did you mean wg.killswitch?");
	refuses("wg.Conf", "\"wg.Conf\":\"quiet\"",
		"wg.Conf: unknown annotation; did you mean wg.conf?");
	refuses("wg.dsn", QUIET ",\"wg.dsn\":\"\"",
		"wg.dsn: unknown annotation; did you mean wg.dns?");
	refuses("nothing near", "\"wg.zzzzzzzzzz\":\"x\"", "wg.zzzzzzzzzz: unknown annotation");
	refuses("nothing near, and long", "\"wg.zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\":\"x\"",
		"wg.zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz: unknown annotation");
	refuses("one letter of ten is not near", "\"wg.kzzzzzzzzz\":\"x\"",
		"wg.kzzzzzzzzz: unknown annotation");
	refuses("no name", "\"wg.\":\"x\"", "wg.: unknown annotation");
	refuses("an unknown one of another type", "\"wg.zzzzzzzzzz\":{}",
		"wg.zzzzzzzzzz: unknown annotation");
	refuses("a newline in its name, on one line", "\"wg.zzzzz\\nzzzzz\":\"x\"",
		"wg.zzzzz?zzzzz: unknown annotation");
	options.setting[SETTING_CONF] = "quiet";
	refuses("an unknown one beside --conf", "\"wg.bypas\":\"x\"",
		"wg.bypas: unknown annotation; did you mean wg.bypass?");
	options_reset();
	check("every setting has its name, and is found by it",
	      setting_find(setting_name(SETTING_HANDSHAKE)) == SETTING_HANDSHAKE &&
		      setting_find("conf") == SETTING_CONF && setting_find("Conf") < 0 &&
		      setting_find("") < 0);
	check("nothing is near nothing", !setting_nearest("") && !setting_nearest("zzzzzzzzzz"));
}

static void test_both(void)
{
	options.setting[SETTING_CONF] = "quiet";
	options.setting[SETTING_INTERFACE] = "vpn";
	taken("an option and an annotation that agree", WITH("interface", "vpn"));
	refuses("that disagree", WITH("interface", "wg1"),
		"wg.interface: 'wg1' disagrees with the option's 'vpn'");
	refuses("that disagree on the tunnel", "\"wg.conf\":\"both\"",
		"wg.conf: 'both' disagrees with the option's 'quiet'");
	refuses("an annotation of the default does not undo the option", WITH("interface", "wg0"),
		"wg.interface: 'wg0' disagrees with the option's 'vpn'");
	taken("an option alone", QUIET);
	check_text("is followed", result.parsed ? result.request.interface : "", "vpn");
	options_reset();
}

static void test_annotated(void)
{
	static const char lost[] =
		"no wg.* annotation reached the hook, though it was called for one: "
		"does the runtime's pod_annotations let them pass?";

	options.annotated = true;
	refuses("--annotated with no annotation", "", lost);
	refuses("--annotated with others' alone", "\"wg.example.org/x\":\"y\"", lost);
	taken("--annotated with wg.conf", QUIET);
	options.setting[SETTING_CONF] = "quiet";
	refuses("nor is an option an annotation", "", lost);
	taken("--annotated with any of ours", "\"wg.interface\":\"vpn\"");
	options_reset();
}

static void test_require(void)
{
	options.require = true;
	refuses("--require with no annotation", "", "wg.conf: missing, and --require was given");
	refuses("--require with others' alone", "\"wg.example.org/x\":\"y\"",
		"wg.conf: missing, and --require was given");
	taken("--require with wg.conf", QUIET);
	refuses("--require with wg.bypass", WITH("bypass", "10.0.0.0/8"),
		"wg.bypass: not allowed here (--require without --allow wg.bypass)");
	options.allow[SETTING_BYPASS] = true;
	taken("--require --allow wg.bypass", WITH("bypass", "10.0.0.0/8"));
	check("is followed", result.parsed && result.request.bypass_count == 1);
	refuses("it allows that one alone", WITH("killswitch", "off"),
		"wg.killswitch: not allowed here"
		" (--require without --allow wg.killswitch)");
	options.setting[SETTING_KILLSWITCH] = "routes";
	taken("what agrees with an option takes nothing away", WITH("killswitch", "routes"));
	refuses("what does not is refused", WITH("killswitch", "off"),
		"wg.killswitch: 'off' disagrees with the option's 'routes'");
	options_reset();
	options.require = true;
	options.setting[SETTING_CONF] = "quiet";
	taken("--require --conf wants a tunnel without annotations", "");
	options.setting[SETTING_DNS] = "engine";
	taken("--require lets options set all", "");
	options_reset();
	options.allow[SETTING_BYPASS] = true;
	taken("without --require all may be set", WITH("interface", "vpn"));
	options_reset();
}

/* --- each setting's values ------------------------------------------------------------------- */

static const struct {
	enum setting setting;
	const char *value;
	const char *line; /* what follows "wg.NAME: " or "--NAME: "; NULL: taken */
} values[] = {
	{ SETTING_INTERFACE, "wg0", NULL },
	{ SETTING_INTERFACE, "a", NULL },
	{ SETTING_INTERFACE, "_vpn.home-1", NULL },
	{ SETTING_INTERFACE, "0", NULL },
	{ SETTING_INTERFACE, "eth1", NULL },
	{ SETTING_INTERFACE, "lo0", NULL },
	{ SETTING_INTERFACE, "abcdefghijklmno", NULL },
	{ SETTING_INTERFACE, "abcdefghijklmnop", "not a link's name 'abcdefghijklmnop'" },
	{ SETTING_INTERFACE, "", "not a link's name ''" },
	{ SETTING_INTERFACE, "a/b", "not a link's name 'a/b'" },
	{ SETTING_INTERFACE, ".", "not a link's name '.'" },
	{ SETTING_INTERFACE, "..", "not a link's name '..'" },
	{ SETTING_INTERFACE, "-a", "not a link's name '-a'" },
	{ SETTING_INTERFACE, "wg%d", "not a link's name 'wg%d'" },
	{ SETTING_INTERFACE, "a b", "not a link's name 'a b'" },
	{ SETTING_INTERFACE, "a:b", "not a link's name 'a:b'" },
	{ SETTING_INTERFACE, "lo", "'lo' stands for something else" },
	{ SETTING_INTERFACE, "eth0", "'eth0' stands for something else" },

	{ SETTING_BYPASS, "10.0.0.0/8", NULL },
	{ SETTING_BYPASS, "10.0.0.0/7", "shorter than /8 '10.0.0.0/7'" },
	{ SETTING_BYPASS, "0.0.0.0/0", "shorter than /8 '0.0.0.0/0'" },
	{ SETTING_BYPASS, "fd00::/16", NULL },
	{ SETTING_BYPASS, "fd00::/15", "shorter than /16 'fd00::/15'" },
	{ SETTING_BYPASS, "::/0", "shorter than /16 '::/0'" },
	{ SETTING_BYPASS, "192.168.178.0/24, fd00:1::/64", NULL },
	{ SETTING_BYPASS, "10.0.0.0/8,0.0.0.0/1", "shorter than /8 '0.0.0.0/1'" },
	{ SETTING_BYPASS, "192.168.178.0/24:53/udp", NULL },
	{ SETTING_BYPASS, "[fd00:1::/64]:53/udp", NULL },
	{ SETTING_BYPASS, "192.168.178.0/24:53",
	  "no protocol, /tcp or /udp '192.168.178.0/24:53'" },
	{ SETTING_BYPASS, "", "empty" },
	{ SETTING_BYPASS, "10.0.0.0/8,", NULL },
	{ SETTING_BYPASS, ",10.0.0.0/8", NULL },
	{ SETTING_BYPASS, "10.0.0.0/8,,11.0.0.0/8", NULL },
	{ SETTING_BYPASS, " ", "empty" },
	{ SETTING_BYPASS, "10.0.0.0/33", "not a prefix '10.0.0.0/33'" },
	{ SETTING_BYPASS, "fd00::/129", "not a prefix 'fd00::/129'" },
	{ SETTING_BYPASS, "10.0.0/8", "not a prefix '10.0.0/8'" },
	{ SETTING_BYPASS, "lan", "not a prefix 'lan'" },
	{ SETTING_BYPASS, "10.0.0.0/", "not a prefix '10.0.0.0/'" },

	{ SETTING_DNS, "tunnel", NULL },
	{ SETTING_DNS, "engine", NULL },
	{ SETTING_DNS, "9.9.9.9", NULL },
	{ SETTING_DNS, "9.9.9.9, 2620:fe::fe,example.org,corp", NULL },
	{ SETTING_DNS, "", "no server's address in ''" },
	{ SETTING_DNS, "9.9.9.9,", NULL },
	{ SETTING_DNS, "9.9.9", "neither an address nor a domain '9.9.9'" },
	{ SETTING_DNS, "9.9.9.9/32", "neither an address nor a domain '9.9.9.9/32'" },
	{ SETTING_DNS, "9.9.9.9:53", "neither an address nor a domain '9.9.9.9:53'" },
	{ SETTING_DNS, "2620::zz", "neither an address nor a domain '2620::zz'" },
	{ SETTING_DNS, "9.9.9.9,-x", "neither an address nor a domain '-x'" },
	{ SETTING_DNS, "9.9.9.9,a_b;c", "neither an address nor a domain 'a_b;c'" },
	{ SETTING_DNS, "example.org", "no server's address in 'example.org'" },
	{ SETTING_DNS, "Tunnel", "no server's address in 'Tunnel'" },

	{ SETTING_KILLSWITCH, "on", NULL },
	{ SETTING_KILLSWITCH, "routes", NULL },
	{ SETTING_KILLSWITCH, "off", NULL },
	{ SETTING_KILLSWITCH, "", "unknown ''" },
	{ SETTING_KILLSWITCH, "On", "unknown 'On'" },
	{ SETTING_KILLSWITCH, "of", "unknown 'of'" },
	{ SETTING_KILLSWITCH, "no", "unknown 'no'" },
	{ SETTING_KILLSWITCH, "false", "unknown 'false'" },

	{ SETTING_NETWORKS, "allow", NULL },
	{ SETTING_NETWORKS, "deny", NULL },
	{ SETTING_NETWORKS, "none", "unknown 'none'" },
	{ SETTING_SOCKET, "host", NULL },
	{ SETTING_SOCKET, "container", NULL },
	{ SETTING_SOCKET, "", "unknown ''" },
	{ SETTING_SOCKET, "Host", "unknown 'Host'" },
	{ SETTING_HANDSHAKE, "0", NULL },
	{ SETTING_HANDSHAKE, "5", NULL },
	{ SETTING_HANDSHAKE, "-1", "not a number of seconds from 0 to 9999 '-1'" },
	{ SETTING_HANDSHAKE, "", "not a number of seconds from 0 to 9999 ''" },
	{ SETTING_HANDSHAKE, "1s", "not a number of seconds from 0 to 9999 '1s'" },
	{ SETTING_HANDSHAKE, "10000", "not a number of seconds from 0 to 9999 '10000'" },
};

/* Each as an annotation and as an option. */
static void test_values(void)
{
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		const char *name = setting_name(values[i].setting);
		char what[128], annotations[256], line[256];

		snprintf(what, sizeof(what), "wg.%s = '%s'", name, values[i].value);
		snprintf(annotations, sizeof(annotations), QUIET ",\"wg.%s\":\"%s\"", name,
			 values[i].value);
		snprintf(line, sizeof(line), "wg.%s: %s", name,
			 values[i].line ? values[i].line : "");
		if (values[i].line)
			refuses(what, annotations, line);
		else
			taken(what, annotations);
		options.setting[values[i].setting] = values[i].value;
		memcpy(line, "--", 2);
		memmove(line + 2, line + 3, strlen(line + 3) + 1);
		snprintf(what, sizeof(what), "--%s '%s'", name, values[i].value);
		if (values[i].line)
			refuses(what, QUIET, line);
		else
			taken(what, QUIET);
		options_reset();
	}
	/* Beside the links' own directories in /proc/sys/net/ipv6/conf; no link can have the name.
	 */
	check("wg.interface = 'all'", !ask(WITH("interface", "all")));
	check("wg.interface = 'default'", !ask(WITH("interface", "default")));
	refuses("networks 'deny' with killswitch 'routes'",
		WITH("networks", "deny") ",\"wg.killswitch\":\"routes\"",
		"wg.networks: 'deny' needs killswitch 'on', not 'routes'");
	refuses("networks 'deny' with killswitch 'off'",
		WITH("networks", "deny") ",\"wg.killswitch\":\"off\"",
		"wg.networks: 'deny' needs killswitch 'on', not 'off'");
	refuses("a value with a newline, on one line", WITH("killswitch", "a\\nb\\u007f"),
		"wg.killswitch: unknown 'a?b?'");
}

/* Half of a list taken would be a hole, or a server, that was not asked for in silence. */
static void test_blanks_in_lists(void)
{
	ask(WITH("bypass", "10.0.0.0/8 192.168.0.0/16"));
	check("a bypass list parted by blanks is refused or taken whole",
	      !result.parsed || result.request.bypass_count == 2);
	ask(WITH("bypass", "10.0.0.0/8 nonsense, 11.0.0.0/8"));
	check("text behind a prefix is refused", !result.parsed);
	ask(WITH("dns", "9.9.9.9 1.1.1.1"));
	check("a DNS list parted by blanks is refused or taken whole",
	      !result.parsed || request_names(&result.request)->servers_count == 2);
}

static void test_bypass(void)
{
	taken("blanks, host bits, addresses without mask",
	      WITH("bypass", " 192.168.178.20/24 ,\\t10.1.2.3,fd00:1::9/64, fd00:2::1 "));
	check_bypass("host bits go, an address is its own network",
		     "10.1.2.3/32, 192.168.178.0/24, fd00:1::/64, fd00:2::1/128");
	taken("prefixes within others", WITH("bypass", "10.1.0.0/16,10.0.0.0/8,10.0.0.0/8"));
	check_bypass("are left out", "10.0.0.0/8");
	taken("no bypass", QUIET);
	check("is none", result.parsed && result.request.bypass_count == 0);
}

static const struct {
	const char *value, *wanted;
} ports[] = {
	{ "192.168.178.0/24:53/udp", "192.168.178.0/24 udp 53" },
	{ "[fd00:1::/64]:8123/tcp", "fd00:1::/64 tcp 8123" },
	{ "10.0.0.5:443/tcp", "10.0.0.5/32 tcp 443" },
	{ "[fd00::5]:65535/udp", "fd00::5/128 udp 65535" },
	{ "[10.0.0.5]:1/tcp", "10.0.0.5/32 tcp 1" },
	{ "[::ffff:10.0.0.5]:53/udp", "::ffff:10.0.0.5/128 udp 53" },
	{ "10.1.2.3/8:053/udp", "10.0.0.0/8 udp 53" },
	{ "[fd00:1::9/64]:53/udp", "fd00:1::/64 udp 53" },
	{ "fd00::1:53", "fd00::1:53/128" }, /* an address: nothing tells them apart */
	{ "10.2.0.0/16:53/udp fd00::/32 [fd00::/16]:53/udp,10.1.0.0/16",
	  "10.1.0.0/16, 10.2.0.0/16 udp 53, fd00::/16 udp 53, fd00::/32" },
	/* What another covers is left out: with its port, or with all. */
	{ "10.0.0.5:53/udp,10.0.0.5:53/udp", "10.0.0.5/32 udp 53" },
	{ "10.0.0.5:53/udp,10.0.0.0/8:53/udp,10.0.0.0/16:53/udp", "10.0.0.0/8 udp 53" },
	{ "10.0.0.5:53/udp,10.0.0.5", "10.0.0.5/32" },
	{ "10.0.0.5:53/udp,10.0.0.0/24,10.0.0.0/24:53/tcp", "10.0.0.0/24" },
	{ "10.0.0.0/9:1/tcp,10.0.0.0/16:2/tcp,10.0.0.5:1/tcp,10.0.0.6:2/tcp,10.0.0.7:3/tcp",
	  "10.0.0.0/9 tcp 1, 10.0.0.0/16 tcp 2, 10.0.0.7/32 tcp 3" },
	/* And nothing else is. */
	{ "10.0.0.5:53/udp,10.0.0.5:53/tcp,10.0.0.5:853/tcp,10.0.0.6:53/udp",
	  "10.0.0.5/32 tcp 53, 10.0.0.5/32 tcp 853, 10.0.0.5/32 udp 53, 10.0.0.6/32 udp 53" },
	{ "10.0.0.0/8:53/udp,10.0.0.0/16", "10.0.0.0/8 udp 53, 10.0.0.0/16" },
	{ "10.0.0.0/8:53/udp,10.0.0.0/16,10.1.0.0/16:53/udp,10.1.0.0/24:54/udp,10.0.9.0/24:54/udp",
	  "10.0.0.0/8 udp 53, 10.0.0.0/16, 10.1.0.0/24 udp 54" },
};

static void test_bypass_ports(void)
{
	for (size_t i = 0; i < sizeof(ports) / sizeof(*ports); i++) {
		char annotations[512];

		snprintf(annotations, sizeof(annotations), QUIET ",\"wg.bypass\":\"%s\"",
			 ports[i].value);
		ask(annotations);
		check_bypass(ports[i].value, ports[i].wanted);
	}
}

/* What is refused, and the words before it. */
static const struct {
	const char *value, *line;
} no_bypasses[] = {
	{ "10.0.0.5:", "no port" },
	{ "10.0.0.5:/udp", "no port" },
	{ "[fd00::5]", "no port" },
	{ "[fd00::5]:", "no port" },
	{ "[10.0.0.5]", "no port" },
	{ "10.0.0.5:53", "no protocol, /tcp or /udp" },
	{ "10.0.0.5:53/", "no protocol, /tcp or /udp" },
	{ "10.0.0.0/8:53", "no protocol, /tcp or /udp" },
	{ "[fd00::5]:53", "no protocol, /tcp or /udp" },
	{ "10.0.0.5:0/udp", "not a port from 1 to 65535" },
	{ "10.0.0.5:000/udp", "not a port from 1 to 65535" },
	{ "10.0.0.5:65536/udp", "not a port from 1 to 65535" },
	{ "10.0.0.5:4294967349/udp", "not a port from 1 to 65535" },
	{ "10.0.0.5:99999999999999999999/udp", "not a port from 1 to 65535" },
	{ "10.0.0.5:-1/udp", "not a port from 1 to 65535" },
	{ "10.0.0.5:+53/udp", "not a port from 1 to 65535" },
	{ "10.0.0.5:53-60/udp", "not a port from 1 to 65535" },
	{ "10.0.0.5:0x35/udp", "not a port from 1 to 65535" },
	{ "10.0.0.5:domain/udp", "not a port from 1 to 65535" },
	{ "10.0.0.5:53:54/udp", "not a port from 1 to 65535" },
	{ "10.0.0.5:udp/53", "not a port from 1 to 65535" },
	{ "10.0.0.5:53/sctp", "a protocol that is neither tcp nor udp" },
	{ "10.0.0.5:53/UDP", "a protocol that is neither tcp nor udp" },
	{ "10.0.0.5:53/udp/", "a protocol that is neither tcp nor udp" },
	{ "10.0.0.5:53/17", "a protocol that is neither tcp nor udp" },
	{ "fd00::1:53/udp", "IPv6 with a port is [PREFIX]:PORT/PROTOCOL, not" },
	{ "fd00:1::/64:53/udp", "IPv6 with a port is [PREFIX]:PORT/PROTOCOL, not" },
	{ "fd00:1::/64:53", "IPv6 with a port is [PREFIX]:PORT/PROTOCOL, not" },
	{ "::ffff:10.0.0.5:53/tcp", "IPv6 with a port is [PREFIX]:PORT/PROTOCOL, not" },
	{ "10.0.0.5/24/53", "not a prefix" },
	{ "10.0.0.5/53/udp", "not a prefix" },
	{ "10.0.0.5/:53/udp", "not a prefix" },
	{ "10.0.0.5/33:53/udp", "not a prefix" },
	{ "fd00::/x", "not a prefix" },
	{ "[fd00::5", "not a prefix" },
	{ "[fd00::5:53/udp", "not a prefix" },
	{ "[fd00::5]53/udp", "not a prefix" },
	{ "[fd00::5]/64:53/udp", "not a prefix" },
	{ "[[fd00::5]]:53/udp", "not a prefix" },
	{ "[fd00::/129]:53/udp", "not a prefix" },
	{ "[]:53/udp", "not a prefix" },
	{ ":53/udp", "not a prefix" },
	{ "53/udp", "not a prefix" },
	{ "host:53/udp", "not a prefix" },
	{ "host.example.org:53/udp", "not a prefix" },
	{ "10.0.0.0/7:53/udp", "shorter than /8" },
	{ "0.0.0.0/0:53/udp", "shorter than /8" },
	{ "[fd00::/15]:53/udp", "shorter than /16" },
	{ "[000000000000000000000000000000000000000000000000000::1]", "not a prefix" },
	{ "[00000000000000000000000000000000000000000000000000000000000000::1]", "not a prefix" },
};

static void test_no_bypasses(void)
{
	for (size_t i = 0; i < sizeof(no_bypasses) / sizeof(*no_bypasses); i++) {
		const char *value = no_bypasses[i].value;
		char annotations[512], line[512];

		snprintf(annotations, sizeof(annotations), QUIET ",\"wg.bypass\":\"%s\"", value);
		snprintf(line, sizeof(line), "wg.bypass: %s '%.64s'", no_bypasses[i].line, value);
		refuses(value, annotations, line);
	}
}

/* LENGTH of prefixes, one behind the other: 1.0.0.0, 1.0.1.0, ... */
static char *bypass_of(unsigned int count, unsigned int step, unsigned int length, const char *port)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	for (unsigned int i = 0; stream && i < count; i++) {
		unsigned int address = i * step;

		fprintf(stream, "%s%u.%u.%u.0/%u%s",
			i ? "," : "\"wg.conf\":\"quiet\",\"wg.bypass\":\"", address >> 16,
			address >> 8 & 255, address & 255, length, port);
	}
	fprintf(stream, "\"");
	fclose(stream);
	return text;
}

static void test_bypass_bounds(void)
{
	char *text = bypass_of(256, 2, 24, "");

	taken("256 prefixes", text);
	free(text);
	text = bypass_of(257, 2, 24, "");
	refuses("257 prefixes", text, "wg.bypass: more than 256 prefixes");
	free(text);
	text = bypass_of(256, 2, 24, ":53/udp");
	taken("256 ports", text);
	free(text);
	text = bypass_of(257, 2, 24, ":53/udp");
	refuses("257 ports", text, "wg.bypass: more than 256 prefixes");
	free(text);
	text = bypass_of(256, 1 << 16, 8, ":53/udp");
	taken("a port of all of IPv4 by /8", text);
	free(text);
	text = bypass_of(256, 1 << 16, 8, "");
	refuses("all of IPv4 by /8", text, "wg.bypass: the whole internet");
	free(text);
}

static void check_dns(const char *what, enum dns dns, const char *servers, size_t searches)
{
	const struct request *r = &result.request;

	if (!check(what,
		   result.parsed && r->dns == dns && request_names(r)->search_count == searches))
		return;
	check_list("its servers", request_names(r)->servers, request_names(r)->servers_count,
		   servers);
}

static void test_dns(void)
{
	taken("DNS by default", QUIET);
	check_dns("is the file's", DNS_TUNNEL, "10.0.0.1/32", 1);
	check_text("with its domain",
		   result.parsed ? request_names(&result.request)->search[0] : "", "example.org");
	taken("DNS 'tunnel'", WITH("dns", "tunnel"));
	check_dns("is the file's too", DNS_TUNNEL, "10.0.0.1/32", 1);
	taken("DNS 'engine'", WITH("dns", "engine"));
	check_dns("is none of ours", DNS_ENGINE, "", 0);
	warned("without a warning: it was asked for", "");
	taken("DNS by a list", WITH("dns", "corp.example, 9.9.9.9,2620:fe::fe , lan"));
	check_dns("is the list's, in its order", DNS_LIST, "9.9.9.9/32 2620:fe::fe/128", 2);
	check_text("and its domains",
		   result.parsed ? request_names(&result.request)->search[0] : "", "corp.example");
	check_text("both of them", result.parsed ? request_names(&result.request)->search[1] : "",
		   "lan");
	put("conf/nodns.conf", HEAD PEER ALL);
	refuses("DNS 'tunnel' of a file without DNS=",
		"\"wg.conf\":\"nodns\",\"wg.dns\":\"tunnel\"",
		"wg.dns: 'tunnel', but $D/conf/nodns.conf has no DNS server");
	taken("a file without DNS=", "\"wg.conf\":\"nodns\"");
	check_dns("leaves it to the engine", DNS_ENGINE, "", 0);
}

#define ONLY_IPV4 "[Interface]\nPrivateKey = $PRIV\nAddress = 10.0.0.2/32\n"

static void test_dns_families(void)
{
	put("conf/four.conf", ONLY_IPV4 "DNS = fd00::53, 10.0.0.1, x.org, fd00::54\n" PEER ALL);
	taken("DNS= in a family without an address", "\"wg.conf\":\"four\"");
	check_dns("is left out", DNS_TUNNEL, "10.0.0.1/32", 1);
	warned("with a warning each",
	       "$D/conf/four.conf: DNS: fd00::53 is left out: the tunnel has no address of its"
	       " family\n"
	       "$D/conf/four.conf: DNS: fd00::54 is left out: the tunnel has no address of its"
	       " family\n");
	taken("but a server that is asked for", "\"wg.conf\":\"four\",\"wg.dns\":\"::1\"");
	check_dns("may be elsewhere", DNS_LIST, "::1/128", 0);
	warned("and is not warned of", "");
	put("conf/none.conf", ONLY_IPV4 "DNS = fd00::53\n" PEER ALL);
	refuses("DNS= of which nothing is left", "\"wg.conf\":\"none\"",
		"$D/conf/none.conf: DNS: no server in a family of the tunnel's addresses");
	taken("not where nobody asks it", "\"wg.conf\":\"none\",\"wg.dns\":\"engine\"");
	warned("nor is there a warning", "");
	taken("three servers", WITH("dns", "9.9.9.1,9.9.9.2,9.9.9.3"));
	warned("are asked", "");
	taken("four", WITH("dns", "9.9.9.1,9.9.9.2,9.9.9.3,9.9.9.4"));
	check_dns("are all taken", DNS_LIST, "9.9.9.1/32 9.9.9.2/32 9.9.9.3/32 9.9.9.4/32", 0);
	warned("with a warning", "wg.dns: 4 DNS servers, of which most programs ask the first 3\n");
}

static void test_defaults(void)
{
	const struct request *r = &result.request;

	if (!taken("nothing but wg.conf", QUIET))
		return;
	check_text("the link is wg0", r->interface, "wg0");
	check("the killswitch is on", r->killswitch == KILLSWITCH_ON);
	check("the container's networks are not denied", !r->deny_networks);
	check("the MTU is left to endpoint_mtu()", r->mtu == 0);
	check_list("what is carried", r->carried, r->carried_count, "0.0.0.0/0 ::/0");
	taken("networks 'deny'", WITH("networks", "deny"));
	check("denies them", r->deny_networks);
	taken("killswitch 'routes'", WITH("killswitch", "routes"));
	check("is routes", r->killswitch == KILLSWITCH_ROUTES);
	taken("killswitch 'off'", WITH("killswitch", "off"));
	check("is off", r->killswitch == KILLSWITCH_OFF);
	taken("a file with MTU=", "\"wg.conf\":\"both\"");
	check("has its MTU", r->mtu == 1401);
}

static void test_table(void)
{
	put("conf/off.conf", HEAD DNS "Table = off\n" PEER ALL);
	refuses("Table = off", "\"wg.conf\":\"off\"",
		"$D/conf/off.conf: Table = off routes nothing into the tunnel;"
		" only with killswitch 'off'");
	refuses("Table = off with killswitch 'routes'",
		"\"wg.conf\":\"off\",\"wg.killswitch\":\"routes\"",
		"$D/conf/off.conf: Table = off routes nothing into the tunnel;"
		" only with killswitch 'off'");
	taken("Table = off with killswitch 'off'", "\"wg.conf\":\"off\",\"wg.killswitch\":\"off\"");
	put("conf/numbered.conf", HEAD DNS "Table = 1234\n" PEER ALL);
	taken("Table = 1234", "\"wg.conf\":\"numbered\"");
	check("has its number", result.parsed && result.request.tunnel.table_number == 1234);
	put("conf/broken.conf", HEAD DNS "Tabel = 1234\n" PEER ALL);
	refuses("a broken file is named with its line", "\"wg.conf\":\"broken\"",
		"$D/conf/broken.conf:5: unknown key 'Tabel' in [Interface]");
	put("conf/empty.conf", "");
	refuses("an empty one too", "\"wg.conf\":\"empty\"",
		"$D/conf/empty.conf: no [Interface] section");
}

/* --- full or split --------------------------------------------------------------------------- */

/* 0.0.0.0/0 without PREFIX: at each bit of it the sibling. */
static const char *all_but(const char *text)
{
	static char list[1024];
	char out[PREFIX_TEXT];
	struct prefix prefix;

	must(prefix_parse(text, &prefix), text);
	*list = '\0';
	for (uint8_t bit = 0; bit < prefix.length; bit++) {
		struct prefix sibling = prefix;

		sibling.address[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		sibling.length = bit + 1;
		sibling = prefix_network(sibling);
		sprintf(list + strlen(list), "%s%s", bit ? "," : "",
			prefix_format(&sibling, false, out));
	}
	return list;
}

static void check_full(const char *what, const char *allowed, bool full)
{
	char text[2048];

	snprintf(text, sizeof(text), HEAD DNS PEER "AllowedIPs = %s\n", allowed);
	put("conf/allowed.conf", text);
	ask("\"wg.conf\":\"allowed\"");
	check_taken(what, result.parsed && result.request.full == full, &result.err);
}

static void test_full(void)
{
	check_full("0.0.0.0/0 is full", "0.0.0.0/0", true);
	check_full("::/0 is full", "::/0", true);
	check_full("::0/0 is full", "0.0.0.0/0,::0/0", true);
	check_full("both halves are full", "128.0.0.0/1, 0.0.0.0/1", true);
	check_full("both halves of IPv6 are full", "::/1, 8000::/1", true);
	check_full("2000::/3 is all of global IPv6", "2000::/3", true);
	check_full("one half is split", "0.0.0.0/1", false);
	check_full("2000::/4 is split", "2000::/4", false);
	check_full("all but my LAN is full", all_but("192.168.178.0/24"), true);
	check_full("all but 10/8 is full", all_but("10.0.0.0/8"), true);
	check_full("all but multicast is full", all_but("224.0.0.0/4"), true);
	check_full("all but a public network is split", all_but("93.184.216.0/24"), false);
	check_full("all but one public address is split", all_but("9.9.9.9"), false);
	check_full("all but 192.0.0.0/9 is split", all_but("192.0.0.0/9"), false);
	check_full("\"exclude private IPs\" of WireGuard's apps is full",
		   "0.0.0.0/5, 8.0.0.0/7, 11.0.0.0/8, 12.0.0.0/6, 16.0.0.0/4, 32.0.0.0/3, "
		   "64.0.0.0/2, 128.0.0.0/3, 160.0.0.0/5, 168.0.0.0/6, 172.0.0.0/12, "
		   "172.32.0.0/11, 172.64.0.0/10, 172.128.0.0/9, 173.0.0.0/8, 174.0.0.0/7, "
		   "176.0.0.0/4, 192.0.0.0/9, 192.128.0.0/11, 192.160.0.0/13, 192.169.0.0/16, "
		   "192.170.0.0/15, 192.172.0.0/14, 192.176.0.0/12, 192.192.0.0/10, "
		   "193.0.0.0/8, 194.0.0.0/7, 196.0.0.0/6, 200.0.0.0/5, 208.0.0.0/4",
		   true);
	check_full("private networks are split", "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fd00::/8",
		   false);
	check_full("one address is split", "10.0.0.1", false);
	check_full("a FRITZ!Box's list is full", "192.168.178.0/24,0.0.0.0/0", true);
}

static void test_peers_together(void)
{
	put("conf/halves.conf", HEAD DNS PEER
	    "AllowedIPs = 0.0.0.0/1\n[Peer]\nPublicKey = $PUB2\nAllowedIPs = 128.0.0.0/1\n");
	taken("two peers with a half each", "\"wg.conf\":\"halves\"");
	check("are full together", result.parsed && result.request.full);
	put("conf/within.conf", HEAD DNS PEER "AllowedIPs = 10.1.0.0/16, fd00::/64\n[Peer]\n"
					      "PublicKey = $PUB2\nAllowedIPs = 10.0.0.0/8\n");
	taken("one within the other", "\"wg.conf\":\"within\"");
	check_list("is carried by the larger", result.request.carried,
		   result.parsed ? result.request.carried_count : 0, "10.0.0.0/8 fd00::/64");
	put("conf/nopeer.conf", HEAD DNS);
	taken("no peer at all", "\"wg.conf\":\"nopeer\"");
	check("is split, and carries nothing",
	      result.parsed && !result.request.full && !result.request.carried_count);
}

/* --- warnings -------------------------------------------------------------------------------- */

static void test_warnings(void)
{
	put("conf/nodns.conf", HEAD PEER ALL);
	taken("a full tunnel without DNS", "\"wg.conf\":\"nodns\"");
	warned("is warned of",
	       "$D/conf/nodns.conf: no DNS server: names are asked of the engine's resolver,"
	       " perhaps outside the tunnel\n");
	taken("one where 'engine' was asked for", "\"wg.conf\":\"nodns\",\"wg.dns\":\"engine\"");
	warned("is not", "");
	taken("one with servers asked for", "\"wg.conf\":\"nodns\",\"wg.dns\":\"9.9.9.9\"");
	warned("is not either", "");
	put("conf/split.conf", HEAD PEER "AllowedIPs = 10.1.0.0/16\n");
	taken("a split tunnel without DNS", "\"wg.conf\":\"split\"");
	warned("is not warned of", "");
	put("conf/outside.conf",
	    HEAD "DNS = 10.1.0.1, 9.9.9.9, fd00::1\n" PEER "AllowedIPs = 10.1.0.0/16\n");
	taken("DNS servers outside AllowedIPs", "\"wg.conf\":\"outside\"");
	warned("are warned of, each",
	       "$D/conf/outside.conf: DNS: 9.9.9.9 is in no AllowedIPs: not asked by the tunnel\n"
	       "$D/conf/outside.conf: DNS: fd00::1 is in no AllowedIPs: not asked by the tunnel\n");
	taken("unless 'engine' was asked for", "\"wg.conf\":\"outside\",\"wg.dns\":\"engine\"");
	warned("for then they are not used", "");
	put("conf/nearly.conf", HEAD PEER "AllowedIPs = 0.0.0.0/1, 128.0.0.0/2\n");
	taken("a tunnel that lacks a quarter of the internet", "\"wg.conf\":\"nearly\"");
	warned("is warned of", "$D/conf/nearly.conf: AllowedIPs leave out some of the internet,"
			       " which is reached outside the tunnel\n");
	taken("servers that were asked for, outside AllowedIPs",
	      "\"wg.conf\":\"split\",\"wg.dns\":\"9.9.9.9\"");
	warned("are meant so", "");
	taken("killswitch 'off'", WITH("killswitch", "off"));
	warned("is warned of",
	       "wg.killswitch: 'off': nothing keeps traffic from leaving outside the tunnel\n");
	options.setting[SETTING_KILLSWITCH] = "off";
	taken("as an option", QUIET);
	warned("too", "--killswitch: 'off': nothing keeps traffic from leaving outside the"
		      " tunnel\n");
	options_reset();
	put("conf/mute.conf", HEAD "[Peer]\nPublicKey = $PUB1\nAllowedIPs = 10.1.0.0/16\n");
	taken("a handshake with nobody who can be called",
	      "\"wg.conf\":\"mute\",\"wg.handshake\":\"5\"");
	warned("is warned of",
	       "wg.handshake: no peer has an Endpoint: there is no handshake to wait for\n");
	put("conf/commands.conf", HEAD DNS "PostUp = iptables -F\nPostDown =\n" PEER ALL);
	taken("the tunnel file's own warnings", "\"wg.conf\":\"commands\"");
	warned("are handed on", "$D/conf/commands.conf:5: PostUp is not run: commands in a tunnel"
				" file are never executed\n");
}

/* --- where the socket is --------------------------------------------------------------------- */

/* PLACED is where it is to be, "" for a failure; LINES all the warnings, or the failure's line. */
static void places(const char *what, const char *annotations, bool host_is_ours, const char *placed,
		   const char *lines)
{
	static const char *const words[] = { "host", "container" };
	struct warnings warnings = { 0 };
	const char *place = "", *said = "";

	if (!taken(what, annotations))
		return;
	if (request_place_socket(&result.request, host_is_ours, &warnings, &result.err) == 0)
		place = words[result.request.socket];
	else
		said = result.err.line;
	if (warnings.count)
		said = warnings.line[0];
	check_text("it is where it is to be", place, placed);
	check_text("and what is said", said, lines);
	warnings_free(&warnings);
}

static void test_socket(void)
{
	bool differs = false;
	uint16_t port;

	places("no place asked for, of a hook that has the host's network", QUIET, true, "host",
	       "");
	check("and any port", result.request.port == 0);
	places("the host asked for", WITH("socket", "host"), true, "host", "");
	places("the container asked for", WITH("socket", "container"), true, "container", "");
	port = result.request.port;
	check("and a port above those of sockets that ask for none", port >= 61000);
	for (int i = 0; i < 20; i++) {
		result.request.port = 0;
		request_place_socket(&result.request, true, &result.warnings, &result.err);
		differs |= result.request.port != port;
		check("and so each time", result.request.port >= 61000);
	}
	check("another", differs);
	places("no place, of a rootless engine's hook", QUIET, false, "container",
	       "the host's network is not this hook's to use: encrypted packets leave by the "
	       "container's (wg.socket=container)");
	check("with a port", result.request.port >= 61000);
	places("the container, of such a hook", WITH("socket", "container"), false, "container",
	       "");
	places("the host, of such a hook", WITH("socket", "host"), false, "",
	       "wg.socket: 'host', whose network this hook may not use; 'container' does without");
	put("conf/port.conf", HEAD DNS "ListenPort = 7\n" PEER ALL);
	places("ListenPort", "\"wg.conf\":\"port\",\"wg.socket\":\"container\"", true, "container",
	       "");
	check("is the port", result.request.port == 7);
	put("conf/awg.conf", HEAD DNS "S1 = 5\n" PEER ALL);
	refuses("AmneziaWG with the socket in the container",
		"\"wg.conf\":\"awg\",\"wg.socket\":\"container\"",
		"wg.socket: 'container' is for the kernel's WireGuard, and $D/conf/awg.conf is "
		"AmneziaWG's");
	options.userspace = "none";
	refuses("AmneziaWG without a userspace one", "\"wg.conf\":\"awg\"",
		"$D/conf/awg.conf: AmneziaWG's is a userspace one, which --userspace none forbids");
	options_reset();
}

/* --- the digest ------------------------------------------------------------------------------ */

/* Another file, or another annotation, than the first row's; at least one thing differs in each. */
static const struct {
	const char *what, *file, *annotations;
} differing[] = {
	{ "the base", HEAD DNS PEER ALL, "" },
	{ "interface", HEAD DNS PEER ALL, ",\"wg.interface\":\"wg1\"" },
	{ "bypass", HEAD DNS PEER ALL, ",\"wg.bypass\":\"10.0.0.0/8\"" },
	{ "another bypass", HEAD DNS PEER ALL, ",\"wg.bypass\":\"10.0.0.0/9\"" },
	{ "a port of a bypass", HEAD DNS PEER ALL, ",\"wg.bypass\":\"10.0.0.0/8:53/udp\"" },
	{ "another port", HEAD DNS PEER ALL, ",\"wg.bypass\":\"10.0.0.0/8:54/udp\"" },
	{ "another protocol", HEAD DNS PEER ALL, ",\"wg.bypass\":\"10.0.0.0/8:53/tcp\"" },
	{ "a port of the first of two", HEAD DNS PEER ALL,
	  ",\"wg.bypass\":\"10.0.0.0/8:53/udp,fd00::/16\"" },
	{ "a port of the second", HEAD DNS PEER ALL,
	  ",\"wg.bypass\":\"10.0.0.0/8,[fd00::/16]:53/udp\"" },
	{ "two bypasses", HEAD DNS PEER ALL, ",\"wg.bypass\":\"10.0.0.0/8,fd00::/16\"" },
	{ "DNS of the engine", HEAD DNS PEER ALL, ",\"wg.dns\":\"engine\"" },
	{ "DNS of a list", HEAD DNS PEER ALL, ",\"wg.dns\":\"10.0.0.1,example.org\"" },
	{ "another list", HEAD DNS PEER ALL, ",\"wg.dns\":\"10.0.0.3,example.org\"" },
	{ "its domain", HEAD DNS PEER ALL, ",\"wg.dns\":\"10.0.0.1,example.net\"" },
	{ "no domain", HEAD DNS PEER ALL, ",\"wg.dns\":\"10.0.0.1\"" },
	{ "networks deny", HEAD DNS PEER ALL, ",\"wg.networks\":\"deny\"" },
	{ "killswitch routes", HEAD DNS PEER ALL, ",\"wg.killswitch\":\"routes\"" },
	{ "killswitch off", HEAD DNS PEER ALL, ",\"wg.killswitch\":\"off\"" },
	{ "socket container", HEAD DNS PEER ALL, ",\"wg.socket\":\"container\"" },
	{ "Table = off", HEAD DNS "Table = off\n" PEER ALL, ",\"wg.killswitch\":\"off\"" },
	{ "Table = 7", HEAD DNS "Table = 7\n" PEER ALL, "" },
	{ "Table = 8", HEAD DNS "Table = 8\n" PEER ALL, "" },
	{ "ListenPort", HEAD DNS "ListenPort = 7\n" PEER ALL, "" },
	{ "MTU", HEAD DNS "MTU = 1400\n" PEER ALL, "" },
	{ "AmneziaWG", HEAD DNS "S1 = 5\n" PEER ALL, "" },
	{ "another number", HEAD DNS "S1 = 6\n" PEER ALL, "" },
	{ "another word", HEAD DNS "S2 = 5\n" PEER ALL, "" },
	{ "tags", HEAD DNS "I1 = <r 5>\n" PEER ALL, "" },
	{ "another MTU", HEAD DNS "MTU = 1401\n" PEER ALL, "" },
	{ "one address more", HEAD "Address = 10.0.0.3\n" DNS PEER ALL, "" },
	{ "another address",
	  "[Interface]\nPrivateKey = $PRIV\nAddress = 10.0.0.3/32, fd00::2/128\n" DNS PEER ALL,
	  "" },
	{ "an address's length",
	  "[Interface]\nPrivateKey = $PRIV\nAddress = 10.0.0.2/24, fd00::2/128\n" DNS PEER ALL,
	  "" },
	{ "DNS in the file", HEAD "DNS = 10.0.0.3, example.org\n" PEER ALL, "" },
	{ "a domain in the file", HEAD "DNS = 10.0.0.1, example.net\n" PEER ALL, "" },
	{ "AllowedIPs", HEAD DNS PEER "AllowedIPs = 0.0.0.0/0\n", "" },
	{ "AllowedIPs of as many", HEAD DNS PEER "AllowedIPs = 0.0.0.0/0, fd00::/8\n", "" },
	{ "keepalive", HEAD DNS PEER ALL "PersistentKeepalive = 25\n", "" },
	{ "another keepalive", HEAD DNS PEER ALL "PersistentKeepalive = 26\n", "" },
	{ "the endpoint's host", HEAD DNS PEER ALL "Endpoint = vpn.example.net:51820\n", "" },
	{ "the endpoint's port", HEAD DNS PEER ALL "Endpoint = vpn.example.org:51821\n", "" },
	{ "no endpoint", HEAD DNS "[Peer]\nPublicKey = $PUB1\n" ALL, "" },
	{ "one peer more", HEAD DNS PEER ALL "[Peer]\nPublicKey = $PUB2\n", "" },
	{ "a prefix of the other peer",
	  HEAD DNS PEER "AllowedIPs = 0.0.0.0/0\n[Peer]\nPublicKey = $PUB2\nAllowedIPs = ::/0\n",
	  "" },
};

#define DIFFERING (sizeof(differing) / sizeof(*differing))

static uint64_t digest_of(const char *name, const char *file, const char *annotations)
{
	char all[256], path[64];

	snprintf(path, sizeof(path), "conf/%s.conf", name);
	put(path, file);
	snprintf(all, sizeof(all), "\"wg.conf\":\"%s\"%s", name, annotations);
	if (ask(all))
		return request_digest(&result.request);
	check_taken("taken, for its digest", false, &result.err);
	return 0;
}

static void test_digest_differs(void)
{
	uint64_t digests[DIFFERING];

	for (size_t i = 0; i < DIFFERING; i++) {
		bool alone = true;
		char what[128];

		digests[i] = digest_of("digest", differing[i].file, differing[i].annotations);
		for (size_t j = 0; j < i; j++)
			if (digests[i] == digests[j]) {
				printf("# the digest of: %s\n", differing[j].what);
				alone = false;
			}
		snprintf(what, sizeof(what), "a digest of its own: %s", differing[i].what);
		check(what, alone && digests[i]);
	}
	check("another file, another digest",
	      digest_of("other", differing[0].file, "") != digests[0]);
}

static void test_digest_same(void)
{
	const char *base = differing[0].file;
	uint64_t digest = digest_of("digest", base, "");
	union endpoint_address address = { .in = { .sin_family = AF_INET, .sin_port = 5 } };

	check("the same twice", digest_of("digest", base, "") == digest);
	check("defaults that were spelled out",
	      digest_of(
		      "digest", base,
		      ",\"wg.interface\":\"wg0\",\"wg.dns\":\"tunnel\",\"wg.killswitch\":\"on\","
		      "\"wg.networks\":\"allow\",\"wg.socket\":\"host\",\"wg.handshake\":\"0\"") ==
		      digest);
	check("comments and blanks",
	      digest_of("digest", HEAD "# a comment\n\n" DNS PEER "AllowedIPs=0.0.0.0/0,::/0",
			"") == digest);
	digest_of("digest", base, "");
	if (check("a peer to resolve", result.parsed && result.request.tunnel.peers_count == 1)) {
		result.request.tunnel.peers[0].address = address;
		result.request.mtu = 1234;
		result.request.port = 1234;
		check("a resolved address, the path's MTU and a port that was chosen do not count",
		      request_digest(&result.request) == digest);
	}
	keys_make(1);
	check("keys do not count", digest_of("digest", base, "") == digest);
	keys_make(0);
	options.setting[SETTING_CONF] = "digest";
	ask(NULL);
	check("nor who asked", result.parsed && request_digest(&result.request) == digest);
	options_reset();
	check("bypass prefixes in another order",
	      digest_of("digest", base, ",\"wg.bypass\":\"10.0.0.0/8,11.0.0.0/8\"") ==
		      digest_of("digest", base, ",\"wg.bypass\":\"11.0.0.0/8, 10.0.0.0/8\""));
}

static void test_free(void)
{
	static const struct request empty;

	ask(QUIET);
	request_free(&result.request);
	check("request_free leaves zeros", memcmp(&result.request, &empty, sizeof(empty)) == 0);
	request_free(&result.request);
	check("request_free of an empty request", true);
	result.parsed = false;
}

int main(void)
{
	const char *parent = getenv("TMPDIR");

	alarm(300); /* what blocks must not block for ever */
	umask(0);
	snprintf(root, sizeof(root), "%.80s/oci-wireguard-test-XXXXXX", parent ? parent : "/tmp");
	must(mkdtemp(root), root);
	atexit(remove_all);
	template_directory = root;
	keys_make(0);
	make_files();
	options_reset();
	test_names();
	test_long_name();
	test_paths();
	test_links();
	test_what_a_file_is();
	test_owner();
	test_directories();
	test_any_file();
	make_teams();
	test_engines();
	test_forged();
	test_paths_filled();
	test_values_filled();
	test_placeholders();
	test_placeholder_check();
	test_wanted();
	test_nothing_collected();
	test_unknown();
	test_both();
	test_annotated();
	test_require();
	test_values();
	test_blanks_in_lists();
	test_bypass();
	test_bypass_ports();
	test_no_bypasses();
	test_bypass_bounds();
	test_dns();
	test_dns_families();
	test_defaults();
	test_table();
	test_full();
	test_peers_together();
	test_warnings();
	test_socket();
	test_digest_differs();
	test_digest_same();
	test_free();
	check("a failure leaves the outputs alone, and one line", touched == 0);
	result_free();
	return unit_done();
}
