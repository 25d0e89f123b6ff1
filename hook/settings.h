/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be asked: the settings, each an annotation and an option, and who may set them. Pure. */
#ifndef HOOK_SETTINGS_H
#define HOOK_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "state.h"

/* Each is the annotation wg.NAME and the option --NAME (setting_name). */
enum setting {
	SETTING_CONF,
	SETTING_INTERFACE,
	SETTING_BYPASS,
	SETTING_DNS,
	SETTING_KILLSWITCH,
	SETTING_NETWORKS,
	SETTING_SOCKET,
	SETTING_HANDSHAKE,
};

#define SETTINGS 8

const char *setting_name(enum setting setting);

/* The setting called NAME ("conf"), or -1. */
int setting_find(const char *name);

/* The known name nearest to NAME in spelling, to suggest it; NULL when none is near. */
const char *setting_nearest(const char *name);

/* Whether the annotation KEY is for us, known or not: "wg." and no slash. */
bool setting_is_ours(const char *key);

/*
 * How many seconds an engine is to let the hook run, with HANDSHAKE, what wg.handshake is (NULL:
 * not given), waited for besides. What is no number of seconds adds nothing: the hook refuses it.
 */
unsigned int settings_timeout(const char *handshake);

#define CONFIG_DIRS_MAX 16

struct options {
	const char *setting[SETTINGS]; /* NULL: not given */
	const char *config_dir[CONFIG_DIRS_MAX]; /* perhaps with placeholders (placeholder.h) */
	size_t config_dir_count; /* 0: the usual one */
	const char *usual_dir; /* NULL: /etc/wireguard */
	const char *scratch_dir; /* for a file that is there for a moment; NULL: /run */
	const char *userspace; /* the userspace WireGuard: a name, a path, "none"; NULL: any */
	bool require; /* a container without wg.conf is refused, annotations set nothing else ... */
	bool allow[SETTINGS]; /* ... but what is allowed here */
	bool annotated; /* called for a wg.* annotation: a state without one is refused */
	bool any_file; /* wg.conf may name any file the caller can read: check and attach */
};

/* What was asked for, and by whom. */
struct asked {
	const char *value[SETTINGS]; /* NULL: not; the options' or the state's */
	char where[SETTINGS][16]; /* for messages: the annotation "wg.dns", the option "--dns" */
	const struct json *annotations; /* all of the state's; NULL: none */
};

/*
 * Puts together OPTIONS and the annotations of STATE (NULL: none). *wanted is false when nobody
 * asked for a tunnel. Refused: an unknown wg.* annotation, one without wg.conf, one that disagrees
 * with its option, one that --require keeps from annotations, none where --annotated knows of one.
 */
int settings_collect(const struct options *options, const struct state *state, struct asked *asked,
		     bool *wanted, struct err *err);

/* Whether STATE has any wg.* annotation, known or not. */
bool settings_any(const struct state *state);

#endif /* HOOK_SETTINGS_H */
