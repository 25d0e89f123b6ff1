/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oci/call.c: what an engine asks of a runtime. */
#include "call.h"
#include "unit.h"

#include <stdlib.h>

#define WORDS_MAX 32

/*
 * WORDS, by single blanks, as "COMMAND BUNDLE LOG": "-" where there is none, and for the bundle
 * where none is asked for; or what it is refused with.
 */
static void reads(const char *words, const char *wanted)
{
	char copy[512], got[1200], *word[WORDS_MAX + 1] = { NULL }, *rest = copy;
	const char *bundle = "-";
	struct call call;
	struct err err;

	snprintf(copy, sizeof(copy), "%s", words);
	for (int i = 0; i < WORDS_MAX && rest && *rest; i++)
		word[i] = strsep(&rest, " ");
	call_parse(word, &call);
	if (call_makes_container(&call) && call_bundle(&call, &bundle, &err) < 0)
		snprintf(got, sizeof(got), "%s", err.line);
	else
		snprintf(got, sizeof(got), "%s %s %s", call.command ? call.command : "-", bundle,
			 call.json_log ? call.json_log : "-");
	check_text(*words ? words : "nothing at all", got, wanted);
}

static void test_engines(void)
{
	reads("--root /run/docker/runtime-runc/moby --log /run/b/log.json --log-format json"
	      " --systemd-cgroup create --bundle /run/b --pid-file /run/b/init.pid"
	      " --console-socket /tmp/pty.sock id",
	      "create /run/b /run/b/log.json");
	reads("--root /run/docker/runtime-runc/moby --log /run/b/log.json --log-format json start id",
	      "start - /run/b/log.json");
	reads("--log-format=json --log /c/oci-log --root /run/crun create --bundle /c/userdata"
	      " --pid-file /c/pidfile id",
	      "create /c/userdata /c/oci-log");
	reads("--systemd-cgroup --root=/run/runc create --bundle /c --pid-file /c/pidfile id",
	      "create /c -");
	reads("--version", "- - -");
	reads("features", "features - -");
	reads("", "- - -");
}

static void test_global(void)
{
	reads("--root create state id", "state - -");
	reads("--root=create state id", "state - -");
	reads("--log create --log-format run state id", "state - -");
	reads("--log-level debug create id", "create . -");
	reads("--rootless auto --criu /usr/sbin/criu --cgroup-manager disabled run id", "run . -");
	reads("--debug --systemd-cgroup create id", "create . -");
	reads("--systemd-cgroup exec run create", "exec - -");
	reads("--debug kill create", "kill - -");
	reads("-root /x create id", "create . -");
	reads("-- create id", "create . -");
	reads("--unknown create id", "create . -");
	reads("--unknown value create id", "create . -");
	reads("--unknown=value create id", "create . -");
	reads("--unknown --debug run id", "run . -");
	reads("--unknown", "- - -");
	reads("--root", "- - -");
	reads("exec id create", "exec - -");
	reads("createx id", "createx - -");
}

static void test_log(void)
{
	reads("--log /a --log-format text state id", "state - -");
	reads("--log /a state id", "state - -");
	reads("--log-format json state id", "state - -");
	reads("--log=/a --log-format=json --log=/b state id", "state - /b");
	reads("--log relative --log-format json state id", "state - -");
	reads("--log file:/a --log-format json state id", "state - /a");
	reads("--log journald:x --log-format json state id", "state - -");
	reads("--log /a --log-format json --log-format text state id", "state - -");
}

static void test_bundle(void)
{
	reads("create id", "create . -");
	reads("create --bundle /a id", "create /a -");
	reads("create --bundle=/a=b id", "create /a=b -");
	reads("create -b /a id", "create /a -");
	reads("create --bundle= id", "create: not every runtime reads an empty --bundle alike");
	reads("run -d -b a/b id", "run a/b -");
	reads("run --detach --keep --no-pivot --no-new-keyring --no-subreaper -b /a id",
	      "run /a -");
	reads("create id --bundle /a", "create /a -");
	reads("create --bundle /a --bundle /b id", "create /b -");
	reads("create --pid-file --bundle id", "create . -");
	reads("create --preserve-fds 3 --console-socket -b --pidfd-socket -b -b /a id",
	      "create /a -");
	reads("create --unknown --bundle /a id", "create /a -");
	reads("create --unknown=x --bundle /a id", "create /a -");
	reads("create -- id --bundle /a", "create . -");
	reads("restore --image-path /i --work-path /w -d -b /a id", "restore /a -");
}

static void doubtful(const char *words, const char *word)
{
	char line[256];

	snprintf(line, sizeof(line), "%.*s: not every runtime reads this alike '%s'",
		 (int)strcspn(words, " "), words, word);
	reads(words, line);
}

static bool restores(const char *command)
{
	struct call call;

	call_parse((char *[]){ (char *)command, NULL }, &call);
	return call_restores(&call);
}

static void test_restore(void)
{
	check("restore is one that restores", restores("restore"));
	check("create is none, nor is nothing", !restores("create") && !restores(NULL));
}

static void test_doubtful(void)
{
	doubtful("create -bundle /a id", "-bundle");
	doubtful("create -bundle=/a id", "-bundle=/a");
	doubtful("create -b=/a id", "-b=/a");
	doubtful("create -b/a id", "-b/a");
	doubtful("run -db /a id", "-db");
	doubtful("run --bun /a id", "--bun");
	doubtful("run --b=/a id", "--b=/a");
	doubtful("create -f other.json -b /a id", "-f");
	doubtful("create --config other.json id", "--config");
	doubtful("create --config=other.json id", "--config=other.json");
	doubtful("create --conf other.json id", "--conf");
	doubtful("create id --bund=/a", "--bund=/a");
	/* runc 1.1 moves options before all else: it is "-b /a id" then. */
	doubtful("create /a id -b", "-b");
	doubtful("create /a id --pid-file=x --bundle", "--bundle");
	doubtful("create id --pid-file", "--pid-file");
}

int main(void)
{
	test_engines();
	test_global();
	test_log();
	test_bundle();
	test_restore();
	test_doubtful();
	return unit_done();
}
