/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state that an OCI runtime writes to a hook's standard input (runtime-spec, runtime.md,
 * "State"), as runc, crun and their like really send it.
 */
#ifndef OCI_STATE_H
#define OCI_STATE_H

#include <stddef.h>
#include <sys/types.h>

#include "err.h"
#include "json.h"

#define STATE_SIZE_MAX (1 << 20) /* bytes; Kubernetes allows 256 KiB of annotations alone */
#define STATE_PID_MAX 4194304 /* PID_MAX_LIMIT of a 64-bit kernel, include/linux/threads.h */

/* All texts are the tree's. */
struct state {
	struct json *tree;
	const char *id; /* "" when the runtime gave none */
	const char *bundle; /* "" likewise; crun may give a wrong one (crun#2025) */
	const char *root; /* root.path as config.json has it, which crun alone says; else "" */
	const struct json *annotations; /* an object, or NULL when there are none */
	pid_t pid; /* in the hook's pid namespace, 1 to STATE_PID_MAX */
};

/*
 * A state without pid, or with an empty ociVersion or status (what VM runtimes send), is refused.
 * On success *state owns memory: state_free().
 */
int state_parse(const char *text, size_t length, struct state *state, struct err *err);

/* The same from a descriptor, read to its end, in at most 10 s. */
int state_read(int fd, struct state *state, struct err *err);

void state_free(struct state *state);

#endif /* OCI_STATE_H */
