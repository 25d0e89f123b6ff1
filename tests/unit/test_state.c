/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oci/json.c and oci/state.c: the states of real runtimes are taken, everything else is refused
 * with one line, and a failure leaves the output alone.
 */
#include "state.h"
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
	bool parsed;
	struct state state;
	struct err err;
} result;

static int touched; /* outputs written to by a failure */
static int unclear; /* failures without exactly one line */

static void result_free(void)
{
	if (result.parsed)
		state_free(&result.state);
	result.parsed = false;
}

/* From a copy without a byte to spare, so that a sanitizer sees a read beyond the end. */
static bool parse_bytes(const char *text, size_t length)
{
	char *copy = malloc(length ? length : 1);

	if (!copy)
		exit(1);
	memcpy(copy, text, length);
	result_free();
	blot(&result.state, sizeof(result.state));
	result.err = (struct err){ 0 };
	result.parsed = state_parse(copy, length, &result.state, &result.err) == 0;
	free(copy);
	if (!result.parsed) {
		touched += !is_blotted(&result.state, sizeof(result.state));
		unclear += strncmp(result.err.line, "state: ", 7) != 0 || !result.err.line[7];
		for (const char *c = result.err.line; *c; c++)
			unclear += (unsigned char)*c < 0x20 || *c == 0x7f;
	}
	return result.parsed;
}

static bool parse(const char *text)
{
	return parse_bytes(text, strlen(text));
}

/* LINE is the whole of the message. */
static void refuses(const char *what, const char *text, const char *line)
{
	parse(text);
	check_refused(what, result.parsed, &result.err, line);
}

/* Refused as not JSON; what yajl says of it is yajl's. */
static void refuses_json(const char *what, const char *text, size_t length)
{
	parse_bytes(text, length);
	if (!check(what, !result.parsed && strncmp(result.err.line, "state: not JSON: ", 17) == 0 &&
				 result.err.line[17]))
		printf("# got: %s\n", result.parsed ? "(taken)" : result.err.line);
}

static bool taken(const char *what, const char *text)
{
	parse(text);
	return check_taken(what, result.parsed, &result.err);
}

/* The annotation NAME of what was parsed; "(none)" without it. */
static const char *annotation(const char *name)
{
	const char *value = "(none)";
	struct err err = { 0 };

	if (!result.parsed)
		return "(not parsed)";
	if (json_string_optional(result.state.annotations, name, &value, &err) < 0)
		return "(refused)";
	return value;
}

#define START "{\"ociVersion\":\"1.0.2-dev\",\"id\":\"t\",\"status\":\"creating\","
#define PID "\"pid\":4711"
#define BUNDLE ",\"bundle\":\"/b\""
#define WHOLE START PID BUNDLE "}"
#define ANNOTATED(members) START PID BUNDLE ",\"annotations\":{" members "}}"

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
		result_free();
		result.parsed = state_read(fd, &result.state, &result.err) == 0;
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

/* --- what is no JSON, or not strictly -------------------------------------------------------- */

#define EMPTY "state: empty: nothing came on standard input"

static void test_syntax(void)
{
	static const char nul_behind[] = WHOLE "\0";
	static const char nul_within[] = "{\"ociVersion\":\"1.\0\"}";
	static const char utf16[] = "\xff\xfe{\0}\0";

	refuses("nothing", "", EMPTY);
	refuses("blanks", " \t\r\n\n ", EMPTY);
	refuses_json("text", "hello", 5);
	refuses_json("a quote", "\"", 1);
	refuses_json("single quotes", "{'pid':1}", 9);
	refuses_json("a comma at the end", START PID ",}", strlen(START PID ",}"));
	refuses_json("no comma", "{\"a\":1 \"b\":2}", 13);
	refuses_json("a comment in C's way", START "/* x */" PID "}",
		     strlen(START "/* x */" PID "}"));
	refuses_json("a comment in C++'s way", START "// x\n" PID "}",
		     strlen(START "// x\n" PID "}"));
	refuses_json("a comment behind", WHOLE "/* x */", strlen(WHOLE "/* x */"));
	refuses_json("text behind", WHOLE " x", strlen(WHOLE " x"));
	refuses_json("a second value", WHOLE WHOLE, strlen(WHOLE WHOLE));
	refuses_json("a brace too many", WHOLE "}", strlen(WHOLE "}"));
	refuses_json("a NUL behind", nul_behind, sizeof(nul_behind) - 1);
	refuses_json("a NUL within", nul_within, sizeof(nul_within) - 1);
	refuses_json("UTF-16", utf16, sizeof(utf16) - 1);
	refuses_json("a raw newline in a string", ANNOTATED("\"a\":\"b\nc\""),
		     strlen(ANNOTATED("\"a\":\"b\nc\"")));
	refuses_json("an escape that is none", ANNOTATED("\"a\":\"\\x41\""),
		     strlen(ANNOTATED("\"a\":\"\\x41\"")));
	refuses_json("invalid UTF-8 in a value", ANNOTATED("\"a\":\"\xff\""),
		     strlen(ANNOTATED("\"a\":\"\xff\"")));
	refuses_json("UTF-8 cut short", ANNOTATED("\"a\":\"\xc3\""),
		     strlen(ANNOTATED("\"a\":\"\xc3\"")));
	refuses_json("invalid UTF-8 in a key", ANNOTATED("\"\xe2\x28\xa1\":\"a\""),
		     strlen(ANNOTATED("\"\xe2\x28\xa1\":\"a\"")));
	refuses("an array", "[]", "state: ociVersion: missing");
	refuses("an array with a state in it", "[" WHOLE "]", "state: ociVersion: missing");
	refuses("a text", "\"ociVersion\"", "state: ociVersion: missing");
	refuses("a number", "5 ", "state: ociVersion: missing");
	refuses("null", "null", "state: ociVersion: missing");
	refuses("an empty object", "{}", "state: ociVersion: missing");
}

/* However much of a state came, half of one is never taken for a whole. */
static void test_truncated(void)
{
	static const char whole[] = ANNOTATED("\"wg.conf\":\"mull\\u0076ad\",\"n\":\"1\"");
	size_t taken_at = 0, wrong = 0;

	for (size_t length = 0; length < sizeof(whole) - 1; length++) {
		if (parse_bytes(whole, length))
			taken_at = length + 1;
		wrong += strncmp(result.err.line, length ? "state: not JSON: " : EMPTY,
				 length ? 17 : sizeof(EMPTY)) != 0;
	}
	check("cut at any byte it is refused", taken_at == 0);
	check("as what it is", wrong == 0);
	taken("whole it is not", whole);
}

static void refuses_nested(const char *what, const char *open, size_t depth, const char *close)
{
	size_t size = depth * (strlen(open) + strlen(close)) + 16;
	char *text = malloc(size), *to = text;

	if (!text)
		exit(1);
	for (size_t i = 0; i < depth; i++)
		to = stpcpy(to, open);
	to = stpcpy(to, "0");
	for (size_t i = 0; i < depth; i++)
		to = stpcpy(to, close);
	refuses(what, text, "state: nested deeper than 32");
	free(text);
}

#define OPEN10 "[[[[[[[[[["
#define CLOSE10 "]]]]]]]]]]"

static void test_depth(void)
{
	taken("nested 32 deep",
	      START PID ",\"x\":[" OPEN10 OPEN10 OPEN10 CLOSE10 CLOSE10 CLOSE10 "]}");
	refuses("33 deep", START PID ",\"x\":[[" OPEN10 OPEN10 OPEN10 CLOSE10 CLOSE10 CLOSE10 "]]}",
		"state: nested deeper than 32");
	refuses_nested("33 arrays", "[", 33, "]");
	refuses_nested("100,000 arrays", "[", 100000, "]");
	refuses_nested("100,000 that are never closed", "[", 100000, "");
	refuses_nested("100,000 objects", "{\"a\":", 100000, "}");
	refuses_nested("100,000 objects that are never closed", "{\"a\":", 100000, "");
	taken("100 arrays beside each other",
	      START PID ",\"x\":[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],"
			"[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]}");
}

static void test_duplicates(void)
{
	refuses("a key twice", START PID ",\"pid\":4712}", "state: pid: the key comes twice");
	refuses("with the same value", START PID "," PID "}", "state: pid: the key comes twice");
	refuses("with an escape in it", START PID ",\"\\u0070id\":4712}",
		"state: pid: the key comes twice");
	refuses("an annotation twice", ANNOTATED("\"wg.conf\":\"a\",\"z\":\"\",\"wg.conf\":\"b\""),
		"state: annotations.wg.conf: the key comes twice");
	refuses("annotations twice", START PID ",\"annotations\":{},\"annotations\":{\"a\":\"b\"}}",
		"state: annotations: the key comes twice");
	refuses("in an object within", START PID ",\"x\":{\"y\":{\"z\":1,\"a\":2,\"z\":3}}}",
		"state: x.y.z: the key comes twice");
	refuses("in an object within an array", START PID ",\"x\":[{\"z\":1,\"z\":3}]}",
		"state: an array's element.z: the key comes twice");
	refuses("an empty one", START PID ",\"\":1,\"\":2}", "state: : the key comes twice");
	taken("in two objects it is not the same",
	      START PID ",\"x\":{\"pid\":1},\"y\":{\"pid\":1}}");
	check("nor does it hide the first", result.parsed && result.state.pid == 4711);
	taken("upper case is another", START PID ",\"PID\":1,\"Pid\":2}");
	check("and not the one that counts", result.parsed && result.state.pid == 4711);
}

#define NUL_LINE "state: a NUL character in a string"

static void test_nul(void)
{
	refuses("a NUL in a value", ANNOTATED("\"wg.conf\":\"mullvad\\u0000x\""), NUL_LINE);
	refuses("nothing but a NUL", ANNOTATED("\"wg.conf\":\"\\u0000\""), NUL_LINE);
	refuses("a NUL in a key", ANNOTATED("\"wg.conf\\u0000x\":\"mullvad\""), NUL_LINE);
	refuses("a NUL in a key of ours", START "\"pid\\u0000\":4711}", NUL_LINE);
	refuses("a NUL deep within", START PID ",\"x\":[[{\"y\":\"\\u0000\"}]]}", NUL_LINE);
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
	result_free();
	blot(&result.state, sizeof(result.state));
	result.parsed = state_read(ends[0], &result.state, &result.err) == 0;
	close(ends[0]);
	waitpid(child, NULL, 0);
	if (!result.parsed)
		touched += !is_blotted(&result.state, sizeof(result.state));
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
	result_free();
	result.parsed = state_read(1 << 20, &result.state, &result.err) == 0;
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
	test_syntax();
	test_truncated();
	test_depth();
	test_duplicates();
	test_nul();
	test_pid();
	test_runtime();
	test_annotations();
	test_one_line();
	test_size();
	test_many();
	test_free();
	check("a failure leaves the output alone", touched == 0);
	check("every failure has one line", unclear == 0);
	result_free();
	return unit_done();
}
