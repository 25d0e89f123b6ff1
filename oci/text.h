/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A text that is printed into memory, whole or not at all. Not open_memstream(3): where there is no
 * more memory glibc's is cut short, or NULL, and no call says so (_IO_str_overflow,
 * _IO_mem_finish).
 */
#ifndef OCI_TEXT_H
#define OCI_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* Zero-initialised; its address must stay the same while it is open. */
struct text {
	char *bytes; /* with a NUL at their end */
	size_t length, room;
};

/* To print on; NULL: out of memory. */
FILE *text_open(struct text *text);

/* Closes OUT. The text, for the caller to free, and its *LENGTH unless that is NULL; NULL: out of
 * memory. */
char *text_close(struct text *text, FILE *out, size_t *length);

#endif /* OCI_TEXT_H */
