/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hook/placeholder.c, by way of a request: tunnel directories that an annotation names, and who may
 * have written that.
 */
#include "request.h"
#include "request_asked.h"
#include "template.h"
#include "unit.h"

#include "placeholder.h"

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
	put_directory("conf2");
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
		check_text(cases[i].directory, taken_it ? "" : err.line, line);
		check("and says so", taken_it == !cases[i].line);
	}
	snprintf(long_one, sizeof(long_one), "/{%0400d}", 0);
	check("an annotation longer than there are", placeholder_check(long_one, &result.err) < 0);
}

int main(void)
{
	request_begin();
	make_teams();
	test_engines();
	test_forged();
	test_paths_filled();
	test_values_filled();
	test_placeholders();
	test_placeholder_check();
	return request_done();
}
