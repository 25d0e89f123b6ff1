/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oci/inject.c: a hook into the text of a config.json, of which every other byte stays. */
#include "inject.h"
#include "unit.h"

#include <stdlib.h>

#define HOOK "{\"path\":\"/bin/hook\",\"args\":[\"hook\",\"now\"],\"env\":[],\"timeout\":60}"
#define LIST "\"createRuntime\":[" HOOK "]"

static struct {
	char text[8192]; /* of the edited config, "(left)", or what was wrong with it */
	struct err err;
} result;

static void inject_of(const char *config, size_t length, const char *hook)
{
	struct json *tree = NULL;
	char *edited = NULL;
	size_t edited_length = 0;

	if (json_parse(config, length, &tree, &result.err) < 0 ||
	    inject_hook(config, length, tree, "createRuntime", hook, &edited, &edited_length,
			&result.err) < 0)
		snprintf(result.text, sizeof(result.text), "refused: %s", result.err.line);
	else if (!edited)
		snprintf(result.text, sizeof(result.text), "(left)");
	else
		snprintf(result.text, sizeof(result.text), "%.*s", (int)edited_length, edited);
	free(edited);
	json_free(tree);
}

/* The edited text is WANTED, is JSON, and has the hook: a second time nothing happens. */
static void becomes(const char *what, const char *config, const char *wanted)
{
	char text[8192], name[256];

	inject_of(config, strlen(config), HOOK);
	check_text(what, result.text, wanted);
	snprintf(text, sizeof(text), "%s", result.text);
	inject_of(text, strlen(text), HOOK);
	snprintf(name, sizeof(name), "%s, twice", what);
	check_text(name, result.text, "(left)");
}

static void is(const char *what, const char *config, const char *wanted)
{
	inject_of(config, strlen(config), HOOK);
	check_text(what, result.text, wanted);
}

static void test_shapes(void)
{
	becomes("no hooks", "{\"ociVersion\":\"1.0.2\"}",
		"{\"ociVersion\":\"1.0.2\",\"hooks\":{" LIST "}}");
	becomes("an empty object", "{}", "{\"hooks\":{" LIST "}}");
	becomes("hooks that are null", "{\"hooks\":null,\"root\":{}}",
		"{\"hooks\":{" LIST "},\"root\":{}}");
	becomes("hooks that are null, and nothing else", "{ \"hooks\" : null }",
		"{ \"hooks\" : {" LIST "} }");
	becomes("hooks that are empty", "{\"hooks\":{},\"z\":1}", "{\"hooks\":{" LIST "},\"z\":1}");
	becomes("hooks of other stages",
		"{\"hooks\":{\"poststop\":[{\"path\":\"/x\"}],\"prestart\":[]},\"a\":[]}",
		"{\"hooks\":{\"poststop\":[{\"path\":\"/x\"}],\"prestart\":[]," LIST "},\"a\":[]}");
	becomes("createRuntime that is null",
		"{\"hooks\":{\"createRuntime\":null,\"poststop\":null}}",
		"{\"hooks\":{" LIST ",\"poststop\":null}}");
	becomes("createRuntime that is empty", "{\"hooks\":{\"createRuntime\":[]}}",
		"{\"hooks\":{" LIST "}}");
	becomes("createRuntime with a hook: ours is the last",
		"{\"hooks\":{\"createRuntime\":[{\"path\":\"/first\"}]}}",
		"{\"hooks\":{\"createRuntime\":[{\"path\":\"/first\"}," HOOK "]}}");
	becomes("a member of another object is not meant",
		"{\"linux\":{\"hooks\":{\"createRuntime\":[]}},\"x\":[{\"hooks\":null}]}",
		"{\"linux\":{\"hooks\":{\"createRuntime\":[]}},\"x\":[{\"hooks\":null}],\"hooks\":{" LIST
		"}}");
	becomes("a key that is written with escapes",
		"{\"ho\\u006fks\":{\"create\\u0052untime\":[7]}}",
		"{\"ho\\u006fks\":{\"create\\u0052untime\":[7," HOOK "]}}");
}

static void test_white_space(void)
{
	becomes("white space of every kind",
		"\n\t{ \"hooks\"\r\n:\t{ \"createRuntime\" : [ \n { \"path\" : \"/a\" }\n\t] \n}\n}\r\n\n",
		"\n\t{ \"hooks\"\r\n:\t{ \"createRuntime\" : [ \n { \"path\" : \"/a\" }\n\t," HOOK
		"] \n}\n}\r\n\n");
	becomes("in empty ones", " { \"hooks\" : { \"createRuntime\" : [ \t ] } } ",
		" { \"hooks\" : { \"createRuntime\" : [ \t " HOOK "] } } ");
	becomes("as jq writes it",
		"{\n  \"ociVersion\": \"1.0.2-dev\",\n  \"hooks\": {\n    \"poststop\": []\n  }\n}\n",
		"{\n  \"ociVersion\": \"1.0.2-dev\",\n  \"hooks\": {\n    \"poststop\": []\n  ," LIST
		"}\n}\n");
}

static void test_bytes(void)
{
	static const char *const members[] = {
		"\"x-unknown\":{\"deep\":[[[{}]]],\"\":\"\"}",
		"\"big\":[123456789012345678901234567890,-0,1e400,1.0,0.10,2E+3,-1.5e-7]",
		"\"text\":\"\\u00e9\\ud83d\\ude00 \\\"\\\\\\/\\b\\f\\n\\r\\t } ] , : null\"",
		"\"raw\":\"\u00e9\u4e2d\U0001f600\u2028\"",
		"\"\u00e9\":\"}\"",
		"\"words\":[true,false,null]",
		"\"z\":null",
		"\"number\":18446744073709551616",
	};
	char config[2048], wanted[4096];

	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		snprintf(config, sizeof(config), "{%s,\"hooks\":{\"createRuntime\":[ ]},%s }",
			 members[i], "\"last\" : 0");
		snprintf(wanted, sizeof(wanted),
			 "{%s,\"hooks\":{\"createRuntime\":[ " HOOK "]},%s }", members[i],
			 "\"last\" : 0");
		becomes(members[i], config, wanted);
		snprintf(config, sizeof(config), "{\"hooks\":null,%s}", members[i]);
		snprintf(wanted, sizeof(wanted), "{\"hooks\":{" LIST "},%s}", members[i]);
		becomes("... after them", config, wanted);
		snprintf(config, sizeof(config), "{ %s }", members[i]);
		snprintf(wanted, sizeof(wanted), "{ %s ,\"hooks\":{" LIST "}}", members[i]);
		becomes("... before them", config, wanted);
		snprintf(config, sizeof(config), "{\"hooks\":{ %s }}", members[i]);
		snprintf(wanted, sizeof(wanted), "{\"hooks\":{ %s ," LIST "}}", members[i]);
		becomes("... beside it", config, wanted);
	}
	becomes("elements that are no hooks",
		"{\"hooks\":{\"createRuntime\":[1,\"x\",null,[],-2.5]}}",
		"{\"hooks\":{\"createRuntime\":[1,\"x\",null,[],-2.5," HOOK "]}}");
}

/* A file of megabytes is edited at its end as at its beginning. */
static void test_large(void)
{
	size_t size = 3 << 20, edited_length = 0;
	char *config = malloc(size + 64), *edited = NULL;
	struct json *tree = NULL;
	struct err err;
	bool good = false;

	strcpy(config, "{\"x\":\"");
	memset(config + 6, 'a', size);
	strcpy(config + 6 + size, "\", \"hooks\": {}}");
	if (json_parse(config, strlen(config), &tree, &err) == 0 &&
	    inject_hook(config, strlen(config), tree, "createRuntime", HOOK, &edited,
			&edited_length, &err) == 0)
		good = edited_length == strlen(config) + strlen(LIST) &&
		       memcmp(edited, config, strlen(config) - 2) == 0 &&
		       memcmp(edited + strlen(config) - 2, LIST "}}", strlen(LIST) + 2) == 0;
	check("three megabytes", good);
	json_free(tree);
	free(edited);
	free(config);
}

static void test_there_already(void)
{
	is("the same hook is left, however it is written",
	   "{\"hooks\":{\"createRuntime\":[{\"timeout\":1, \"args\":[ \"h\\u006fok\", \"now\" ],"
	   "\"path\":\"\\/bin/hook\"},{\"path\":\"/z\"}]}}",
	   "(left)");
	becomes("one with other args is another",
		"{\"hooks\":{\"createRuntime\":[{\"path\":\"/bin/hook\",\"args\":[\"hook\"]}]}}",
		"{\"hooks\":{\"createRuntime\":[{\"path\":\"/bin/hook\",\"args\":[\"hook\"]}," HOOK
		"]}}");
	becomes("so is one with as many",
		"{\"hooks\":{\"createRuntime\":[{\"path\":\"/bin/hook\",\"args\":[\"hook\",\"later\"]}]}}",
		"{\"hooks\":{\"createRuntime\":[{\"path\":\"/bin/hook\",\"args\":[\"hook\",\"later\"]}," HOOK
		"]}}");
	becomes("and one with more",
		"{\"hooks\":{\"createRuntime\":[{\"path\":\"/bin/hook\",\"args\":[\"hook\",\"now\",\"x\"]}]}}",
		"{\"hooks\":{\"createRuntime\":[{\"path\":\"/bin/hook\",\"args\":[\"hook\",\"now\",\"x\"]}," HOOK
		"]}}");
	becomes("and one without any", "{\"hooks\":{\"createRuntime\":[{\"path\":\"/bin/hook\"}]}}",
		"{\"hooks\":{\"createRuntime\":[{\"path\":\"/bin/hook\"}," HOOK "]}}");
	becomes("and one at another path",
		"{\"hooks\":{\"createRuntime\":[{\"path\":\"/bin/hooks\",\"args\":[\"hook\",\"now\"]}]}}",
		"{\"hooks\":{\"createRuntime\":[{\"path\":\"/bin/hooks\",\"args\":[\"hook\",\"now\"]}," HOOK
		"]}}");
	becomes("and one of another stage", "{\"hooks\":{\"poststop\":[" HOOK "]}}",
		"{\"hooks\":{\"poststop\":[" HOOK "]," LIST "}}");
}

static void test_refused(void)
{
	is("hooks that are no object", "{\"hooks\":[]}", "refused: hooks: not an object");
	is("hooks that are a text", "{\"hooks\":\"null\"}", "refused: hooks: not an object");
	is("createRuntime that is no array", "{\"hooks\":{\"createRuntime\":{}}}",
	   "refused: hooks.createRuntime: not an array");
	is("an array", "[{\"hooks\":{}}]", "refused: not an object");
	is("a text", "\"hooks\"", "refused: not an object");
	is("a number", "17", "refused: not an object");
	is("hooks twice", "{\"hooks\":null,\"hooks\":{}}", "refused: hooks: the key comes twice");
	is("createRuntime twice, once with escapes",
	   "{\"hooks\":{\"createRuntime\":[],\"create\\u0052untime\":[]}}",
	   "refused: hooks.createRuntime: the key comes twice");
	inject_of("{}", 2, "{\"path\":\"/\xff\"}");
	check("a hook whose path is not UTF-8",
	      strncmp(result.text, "refused: the hook: not JSON", 27) == 0);
}

static void print(const char *what, const char *text, const char *wanted)
{
	char got[256] = "";
	FILE *out = fmemopen(got, sizeof(got), "w");

	json_print_string(text, out);
	fclose(out);
	check_text(what, got, wanted);
}

static void test_print(void)
{
	print("a string", "/usr/bin/x", "\"/usr/bin/x\"");
	print("an empty one", "", "\"\"");
	print("quotes and backslashes", "a\"b\\c", "\"a\\\"b\\\\c\"");
	print("control characters", "\x01\n\t\x1f\x7f", "\"\\u0001\\u000a\\u0009\\u001f\x7f\"");
	print("what is not ASCII", "\u00e9\U0001f600", "\"\u00e9\U0001f600\"");
}

int main(void)
{
	test_shapes();
	test_white_space();
	test_bytes();
	test_large();
	test_there_already();
	test_refused();
	test_print();
	return unit_done();
}
