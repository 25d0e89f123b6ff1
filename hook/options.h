/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line's options, as data. Pure. */
#ifndef HOOK_OPTIONS_H
#define HOOK_OPTIONS_H

#include <stdbool.h>

#include "err.h"
#include "settings.h"

/*
 * Options, "--name value" or "--name=value", may stand before and after the operands, and end with
 * "--"; ARGV[0] and the operands remain, *ARGC of them. Texts stay ARGV's.
 */
int options_parse(int *argc, char **argv, struct options *options, struct err *err);

/* Whether ARGUMENT is an option in one piece: "--name=value", or one without a value. */
bool options_has(const char *argument);

/* Puts in the tunnel directory that there is when none was given. */
void options_complete(struct options *options);

/*
 * Refuses what means nothing to a verb: what is for the hook alone, tunnel directories with
 * placeholders among it, and with SETTINGS_TOO also what a plan is made from.
 */
int options_refuse(const struct options *options, bool settings_too, struct err *err);
int options_refuse_placeholders(const struct options *options, struct err *err);

#endif /* HOOK_OPTIONS_H */
