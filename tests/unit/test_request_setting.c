/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hook/settings.c, by way of a request: who may set what, and what is no setting. */
#include "request.h"
#include "request_asked.h"
#include "unit.h"

#include "state.h"

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

int main(void)
{
	request_begin();
	test_wanted();
	test_nothing_collected();
	test_unknown();
	test_both();
	test_annotated();
	test_require();
	return request_done();
}
