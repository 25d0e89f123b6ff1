/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hook put into the text of a config.json (runtime-spec, config.md, "POSIX-platform Hooks");
 * every other byte of it stays as it is. Pure.
 */
#ifndef OCI_INJECT_H
#define OCI_INJECT_H

#include <stddef.h>

#include "err.h"
#include "json.h"

/*
 * HOOK, an object's text, becomes the last of STAGE ("createRuntime") in CONFIG, LENGTH bytes of
 * which TREE was parsed: what engines put there makes the network that a later hook finds. One that
 * is there already, with the same path and args, is not put there again: *edited is NULL then.
 * Otherwise *edited, of *edited_length bytes, is the caller's to free.
 */
int inject_hook(const char *config, size_t length, const struct json *tree, const char *stage,
		const char *hook, char **edited, size_t *edited_length, struct err *err);

#endif /* OCI_INJECT_H */
