/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capabilities given up: as root all of what is checked is refused for want of them alone. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include "privilege.h"
#include "unit.h"

static uint64_t read_set(FILE *status, const char *name)
{
	char line[256];

	rewind(status);
	while (fgets(line, sizeof(line), status))
		if (strncmp(line, name, strlen(name)) == 0)
			return strtoull(line + strlen(name), NULL, 16);
	return UINT64_MAX;
}

/* Of this process, or of a program that it executes: its /proc/self/status. */
static uint64_t set_of(const char *program, const char *name)
{
	FILE *status = program ? popen(program, "r") : fopen("/proc/self/status", "re");
	uint64_t set = UINT64_MAX;
	char text[8192] = "";
	FILE *copy;

	if (status && fread(text, 1, sizeof(text) - 1, status) > 0) {
		copy = fmemopen(text, strlen(text), "r");
		set = read_set(copy, name);
		fclose(copy);
	}
	if (status && program)
		pclose(status);
	else if (status)
		fclose(status);
	return set;
}

int main(void)
{
	const uint64_t kept = PRIVILEGE(CAP_NET_ADMIN) | PRIVILEGE(CAP_DAC_READ_SEARCH);
	const uint64_t before = set_of(NULL, "CapPrm:"), bound = set_of(NULL, "CapBnd:");
	const bool may_bound = before & PRIVILEGE(CAP_SETPCAP);
	FILE *file = tmpfile();
	struct err err = { 0 };

	check("capabilities are given up", privilege_keep(kept, &err) == 0);
	check("of those that were there, the kept ones are permitted",
	      set_of(NULL, "CapPrm:") == (before & kept));
	check("and effective", set_of(NULL, "CapEff:") == (before & kept));
	check("none is inherited", set_of(NULL, "CapInh:") == 0);
	check("nor ambient", set_of(NULL, "CapAmb:") == 0);
	check("the bounding set holds no more, where it may be lowered",
	      set_of(NULL, "CapBnd:") == (may_bound ? bound & kept : bound));
	check("no program can bring more", set_of(NULL, "NoNewPrivs:") == 1);
	check("one that is executed has no more",
	      (set_of("cat /proc/self/status", "CapPrm:") & ~(before & kept)) == 0);

	check("mounting is refused",
	      mount("none", "/", "tmpfs", MS_BIND, NULL) < 0 && errno == EPERM);
	check("another root directory too", chroot("/") < 0 && errno == EPERM);
	check("and another user", setresuid(12345, 12345, 12345) < 0 && errno == EPERM);
	check("and giving a file away", fchown(fileno(file), 1, 1) < 0 && errno == EPERM);

	check("none comes back",
	      privilege_keep(UINT64_MAX, &err) == 0 && set_of(NULL, "CapPrm:") == (before & kept));
	check("all can go", privilege_keep(0, &err) == 0 && set_of(NULL, "CapPrm:") == 0);
	fclose(file);
	return unit_done();
}
