/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hygiene of a hook's first moment. */
#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void reset_signals(void)
{
	sigset_t none;

	/* The standard ones, of which SIGSYS is the last; no real-time signal means anything here.
	 */
	for (int number = 1; number <= SIGSYS; number++)
		signal(number, SIG_DFL); /* SIGKILL and SIGSTOP refuse, rightly */
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* A socket that became descriptor 2 would be sent our messages. */
static int open_standard(struct err *err)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	return fd < 0 ? fail_errno(err, errno, "/dev/null") : 0;
}

int start_clean(struct err *err)
{
	struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0);
	reset_signals();
	umask(022);
	clearenv();
	if (open_standard(err) < 0)
		return -1;
	if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0) < 0)
		return fail_errno(err, errno, "Linux 5.10 or newer is needed: close_range");
	return 0;
}
