/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bundle that a container was made from: its config.json (runtime-spec, bundle.md, config.md).
 */
#ifndef OCI_BUNDLE_H
#define OCI_BUNDLE_H

#include "err.h"
#include "state.h"

#define BUNDLE_CONFIG_MAX (16 << 20) /* bytes */

/*
 * The absolute path of the container's root filesystem, as the runtime sees it: root.path of
 * config.json, below the bundle unless it is absolute. crun's state says it too, and is believed:
 * the bundle of its state is wrong at times (crun#2025). The caller frees *PATH.
 */
int bundle_root(const struct state *state, char **path, struct err *err);

#endif /* OCI_BUNDLE_H */
