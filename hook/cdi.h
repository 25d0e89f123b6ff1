/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tunnels as devices of the Container Device Interface, for engines that know no hooks: a file in
 * /etc/cdi says what `--device oci-wireguard/tunnel=NAME` adds to a container, here this hook with
 * the tunnel's name. Pure.
 *
 * CDI SPEC.md and its parser (pkg/parser, pkg/cdi of tags.cncf.io/container-device-interface) want
 * at least one device, edits in each, no key they do not know, and the lowest version that has all
 * keys or a higher one: 0.5.0, for names that begin with a digit, which every engine with CDI takes
 * (podman since 4.1). CDI can add neither annotations nor to what other devices add.
 */
#ifndef HOOK_CDI_H
#define HOOK_CDI_H

#include "err.h"
#include "locate.h"
#include "settings.h"

/*
 * The specification, a device for each of TUNNELS, whose hook is PROGRAM with that tunnel and all
 * of OPTIONS, which are complete and checked, and have no SETTING_CONF. CDI's names are narrower
 * than ours: others are left out, with a warning. Fails when that leaves none, and where a text is
 * not UTF-8, which JSON cannot hold. The caller frees *TEXT.
 */
int cdi_print(const struct options *options, const struct tunnels *tunnels, const char *program,
	      char **text, struct warnings *warnings, struct err *err);

#endif /* HOOK_CDI_H */
