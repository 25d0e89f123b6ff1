/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A process's own privilege: it can be given up, for good. */
#ifndef OCI_PRIVILEGE_H
#define OCI_PRIVILEGE_H

#include <linux/capability.h>
#include <stdint.h>

#include "err.h"

/* A set of capabilities: their bits, ored. */
#define PRIVILEGE(capability) (UINT64_C(1) << (capability))

/*
 * Gives up all capabilities but those in KEPT, of which it gains none that it has not: effective,
 * permitted, inheritable, ambient and, with CAP_SETPCAP, in the bounding set. A program that it
 * executes gets no more than what is permitted then, setuid and file capabilities or not, also
 * where the bounding set stays larger (no_new_privs; security/commoncap.c,
 * cap_bprm_creds_from_file).
 *
 * It is the calling thread that gives up: called before there are others.
 */
int privilege_keep(uint64_t kept, struct err *err);

#endif /* OCI_PRIVILEGE_H */
