/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verbs, options, the calls in order, exit codes: the only file that prints or exits. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "anchor.h"
#include "another.h"
#include "apply.h"
#include "bundle.h"
#include "cdi.h"
#include "cleanup.h"
#include "endpoint.h"
#include "filter.h"
#include "locate.h"
#include "log.h"
#include "mntns.h"
#include "needs.h"
#include "netns.h"
#include "options.h"
#include "plan.h"
#include "privilege.h"
#include "process.h"
#include "program.h"
#include "request.h"
#include "start.h"
#include "state.h"
#include "user.h"
#include "verify.h"
#include "wrapper.h"

#define PROGRAM "oci-wireguard"

enum exit_code {
	EXIT_DONE = 0, /* or not for us */
	EXIT_INCOMPLETE = 1, /* verify alone: something is wrong */
	EXIT_USAGE = 2,
	EXIT_STATE = 3, /* no pid, the host's own namespace, a VM runtime's state */
	EXIT_REQUEST = 4, /* request or tunnel file wrong, or a hostname not resolved in time */
	EXIT_UNDONE = 5, /* could not be applied, and was undone */
	EXIT_HALF = 6, /* could not be applied, and not wholly undone */
};

static const char usage[] =
	"Usage: " PROGRAM " createRuntime [OPTION]...   as an OCI hook, state on stdin\n"
	"       " PROGRAM " check TUNNEL|FILE [OPTION]...   print what would be done\n"
	"       " PROGRAM " attach PID TUNNEL|FILE [OPTION]...   a container that runs already\n"
	"       " PROGRAM " detach PID\n"
	"       " PROGRAM " verify PID [TUNNEL|FILE [OPTION]...]   whether all of it stands\n"
	"       " PROGRAM " cdi [OPTION]...   the tunnels as CDI devices, for /etc/cdi\n"
	"       " PROGRAM " --version | --help\n"
	"       " WRAPPER_NAME "[-TUNNEL] [--runtime=PROGRAM] [OPTION]... ARGUMENT...\n"
	"                             a runtime for Docker: runc (crun), with the hook\n"
	"\n"
	"Puts a container behind a WireGuard tunnel. TUNNEL is NAME of NAME.conf in a tunnel\n"
	"directory. Each option of the first group is also the annotation wg.OPTION.\n"
	"\n"
	"  --conf TUNNEL          the tunnel, or an absolute path inside a tunnel directory\n"
	"  --interface NAME       the link's name in the container (wg0)\n"
	"  --bypass PREFIX[:PORT/tcp|udp],...   reached outside the tunnel\n"
	"  --dns tunnel|engine|ADDRESS,...   who answers names (tunnel if the file has DNS=)\n"
	"  --killswitch on|routes|off   what keeps traffic in the tunnel (on)\n"
	"  --networks allow|deny  the container's own networks (allow)\n"
	"  --socket host|container   where the UDP socket lives (host, but with a rootless engine)\n"
	"  --handshake SECONDS    wait for the first handshake (0)\n"
	"\n"
	"  --config-dir DIR       a tunnel directory, repeatable (/etc/wireguard; of a user who is not\n"
	"                         root ~/.config/wireguard)\n"
	"  --require              refuse a container without wg.conf; let annotations set no more\n"
	"  --allow wg.NAME        ... but this one, repeatable\n"
	"  --annotated            refuse a container without any wg.* annotation: it was called for one\n"
	"  --userspace PROGRAM|none   where the kernel has no WireGuard (wireguard-go)\n"
	"\n"
	"Exit: 0 done, or nothing asked for; 2 usage; 3 state unusable; 4 request or tunnel file\n"
	"wrong; 5 could not be applied, undone; 6 not wholly undone; verify: 0 complete, 1 not,\n"
	"5 could not be asked. See " PROGRAM "(8).\n";

static int report(enum exit_code code, const struct err *err)
{
	log_line(PROGRAM, LOG_ERR, err->line);
	return code;
}

static void report_warnings(struct warnings *warnings)
{
	char line[1100];

	for (size_t i = 0; i < warnings->count && i < WARNINGS_MAX; i++) {
		snprintf(line, sizeof(line), "warning: %s",
			 warnings->line[i] ? warnings->line[i] : "(out of memory)");
		log_line(PROGRAM, LOG_WARNING, line);
	}
	if (warnings->count > WARNINGS_MAX) {
		snprintf(line, sizeof(line), "warning: %zu more like these",
			 warnings->count - WARNINGS_MAX);
		log_line(PROGRAM, LOG_WARNING, line);
	}
	warnings_free(warnings);
}

static int parse_pid(const char *text, pid_t *pid, struct err *err)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(text, &end, 10);
	if (errno || *end || end == text || number < 1 || number > STATE_PID_MAX)
		return fail(err, "not a pid '%.64s'", text);
	*pid = (pid_t)number;
	return 0;
}

/* Interrupted half-way it would leave half a network behind: it takes some milliseconds. */
static void hold_signals(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
}

/* What is touched of a container: held from before anything takes time. */
struct container {
	int netns;
	struct mntns mntns;
	char *root; /* NULL: there will be no mount of ours */
	pid_t joined; /* the process of another whose network it shares; 0: none, or not known */
};

static void close_container(struct container *container)
{
	cleanup_close_fd(&container->netns);
	mntns_close(&container->mntns);
	free(container->root);
}

/* Before its process has changed its root, its root filesystem is where the bundle says. */
static int find_root(struct bundle *bundle, char **root, struct err *err)
{
	if (bundle)
		return bundle_root(bundle, root, err);
	*root = strdup("/");
	return *root ? 0 : fail(err, "out of memory");
}

/* Where a file can be mounted: over its resolv.conf, as was asked for, or else to anchor it. */
static int open_files(const struct process *process, struct bundle *bundle, bool resolv,
		      struct container *container, struct err *err)
{
	bool suits = true;

	if (mntns_open(process, &container->mntns, err) < 0) {
		if (err->number != EBUSY)
			return -1;
		return resolv ? fail(err, "%.500s ('engine' for dns leaves resolv.conf alone)",
				     strdupa(err->line))
			      : 0;
	}
	if (find_root(bundle, &container->root, err) < 0) {
		container->root = NULL; /* a failed asprintf(3) says nothing of it */
		return resolv ? -1 : 0;
	}
	if (!resolv && anchor_suits(&container->mntns, container->root, &suits, err) < 0)
		return -1;
	if (!suits) {
		free(container->root);
		container->root = NULL;
	}
	return 0;
}

static int open_container(const struct request *request, struct bundle *bundle, pid_t pid,
			  struct container *container, struct err *err)
{
	cleanup(process_close) struct process process = { .directory = -1 };

	if (process_open(pid, &process, err) < 0)
		return -1;
	container->netns = netns_open(&process, err);
	if (container->netns < 0)
		return -1;
	if (bundle)
		container->joined = bundle_network_of(bundle);
	return open_files(&process, bundle, request_names(request)->servers_count, container, err);
}

static int apply(const struct plan *plan, const struct container *container, struct err *err)
{
	struct cover_place place = { &container->mntns, container->root,
				     plan->request->scratch_dir };
	struct warnings warnings = { 0 };
	struct applied applied;
	int result;

	hold_signals();
	result = apply_plan(plan, container->netns, &place, &warnings, &applied, err);
	if (applied.made && container->joined)
		warn(&warnings,
		     "the network is shared with pid %d: all containers that share it are behind the tunnel",
		     (int)container->joined);
	report_warnings(&warnings);
	if (result < 0)
		return report(applied.undone ? EXIT_UNDONE : EXIT_HALF, err);
	return EXIT_DONE;
}

static int finish_output(struct err *err)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_DONE;
	fail_errno(err, errno, "standard output");
	return report(EXIT_UNDONE, err);
}

/*
 * With the socket in the container, there too: the link is made in that namespace, and there is no
 * way back for a rootless engine's hook, which needs none.
 */
static int find_mtu(struct request *request, const struct container *container, struct err *err)
{
	unsigned int path;

	if (request->mtu)
		return 0;
	path = endpoint_path(&request->tunnel, 0, 0);
	if (container->netns >= 0 && request->socket == SOCKET_CONTAINER) {
		if (netns_enter(container->netns, err) < 0)
			return -1;
		path = endpoint_path(&request->tunnel, RULESET_ENCRYPTED_MARK, path);
	}
	request->mtu = endpoint_mtu(&request->tunnel, path);
	return 0;
}

/* Nobody's privilege is asked for check, which prints what root's hook would do. */
static int place_socket(struct request *request, pid_t pid, struct err *err)
{
	struct warnings warnings = { 0 };
	bool host_is_ours = true;
	int result;

	if (pid && netns_is_ours(&host_is_ours, err) < 0)
		return -1;
	result = request_place_socket(request, host_is_ours, &warnings, err);
	report_warnings(&warnings);
	return result;
}

/* From a request to what the verb does with its plan: PID's network, or (0) standard output. */
static int carry_on(struct request *request, struct bundle *bundle, pid_t pid, struct err *err)
{
	cleanup(close_container) struct container container = { -1, MNTNS_NONE, NULL, 0 };
	cleanup(plan_free) struct plan plan = { 0 };

	if (pid && open_container(request, bundle, pid, &container, err) < 0)
		return report(EXIT_STATE, err);
	if (privilege_keep(pid ? needs_of_request(request, container.root) : 0, err) < 0 ||
	    place_socket(request, pid, err) < 0)
		return report(EXIT_UNDONE, err);
	if (endpoint_resolve(PROGRAM, request->file, EXIT_REQUEST, &request->tunnel, err) < 0)
		return report(EXIT_REQUEST, err);
	if (find_mtu(request, &container, err) < 0)
		return report(EXIT_UNDONE, err);
	if (plan_build(request, &plan, err) < 0)
		return report(EXIT_REQUEST, err);
	if (pid)
		return apply(&plan, &container, err);
	plan_print(&plan, stdout);
	return finish_output(err);
}

/* BUNDLE is the container's, NULL where there is no state. */
static int serve(const struct options *options, struct bundle *bundle, pid_t pid, struct err *err)
{
	cleanup(request_free) struct request request = { 0 };
	struct warnings warnings = { 0 };
	bool wanted;
	int result = request_parse(options, bundle ? bundle->state : NULL, &request, &wanted,
				   &warnings, err);

	report_warnings(&warnings);
	if (result < 0)
		return report(EXIT_REQUEST, err);
	if (!wanted)
		return EXIT_DONE;
	return carry_on(&request, bundle, pid, err);
}

static int create_runtime(struct options *options, char **operands, struct err *err)
{
	cleanup(state_free) struct state state = { 0 };
	cleanup(bundle_close) struct bundle bundle = { .state = &state };

	(void)operands;
	if (chdir("/") < 0) {
		fail_errno(err, errno, "/");
		return report(EXIT_UNDONE, err);
	}
	if (state_read(STDIN_FILENO, &state, err) < 0)
		return report(EXIT_STATE, err);
	if (another_serves(options, &bundle))
		return EXIT_DONE;
	return serve(options, &bundle, state.pid, err);
}

/* A process that shares the host's mounts has none of ours. */
static int open_attached(pid_t pid, struct container *container, struct err *err)
{
	cleanup(process_close) struct process process = { .directory = -1 };

	if (process_open(pid, &process, err) < 0)
		return -1;
	container->netns = netns_open(&process, err);
	if (container->netns < 0)
		return -1;
	if (mntns_open(&process, &container->mntns, err) < 0 && err->number != EBUSY)
		return -1;
	return 0;
}

static int detach(struct options *options, char **operands, struct err *err)
{
	cleanup(close_container) struct container container = { -1, MNTNS_NONE, NULL, 0 };
	const struct mntns *mntns;
	bool found;
	pid_t pid;

	if (options_refuse(options, true, err) < 0 || parse_pid(operands[0], &pid, err) < 0)
		return report(EXIT_USAGE, err);
	if (open_attached(pid, &container, err) < 0)
		return report(EXIT_STATE, err);
	mntns = container.mntns.fd < 0 ? NULL : &container.mntns;
	if (privilege_keep(needs_of_detach(mntns), err) < 0)
		return report(EXIT_UNDONE, err);
	filter_system_calls(mntns);
	hold_signals();
	if (apply_remove(container.netns, mntns, &found, err) < 0)
		return report(found ? EXIT_HALF : EXIT_UNDONE, err);
	if (!found) {
		fail(err, "pid %d: nothing of ours in its network namespace", (int)pid);
		log_line(PROGRAM, LOG_NOTICE, err->line);
	}
	return EXIT_DONE;
}

/* check, attach and verify: the tunnel is an operand. */
static int take_tunnel(struct options *options, const char *tunnel, struct err *err)
{
	if (options->setting[SETTING_CONF])
		return fail(err, "--conf: the tunnel is given as '%.200s' already", tunnel);
	if (options_refuse(options, false, err) < 0)
		return -1;
	options->setting[SETTING_CONF] = tunnel;
	options->any_file = true;
	return 0;
}

static int serve_operand(struct options *options, const char *tunnel, pid_t pid, struct err *err)
{
	if (take_tunnel(options, tunnel, err) < 0)
		return report(EXIT_USAGE, err);
	return serve(options, NULL, pid, err);
}

static int check(struct options *options, char **operands, struct err *err)
{
	return serve_operand(options, operands[0], 0, err);
}

static int attach(struct options *options, char **operands, struct err *err)
{
	pid_t pid;

	if (parse_pid(operands[0], &pid, err) < 0)
		return report(EXIT_USAGE, err);
	return serve_operand(options, operands[1], pid, err);
}

static void free_findings(struct findings *findings)
{
	warnings_free(&findings->lines);
}

/* They are what was asked for: on standard output, and not in the log. */
static int print_findings(const struct findings *findings, struct err *err)
{
	const struct warnings *lines = &findings->lines;

	for (size_t i = 0; i < lines->count && i < WARNINGS_MAX; i++)
		puts(lines->line[i] ? lines->line[i] : "(out of memory)");
	if (lines->count > WARNINGS_MAX)
		printf("%zu more like these\n", lines->count - WARNINGS_MAX);
	if (finish_output(err) != EXIT_DONE)
		return EXIT_UNDONE;
	return findings->complete ? EXIT_DONE : EXIT_INCOMPLETE;
}

/* REQUEST is NULL where none is given. */
static int verify_process(pid_t pid, struct request *request, struct err *err)
{
	cleanup(close_container) struct container container = { -1, MNTNS_NONE, NULL, 0 };
	cleanup(free_findings) struct findings findings = { 0 };
	const struct mntns *mntns;
	int result;

	if (open_attached(pid, &container, err) < 0)
		return report(EXIT_STATE, err);
	mntns = container.mntns.fd < 0 ? NULL : &container.mntns;
	if (privilege_keep(needs_of_verify(mntns), err) < 0 ||
	    (request && place_socket(request, pid, err) < 0))
		return report(EXIT_UNDONE, err);
	filter_system_calls(false);
	if (request)
		result = verify_request(request, container.netns, mntns, &findings, err);
	else
		result = verify_alone(container.netns, mntns, &findings, err);
	return result < 0 ? report(EXIT_UNDONE, err) : print_findings(&findings, err);
}

static int verify(struct options *options, char **operands, struct err *err)
{
	pid_t pid;

	if (options_refuse(options, true, err) < 0 || parse_pid(operands[0], &pid, err) < 0)
		return report(EXIT_USAGE, err);
	return verify_process(pid, NULL, err);
}

static int verify_tunnel(struct options *options, char **operands, struct err *err)
{
	cleanup(request_free) struct request request = { 0 };
	struct warnings warnings = { 0 };
	bool wanted;
	pid_t pid;
	int result;

	if (parse_pid(operands[0], &pid, err) < 0 || take_tunnel(options, operands[1], err) < 0)
		return report(EXIT_USAGE, err);
	result = request_parse(options, NULL, &request, &wanted, &warnings, err);
	report_warnings(&warnings);
	return result < 0 ? report(EXIT_REQUEST, err) : verify_process(pid, &request, err);
}

static int print_cdi(const struct options *options, const char *program, struct warnings *warnings,
		     struct err *err)
{
	cleanup(tunnels_free) struct tunnels tunnels = { 0 };
	cleanup_free char *text = NULL;

	if (request_check(options, err) < 0 || locate_all(options, &tunnels, warnings, err) < 0 ||
	    cdi_print(options, &tunnels, program, &text, warnings, err) < 0)
		return -1;
	fputs(text, stdout);
	return 0;
}

static int cdi(struct options *options, char **operands, struct err *err)
{
	struct warnings warnings = { 0 };
	char program[PATH_MAX];
	int result;

	(void)operands;
	if (options->setting[SETTING_CONF]) {
		fail(err, "--conf: every tunnel is a device of its own");
		return report(EXIT_USAGE, err);
	}
	if (options->annotated) {
		fail(err, "--annotated: a device is no annotation");
		return report(EXIT_USAGE, err);
	}
	if (options_refuse_placeholders(options, err) < 0)
		return report(EXIT_USAGE, err);
	options_complete(options);
	if (program_self(program, err) < 0 || privilege_keep(needs_of_reading(), err) < 0)
		return report(EXIT_UNDONE, err);
	result = print_cdi(options, program, &warnings, err);
	report_warnings(&warnings);
	return result < 0 ? report(EXIT_REQUEST, err) : finish_output(err);
}

/* Where a user's own engine looks for tunnels; no failure: who gives --config-dir needs none. */
static void serve_user(const struct user *user, struct options *options, char **usual)
{
	struct err none;

	if (!user->is_root && user_config(user, "wireguard", usual, &none) == 0)
		options->usual_dir = *usual;
	options->scratch_dir = user_scratch(user);
}

struct verb {
	const char *name;
	int operands;
	int (*serve)(struct options *options, char **operands, struct err *err);
};

static const struct verb verbs[] = {
	{ "createRuntime", 0, create_runtime },
	{ "check", 1, check },
	{ "attach", 2, attach },
	{ "detach", 1, detach },
	{ "verify", 1, verify },
	{ "verify", 2, verify_tunnel },
	{ "cdi", 0, cdi },
};

/* config.json gets the hook, if the container that is to be made from it wants a tunnel. */
static enum exit_code add_hook(const struct wrapper *wrapper, struct err *err)
{
	cleanup(bundle_config_free) struct bundle_config config = { 0 };
	cleanup_free char *hook = NULL, *edited = NULL;
	const char *bundle;
	size_t length;
	bool always, asked;

	if (wrapper_check(wrapper, &always, err) < 0 ||
	    call_bundle(&wrapper->call, &bundle, err) < 0)
		return EXIT_USAGE;
	if (bundle_config_read(bundle, &config, err) < 0 ||
	    wrapper_is_asked(&config, &asked, err) < 0)
		return EXIT_STATE;
	if (!always && !asked)
		return EXIT_DONE;
	/* crun runs no hooks then (src/libcrun/criu.c has no word of them). */
	if (call_restores(&wrapper->call)) {
		fail(err, "restore: a container with a tunnel cannot be restored");
		return EXIT_REQUEST;
	}
	hook = wrapper_hook(wrapper, &config, err);
	if (!hook)
		return EXIT_UNDONE;
	if (wrapper_inject(&config, hook, &edited, &length, err) < 0)
		return EXIT_STATE;
	if (edited && bundle_config_replace(&config, edited, length, err) < 0)
		return EXIT_UNDONE;
	return EXIT_DONE;
}

/* What engines leave to a runtime stays as it is: no start_clean(). */
static int wrap(char **argv)
{
	enum exit_code code = EXIT_UNDONE;
	struct err err = { 0 };
	struct wrapper wrapper;
	char runtime[PATH_MAX];

	wrapper_parse(argv, &wrapper);
	if (wrapper_find(&wrapper, runtime, &err) == 0)
		code = call_makes_container(&wrapper.call) ? add_hook(&wrapper, &err) : EXIT_DONE;
	if (code == EXIT_DONE) {
		wrapper_become(&wrapper, runtime, &err);
		code = EXIT_UNDONE;
	}
	if (wrapper.call.json_log)
		log_runtime(wrapper.call.json_log, PROGRAM, err.line);
	return report(code, &err);
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	const char *name = argc > 1 ? argv[1] : "";
	cleanup_free char *usual = NULL;
	struct err err = { 0 };
	struct user user;

	if (argc > 0 && wrapper_is_called(argv[0]))
		return wrap(argv);
	user_find(&user);
	if (start_clean(&err) < 0)
		return report(EXIT_UNDONE, &err);
	if (strcmp(name, "--help") == 0 || strcmp(name, "--version") == 0) {
		printf("%s", name[2] == 'h' ? usage : PROGRAM " " VERSION "\n");
		return finish_output(&err);
	}
	if (options_parse(&argc, argv, &options, &err) < 0)
		return report(EXIT_USAGE, &err);
	serve_user(&user, &options, &usual);
	name = argc > 1 ? argv[1] : "";
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strcmp(name, verbs[i].name) == 0 && argc == 2 + verbs[i].operands)
			return verbs[i].serve(&options, argv + 2, &err);
	fail(&err, "not a verb with its operands '%.64s'; see --help", name);
	return report(EXIT_USAGE, &err);
}
