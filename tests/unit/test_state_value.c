/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oci/state.c: the states of real runtimes are taken, others are refused; and how they are read.
 */
#include "state.h"
#include "state_parsed.h"
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- what runtimes send ---------------------------------------------------------------------- */

static void check_state(const char *what, const char *id, const char *bundle, pid_t pid,
			size_t annotations)
{
	const struct state *s = &result.state;

	if (!result.parsed)
		return;
	check_text(what, s->id, id);
	check_text(what, s->bundle, bundle);
	check(what, s->pid == pid && json_count(s->annotations) == annotations);
}

static void test_runc(void)
{
	taken("runc's, without annotations",
	      "{\"ociVersion\":\"1.0.2-dev\",\"id\":\"web\",\"status\":\"creating\",\"pid\":12345,"
	      "\"bundle\":\"/run/containers/web\"}");
	check_state("runc: its fields", "web", "/run/containers/web", 12345, 0);
	check("runc: no annotations are NULL", result.parsed && !result.state.annotations);
	check_text("and hold none", annotation("wg.conf"), "(none)");
	taken("runc's, with annotations",
	      "{\"ociVersion\":\"1.2.1\",\"id\":\"web\",\"status\":\"creating\",\"pid\":12345,"
	      "\"bundle\":\"/run/containers/web\",\"annotations\":{\"wg.conf\":\"mullvad\","
	      "\"org.opencontainers.image.stopSignal\":\"15\",\"wg.bypass\":\"10.0.0.0/8\"}}");
	check_state("runc: its fields", "web", "/run/containers/web", 12345, 3);
	check_text("runc: an annotation", annotation("wg.conf"), "mullvad");
	check_text("runc: another", annotation("wg.bypass"), "10.0.0.0/8");
	check_text("runc: a missing one", annotation("wg.con"), "(none)");
	taken("a newline behind it", WHOLE "\n");
	taken("annotations that are null", START PID ",\"annotations\":null}");
	check_state("hold none, and a missing bundle is empty", "t", "", 4711, 0);
	taken("annotations that are empty", ANNOTATED(""));
	check_state("hold none", "t", "/b", 4711, 0);
}

/* crun 1.28: libyajl's beautified output, which escapes slashes; root, and its own ociVersion. */
static void test_crun(void)
{
	taken("crun's, without annotations",
	      "{\n  \"ociVersion\": \"1.0\",\n  \"id\": \"web\",\n  \"pid\": 4711,\n"
	      "  \"root\": \"\\/var\\/lib\\/web\\/rootfs\",\n"
	      "  \"bundle\": \"\\/run\\/containers\\/web\",\n  \"status\": \"created\"\n}\n");
	check_state("crun: its fields", "web", "/run/containers/web", 4711, 0);
	taken("crun's, with annotations",
	      "{\n  \"ociVersion\": \"1.0\",\n  \"id\": \"web\",\n  \"pid\": 4711,\n"
	      "  \"root\": \"\\/var\\/lib\\/web\\/rootfs\",\n"
	      "  \"bundle\": \"\\/run\\/containers\\/web\",\n  \"status\": \"created\",\n"
	      "  \"annotations\": {\n    \"wg.conf\": \"\\/etc\\/wireguard\\/mullvad.conf\",\n"
	      "    \"io.container.manager\": \"libpod\",\n    \"run.oci.hooks\": \"\\u00e4\"\n"
	      "  }\n}\n");
	check_state("crun: its fields", "web", "/run/containers/web", 4711, 3);
	check_text("crun: escaped slashes", annotation("wg.conf"), "/etc/wireguard/mullvad.conf");
	check_text("crun: another escape", annotation("run.oci.hooks"), "\xc3\xa4");
}

static void test_kubernetes(void)
{
	taken("containerd's",
	      ANNOTATED("\"io.kubernetes.cri.container-type\":\"container\","
			"\"io.kubernetes.cri.container-name\":\"app\","
			"\"io.kubernetes.cri.image-name\":\"docker.io/library/busybox:1.37\","
			"\"io.kubernetes.cri.sandbox-id\":\"0123456789abcdef\","
			"\"io.kubernetes.cri.sandbox-name\":\"pod\","
			"\"io.kubernetes.cri.sandbox-namespace\":\"default\","
			"\"io.kubernetes.cri.sandbox-uid\":\"8d0f0b8e-0000\","
			"\"wg.conf\":\"mullvad\",\"wg.example.org/x\":\"y\""));
	check_text("containerd: ours among them", annotation("wg.conf"), "mullvad");
	check_text("containerd: the container's type",
		   annotation("io.kubernetes.cri.container-type"), "container");
	taken("CRI-O's",
	      ANNOTATED("\"io.kubernetes.cri-o.ContainerType\":\"container\","
			"\"io.kubernetes.cri-o.SandboxID\":\"0123456789abcdef\","
			"\"io.kubernetes.cri-o.ResolvPath\":\"/run/containers/resolv.conf\","
			"\"io.kubernetes.cri-o.Annotations\":"
			"\"{\\\"wg.conf\\\":\\\"other\\\",\\\"a\\\":\\\"b\\\"}\","
			"\"io.kubernetes.cri-o.Labels\":\"{\\\"app\\\":\\\"web\\\"}\","
			"\"io.kubernetes.container.name\":\"app\","
			"\"io.kubernetes.pod.name\":\"pod\","
			"\"io.kubernetes.pod.namespace\":\"default\","
			"\"io.kubernetes.pod.uid\":\"8d0f0b8e-0000\","
			"\"kubectl.kubernetes.io/last-applied-configuration\":"
			"\"{\\\"kind\\\":\\\"Pod\\\"}\\n\",\"wg.conf\":\"mullvad\""));
	check_text("CRI-O: ours, not the one within a text", annotation("wg.conf"), "mullvad");
	check_text("CRI-O: a text with escapes", annotation("io.kubernetes.cri-o.Labels"),
		   "{\"app\":\"web\"}");
	check("CRI-O: all of them", json_count(result.state.annotations) == 11);
}

/* The whole of what CRI-O 1.36 with crun and containerd 2.3 with runc send, by their sources. */
static void test_engines(void)
{
	static const struct {
		const char *file, *namespace;
		size_t annotations;
		bool root;
	} engines[] = {
		{ "crio", "io.kubernetes.pod.namespace", 44, true },
		{ "containerd", "io.kubernetes.cri.sandbox-namespace", 8, false },
	};

	for (size_t i = 0; i < sizeof(engines) / sizeof(*engines); i++) {
		char path[64];
		int fd;

		snprintf(path, sizeof(path), "tests/state/%s.json", engines[i].file);
		fd = open(path, O_RDONLY);
		parse_from(fd);
		close(fd);
		if (!check_taken(path, result.parsed, &result.err))
			continue;
		check("its pid", result.state.pid == 4711);
		check("its bundle", result.state.bundle[0] == '/');
		check("its root, or none", !!*result.state.root == engines[i].root);
		check("all annotations",
		      json_count(result.state.annotations) == engines[i].annotations);
		check_text("ours", annotation("wg.conf"), "mullvad");
		check_text("the pod's namespace", annotation(engines[i].namespace), "team-a");
	}
}

/* --- what is JSON, but no state -------------------------------------------------------------- */

static void test_pid(void)
{
	static const struct {
		const char *value, *line;
	} pids[] = {
		{ "0", "state: pid: not between 1 and 4194304 '0'" },
		{ "-0", "state: pid: not between 1 and 4194304 '-0'" },
		{ "-1", "state: pid: not between 1 and 4194304 '-1'" },
		{ "4194305", "state: pid: not between 1 and 4194304 '4194305'" },
		{ "4294967297", "state: pid: not between 1 and 4194304 '4294967297'" },
		{ "9223372036854775808",
		  "state: pid: not between 1 and 4194304 '9223372036854775808'" },
		{ "18446744073709551617",
		  "state: pid: not between 1 and 4194304 '18446744073709551617'" },
		{ "1.5", "state: pid: not a whole number '1.5'" },
		{ "1.0", "state: pid: not a whole number '1.0'" },
		{ "1e3", "state: pid: not a whole number '1e3'" },
		{ "1E3", "state: pid: not a whole number '1E3'" },
		{ "\"4711\"", "state: pid: not a number" },
		{ "\"\"", "state: pid: not a number" },
		{ "null", "state: pid: not a number" },
		{ "true", "state: pid: not a number" },
		{ "[4711]", "state: pid: not a number" },
		{ "{\"pid\":4711}", "state: pid: not a number" },
	};
	static const char *const no_numbers[] = { "01", "+1", "0x10", ".5", "1.", "NaN", "" };
	char text[256], what[64];

	for (size_t i = 0; i < sizeof(pids) / sizeof(*pids); i++) {
		snprintf(text, sizeof(text), START "\"pid\":%s}", pids[i].value);
		snprintf(what, sizeof(what), "pid %s", pids[i].value);
		refuses(what, text, pids[i].line);
	}
	for (size_t i = 0; i < sizeof(no_numbers) / sizeof(*no_numbers); i++) {
		snprintf(text, sizeof(text), START "\"pid\":%s}", no_numbers[i]);
		snprintf(what, sizeof(what), "pid %s, which JSON has not", no_numbers[i]);
		refuses_json(what, text, strlen(text));
	}
	refuses("no pid", START "\"bundle\":\"/\"}", "state: pid: missing");
	refuses("a pid elsewhere", START "\"x\":{\"pid\":4711}}", "state: pid: missing");
	taken("pid 1", START "\"pid\":1}");
	taken("the highest pid", START "\"pid\":4194304}");
	check("has its value", result.parsed && result.state.pid == 4194304);
}

#define VM ": empty, as a VM runtime sends it: not supported"

static void test_runtime(void)
{
	refuses("an empty ociVersion", "{\"ociVersion\":\"\",\"status\":\"creating\"," PID "}",
		"state: ociVersion" VM);
	refuses("an empty status", "{\"ociVersion\":\"1.0\",\"status\":\"\"," PID "}",
		"state: status" VM);
	refuses("no ociVersion", "{\"status\":\"creating\"," PID "}", "state: ociVersion: missing");
	refuses("no status", "{\"ociVersion\":\"1.0\"," PID "}", "state: status: missing");
	refuses("a number for ociVersion", "{\"ociVersion\":1.0,\"status\":\"creating\"," PID "}",
		"state: ociVersion: not a string");
	refuses("null for status", "{\"ociVersion\":\"1.0\",\"status\":null," PID "}",
		"state: status: not a string");
	refuses("a number for id", "{\"ociVersion\":\"1.0\",\"status\":\"s\",\"id\":5," PID "}",
		"state: id: not a string");
	refuses("an array for bundle", START PID ",\"bundle\":[]}", "state: bundle: not a string");
	taken("neither id nor bundle", "{\"ociVersion\":\"1.0\",\"status\":\"s\"," PID "}");
	check_state("are empty", "", "", 4711, 0);
}

static void test_annotations(void)
{
	const char *value = "before";
	struct err err = { 0 };

	refuses("an array for annotations", START PID ",\"annotations\":[]}",
		"state: annotations: not an object");
	refuses("a text for annotations", START PID ",\"annotations\":\"\"}",
		"state: annotations: not an object");
	refuses("false for annotations", START PID ",\"annotations\":false}",
		"state: annotations: not an object");
	taken("annotations of others that are no texts",
	      ANNOTATED("\"n\":5,\"o\":{},\"z\":null,\"w\":\"\""));
	if (!result.parsed)
		return;
	check("one that is a number is refused when asked for",
	      json_string_optional(result.state.annotations, "n", &value, &err) == -1);
	check_text("with this line", err.line, "annotations.n: not a string");
	check("an object too",
	      json_string_optional(result.state.annotations, "o", &value, &err) == -1);
	check_text("with this line", err.line, "annotations.o: not a string");
	check("the value is as it was", strcmp(value, "before") == 0);
	check_text("null is none", annotation("z"), "(none)");
	check_text("an empty text is one", annotation("w"), "");
}

/* Whatever a stranger's text holds, a message is one line, and no terminal obeys it. */
static void test_one_line(void)
{
	char long_key[2000] = "", text[8192];

	refuses("newlines and escapes in a key",
		ANNOTATED(
			"\"a\\nb\\u001b[2J\\r\\t\\u007fz\":\"\",\"a\\nb\\u001b[2J\\r\\t\\u007fz\":\"\""),
		"state: annotations.a?b?[2J???z: the key comes twice");
	parse(ANNOTATED("\"a\\u009b2J\":\"\",\"a\\u009b2J\":\"\""));
	check("U+009B, which is an escape of one character to some terminals",
	      !result.parsed && !strstr(result.err.line, "\xc2\x9b"));
	memset(long_key, 'k', sizeof(long_key) - 1);
	snprintf(text, sizeof(text), START PID ",\"%s\":1,\"%s\":1}", long_key, long_key);
	check("a key longer than a line",
	      !parse(text) && strncmp(result.err.line, "state: kkkk", 11) == 0);
	memset(long_key, '9', sizeof(long_key) - 1);
	snprintf(text, sizeof(text), START "\"pid\":%s}", long_key);
	refuses("a pid longer than a line", text,
		"state: pid: not between 1 and 4194304 '99999999999999999999999999999999'");
}

/* --- reading --------------------------------------------------------------------------------- */

/* A whole state of LENGTH bytes, the rest of it one annotation. */
static char *state_of(size_t length)
{
	static const char begin[] =
		START PID ",\"annotations\":{\"wg.conf\":\"mullvad\",\"pad\":\"";
	static const char end[] = "\"}}";
	char *text = malloc(length + 1);

	if (!text)
		exit(1);
	memset(text, 'x', length);
	memcpy(text, begin, sizeof(begin) - 1);
	memcpy(text + length - (sizeof(end) - 1), end, sizeof(end));
	return text;
}

/* What state_read() makes of TEXT that a child writes into a pipe. */
static bool read_bytes(const char *text, size_t length)
{
	int ends[2];
	pid_t child;

	if (pipe(ends) < 0 || (child = fork()) < 0)
		exit(1);
	if (child == 0) {
		close(ends[0]);
		signal(SIGPIPE, SIG_DFL); /* for a reader that has seen enough */
		while (length) {
			ssize_t written = write(ends[1], text, length < 5000 ? length : 5000);

			if (written <= 0)
				break;
			text += written;
			length -= (size_t)written;
		}
		_exit(0);
	}
	close(ends[1]);
	parse_from(ends[0]);
	close(ends[0]);
	waitpid(child, NULL, 0);
	return result.parsed;
}

#define TOO_LARGE "state: standard input: larger than 1048576 bytes"

static void test_size(void)
{
	static const size_t sizes[] = { 200, 65536, 262144, STATE_SIZE_MAX - 100, STATE_SIZE_MAX };
	char what[64], *text;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		snprintf(what, sizeof(what), "a state of %zu bytes", sizes[i]);
		text = state_of(sizes[i]);
		check_taken(what, read_bytes(text, sizes[i]), &result.err);
		check_text(what, annotation("wg.conf"), "mullvad");
		check("to its last byte", strlen(annotation("pad")) > sizes[i] - 200);
		free(text);
	}
	text = state_of(STATE_SIZE_MAX + 1);
	read_bytes(text, STATE_SIZE_MAX + 1);
	check_refused("one byte more", result.parsed, &result.err, TOO_LARGE);
	free(text);
	text = state_of(4 * STATE_SIZE_MAX);
	read_bytes(text, 4 * STATE_SIZE_MAX);
	check_refused("four times as much", result.parsed, &result.err, TOO_LARGE);
	free(text);
	read_bytes("", 0);
	check_refused("nothing", result.parsed, &result.err, EMPTY);
	parse_from(1 << 20);
	check_refused("no descriptor", result.parsed, &result.err,
		      "state: standard input: cannot be read: Bad file descriptor");
}

/* 1 MiB of the smallest members that there are: sorted, and without a comparison of each with each.
 */
static void test_many(void)
{
	size_t room = STATE_SIZE_MAX, used;
	char *text = malloc(room), key[16] = "";

	if (!text)
		exit(1);
	used = (size_t)snprintf(text, room, START PID ",\"annotations\":{\"k\":\"\"");
	for (unsigned int i = 0; used + 32 < room; i++) {
		snprintf(key, sizeof(key), "%x", i * 2654435761U);
		used += (size_t)snprintf(text + used, room - used, ",\"%s\":\"\"", key);
	}
	used += (size_t)snprintf(text + used, room - used, "}}");
	check_taken("as many annotations as go into 1 MiB", parse_bytes(text, used), &result.err);
	check_text("the last is found", annotation(key), "");
	check_text("so is the first", annotation("k"), "");
	free(text);
}

static void test_free(void)
{
	static const struct state empty;

	parse(WHOLE);
	state_free(&result.state);
	check("state_free leaves zeros", memcmp(&result.state, &empty, sizeof(empty)) == 0);
	state_free(&result.state);
	check("state_free of an empty state", true);
	result.parsed = false;
}

int main(void)
{
	alarm(300); /* what blocks must not block for ever */
	test_runc();
	test_crun();
	test_kubernetes();
	test_engines();
	test_pid();
	test_runtime();
	test_annotations();
	test_one_line();
	test_size();
	test_many();
	test_free();
	return state_done();
}
