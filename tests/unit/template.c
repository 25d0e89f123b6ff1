/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Linked with the tests of tunnel files and of requests. */
#include "template.h"
#include "unit.h"

struct key keys[KEYS];
char key_texts[KEYS][KEY_BASE64];
const char *template_directory;

static const char *const names[KEYS] = {
	"$PRIV", "$PSK", "$PUB1", "$PUB2", "$PUB3", "$OWN", "$ZERO"
};

struct key key_made(uint32_t seed)
{
	struct key key;

	for (size_t i = 0; i < KEY_LEN; i++) {
		seed = seed * 1664525 + 1013904223;
		key.bytes[i] = (uint8_t)(seed >> 24);
	}
	return key;
}

void keys_make(uint32_t set)
{
	for (uint32_t i = PRIV; i < OWN; i++)
		keys[i] = key_made(KEYS * set + i + 1);
	key_public(&keys[PRIV], &keys[OWN]);
	for (size_t i = 0; i < KEYS; i++)
		key_format(&keys[i], key_texts[i]);
}

/* NULL where TEXT does not begin with a variable; *length is that of its name. */
static const char *variable(const char *text, size_t *length)
{
	for (size_t i = 0; i < KEYS; i++) {
		*length = strlen(names[i]);
		if (strncmp(text, names[i], *length) == 0)
			return key_texts[i];
	}
	*length = strlen("$D");
	return strncmp(text, "$D", *length) == 0 ? template_directory : NULL;
}

const char *expand(const char *template)
{
	static char buffers[8][16384];
	static unsigned int turn;
	char *text = buffers[turn++ % 8];
	size_t used = 0, length;

	while (*template) {
		const char *value = variable(template, &length);

		if (value) {
			used += (size_t)sprintf(text + used, "%s", value);
			template += length;
		} else {
			text[used++] = *template ++;
		}
	}
	text[used] = '\0';
	return text;
}

void check_prefixes(const char *what, const struct prefix *list, size_t count, bool short_form,
		    const char *wanted)
{
	char got[1024] = "", out[PREFIX_TEXT];

	for (size_t i = 0; i < count; i++) {
		strcat(got, i ? " " : "");
		strcat(got, prefix_format(&list[i], short_form, out));
	}
	check_text(what, got, wanted);
}
