/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directories of which containers fill in a part. */
#include "placeholder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alphabet.h"
#include "cleanup.h"
#include "text.h"

#define KUBERNETES "io.kubernetes."
#define OF_CRIO "io.kubernetes.pod.namespace"
#define OF_CONTAINERD "io.kubernetes.cri.sandbox-namespace"

#define ANNOTATION_MAX 320 /* bytes; Kubernetes' keys are a domain of 253, "/" and 63 at most */

/* The name in the placeholder at AT, a brace; what follows it, or NULL: it is none. */
static const char *take_name(const char *at, char name[static ANNOTATION_MAX], struct err *err)
{
	size_t length = strcspn(at + 1, "{}");

	if (*at != '{' || !length || length >= ANNOTATION_MAX || at[1 + length] != '}') {
		fail(err, "not a placeholder, {ANNOTATION} '%.100s'", at);
		return NULL;
	}
	memcpy(name, at + 1, length);
	name[length] = '\0';
	return at + 1 + length + 1;
}

/* What is the author's to write in both engines would be a choice of any tunnel. */
static int check_name(const char *name, struct err *err)
{
	if (strncmp(name, KUBERNETES, strlen(KUBERNETES)) != 0 || strcmp(name, OF_CRIO) == 0 ||
	    strcmp(name, OF_CONTAINERD) == 0)
		return 0;
	return fail(err,
		    "{%.100s}: may be a pod's own; " OF_CRIO " (CRI-O) and " OF_CONTAINERD
		    " (containerd) are not",
		    name);
}

int placeholder_check(const char *directory, struct err *err)
{
	const char *at = directory;
	char name[ANNOTATION_MAX];

	while (*(at += strcspn(at, "{}"))) {
		at = take_name(at, name, err);
		if (!at || check_name(name, err) < 0)
			return fail_in(err, "--config-dir");
	}
	return 0;
}

bool placeholder_any(const char *directory)
{
	return strchr(directory, '{');
}

/* By what each always says of itself, and the other has from an author alone. */
static int check_engine(const char *name, const struct json *annotations, struct err *err)
{
	const char *manager = "";
	struct err ignored;
	bool containerd = json_member(annotations, "io.kubernetes.cri.sandbox-id");

	(void)json_string_optional(annotations, "io.container.manager", &manager, &ignored);
	if (strcmp(name, OF_CRIO) == 0 && (containerd || strcmp(manager, "cri-o") != 0))
		return fail(err, "{%s}: not from CRI-O, which sets it", name);
	if (strcmp(name, OF_CONTAINERD) == 0 &&
	    (!containerd || json_member(annotations, "io.container.manager")))
		return fail(err, "{%s}: not from containerd, which sets it", name);
	return 0;
}

/* NULL: refused. */
static const char *find_value(const char *name, const struct json *annotations, struct err *err)
{
	const struct json *member = json_member(annotations, name);
	const char *text = "";

	if (!member) {
		fail(err, "{%.100s}: the container has no such annotation", name);
		return NULL;
	}
	if (check_engine(name, annotations, err) < 0 || json_text(member, &text, err) < 0)
		return NULL;
	if (strspn(text, ALPHANUMERIC) && !text[strspn(text, ALPHANUMERIC "_.-")])
		return text;
	fail(err, "{%.100s}: not the name of a directory '%.64s'", name, text);
	return NULL;
}

static int fill(const char *directory, const struct json *annotations, FILE *out, struct err *err)
{
	char name[ANNOTATION_MAX];

	for (;;) {
		size_t length = strcspn(directory, "{}");
		const char *value;

		fwrite(directory, 1, length, out);
		directory += length;
		if (!*directory)
			return 0;
		directory = take_name(directory, name, err);
		value = directory ? find_value(name, annotations, err) : NULL;
		if (!value)
			return -1;
		fputs(value, out);
	}
}

int placeholder_fill(const char *directory, const struct json *annotations, char **filled,
		     size_t *literal, struct err *err)
{
	size_t above = strcspn(directory, "{");
	cleanup_free char *path = NULL;
	struct text text = { 0 };
	FILE *out = text_open(&text);
	int result;

	if (!out)
		return fail(err, "out of memory");
	result = fill(directory, annotations, out, err);
	path = text_close(&text, out, NULL);
	if (!path && result == 0)
		result = fail(err, "out of memory");
	if (result < 0)
		return fail_in(err, "--config-dir");
	while (directory[above] && above > 0 && directory[above] != '/')
		above--;
	*literal = above;
	*filled = cleanup_steal(&path);
	return 0;
}
