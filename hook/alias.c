/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The alias, to words and back. */
#include "alias.h"

#include <stdio.h>
#include <string.h>

int alias_format(const char *prefix, const struct shape *shape, char out[static RTNL_ALIAS_ROOM],
		 struct err *err)
{
	char text[RTNL_ALIAS_ROOM], guard[72] = "", sysctls[24] = "";
	int length;

	if (shape->guard_rules)
		snprintf(guard, sizeof(guard), " guard=%zu/%zu/%zu", shape->guard_rules,
			 shape->guard_elements, shape->frames_rules);
	if (shape->sysctls)
		snprintf(sysctls, sizeof(sysctls), " sysctls=%x", shape->sysctls);
	length = snprintf(text, sizeof(text), "%s %s rules=%zu%s%s%s", prefix,
			  shape->full ? "full" : "split", shape->rules, guard,
			  shape->dns ? " dns" : "", sysctls);
	if (length < 0 || (size_t)length >= sizeof(text))
		return fail(err, "too long");
	memcpy(out, text, (size_t)length + 1);
	return 0;
}

/* Who could write a number here that overflows could write any other. */
/* NOLINTBEGIN(cert-err34-c) */
static void take_word(const char *word, struct shape *shape)
{
	if (sscanf(word, "rules=%zu", &shape->rules) == 1)
		shape->known = true;
	else if (strcmp(word, "full") == 0)
		shape->full = true;
	else if (strcmp(word, "dns") == 0)
		shape->dns = true;
	else if (sscanf(word, "sysctls=%x", &shape->sysctls) != 1)
		(void)sscanf(word, "guard=%zu/%zu/%zu", &shape->guard_rules, &shape->guard_elements,
			     &shape->frames_rules);
}
/* NOLINTEND(cert-err34-c) */

bool alias_parse(const char *text, struct alias *alias)
{
	char copy[RTNL_ALIAS_ROOM], *rest = copy, *word;
	struct alias parsed = { 0 };

	if (strncmp(text, ALIAS_START, strlen(ALIAS_START)) != 0)
		return false;
	snprintf(copy, sizeof(copy), "%s", text + strlen(ALIAS_START));
	snprintf(parsed.tunnel, sizeof(parsed.tunnel), "%s", strsep(&rest, " "));
	(void)strsep(&rest, " "); /* the digest */
	while ((word = strsep(&rest, " ")))
		take_word(word, &parsed.shape);
	*alias = parsed;
	return true;
}

bool alias_matches(const char *text, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(text, prefix, length) == 0 && strchr(" ", text[length]);
}
