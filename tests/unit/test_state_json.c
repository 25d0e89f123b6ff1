/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oci/json.c, by way of a state: what is no JSON, or not strictly. */
#include "state.h"
#include "state_parsed.h"
#include "unit.h"

#include <stdlib.h>

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

int main(void)
{
	test_syntax();
	test_truncated();
	test_depth();
	test_duplicates();
	test_nul();
	return state_done();
}
