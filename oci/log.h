/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line to standard error and to the system log. */
#ifndef OCI_LOG_H
#define OCI_LOG_H

/*
 * "PROGRAM: LINE" to standard error, which runc and podman show a user on failure, and the same to
 * /dev/log with PRIORITY (syslog.h), since crun gives a hook's standard error to /dev/null.
 * Never waits for a log daemon, never fails.
 */
void log_line(const char *program, int priority, const char *line);

/*
 * The same to FILE, in the form of runc's log of JSON, from which engines take what they tell of a
 * runtime that failed: the last line of level "error" (containerd, getLastRuntimeError; podman,
 * readConmonPipeData). The time is RFC 3339's, without which containerd reads no line.
 */
void log_runtime(const char *file, const char *program, const char *line);

/* A line made ready beforehand, for a signal handler. */
struct log_entry {
	int socket; /* to /dev/log */
	char error[1200], log[1300]; /* the two forms of the line */
};

void log_prepare(struct log_entry *entry, const char *program, int priority, const char *line);
void log_send(const struct log_entry *entry); /* async-signal-safe (signal-safety(7)) */
void log_release(struct log_entry *entry);

#endif /* OCI_LOG_H */
