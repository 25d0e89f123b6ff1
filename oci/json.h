/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON from a stranger: strict, bounded, and every refusal names its place. The only user of yajl.
 *
 * Refused beside what is not JSON: comments, text after the value, nesting deeper than
 * JSON_DEPTH_MAX, a key that comes twice in one object, a NUL ("\u0000") in a key or a string.
 */
#ifndef OCI_JSON_H
#define OCI_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "err.h"

/* config.json of the deepest known runtime nests nine deep. */
#define JSON_DEPTH_MAX 32

struct json; /* one value of the tree; the tree lives until json_free() of its root */

int json_parse(const char *text, size_t length, struct json **root, struct err *err);
void json_free(struct json *root);

/* The member KEY of OBJECT; NULL when there is none, or when OBJECT is NULL or no object. */
const struct json *json_member(const struct json *object, const char *key);

/*
 * Typed getters. A missing member (or a null) of the optional kind leaves *value as it is; any
 * other mismatch fails with "PATH: not a string" or the like. Texts stay the tree's.
 */
int json_string(const struct json *object, const char *key, const char **value, struct err *err);
int json_string_optional(const struct json *object, const char *key, const char **value,
			 struct err *err);
/* A number without fraction or exponent, between MIN and MAX. */
int json_integer(const struct json *object, const char *key, long min, long max, long *value,
		 struct err *err);
/* Fail unless the member is an object, an array; *value is NULL when it is missing or null. */
int json_object_optional(const struct json *object, const char *key, const struct json **value,
			 struct err *err);
int json_array_optional(const struct json *object, const char *key, const struct json **value,
			struct err *err);

bool json_is_object(const struct json *value);

/* The members of an object, sorted by key, or the elements of an array; 0 of anything else. */
size_t json_count(const struct json *value);
const struct json *json_at(const struct json *value, size_t index);
const char *json_key(const struct json *member);

/*
 * Where VALUE, an object, an array or something in one, ends in the text that was parsed: the
 * offset of the byte after its last.
 */
size_t json_end(const struct json *value);

/* The text of MEMBER, which must be a string. */
int json_text(const struct json *member, const char **value, struct err *err);

/* TEXT as a string of JSON, in quotes. It is not checked to be UTF-8. */
void json_print_string(const char *text, FILE *out);

#endif /* OCI_JSON_H */
