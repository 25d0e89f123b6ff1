/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hook/amnezia.c: which values it takes and what it keeps of them, which it refuses and in which
 * words, and what it says of all together. How a tunnel file comes to it is test_tunnel_line.c's.
 */
#include "amnezia.h"
#include "unit.h"

#include <stdlib.h>

static struct amnezia amnezia;
static struct err err;

static bool set(enum amnezia_word word, const char *value)
{
	err = (struct err){ 0 };
	return amnezia_set(word, value, &amnezia, &err) == 0;
}

/* KEPT is NULL for a value that is none. */
static void takes(enum amnezia_word word, const char *value, const char *kept)
{
	char what[256];

	snprintf(what, sizeof(what), "%s = %.200s", amnezia_name(word), value);
	if (!check(what, set(word, value)))
		printf("# %s\n", err.line);
	check_text(what, amnezia.value[word] ? amnezia.value[word] : "(none)",
		   kept ? kept : "(none)");
}

/* And what was there before stays. */
static void refuses(enum amnezia_word word, const char *value, const char *line)
{
	const char *before = amnezia.value[word];
	char what[256];

	snprintf(what, sizeof(what), "%s = %.200s, refused", amnezia_name(word), value);
	check_text(what, set(word, value) ? "(taken)" : err.line, line);
	check("nothing is changed", amnezia.value[word] == before);
}

static void test_names(void)
{
	static const char *const names[AMNEZIA_WORDS] = { "Jc", "Jmin", "Jmax", "S1", "S2", "S3",
							  "S4", "H1",   "H2",   "H3", "H4", "I1",
							  "I2", "I3",   "I4",   "I5" };
	static const char *const keys[AMNEZIA_WORDS] = { "jc", "jmin", "jmax", "s1", "s2", "s3",
							 "s4", "h1",   "h2",   "h3", "h4", "i1",
							 "i2", "i3",   "i4",   "i5" };
	static const char *const three[] = {
		"HeaderProtectionKey", "ContentPaddingAddition", "RekeyAfterTime",
		"RekeyTimeout",        "RejectAfterTime",        "KeepaliveTimeout",
		"RandomTrailers",      "MaxHandshakeAttempts",   "DisableCookies",
	};
	static const char *const older[] = { "J1", "J2", "J3", "Itime" };

	for (int word = 0; word < AMNEZIA_WORDS; word++) {
		check_text("a name", amnezia_name(word), names[word]);
		check_text("a key", amnezia_key(word), keys[word]);
		check("found", amnezia_find(names[word]) == word);
		check("found in lower case", amnezia_find(keys[word]) == word);
		check("is read", !amnezia_unread(names[word]));
	}
	check("found in upper case", amnezia_find("JMIN") == AMNEZIA_JMIN);
	check("not found", amnezia_find("S5") == -1 && amnezia_find("") == -1 &&
				   amnezia_find("Jcc") == -1 && amnezia_find("J") == -1);
	for (size_t i = 0; i < sizeof(three) / sizeof(*three); i++)
		check_text(three[i], amnezia_unread(three[i]) ?: "(read)", "AmneziaWG 3");
	for (size_t i = 0; i < sizeof(older) / sizeof(*older); i++)
		check_text(older[i], amnezia_unread(older[i]) ?: "(read)", "AmneziaWG 1.5");
	check_text("in any case", amnezia_unread("randomtrailers") ?: "(read)", "AmneziaWG 3");
	check("others are nobody's", !amnezia_unread("S5") && !amnezia_unread(""));
}

static void test_numbers(void)
{
	static const char *const wrong[] = {
		"",    "-1",  "+1", "65536", "4294967297",          "0x10",
		"1-2", "1 2", "1x", "x",     "99999999999999999999"
	};

	for (enum amnezia_word word = AMNEZIA_JC; word <= AMNEZIA_S4; word++) {
		takes(word, "4", "4");
		takes(word, "65535", "65535");
		takes(word, "007", "7");
		for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
			refuses(word, wrong[i], "not a number from 0 to 65535");
		takes(word, "0", NULL);
	}
	check("zeros are none", !amnezia_used(&amnezia));
	takes(AMNEZIA_S4, "20", "20");
	check("that is a use", amnezia_used(&amnezia));
	check("padding of data", amnezia_transport_padding(&amnezia) == 20);
	takes(AMNEZIA_S4, "0", NULL);
	check("no padding of data", amnezia_transport_padding(&amnezia) == 0);
}

static void test_headers(void)
{
	static const char *const wrong[] = { "",     "-",     "5-",           "-5",
					     "9-5",  "1-2-3", "0x5",          "4294967296",
					     "1 -2", "+5",    "5-4294967296", "5-x",
					     "5--6", "(off)", "5,6" };

	for (enum amnezia_word word = AMNEZIA_H1; word <= AMNEZIA_H4; word++) {
		takes(word, "5", "5");
		takes(word, "4294967295", "4294967295");
		takes(word, "100-200", "100-200");
		takes(word, "0-4294967295", "0-4294967295");
		takes(word, "007-007", "7");
		takes(word, "0", "0");
		for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
			refuses(word, wrong[i], "not a number of 32 bits, nor a range such as 5-9");
	}
	takes(AMNEZIA_H1, "1", NULL);
	takes(AMNEZIA_H2, "2", NULL);
	takes(AMNEZIA_H3, "3-3", NULL);
	takes(AMNEZIA_H4, "4", NULL);
	check("WireGuard's own types are none", !amnezia_used(&amnezia));
	takes(AMNEZIA_H4, "4-5", "4-5");
	takes(AMNEZIA_H4, "4", NULL);
}

static void test_tags(void)
{
	static const char *const taken[] = {
		"<b 0x0aFF>", "<b 0aff>",      "<t>", "<r 0>", "<r 65535>", "<rc 7>",
		"<rd 8>",     "< b  0x00 >",   "<d>", "<ds>",  "<dz 2>",    "<b 0x01><r 2> <t>",
		"<t><t><t>",  "<b 0x01>  <t>",
	};
	static const struct {
		const char *value, *line;
	} wrong[] = {
		{ "x", "not a sequence of tags such as <b 0x0a0b> and <r 16>" },
		{ "0x0a0b", "not a sequence of tags such as <b 0x0a0b> and <r 16>" },
		{ "<t>x", "not a sequence of tags such as <b 0x0a0b> and <r 16>" },
		{ "<t>x<t>", "not a sequence of tags such as <b 0x0a0b> and <r 16>" },
		{ "'<t>'", "not a sequence of tags such as <b 0x0a0b> and <r 16>" },
		{ "\"<t>\"", "not a sequence of tags such as <b 0x0a0b> and <r 16>" },
		{ "<t>>", "not a sequence of tags such as <b 0x0a0b> and <r 16>" },
		{ "<", "a tag does not end after its name and one argument" },
		{ "<t", "a tag does not end after its name and one argument" },
		{ "<r 5<t>", "a tag does not end after its name and one argument" },
		{ "<r 5 6>", "a tag does not end after its name and one argument" },
		{ "<<t>>", "a tag does not end after its name and one argument" },
		{ "<>", "unknown tag: there are b, t, r, rc, rd, d, ds and dz" },
		{ "< >", "unknown tag: there are b, t, r, rc, rd, d, ds and dz" },
		{ "<c>", "unknown tag: there are b, t, r, rc, rd, d, ds and dz" },
		{ "<B 0x01>", "unknown tag: there are b, t, r, rc, rd, d, ds and dz" },
		{ "<rr 5>", "unknown tag: there are b, t, r, rc, rd, d, ds and dz" },
		{ "<r5>", "unknown tag: there are b, t, r, rc, rd, d, ds and dz" },
		{ "<t'>", "unknown tag: there are b, t, r, rc, rd, d, ds and dz" },
		{ "<t><x>", "unknown tag: there are b, t, r, rc, rd, d, ds and dz" },
		{ "<b>", "<b> wants an even number of hexadecimal digits" },
		{ "<b 0x>", "<b> wants an even number of hexadecimal digits" },
		{ "<b 0x0>", "<b> wants an even number of hexadecimal digits" },
		{ "<b 0x0g>", "<b> wants an even number of hexadecimal digits" },
		{ "<b 0X00>", "<b> wants an even number of hexadecimal digits" },
		{ "<b 0x00'>", "<b> wants an even number of hexadecimal digits" },
		{ "<r>", "<r> wants a number from 0 to 65535" },
		{ "<r -1>", "<r> wants a number from 0 to 65535" },
		{ "<r 65536>", "<r> wants a number from 0 to 65535" },
		{ "<rc 5x>", "<rc> wants a number from 0 to 65535" },
		{ "<rd 0x5>", "<rd> wants a number from 0 to 65535" },
		{ "<dz>", "<dz> wants a number from 0 to 65535" },
		{ "<t 5>", "<t> stands alone" },
		{ "<d 5>", "<d> stands alone" },
	};

	for (enum amnezia_word word = AMNEZIA_I1; word <= AMNEZIA_I5; word++)
		for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
			takes(word, taken[i], taken[i]);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		refuses(AMNEZIA_I1, wrong[i].value, wrong[i].line);
	takes(AMNEZIA_I1, "<b\t0x01>\t<t\v>", "<b 0x01> <t >");
	check("a use", amnezia_used(&amnezia));
	for (enum amnezia_word word = AMNEZIA_I1; word <= AMNEZIA_I5; word++)
		takes(word, "", NULL);
	check("no use", !amnezia_used(&amnezia));
}

/* The longest line that Go's bufio.Scanner reads is 64 KiB, with "i1=" and its newline. */
static void test_long_tags(void)
{
	static char text[65536];

	memset(text, '0', sizeof(text));
	memcpy(text, "<b ", 3);
	strcpy(text + 65531, ">");
	check("65532 bytes", strlen(text) == 65532 && set(AMNEZIA_I1, text));
	memset(text, '0', sizeof(text));
	memcpy(text, "<b ", 3);
	strcpy(text + 65531, " >");
	check_text("65533 bytes", set(AMNEZIA_I1, text) ? "(taken)" : err.line,
		   "longer than the 65532 bytes that amneziawg-go reads");
	set(AMNEZIA_I1, "");
}

/* LINE is NULL if all is well. */
static void together(const char *what, const char *const values[AMNEZIA_WORDS], const char *line)
{
	amnezia_free(&amnezia);
	for (int word = 0; word < AMNEZIA_WORDS; word++)
		if (values[word])
			check(what, set(word, values[word]));
	err = (struct err){ 0 };
	check_text(what, amnezia_check(&amnezia, &err) ? err.line : "(well)",
		   line ? line : "(well)");
	amnezia_free(&amnezia);
}

#define TOGETHER(what, line, ...)                                                                  \
	together(what, (const char *const[AMNEZIA_WORDS]){ __VA_ARGS__ }, line)

static void test_together(void)
{
	TOGETHER("nothing", NULL, 0);
	TOGETHER("Jmin and Jmax", NULL, [AMNEZIA_JMIN] = "40", [AMNEZIA_JMAX] = "70");
	TOGETHER("Jmin is Jmax", NULL, [AMNEZIA_JMIN] = "40", [AMNEZIA_JMAX] = "40");
	TOGETHER("Jmax alone", NULL, [AMNEZIA_JMAX] = "40");
	TOGETHER("Jmin above Jmax",
		 "Jmin, 100, is more than Jmax, 99", [AMNEZIA_JMIN] = "100", [AMNEZIA_JMAX] = "99");
	TOGETHER("Jmin alone", "Jmin, 40, is more than Jmax, 0", [AMNEZIA_JMIN] = "40");
	TOGETHER("four headers", NULL, [AMNEZIA_H1] = "4-5", [AMNEZIA_H2] = "6-7",
		 [AMNEZIA_H3] = "1-2", [AMNEZIA_H4] = "8-4294967295");
	TOGETHER("all others' numbers", NULL, [AMNEZIA_H1] = "4", [AMNEZIA_H2] = "3",
		 [AMNEZIA_H3] = "2", [AMNEZIA_H4] = "1");
	TOGETHER("two of one number",
		 "H1, 5, and H3, 5, overlap", [AMNEZIA_H1] = "5", [AMNEZIA_H3] = "5");
	TOGETHER("a number in a range",
		 "H2, 7, and H4, 5-9, overlap", [AMNEZIA_H2] = "7", [AMNEZIA_H4] = "5-9");
	TOGETHER("ranges that touch",
		 "H3, 5-9, and H4, 9-12, overlap", [AMNEZIA_H3] = "5-9", [AMNEZIA_H4] = "9-12");
	TOGETHER("one that was not given",
		 "H1, 3-9, and H3, 3, overlap", [AMNEZIA_H1] = "3-9", [AMNEZIA_H4] = "10");
	TOGETHER("another", "H1, 1, and H4, 1, overlap", [AMNEZIA_H4] = "1");
}

int main(void)
{
	test_names();
	test_numbers();
	test_headers();
	test_tags();
	test_long_tags();
	test_together();
	set(AMNEZIA_JC, "4");
	amnezia_free(&amnezia);
	check("amnezia_free leaves none", !amnezia_used(&amnezia));
	amnezia_free(&amnezia);
	check("amnezia_free of an empty one", true);
	return unit_done();
}
