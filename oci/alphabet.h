/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The characters of names and numbers, and those between them, for strspn() and strchr(): ASCII's.
 * isalnum(), isspace() and their like follow the locale.
 */
#ifndef OCI_ALPHABET_H
#define OCI_ALPHABET_H

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define ALPHANUMERIC LETTERS DIGITS
#define SPACE " \t\v\f\r\n"

#endif /* OCI_ALPHABET_H */
