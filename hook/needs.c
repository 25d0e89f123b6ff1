/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table in the header, as sets. */
#include "needs.h"

#include "privilege.h"

static const uint64_t network = PRIVILEGE(CAP_NET_ADMIN) | PRIVILEGE(CAP_SYS_ADMIN);

static const uint64_t unmounting =
	PRIVILEGE(CAP_SYS_CHROOT) | PRIVILEGE(CAP_DAC_OVERRIDE) | PRIVILEGE(CAP_FOWNER);

static const uint64_t mounting = PRIVILEGE(CAP_SETUID) | PRIVILEGE(CAP_SETGID);

uint64_t needs_of_request(const struct request *request, bool mount)
{
	uint64_t needs = network;

	/* From which port on there is no need is the host's to say: ip_unprivileged_port_start. */
	if (request->port)
		needs |= PRIVILEGE(CAP_NET_BIND_SERVICE);
	if (mount)
		needs |= mounting | unmounting;
	return needs;
}

uint64_t needs_of_verify(bool mount)
{
	return network | (mount ? PRIVILEGE(CAP_DAC_READ_SEARCH) : 0);
}

uint64_t needs_of_detach(bool mount)
{
	return network | (mount ? unmounting : 0);
}

uint64_t needs_of_daemon(void)
{
	return PRIVILEGE(CAP_NET_ADMIN) | PRIVILEGE(CAP_NET_BIND_SERVICE);
}

uint64_t needs_of_reading(void)
{
	return PRIVILEGE(CAP_DAC_READ_SEARCH);
}
