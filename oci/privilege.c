/* SPDX-License-Identifier: GPL-2.0-or-later */
/* capset(2) and prctl(2), which are simple enough to do without libcap. */
#include "privilege.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* EPERM: without CAP_SETPCAP; EINVAL: the kernel knows no more of them. */
static int lower_bounding_set(uint64_t kept, struct err *err)
{
	for (int capability = 0; capability < 64; capability++) {
		if (kept & PRIVILEGE(capability) ||
		    prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0)
			continue;
		if (errno == EPERM || errno == EINVAL)
			break;
		return fail_errno(err, errno, "the bounding set of capabilities");
	}
	return 0;
}

/* Nothing inheritable is nothing ambient (security/commoncap.c, cap_capset). */
static int lower_sets(uint64_t kept, struct err *err)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, data) < 0)
		return fail_errno(err, errno, "capget");
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		data[i].permitted &= (uint32_t)(kept >> (32 * i));
		data[i].effective &= data[i].permitted;
		data[i].inheritable = 0;
	}
	if (syscall(SYS_capset, &header, data) < 0)
		return fail_errno(err, errno, "capset");
	return 0;
}

int privilege_keep(uint64_t kept, struct err *err)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		fail_errno(err, errno, "no_new_privs");
	else if (lower_bounding_set(kept, err) == 0 && lower_sets(kept, err) == 0)
		return 0;
	return fail_in(err, "privilege cannot be given up");
}
