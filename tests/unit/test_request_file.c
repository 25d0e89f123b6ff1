/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hook/locate.c, by way of a request: which file wg.conf names, and which it may be. */
#include "request.h"
#include "request_asked.h"
#include "template.h"
#include "unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void make_files(void)
{
	put_directory("conf/sub");
	put_directory("conf/directory.conf");
	put_directory("conf/2");
	put_directory("conf2");
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
	snprintf(directory, sizeof(directory), "%s/other", template_directory);
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
	snprintf(path, sizeof(path), "%s/conf/fifo.conf", template_directory);
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
	snprintf(path, sizeof(path), "%s/conf/large.conf", template_directory);
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
	snprintf(path, sizeof(path), "%s/conf/theirs.conf", template_directory);
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

	snprintf(none, sizeof(none), "%s/nowhere", template_directory);
	snprintf(second, sizeof(second), "%s/conf2", template_directory);
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
	snprintf(second, sizeof(second), "%s/conf//", template_directory);
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

int main(void)
{
	request_begin();
	make_files();
	test_names();
	test_long_name();
	test_paths();
	test_links();
	test_what_a_file_is();
	test_owner();
	test_directories();
	test_any_file();
	return request_done();
}
