/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system calls that are left, a second wall behind the capabilities (needs.h): netlink and unix
 * sockets, files that are opened by path, memory that cannot be executed, setns(2) and, for a mount
 * over a file, what that takes. No new process, no program, no other user, no other socket.
 * hook/filter/generate.c has the list; libseccomp makes a filter of it when the program is built.
 *
 * It comes once the link exists: what a hook does before, name servers' answers in the C library
 * among it, is not filtered, since a daemon would have the filter too, and resolvers may call
 * anything. verify and detach have it from when they begin. The daemon and its keeper never have.
 *
 * A refused call fails with ENOSYS, which no code of ours takes for an answer: so a call that is
 * missing from the list fails its step, with a line, and all is undone, and a newer C library asks
 * with an older call. To be killed would leave it half-made. Calls of another architecture's
 * numbers end the process.
 */
#ifndef HOOK_FILTER_H
#define HOOK_FILTER_H

#include <stdbool.h>

/*
 * Refuses all other system calls from now on, for good; MOUNT: those by which a mount is made or
 * taken away are needed. Where there can be no filter, nothing changes and nobody is told: a kernel
 * without seccomp, a runtime that forbids it, a machine that generate.c does not know.
 */
void filter_system_calls(bool mount);

#endif /* HOOK_FILTER_H */
