/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hook/cdi.c: the specification byte by byte, which tunnels are devices, and what JSON must escape.
 * hook/locate.c's list of tunnels, and what of it is left out.
 */
#include "cdi.h"
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"

static struct {
	char *text; /* NULL: refused */
	struct warnings warnings;
	struct err err;
} result;

static void result_free(void)
{
	free(result.text);
	result.text = NULL;
	warnings_free(&result.warnings);
	result.err = (struct err){ 0 };
}

/* NAMES, by blanks. */
static void print(const struct options *options, const char *program, const char *names)
{
	char *copy = strdup(names), *rest = copy, *list[16];
	struct tunnels tunnels = { .name = list };

	result_free();
	while ((list[tunnels.count] = strsep(&rest, " ")))
		tunnels.count += *list[tunnels.count] != '\0';
	cdi_print(options, &tunnels, program, &result.text, &result.warnings, &result.err);
	free(copy);
}

#define PROGRAM "/usr/local/bin/oci-wireguard"
#define BEGIN                                                                                      \
	"{\n\t\"cdiVersion\": \"0.5.0\",\n\t\"kind\": \"oci-wireguard/tunnel\",\n"                 \
	"\t\"devices\": [\n"
#define DEVICE(name, more, seconds)                                                                \
	"\t\t{ \"name\": \"" name "\", \"containerEdits\": { \"hooks\": [ {\n"                     \
	"\t\t\t\"hookName\": \"createRuntime\",\n"                                                 \
	"\t\t\t\"path\": \"" PROGRAM "\",\n"                                                       \
	"\t\t\t\"args\": [\"oci-wireguard\", \"createRuntime\", \"--conf\", \"" name               \
	"\", \"--config-dir\", \"/etc/wireguard\"" more "],\n"                                     \
	"\t\t\t\"timeout\": " seconds "\n\t\t} ] } }"
#define END "\n\t]\n}\n"

static void test_text(void)
{
	struct options options = { .config_dir = { "/etc/wireguard" }, .config_dir_count = 1 };

	print(&options, PROGRAM, "mullvad");
	check_text("one device", result.text ? result.text : result.err.line,
		   BEGIN DEVICE("mullvad", "", "60") END);
	print(&options, PROGRAM, "a 7 mullvad");
	check_text("three", result.text ? result.text : result.err.line,
		   BEGIN DEVICE("a", "", "60") ",\n" DEVICE("7", "", "60") ",\n" DEVICE(
			   "mullvad", "", "60") END);
	options.config_dir[options.config_dir_count++] = "/srv/tunnels";
	options.setting[SETTING_BYPASS] = "10.0.0.0/8";
	options.setting[SETTING_HANDSHAKE] = "90";
	options.userspace = "none";
	options.require = true;
	options.allow[SETTING_DNS] = true;
	print(&options, PROGRAM, "mullvad");
	check_text("all options are the hook's, which has more time for a handshake",
		   result.text ? result.text : result.err.line,
		   BEGIN DEVICE("mullvad",
				", \"--config-dir\", \"/srv/tunnels\", \"--userspace\", \"none\", "
				"\"--require\", \"--bypass\", \"10.0.0.0/8\", "
				"\"--allow\", \"wg.dns\", \"--handshake\", \"90\"",
				"150") END);
	for (int i = 0; i < SETTINGS; i++) {
		options.setting[i] = "1";
		options.allow[i] = true;
	}
	for (int i = 0; i < CONFIG_DIRS_MAX; i++)
		options.config_dir[i] = "/x";
	options.config_dir_count = CONFIG_DIRS_MAX;
	print(&options, PROGRAM, "mullvad");
	check("as many as there can be",
	      result.text && strstr(result.text, "\"--handshake\", \"1\""));
}

static void test_names(void)
{
	struct options options = { .config_dir = { "/etc/wireguard" }, .config_dir_count = 1 };

	print(&options, PROGRAM, "A.b_c-d:9 x");
	check("names that CDI has", result.text && strstr(result.text, "\"name\": \"A.b_c-d:9\"") &&
					    strstr(result.text, "\"name\": \"x\""));
	check_warnings("are no reason to warn", &result.warnings, "");
	print(&options, PROGRAM, "a+b a=b a- a. a_ good -a");
	check("those that it has not are left out",
	      result.text && strcmp(result.text, BEGIN DEVICE("good", "", "60") END) == 0);
	check_warnings("each with a warning", &result.warnings,
		       "tunnel 'a+b': not a name that CDI has (left out)\n"
		       "tunnel 'a=b': not a name that CDI has (left out)\n"
		       "tunnel 'a-': not a name that CDI has (left out)\n"
		       "tunnel 'a.': not a name that CDI has (left out)\n"
		       "tunnel 'a_': not a name that CDI has (left out)\n"
		       "tunnel '-a': not a name that CDI has (left out)\n");
	print(&options, PROGRAM, "a+b");
	check_text("if none is left, it is refused", result.text ? result.text : result.err.line,
		   "cdi: no tunnel file that can be used in /etc/wireguard");
	options.config_dir[options.config_dir_count++] = "/srv";
	print(&options, PROGRAM, "");
	check_text(
		"also of more directories", result.text ? result.text : result.err.line,
		"cdi: no tunnel file that can be used in /etc/wireguard or the other tunnel directories");
}

/* What is read back is what was written. */
static void escapes(const char *what, const char *directory)
{
	struct options options = { .config_dir = { directory }, .config_dir_count = 1 };
	const struct json *list;
	const char *value = "";
	struct json *tree = NULL;
	struct err err = { 0 };

	print(&options, PROGRAM, "mullvad");
	if (!check(what,
		   result.text && json_parse(result.text, strlen(result.text), &tree, &err) == 0)) {
		printf("# %s%s\n", result.err.line, err.line);
		return;
	}
	list = json_member(json_at(json_member(tree, "devices"), 0), "containerEdits");
	list = json_member(json_at(json_member(list, "hooks"), 0), "args");
	check("has six arguments", json_count(list) == 6);
	if (json_count(list) == 6 && json_text(json_at(list, 5), &value, &err) == 0)
		check_text("is the sixth", value, directory);
	json_free(tree);
}

static void test_escapes(void)
{
	struct options options = { .config_dir = { "/a\xff" }, .config_dir_count = 1 };

	escapes("a quote", "/a\"b");
	escapes("a quote that ends the text, and more", "/a\"], \"path\": \"/bin/sh");
	escapes("a backslash", "/a\\b\\");
	escapes("a newline, a tab and an escape", "/a\nb\tc\033d\001");
	escapes("UTF-8", "/\303\244\342\202\254\360\237\220\247");
	print(&options, PROGRAM, "mullvad");
	check_text("what is not UTF-8 is refused", result.text ? result.text : result.err.line,
		   "cdi: a path or a value is not UTF-8");
	options.config_dir[0] = "/a";
	print(&options, "/b\xc3", "mullvad");
	check_text("also the program", result.text ? result.text : result.err.line,
		   "cdi: a path or a value is not UTF-8");
}

/* --- the list -------------------------------------------------------------------------------- */

static char root[] = "/tmp/owg-cdi.XXXXXX", first[64], second[64];

static void put(const char *directory, const char *name, mode_t mode)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	if (!file || fclose(file) != 0 || chmod(path, mode) < 0)
		exit(1);
}

static void check_tunnels(const char *what, const struct options *options, const char *wanted)
{
	struct tunnels tunnels = { 0 };
	char got[1024] = "";

	result_free();
	if (locate_all(options, &tunnels, &result.warnings, &result.err) < 0)
		strcpy(got, result.err.line);
	for (size_t i = 0; i < tunnels.count; i++) {
		strcat(got, i ? " " : "");
		strcat(got, tunnels.name[i]);
	}
	check_text(what, got, wanted);
	tunnels_free(&tunnels);
}

static void make_files(void)
{
	char path[128];

	snprintf(first, sizeof(first), "%s/first", root);
	snprintf(second, sizeof(second), "%s/second", root);
	if (mkdir(first, 0700) < 0 || mkdir(second, 0700) < 0)
		exit(1);
	put(first, "z.conf", 0600);
	put(first, "both.conf", 0600);
	put(first, "notes.txt", 0600);
	put(first, "conf", 0600);
	put(second, "both.conf", 0600);
	put(second, "a.conf", 0400);
	put(second, "link.conf", 0600);
	put(second, "open.conf", 0660);
	put(second, ".hidden.conf", 0600);
	put(second, ".conf", 0600);
	snprintf(path, sizeof(path), "%s/link.conf", first);
	if (symlink("z.conf", path) < 0)
		exit(1);
	snprintf(path, sizeof(path), "%s/directory.conf", first);
	if (mkdir(path, 0700) < 0)
		exit(1);
}

static void test_list(void)
{
	struct options options = { .config_dir = { first, second }, .config_dir_count = 2 };
	char wanted[1024], none[128];

	check_tunnels("the tunnels of both directories, sorted, each once", &options, "a both z");
	snprintf(wanted, sizeof(wanted),
		 "tunnel: not a tunnel's name '' (left out)\n"
		 "tunnel: not a tunnel's name '.hidden' (left out)\n"
		 "%s/directory.conf: not a regular file (left out)\n"
		 "tunnel: leaves %s, or is a symbolic link 'link' (left out)\n"
		 "%s/open.conf: writable by its group or by others (left out)\n",
		 first, first, second);
	check_warnings("what the hook would refuse is left out, with a warning", &result.warnings,
		       wanted);
	put(second, "a.conf", 0404);
	options.config_dir[0] = second;
	options.config_dir_count = 1;
	check_tunnels("a file that all may read is one", &options, "a both link");
	snprintf(wanted, sizeof(wanted),
		 "%s/a.conf: readable by everybody, its private key included (chmod 600)\n",
		 second);
	check("and warned of",
	      result.warnings.count == 4 &&
		      strncmp(result.warnings.line[2], wanted, strlen(wanted) - 1) == 0);
	snprintf(none, sizeof(none), "%s/none", root);
	options.config_dir[0] = none;
	check_tunnels("a directory that is missing is empty", &options, "");
	snprintf(none, sizeof(none), "%s/z.conf", first);
	snprintf(wanted, sizeof(wanted), "%s: Not a directory", none);
	check_tunnels("a file is none", &options, wanted);
}

static void remove_all(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", root);
	if (system(command) != 0)
		perror(root);
}

int main(void)
{
	umask(0);
	if (!mkdtemp(root))
		return 1;
	atexit(remove_all);
	make_files();
	test_text();
	test_names();
	test_escapes();
	test_list();
	result_free();
	return unit_done();
}
