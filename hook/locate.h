/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds and opens the tunnel file that somebody asked for. Annotations come from whoever may start
 * a container, so that a name or a path from one never leads out of the tunnel directories.
 */
#ifndef HOOK_LOCATE_H
#define HOOK_LOCATE_H

#include "err.h"
#include "settings.h"

/*
 * Opens what asked->value[SETTING_CONF] means: NAME is NAME.conf in the first tunnel directory that
 * has it, an absolute path lies strictly inside one, and is refused where the state's annotations
 * fill in one of them (placeholder.h); with options->any_file whatever holds a slash
 * is any file the caller can read. A file that is not regular is refused; one in a tunnel
 * directory also if it is neither root's nor the caller's, or writable by its group or others;
 * one that all may read gets a warning. OPTIONS has a tunnel directory at least.
 *
 * Returns the descriptor; *path is the file's name, for messages, and the caller's to free. On
 * failure -1, with *path perhaps set all the same.
 */
int locate_tunnel(const struct asked *asked, const struct options *options, char **path,
		  struct warnings *warnings, struct err *err);

/* Refuses a NAME that no tunnel can have; WHERE begins the line. */
int locate_check_name(const char *where, const char *name, struct err *err);

/* Names of tunnels, sorted, each once. Zero-initialised it is empty. */
struct tunnels {
	char **name;
	size_t count;
};

/*
 * All that a container may ask for by its name: of NAME.conf in more than one tunnel directory the
 * first counts. Nothing is read of them; what locate_tunnel() would refuse is left out, with a
 * warning. A directory that is missing is empty. OPTIONS has a tunnel directory at least, and none
 * with a placeholder. tunnels_free() is due on success.
 */
int locate_all(const struct options *options, struct tunnels *tunnels, struct warnings *warnings,
	       struct err *err);

void tunnels_free(struct tunnels *tunnels);

#endif /* HOOK_LOCATE_H */
