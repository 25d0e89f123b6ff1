/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A filter that is ready made, for the kernel. */
#include "filter.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>

/* static const unsigned char filter_network[], filter_mount[]: of less than one instruction for a
 * machine that it does not know. */
#include "filter_generated.h"

void filter_system_calls(bool mount)
{
	const unsigned char *instructions = mount ? filter_mount : filter_network;
	size_t size = mount ? sizeof(filter_mount) : sizeof(filter_network);
	struct sock_fprog program = {
		.len = (unsigned short)(size / sizeof(struct sock_filter)),
		.filter = (struct sock_filter *)instructions,
	};

	(void)prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}
