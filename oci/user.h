/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who runs the program: the system's root, or somebody else, such as the user of a rootless engine,
 * who is root in a user namespace of his own alone. He keeps his files where his environment says.
 */
#ifndef OCI_USER_H
#define OCI_USER_H

#include <stdbool.h>

#include "err.h"

/* Texts are the environment's, which clearenv(3) leaves where they are; NULL: it does not say. */
struct user {
	bool is_root; /* nothing of the environment counts then */
	const char *config; /* $XDG_CONFIG_HOME */
	const char *home; /* $HOME */
	const char *runtime; /* $XDG_RUNTIME_DIR */
};

/* Reads the environment: before start_clean(). */
void user_find(struct user *user);

/*
 * The path of NAME among the user's configuration files, which need not exist: below
 * $XDG_CONFIG_HOME, else ~/.config (XDG Base Directory Specification), where ~ is $HOME or what
 * /etc/passwd says. The caller's to free(); of root it is not asked.
 */
int user_config(const struct user *user, const char *name, char **path, struct err *err);

/* A directory that he can make a file in, for a moment. Of root /run. */
const char *user_scratch(const struct user *user);

#endif /* OCI_USER_H */
