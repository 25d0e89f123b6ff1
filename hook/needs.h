/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which capabilities (oci/privilege.h) what is asked for needs, once it has been read and the
 * container's namespaces are open. Pure; tests/privilege takes each away and sees what fails.
 *
 *   CAP_NET_ADMIN         links, routes, rules, nftables, WireGuard; sysctls, which it may write
 *                         whoever owns them (net/sysctl_net.c, net_ctl_permissions)
 *   CAP_SYS_ADMIN         setns(2), into the container's network and back; mounts
 *   CAP_NET_BIND_SERVICE  a ListenPort, which may be below 1024: the kernel's WireGuard binds its
 * socket with the privilege of who sets the link up (net/ipv4/af_inet.c, __inet_bind)
 *
 * and for a mount over a file, in a root filesystem whose owner may be anybody:
 *
 *   CAP_SYS_CHROOT        setns(2) into a mount namespace, and the way back
 *   CAP_DAC_OVERRIDE      to search, and make a missing file in, directories that are closed
 *   CAP_SETUID, _SETGID   to make it in its owner's name (oci/rootfs.c)
 *   CAP_FOWNER            to remove that again where the directory is sticky
 */
#ifndef HOOK_NEEDS_H
#define HOOK_NEEDS_H

#include <stdbool.h>
#include <stdint.h>

#include "request.h"

/* Of its plan, carried out or undone; MOUNT: with a mount of ours. */
uint64_t needs_of_request(const struct request *request, bool mount);

/* Of verify and detach; MOUNT: there may be a mount of ours, to look at or to take away. */
uint64_t needs_of_verify(bool mount);
uint64_t needs_of_detach(bool mount);

/* Of a userspace WireGuard, of which it gets what the plan needs too; its keeper needs none. */
uint64_t needs_of_daemon(void);

/* Of what only reads tunnel files, whoever owns the directories. */
uint64_t needs_of_reading(void);

#endif /* HOOK_NEEDS_H */
