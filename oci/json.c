/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * yajl's event parser and a small tree of our own. Not yajl's tree: that one takes comments, keeps
 * the first of two equal keys in silence, cuts strings at \u0000 and recurses as deep as its input
 * (all tried with 2.1.0).
 */
#include "json.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_parse.h>

enum json_type {
	JSON_NULL,
	JSON_BOOLEAN,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

struct json {
	enum json_type type;
	char *key; /* in its object; NULL elsewhere */
	char *text; /* of a string; of a number, as it was written */
	struct json *parent;
	struct json **child;
	size_t count, room;
	size_t end; /* see json_end() */
};

struct parser {
	yajl_handle yajl;
	struct json *root;
	struct json *open; /* the innermost object or array still open */
	char *key; /* read, its value not yet */
	unsigned int depth;
	struct err *err;
};

/* NOLINTNEXTLINE(misc-no-recursion): no deeper than JSON_DEPTH_MAX */
void json_free(struct json *value)
{
	if (!value)
		return;
	for (size_t i = 0; i < value->count; i++)
		json_free(value->child[i]);
	free(value->child);
	free(value->key);
	free(value->text);
	free(value);
}

static const char *const out_of_memory = "out of memory";

/* "annotations.wg.conf"; the root alone is "the value". Long paths lose their end. */
/* NOLINTNEXTLINE(misc-no-recursion): no deeper than JSON_DEPTH_MAX */
static const char *path_of(const struct json *value, char *out, size_t size)
{
	char inner[256];

	if (!value->parent)
		snprintf(out, size, "%s", "the value");
	else if (!value->parent->parent || !value->key)
		snprintf(out, size, "%s", value->key ? value->key : "an array's element");
	else
		snprintf(out, size, "%s.%s", path_of(value->parent, inner, sizeof(inner)),
			 value->key);
	return out;
}

static int wrong(const struct json *value, const char *what, struct err *err)
{
	char path[512];

	return fail(err, "%s: %s", path_of(value, path, sizeof(path)), what);
}

static char *copy_text(struct parser *parser, const char *text, size_t length)
{
	char *copy;

	if (memchr(text, '\0', length)) {
		fail(parser->err, "a NUL character in a string");
		return NULL;
	}
	copy = strndup(text, length);
	if (!copy)
		fail(parser->err, "%s", out_of_memory);
	return copy;
}

static bool append_child(struct json *parent, struct json *child)
{
	if (parent->count == parent->room) {
		size_t room = parent->room ? parent->room * 2 : 8;
		struct json **grown = reallocarray(parent->child, room, sizeof(*grown));

		if (!grown)
			return false;
		parent->child = grown;
		parent->room = room;
	}
	parent->child[parent->count++] = child;
	child->parent = parent;
	return true;
}

/*
 * Inside of a callback what is consumed ends with what the callback is for: yajl_do_parse() lets
 * the lexer advance the very counter, and a number's lexer steps back over the byte after it (yajl
 * 2.1.0, yajl_parser.c and yajl_lex.c; no release has followed).
 */
static size_t offset(const struct parser *parser)
{
	return yajl_get_bytes_consumed(parser->yajl);
}

static struct json *add_value(struct parser *parser, enum json_type type)
{
	struct json *value = calloc(1, sizeof(*value));

	if (!value || (parser->open && !append_child(parser->open, value))) {
		free(value);
		fail(parser->err, "%s", out_of_memory);
		return NULL;
	}
	value->type = type;
	value->end = offset(parser);
	value->key = parser->key;
	parser->key = NULL;
	if (!parser->open)
		parser->root = value;
	return value;
}

static int add_text(struct parser *parser, enum json_type type, const char *text, size_t length)
{
	struct json *value = add_value(parser, type);

	if (value)
		value->text = copy_text(parser, text, length);
	return value && value->text;
}

static int open_value(struct parser *parser, enum json_type type)
{
	struct json *value;

	if (++parser->depth > JSON_DEPTH_MAX) {
		fail(parser->err, "nested deeper than %d", JSON_DEPTH_MAX);
		return 0;
	}
	value = add_value(parser, type);
	if (value)
		parser->open = value;
	return value != NULL;
}

static int close_value(struct parser *parser)
{
	parser->open->end = offset(parser);
	parser->open = parser->open->parent;
	parser->depth--;
	return 1;
}

static int compare_keys(const void *a, const void *b)
{
	const struct json *const *left = a, *const *right = b;

	return strcmp((*left)->key, (*right)->key);
}

static int on_null(void *parser)
{
	return add_value(parser, JSON_NULL) != NULL;
}

static int on_boolean(void *parser, int value)
{
	return add_text(parser, JSON_BOOLEAN, value ? "1" : "", value ? 1 : 0);
}

static int on_number(void *parser, const char *text, size_t length)
{
	return add_text(parser, JSON_NUMBER, text, length);
}

static int on_string(void *parser, const unsigned char *text, size_t length)
{
	return add_text(parser, JSON_STRING, (const char *)text, length);
}

static int on_start_map(void *parser)
{
	return open_value(parser, JSON_OBJECT);
}

static int on_map_key(void *context, const unsigned char *text, size_t length)
{
	struct parser *parser = context;

	parser->key = copy_text(parser, (const char *)text, length);
	return parser->key != NULL;
}

/* Sorting finds a key that came twice without comparing each with each: a config.json is up to 16
 * MiB. */
static int on_end_map(void *context)
{
	struct parser *parser = context;
	struct json *object = parser->open;

	if (object->count)
		qsort(object->child, object->count, sizeof(*object->child), compare_keys);
	for (size_t i = 1; i < object->count; i++) {
		if (compare_keys(&object->child[i - 1], &object->child[i]) == 0) {
			wrong(object->child[i], "the key comes twice", parser->err);
			return 0;
		}
	}
	return close_value(parser);
}

static int on_start_array(void *parser)
{
	return open_value(parser, JSON_ARRAY);
}

static int on_end_array(void *parser)
{
	return close_value(parser);
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_boolean,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_start_map,
	.yajl_map_key = on_map_key,
	.yajl_end_map = on_end_map,
	.yajl_start_array = on_start_array,
	.yajl_end_array = on_end_array,
};

/* yajl's own words are "parse error: premature EOF\n"; where a callback stopped it, ours stand. */
static int parse_failed(yajl_handle yajl, yajl_status status, struct err *err)
{
	unsigned char *text;

	if (status == yajl_status_client_canceled)
		return -1;
	text = yajl_get_error(yajl, 0, NULL, 0);
	fail(err, "not JSON: %.*s", text ? (int)strcspn((char *)text, "\n") : 0,
	     text ? (char *)text : "");
	if (text)
		yajl_free_error(yajl, text);
	return -1;
}

/*
 * yajl writes to the memory that it asks for without a look whether it was given (yajl_lex_alloc,
 * yajl_buf_append): where there is none it is left at once, and what it had is freed here.
 */
struct ring {
	struct ring *next, *previous;
};

struct block {
	struct ring ring; /* of all that were given */
	max_align_t bytes[];
};

struct memory {
	struct ring all;
	jmp_buf none_left;
};

static struct block *block_of(void *bytes)
{
	return (struct block *)((char *)bytes - offsetof(struct block, bytes));
}

static void *memory_move(void *context, void *bytes, size_t size)
{
	struct memory *memory = context;
	struct block *block = realloc(bytes ? block_of(bytes) : NULL, sizeof(*block) + size);

	if (!block)
		longjmp(memory->none_left, 1);
	if (!bytes)
		block->ring = (struct ring){ &memory->all, memory->all.previous };
	block->ring.next->previous = block->ring.previous->next = &block->ring;
	return block->bytes;
}

static void *memory_give(void *context, size_t size)
{
	return memory_move(context, NULL, size);
}

static void memory_take(void *context, void *bytes)
{
	struct ring *ring;

	(void)context;
	if (!bytes)
		return;
	ring = &block_of(bytes)->ring;
	ring->next->previous = ring->previous;
	ring->previous->next = ring->next;
	free(ring); /* the block's beginning */
}

static void memory_take_all(struct memory *memory)
{
	while (memory->all.next != &memory->all)
		memory_take(NULL, ((struct block *)memory->all.next)->bytes);
}

static int parse(struct memory *memory, struct parser *parser, const char *text, size_t length)
{
	yajl_alloc_funcs functions = { memory_give, memory_move, memory_take, memory };
	yajl_status status;

	parser->yajl = yajl_alloc(&callbacks, &functions, parser);
	status = yajl_parse(parser->yajl, (const unsigned char *)text, length);
	if (status == yajl_status_ok)
		status = yajl_complete_parse(parser->yajl);
	return status == yajl_status_ok ? 0 : parse_failed(parser->yajl, status, parser->err);
}

int json_parse(const char *text, size_t length, struct json **root, struct err *err)
{
	struct memory memory = { .all = { &memory.all, &memory.all } };
	struct parser parser = { .err = err };
	int result;

	if (setjmp(memory.none_left) == 0)
		result = parse(&memory, &parser, text, length);
	else
		result = fail(err, "%s", out_of_memory);
	memory_take_all(&memory);
	free(parser.key);
	if (result < 0)
		json_free(parser.root);
	else
		*root = parser.root;
	return result;
}

static int compare_key_with_member(const void *key, const void *member)
{
	return strcmp(key, (*(const struct json *const *)member)->key);
}

const struct json *json_member(const struct json *object, const char *key)
{
	struct json **found;

	if (!object || object->type != JSON_OBJECT || !object->count)
		return NULL;
	found = bsearch(key, object->child, object->count, sizeof(*object->child),
			compare_key_with_member);
	return found ? *found : NULL;
}

int json_text(const struct json *member, const char **value, struct err *err)
{
	if (member->type != JSON_STRING)
		return wrong(member, "not a string", err);
	*value = member->text;
	return 0;
}

int json_string(const struct json *object, const char *key, const char **value, struct err *err)
{
	const struct json *member = json_member(object, key);

	if (!member)
		return fail(err, "%s: missing", key);
	return json_text(member, value, err);
}

int json_string_optional(const struct json *object, const char *key, const char **value,
			 struct err *err)
{
	const struct json *member = json_member(object, key);

	if (!member || member->type == JSON_NULL)
		return 0;
	return json_text(member, value, err);
}

int json_integer(const struct json *object, const char *key, long min, long max, long *value,
		 struct err *err)
{
	const struct json *member = json_member(object, key);
	char *end;
	long number;

	if (!member)
		return fail(err, "%s: missing", key);
	if (member->type != JSON_NUMBER)
		return wrong(member, "not a number", err);
	errno = 0;
	number = strtol(member->text, &end, 10);
	if (*end)
		return fail(err, "%s: not a whole number '%.32s'", key, member->text);
	if (errno || number < min || number > max)
		return fail(err, "%s: not between %ld and %ld '%.32s'", key, min, max,
			    member->text);
	*value = number;
	return 0;
}

static int optional(const struct json *object, const char *key, enum json_type type,
		    const char *mismatch, const struct json **value, struct err *err)
{
	const struct json *member = json_member(object, key);

	if (member && member->type == JSON_NULL)
		member = NULL;
	if (member && member->type != type)
		return wrong(member, mismatch, err);
	*value = member;
	return 0;
}

int json_object_optional(const struct json *object, const char *key, const struct json **value,
			 struct err *err)
{
	return optional(object, key, JSON_OBJECT, "not an object", value, err);
}

int json_array_optional(const struct json *object, const char *key, const struct json **value,
			struct err *err)
{
	return optional(object, key, JSON_ARRAY, "not an array", value, err);
}

bool json_is_object(const struct json *value)
{
	return value->type == JSON_OBJECT;
}

size_t json_count(const struct json *value)
{
	return value ? value->count : 0;
}

const struct json *json_at(const struct json *value, size_t index)
{
	return value->child[index];
}

const char *json_key(const struct json *member)
{
	return member->key;
}

size_t json_end(const struct json *value)
{
	return value->end;
}

void json_print_string(const char *text, FILE *out)
{
	fputc('"', out);
	for (const unsigned char *byte = (const unsigned char *)text; *byte; byte++) {
		if (*byte < 0x20)
			fprintf(out, "\\u%04x", *byte);
		else
			fprintf(out, *byte == '"' || *byte == '\\' ? "\\%c" : "%c", *byte);
	}
	fputc('"', out);
}
