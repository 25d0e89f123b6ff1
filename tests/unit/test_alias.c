/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hook/alias.c: the record on the link, to words and back. */
#include "alias.h"
#include "unit.h"

#include <stdint.h>

#define PREFIX "oci-wireguard mullvad 0123456789abcdef"

static struct alias parsed(const char *text)
{
	struct alias alias = { .tunnel = "untouched" };

	(void)alias_parse(text, &alias);
	return alias;
}

static void there_and_back(void)
{
	const struct shape shape = {
		.full = true,
		.rules = 16,
		.guard_rules = 41,
		.guard_elements = 52,
		.frames_rules = 3,
		.dns = true,
		.sysctls = 0xd,
	};
	char text[RTNL_ALIAS_ROOM];
	struct alias alias;
	struct err err;

	check("a whole shape is written", alias_format(PREFIX, &shape, text, &err) == 0);
	check_text("in these words", text, PREFIX " full rules=16 guard=41/52/3 dns sysctls=d");
	check("and read", alias_parse(text, &alias));
	check_text("the tunnel's name", alias.tunnel, "mullvad");
	check("known, full, with DNS", alias.shape.known && alias.shape.full && alias.shape.dns);
	check("its rules", alias.shape.rules == 16);
	check("its guard", alias.shape.guard_rules == 41 && alias.shape.guard_elements == 52 &&
				   alias.shape.frames_rules == 3);
	check("its sysctls", alias.shape.sysctls == 0xd);
}

static void without_all(void)
{
	const struct shape shape = { 0 };
	char text[RTNL_ALIAS_ROOM];
	struct alias alias;
	struct err err;

	check("an empty shape is written", alias_format(PREFIX, &shape, text, &err) == 0);
	check_text("as such", text, PREFIX " split rules=0");
	alias = parsed(text);
	check("and is known", alias.shape.known && !alias.shape.full && !alias.shape.dns &&
				      !alias.shape.guard_rules && !alias.shape.sysctls);
}

static void older(void)
{
	struct alias alias = parsed(PREFIX " sysctls=f");

	check_text("an older version's has a name", alias.tunnel, "mullvad");
	check("its sysctls", alias.shape.sysctls == 0xf);
	check("and no shape", !alias.shape.known);
	alias = parsed(PREFIX);
	check("nor has one without sysctls", !alias.shape.known && !alias.shape.sysctls);
	alias = parsed(PREFIX " full later=1 rules=2 words");
	check("later words are passed over", alias.shape.known && alias.shape.rules == 2);
	check_text("another's is none", parsed("oci-wire mullvad").tunnel, "untouched");
	check_text("nor is an empty one", parsed("").tunnel, "untouched");
	check_text("a name alone is", parsed("oci-wireguard mullvad").tunnel, "mullvad");
}

static void prefixes(void)
{
	check("an alias is known by its prefix", alias_matches(PREFIX " full rules=1", PREFIX));
	check("also where nothing follows", alias_matches(PREFIX, PREFIX));
	check("another digest is another", !alias_matches(PREFIX "0", PREFIX));
	check("a shorter one too", !alias_matches("oci-wireguard mullvad", PREFIX));
}

/* With the longest name that a plan puts into it, and more than a kernel would hold of all else. */
static void longest(void)
{
	const struct shape shape = {
		.full = true,
		.rules = 99999,
		.guard_rules = 9999,
		.guard_elements = 9999999,
		.frames_rules = 9,
		.dns = true,
		.sysctls = 0xff,
	};
	char prefix[RTNL_ALIAS_ROOM], text[RTNL_ALIAS_ROOM] = "untouched";
	char name[ALIAS_NAME_ROOM];
	struct err err;

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	snprintf(prefix, sizeof(prefix), ALIAS_START "%s 0123456789abcdef", name);
	check("the longest has room", alias_format(prefix, &shape, text, &err) == 0);
	check_text("for its name", parsed(text).tunnel, name);
	check("and for all else", parsed(text).shape.sysctls == 0xff && parsed(text).shape.dns);
	memset(prefix, 'n', sizeof(prefix) - 1);
	prefix[sizeof(prefix) - 1] = '\0';
	snprintf(text, sizeof(text), "untouched");
	check("one that is too long fails", alias_format(prefix, &shape, text, &err) < 0);
	check_text("and leaves nothing", text, "untouched");
}

int main(void)
{
	there_and_back();
	without_all();
	older();
	prefixes();
	longest();
	return unit_done();
}
