/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two hooks of ours in one container: a CDI device's, and the one that hooks.d has for annotations.
 */
#ifndef HOOK_ANOTHER_H
#define HOOK_ANOTHER_H

#include <stdbool.h>

#include "bundle.h"
#include "settings.h"

/*
 * Whether the container's config.json calls this program once more as its createRuntime hook, and
 * there with --conf: then that one is told the tunnel, sees the same annotations, and does all that
 * they ask for or refuses them. This one, with OPTIONS that have no --conf, would refuse them for
 * want of wg.conf, or know nothing of that one's options. With --require it is not left to another.
 */
bool another_serves(const struct options *options, struct bundle *bundle);

#endif /* HOOK_ANOTHER_H */
