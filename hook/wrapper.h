/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The runtime wrapper: this program under the name oci-wireguard-runtime stands where an engine
 * expects runc, puts the hook into the config.json of containers that are to have a tunnel, and
 * becomes the real runtime. For engines that have no setting for hooks.
 *
 *     oci-wireguard-runtime[-TUNNEL] [--runtime=PROGRAM] [OPTION]... the real runtime's arguments
 *
 * OPTION is the hook's own, "--name=value" or "--require". No global option of runc or crun has the
 * name of one (runc 1.5 main.go, crun 1.29 src/crun.c), so that theirs begin with the first other.
 */
#ifndef HOOK_WRAPPER_H
#define HOOK_WRAPPER_H

#include <limits.h>
#include <stdbool.h>

#include "bundle.h"
#include "call.h"
#include "err.h"

#define WRAPPER_NAME "oci-wireguard-runtime"
/* A symbolic link to the real runtime, for engines that cannot pass --runtime. */
#define WRAPPER_LINK "/etc/oci-wireguard/runtime"

/* All texts are argv's. */
struct wrapper {
	const char *name; /* argv[0] without its directories */
	const char *tunnel; /* the one it carries, or NULL */
	char *const *options; /* the hook's and --runtime, as far as ... */
	char **arguments; /* ... these, the real runtime's: the one before is its own name's */
	struct call call;
};

/* False: PROGRAM, argv[0], is not the wrapper's name. Pure. */
bool wrapper_is_called(const char *program);

/* Takes ARGV apart. Pure. */
void wrapper_parse(char **argv, struct wrapper *wrapper);

/*
 * The real runtime: --runtime, else what WRAPPER_LINK leads to, else runc or crun, looked for where
 * root's programs are. The running program itself is refused.
 */
int wrapper_find(const struct wrapper *wrapper, char runtime[static PATH_MAX], struct err *err);

/*
 * Refuses options, and a tunnel's name in its own, that the hook would refuse. *always: they want a
 * tunnel for every container.
 */
int wrapper_check(const struct wrapper *wrapper, bool *always, struct err *err);

/* Whether the container of CONFIG wants one: it has an annotation of ours, be it a wrong one. */
int wrapper_is_asked(const struct bundle_config *config, bool *asked, struct err *err);

/* The hook as CONFIG is to have it, for the caller to free; NULL: it cannot be had. */
char *wrapper_hook(const struct wrapper *wrapper, const struct bundle_config *config,
		   struct err *err);

/* The text of CONFIG with HOOK in it, as of inject_hook(). */
int wrapper_inject(const struct bundle_config *config, const char *hook, char **edited,
		   size_t *length, struct err *err);

/*
 * Becomes RUNTIME, with all that the caller has: environment, descriptors, signals, umask, working
 * directory. Returns, with -1, on failure alone.
 */
int wrapper_become(const struct wrapper *wrapper, char *runtime, struct err *err);

#endif /* HOOK_WRAPPER_H */
