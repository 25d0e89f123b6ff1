/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sysctls of one character, those of the network namespace that the calling thread is in. */
#ifndef HOOK_SYSCTL_H
#define HOOK_SYSCTL_H

#include <stdbool.h>

#include "err.h"

/* PATH is below /proc/sys: "net/ipv4/fwmark_reflect". err->number is ENOENT when there is none. */
int sysctl_read(const char *path, char *value, struct err *err);
int sysctl_write(const char *path, char value, struct err *err);

/* *there: whether the kernel has IPv6. What cannot be seen is a failure: a wrong no would leave it
 * open. */
int sysctl_ipv6(bool *there, struct err *err);

#endif /* HOOK_SYSCTL_H */
