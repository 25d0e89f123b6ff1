/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scope-bound cleanup: `cleanup_close int fd = -1;` closes itself wherever the function returns. */
#ifndef OCI_CLEANUP_H
#define OCI_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

#define cleanup(function) __attribute__((cleanup(function)))
#define cleanup_close cleanup(cleanup_close_fd)
#define cleanup_free cleanup(cleanup_free_pointer)

static inline void cleanup_close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_free_pointer(void *pointer)
{
	free(*(void **)pointer);
}

/* Hands a pointer to a new owner: the old variable no longer frees it. */
static inline void *cleanup_steal(void *pointer)
{
	void *stolen = *(void **)pointer;

	*(void **)pointer = NULL;
	return stolen;
}

/* The same of a descriptor. */
static inline int cleanup_steal_fd(int *fd)
{
	int stolen = *fd;

	*fd = -1;
	return stolen;
}

#endif /* OCI_CLEANUP_H */
