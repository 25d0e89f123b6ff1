/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Linked into what make coverage builds, with --wrap=_exit: the processes that end so count too.
 * gcc does the same by itself for exec and fork.
 */
void __gcov_dump(void);
void __attribute__((noreturn)) __real__exit(int status);
void __attribute__((noreturn)) __wrap__exit(int status);

void __attribute__((noreturn)) __wrap__exit(int status)
{
	__gcov_dump();
	__real__exit(status);
}
