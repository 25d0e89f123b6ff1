/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oci/bundle.c: where a state and its bundle say that the root filesystem is, whose network the
 * container joins, which hooks it has, and config.json itself.
 */
#include "bundle.h"
#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/owg-bundle.XXXXXX";
static char config[64];

static struct {
	char *path; /* NULL: refused */
	struct err err;
} result;

static void put(const char *text)
{
	int fd = open(config, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || close(fd) < 0)
		exit(1);
}

/* MEMBERS, of which '@' stands for the bundle's path, are the state's beside what must be there. */
static void make_state(const char *members, struct state *state)
{
	char text[512];
	size_t used;

	used = (size_t)snprintf(text, sizeof(text),
				"{\"ociVersion\":\"1.0.2\",\"status\":\"creating\",\"pid\":42");
	for (const char *c = members; *c; c++)
		used += (size_t)(*c == '@' ? snprintf(text + used, sizeof(text) - used, "%s",
						      directory)
					   : snprintf(text + used, sizeof(text) - used, "%c", *c));
	snprintf(text + used, sizeof(text) - used, "}");
	if (state_parse(text, strlen(text), state, &result.err) < 0) {
		printf("# %s\n", result.err.line);
		exit(1);
	}
}

static void ask(const char *members)
{
	struct bundle bundle;
	struct state state;

	free(result.path);
	result.path = NULL;
	result.err = (struct err){ 0 };
	make_state(members, &state);
	bundle = (struct bundle){ .state = &state };
	if (bundle_root(&bundle, &result.path, &result.err) < 0 && result.path)
		check("a failure leaves the output alone", false);
	bundle_close(&bundle);
	state_free(&state);
}

/* '@' stands for the bundle's path in WANTED too, at its beginning. */
static void expect(const char *what, const char *got, const char *wanted)
{
	char whole[512];

	snprintf(whole, sizeof(whole), "%s%s", *wanted == '@' ? directory : "",
		 *wanted == '@' ? wanted + 1 : wanted);
	check_text(what, got, whole);
}

static void taken(const char *what, const char *members, const char *path)
{
	ask(members);
	expect(what, result.path ? result.path : result.err.line, path);
}

static void refused(const char *what, const char *members, const char *line)
{
	ask(members);
	expect(what, result.path ? result.path : result.err.line, line);
}

#define BUNDLE ",\"bundle\":\"@\""

static void test_config(void)
{
	put("{\"root\":{\"path\":\"rootfs\",\"readonly\":true},\"process\":{\"cwd\":\"/\"}}");
	taken("a relative root.path is below the bundle", BUNDLE, "@/rootfs");
	put("{\"root\":{\"path\":\"../elsewhere/root fs\"}}");
	taken("and may leave it", BUNDLE, "@/../elsewhere/root fs");
	put("{\"root\":{\"path\":\"/var/lib/x/merged\"}}");
	taken("an absolute one is taken as it is", BUNDLE, "/var/lib/x/merged");
}

static void test_state_root(void)
{
	put("not looked at");
	taken("crun's root is believed, before config.json", BUNDLE ",\"root\":\"rootfs\"",
	      "@/rootfs");
	taken("an absolute one also with a wrong bundle",
	      ",\"bundle\":\"/\",\"root\":\"/var/lib/merged\"", "/var/lib/merged");
	taken("and without any", ",\"root\":\"/var/lib/merged\"", "/var/lib/merged");
	put("{\"root\":{\"path\":\"rootfs\"}}");
	taken("a root that is no string is another runtime's", BUNDLE ",\"root\":{\"path\":1}",
	      "@/rootfs");
	taken("so is an empty one", BUNDLE ",\"root\":\"\"", "@/rootfs");
	refused("a relative root needs the bundle", ",\"root\":\"rootfs\"",
		"state: bundle: not an absolute path ''");
}

static void test_refused(void)
{
	static const struct {
		const char *what, *text, *line;
	} cases[] = {
		{ "no JSON", "{\"root\":", "not JSON: parse error: premature EOF" },
		{ "an empty file", "", "not JSON: parse error: premature EOF" },
		{ "no root", "{\"ociVersion\":\"1.0.2\"}", "root: missing" },
		{ "a null root", "{\"root\":null}", "root: missing" },
		{ "a root that is no object", "{\"root\":\"rootfs\"}", "root: not an object" },
		{ "an array", "[]", "root: missing" },
		{ "no path", "{\"root\":{\"readonly\":true}}", "root.path: missing" },
		{ "a path that is no string", "{\"root\":{\"path\":7}}",
		  "root.path: not a string" },
		{ "an empty path", "{\"root\":{\"path\":\"\"}}", "root.path: empty" },
		{ "two roots", "{\"root\":{\"path\":\"a\"},\"root\":{\"path\":\"b\"}}",
		  "root: the key comes twice" },
	};
	char line[256];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		put(cases[i].text);
		snprintf(line, sizeof(line), "@/config.json: %s", cases[i].line);
		refused(cases[i].what, BUNDLE, line);
	}
	refused("no bundle", "", "state: bundle: not an absolute path ''");
	refused("a relative bundle", ",\"bundle\":\"x\"",
		"state: bundle: not an absolute path 'x'");
	unlink(config);
	refused("no config.json", BUNDLE,
		"@/config.json: cannot be opened: No such file or directory");
}

#define NETWORK(member)                                                                            \
	"{\"linux\":{\"namespaces\":[{\"type\":\"pid\",\"path\":\"/proc/3/ns/pid\"},"              \
	"{\"type\":\"network\"" member "}]}}"

static void test_network(void)
{
	static const struct {
		const char *what, *text;
		pid_t pid;
	} cases[] = {
		{ "another container's network", NETWORK(",\"path\":\"/proc/4711/ns/net\""), 4711 },
		{ "the highest pid", NETWORK(",\"path\":\"/proc/4194304/ns/net\""), 4194304 },
		{ "podman's own for a container", NETWORK(",\"path\":\"/run/netns/netns-5f2a\""),
		  0 },
		{ "one that the runtime makes", NETWORK(""), 0 },
		{ "a path that is no string", NETWORK(",\"path\":7"), 0 },
		{ "no pid", NETWORK(",\"path\":\"/proc/self/ns/net\""), 0 },
		{ "an empty pid", NETWORK(",\"path\":\"/proc//ns/net\""), 0 },
		{ "more behind it", NETWORK(",\"path\":\"/proc/4711/ns/network\""), 0 },
		{ "less", NETWORK(",\"path\":\"/proc/4711/ns/ne\""), 0 },
		{ "too long a pid", NETWORK(",\"path\":\"/proc/99999999/ns/net\""), 0 },
		{ "the host's network", "{\"linux\":{\"namespaces\":[]}}", 0 },
		{ "no array of namespaces", "{\"linux\":{\"namespaces\":{\"type\":\"network\"}}}",
		  0 },
		{ "no Linux", "{\"root\":{}}", 0 },
		{ "no JSON", "{", 0 },
	};
	struct state state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bundle bundle = { .state = &state };

		put(cases[i].text);
		make_state(BUNDLE, &state);
		check(cases[i].what, bundle_network_of(&bundle) == cases[i].pid);
		bundle_close(&bundle);
		state_free(&state);
	}
}

static void test_once(void)
{
	struct state state;
	struct bundle bundle = { .state = &state };
	const struct json *hooks;

	put("{\"root\":{\"path\":\"rootfs\"},\"hooks\":{\"createRuntime\":[{\"path\":\"/a\"}]}}");
	make_state(BUNDLE, &state);
	hooks = bundle_hooks(&bundle, "createRuntime");
	check("the hooks of a kind",
	      json_count(hooks) == 1 && json_member(json_at(hooks, 0), "path"));
	check("none of another", !bundle_hooks(&bundle, "poststop"));
	unlink(config);
	free(result.path);
	result.path = NULL;
	check("config.json is read once", bundle_root(&bundle, &result.path, &result.err) == 0);
	bundle_close(&bundle);
	bundle = (struct bundle){ .state = &state };
	check("what could not be read has no hooks", !bundle_hooks(&bundle, "createRuntime"));
	check("and why is kept", bundle_root(&bundle, &result.path, &result.err) < 0 &&
					 strstr(result.err.line, "cannot be opened"));
	put("{\"root\":{\"path\":\"rootfs\"}}");
	check("which is not tried again", bundle_root(&bundle, &result.path, &result.err) < 0);
	bundle_close(&bundle);
	state_free(&state);
}

static void test_size(void)
{
	char line[128];

	put("{\"root\":{\"path\":\"rootfs\"}}");
	if (truncate(config, BUNDLE_CONFIG_MAX + 1) < 0)
		exit(1);
	snprintf(line, sizeof(line), "@/config.json: larger than %d bytes", BUNDLE_CONFIG_MAX);
	refused("a config.json that is too large", BUNDLE, line);
	unlink(config);
}

static bool is_config(const char *text, mode_t mode, uid_t owner)
{
	char got[256] = "";
	struct stat status;
	int fd = open(config, O_RDONLY | O_CLOEXEC);
	bool same = fd >= 0 && read(fd, got, sizeof(got) - 1) >= 0 && fstat(fd, &status) == 0 &&
		    strcmp(got, text) == 0 && (status.st_mode & 07777) == mode &&
		    status.st_uid == owner;

	if (fd >= 0)
		close(fd);
	return same;
}

static int entries(void)
{
	DIR *open_directory = opendir(directory);
	int count = 0;

	while (open_directory && readdir(open_directory))
		count++;
	closedir(open_directory);
	return count - 2; /* "." and ".." */
}

static void test_replace(void)
{
	static const char new[] = "{\"new\":true}";
	uid_t owner = geteuid() == 0 ? 12345 : geteuid();
	struct bundle_config read = { 0 };
	struct err err;

	put("{\"old\":[ 1 ]}");
	if (chmod(config, 0604) < 0 || chown(config, owner, (gid_t)-1) < 0)
		exit(1);
	check("a config.json is read", bundle_config_read(directory, &read, &err) == 0 &&
					       strcmp(read.text, "{\"old\":[ 1 ]}") == 0 &&
					       read.length == 13 && json_member(read.tree, "old"));
	umask(077);
	check("and replaced: owner and mode stay",
	      bundle_config_replace(&read, new, strlen(new), &err) == 0 &&
		      is_config(new, 0604, owner));
	check("with nothing beside it", entries() == 1);
	unlink(config);
	if (mkdir(config, 0700) < 0)
		exit(1);
	check("what cannot be replaced is left",
	      bundle_config_replace(&read, new, strlen(new), &err) < 0);
	expect("and the line says so", err.line,
	       "@/config.json: cannot be replaced: Is a directory");
	check("and nothing is left beside it", entries() == 1);
	rmdir(config);
	bundle_config_free(&read);
	if (mkfifo(config, 0600) < 0)
		exit(1);
	check("a FIFO is refused, and not waited for",
	      bundle_config_read(directory, &read, &err) < 0 && !read.file);
	expect("and the line says so", err.line, "@/config.json: not a regular file");
	unlink(config);
}

int main(void)
{
	if (!mkdtemp(directory))
		return 1;
	snprintf(config, sizeof(config), "%s/config.json", directory);
	test_config();
	test_state_root();
	test_refused();
	test_network();
	test_once();
	test_size();
	test_replace();
	free(result.path);
	rmdir(directory);
	return unit_done();
}
