/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bundle that a container was made from: its config.json (runtime-spec, bundle.md, config.md).
 */
#ifndef OCI_BUNDLE_H
#define OCI_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "err.h"
#include "json.h"
#include "state.h"

#define BUNDLE_CONFIG_MAX (16 << 20) /* bytes */

/* Zero-initialised it is empty. */
struct bundle_config {
	char *file; /* its path */
	char *text;
	size_t length; /* bytes */
	struct json *tree; /* parsed from it */
	uid_t owner;
	gid_t group;
	mode_t mode;
};

/*
 * Reads config.json, a regular file, of the bundle DIRECTORY. On success *config owns memory:
 * bundle_config_free().
 */
int bundle_config_read(const char *directory, struct bundle_config *config, struct err *err);

/*
 * Puts TEXT, LENGTH bytes, in its place, in one step: whoever opens it finds all of the old one or
 * all of the new one. Owner, group and mode stay. On failure the old one is there, and nothing
 * else.
 */
int bundle_config_replace(const struct bundle_config *config, const char *text, size_t length,
			  struct err *err);

void bundle_config_free(struct bundle_config *config);

/* That of a state. Its config.json is read once, when something is asked of it for the first time.
 */
struct bundle {
	const struct state *state;
	bool read; /* or tried to */
	struct bundle_config config; /* empty: it cannot be had */
	struct err why; /* not */
};

void bundle_close(struct bundle *bundle);

/*
 * The absolute path of the container's root filesystem, as the runtime sees it: root.path of
 * config.json, below the bundle unless it is absolute. crun's state says it too, and is believed:
 * the bundle of its state is wrong at times (crun#2025). The caller frees *PATH.
 */
int bundle_root(struct bundle *bundle, char **path, struct err *err);

/*
 * The process whose network namespace the container joins, as linux.namespaces names another
 * container's, "/proc/PID/ns/net"; 0: its own, or the host's, or one that is not known.
 *
 * Seen with podman 4.3.1: "/proc/269/ns/net" with --network container:X and for a pod's members;
 * "/run/netns/netns-..." for a network of its own; no path with --network none, and with --uidmap,
 * where podman makes the network later. containerd's path for all containers of a Kubernetes pod is
 * of the first kind (internal/cri/opts, netNSFormat), and so is Docker's for container:X
 * (daemon/oci_linux.go).
 */
pid_t bundle_network_of(struct bundle *bundle);

/* The array of hooks of KIND, "createRuntime"; NULL: none. */
const struct json *bundle_hooks(struct bundle *bundle, const char *kind);

#endif /* OCI_BUNDLE_H */
