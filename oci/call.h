/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line that an engine calls an OCI runtime with, as runc 1.1 to 1.5 and crun 1.8
 * to 1.29 take it: "[GLOBAL OPTION]... COMMAND [OPTION | ID]...". Pure.
 */
#ifndef OCI_CALL_H
#define OCI_CALL_H

#include <stdbool.h>

#include "err.h"

/* All texts are the command line's. */
struct call {
	const char *command; /* "create"; NULL: none */
	char *const *rest; /* what follows it, NULL at the end */
	const char *json_log; /* the absolute path of its log, if that is of JSON; else NULL */
};

/* ARGUMENTS, without the program's name, end with NULL. */
void call_parse(char *const *arguments, struct call *call);

/* Whether it makes a container from a bundle: create, run, restore. */
bool call_makes_container(const struct call *call);
bool call_restores(const struct call *call);

/*
 * The bundle's directory, "." by default, of a call that makes a container. What one runtime takes
 * for a bundle, or for another config.json, and the other for something else is refused.
 */
int call_bundle(const struct call *call, const char **bundle, struct err *err);

#endif /* OCI_CALL_H */
