/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A known state to start from, whatever the runtime left a hook with. */
#ifndef OCI_START_H
#define OCI_START_H

#include "err.h"

/*
 * Signals unblocked and default (crun starts hooks with every signal blocked), SIGPIPE ignored;
 * umask 022 (crun: 0); the environment empty (runc: the caller's, and a hook that trusted it has
 * been a way out of a container, CVE-2025-23266); descriptors 0 to 2 open and all above closed; no
 * core dump, no ptrace by equals. Fails where the kernel lacks close_range(2): older than 5.9.
 */
int start_clean(struct err *err);

#endif /* OCI_START_H */
