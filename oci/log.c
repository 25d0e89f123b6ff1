/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Standard error and /dev/log. Not syslog(3): it blocks when the daemon's queue is full, and a
 * container's start must not wait for a log.
 */
#include "log.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "json.h"

static const struct sockaddr_un log_address = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };

void log_prepare(struct log_entry *entry, const char *program, int priority, const char *line)
{
	char when[32] = "";
	time_t now = time(NULL);
	struct tm tm;

	entry->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	snprintf(entry->error, sizeof(entry->error), "%s: %s\n", program, line);
	/* The form of RFC 3164, section 4.1, without a host name, as local clients send it. */
	if (localtime_r(&now, &tm))
		strftime(when, sizeof(when), "%b %e %T ", &tm);
	snprintf(entry->log, sizeof(entry->log), "<%d>%s%s[%d]: %s", LOG_DAEMON | priority, when,
		 program, (int)getpid(), line);
}

void log_send(const struct log_entry *entry)
{
	ssize_t ignored = write(STDERR_FILENO, entry->error, strlen(entry->error));

	if (entry->socket >= 0)
		ignored = sendto(entry->socket, entry->log, strlen(entry->log),
				 MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)&log_address,
				 sizeof(log_address));
	(void)ignored; /* there is nobody to tell */
}

void log_release(struct log_entry *entry)
{
	if (entry->socket >= 0)
		close(entry->socket);
	entry->socket = -1;
}

void log_line(const char *program, int priority, const char *line)
{
	struct log_entry entry;

	log_prepare(&entry, program, priority, line);
	log_send(&entry);
	log_release(&entry);
}

static void print_entry(const char *program, const char *line, FILE *out)
{
	char text[1200], when[32] = "";
	time_t now = time(NULL);
	struct tm tm;

	snprintf(text, sizeof(text), "%s: %s", program, line);
	if (gmtime_r(&now, &tm))
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	fprintf(out, "{\"level\":\"error\",\"msg\":");
	json_print_string(text, out);
	fprintf(out, ",\"time\":\"%s\"}\n", when);
}

void log_runtime(const char *file, const char *program, const char *line)
{
	/* As runc opens it (main.go, configLogrus), but for what a hung reader of a FIFO could do.
	 */
	cleanup_close int fd =
		open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644);
	char entry[8192]; /* six bytes for each of the text, at most */
	FILE *out = fmemopen(entry, sizeof(entry), "w");
	ssize_t ignored = -1;

	if (out) {
		print_entry(program, line, out);
		fclose(out);
		ignored = write(fd, entry, strlen(entry));
	}
	(void)ignored; /* as above */
}
