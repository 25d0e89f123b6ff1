/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Servers and search domains: taken apart, and put together again. */
#include "names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alphabet.h"

bool name_is_plausible(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && length <= 253 && *name != '-' && *name != '.' &&
	       strspn(name, ALPHANUMERIC "-_.") == length;
}

static int add_search(struct names *names, const char *domain, struct err *err)
{
	char **grown = reallocarray(names->search, names->search_count + 1, sizeof(*grown));

	if (!grown)
		return fail_errno(err, ENOMEM, "search domains");
	names->search = grown;
	grown[names->search_count] = strdup(domain);
	if (!grown[names->search_count])
		return fail_errno(err, ENOMEM, "search domains");
	names->search_count++;
	return 0;
}

int names_add(struct names *names, const char *element, struct err *err)
{
	struct prefix server;

	if (!strchr(element, ':') && element[strspn(element, DIGITS ".")]) {
		if (name_is_plausible(element))
			return add_search(names, element, err);
	} else if (!strchr(element, '/') && prefix_parse(element, &server)) {
		if (prefix_append(&names->servers, &names->servers_count, server))
			return 0;
		return fail_errno(err, ENOMEM, "servers");
	}
	return fail_errno(err, EINVAL, "neither an address nor a domain");
}

void names_free(struct names *names)
{
	for (size_t i = 0; i < names->search_count; i++)
		free(names->search[i]);
	free(names->search);
	free(names->servers);
	*names = (struct names){ 0 };
}

void names_print(const struct names *names, FILE *out)
{
	char text[PREFIX_TEXT];

	for (size_t i = 0; i < names->servers_count; i++)
		fprintf(out, "nameserver %s\n", prefix_format(&names->servers[i], true, text));
	for (size_t i = 0; i < names->search_count; i++)
		fprintf(out, "%s %s", i ? "" : "search", names->search[i]);
	if (names->search_count)
		fputc('\n', out);
}
