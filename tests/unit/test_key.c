/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hook/key.c: base64 as wg(8) takes it, and public keys by the vectors of RFC 7748. */
#include "key.h"
#include "unit.h"

#include <stdlib.h>

static struct key from_hex(const char *hex)
{
	struct key key;

	for (size_t i = 0; i < KEY_LEN; i++) {
		char byte[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		key.bytes[i] = (uint8_t)strtoul(byte, NULL, 16);
	}
	return key;
}

static void check_public(const char *what, const char *private_hex, const char *public_hex)
{
	struct key private_key = from_hex(private_hex), wanted = from_hex(public_hex), got;

	key_public(&private_key, &got);
	check(what, key_equal(&got, &wanted));
}

/* A wrong text is refused, and leaves zeros where a key was. */
static void check_wrong(const char *what, const char *text)
{
	struct key key;
	bool taken;

	memset(&key, 0x55, sizeof(key));
	taken = key_parse(text, strlen(text), &key);
	check(what, !taken && key_is_zero(&key));
}

static void test_round_trip(void)
{
	struct key key, back;
	char text[KEY_BASE64];
	bool same = true, lengths = true;

	/* every value of six bits, at every place */
	for (unsigned int i = 0; i < 4096; i++) {
		for (unsigned int j = 0; j < KEY_LEN; j++)
			key.bytes[j] = (uint8_t)((i * 2654435761U + j * 40503U * (i + 1)) >> 11);
		key_format(&key, text);
		lengths = lengths && strlen(text) == KEY_BASE64 - 1;
		same = same && key_parse(text, strlen(text), &back) && key_equal(&key, &back);
	}
	check("key_format gives 44 characters", lengths);
	check("what key_format gives, key_parse takes, for 4096 keys", same);

	key = from_hex("0000000000000000000000000000000000000000000000000000000000000000");
	key_format(&key, text);
	check_text("zeros as text", text, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
	key = from_hex("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
	key_format(&key, text);
	check_text("ones as text", text, "//////////////////////////////////////////8=");
	key = from_hex("00108310518720928b30d38f41149351559761969b71d79f8218a39259a7a29a");
	key_format(&key, text);
	check_text("the whole alphabet, first part", text,
		   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopo=");
	key = from_hex("aabb2dbafc31cb3d35db7e39ebbf3dfbf0000000000000000000000000000000");
	key_format(&key, text);
	check_text("the whole alphabet, last part", text,
		   "qrstuvwxyz0123456789+/AAAAAAAAAAAAAAAAAAAAA=");
}

static void test_wrong_texts(void)
{
	static const char right[] = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=";
	char text[KEY_BASE64];
	struct key key;
	int taken = 0;

	check("a right key", key_parse(right, strlen(right), &key) && !key_is_zero(&key));
	check_wrong("empty", "");
	check_wrong("43 characters", "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk");
	check_wrong("45 characters", "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk==");
	check_wrong("64 of hexadecimal",
		    "c809f3e5317e9575c9b5ed78b638b7ce530dabe85ddab614220241801ddf0669");
	check_wrong("44 without '='", "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmkA");
	check_wrong("two '='", "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBm==");
	check_wrong("a stray lower bit", "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBml=");
	check_wrong("a stray upper bit", "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmm=");
	check_wrong("base64url", "yAnz5TF-lXXJte14tji3zlMNq_hd2rYUIgJBgB3fBmk=");

	/* one wrong byte at each of the places, all 256 values: right ones are 64 at 42 places */
	for (size_t place = 0; place < KEY_BASE64 - 1; place++)
		for (int byte = 0; byte < 256; byte++) {
			memcpy(text, right, sizeof(text));
			text[place] = (char)byte;
			taken += key_parse(text, KEY_BASE64 - 1, &key);
		}
	check("of all single-byte changes just those of base64 are taken",
	      taken == 42 * 64 + 16 + 1);
}

static void test_comparisons(void)
{
	struct key zero = { { 0 } }, a = { { 1, 2, 3 } }, b = a;
	bool seen = true;

	check("equal keys", key_equal(&a, &b));
	check("zeros are zero", key_is_zero(&zero) && !key_is_zero(&a));
	for (size_t bit = 0; bit < 8 * KEY_LEN; bit++) {
		b = a;
		b.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		seen = seen && !key_equal(&a, &b);
		b = zero;
		b.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		seen = seen && !key_is_zero(&b);
	}
	check("any one bit makes keys differ", seen);
	b = a;
	key_wipe(&b, sizeof(b));
	check("key_wipe leaves zeros", key_is_zero(&b));
	key_wipe(NULL, 0);
	check("key_wipe of nothing", true);
}

static void test_public_keys(void)
{
	struct key key, wanted;

	check_public("RFC 7748, 6.1, Alice",
		     "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
		     "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
	check_public("RFC 7748, 6.1, Bob",
		     "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
		     "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
	check_public("RFC 7748, 5.2, after one iteration",
		     "0900000000000000000000000000000000000000000000000000000000000000",
		     "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
	check_public("of zeros, which clamping makes 2^254",
		     "0000000000000000000000000000000000000000000000000000000000000000",
		     "2fe57da347cd62431528daac5fbb290730fff684afc4cfc2ed90995f58cb3b74");
	/* 1,000 times in a row, each key's public key the next private one; by `wg pubkey` */
	key = from_hex("0900000000000000000000000000000000000000000000000000000000000000");
	for (int i = 0; i < 1000; i++)
		key_public(&key, &key);
	key_parse("4+a10/EF937L199zlMboao3kGF3cNEop3NoY6ZRM8R8=", 44, &wanted);
	check("1,000 in a row, as wg pubkey has it", key_equal(&key, &wanted));
}

int main(void)
{
	test_round_trip();
	test_wrong_texts();
	test_comparisons();
	test_public_keys();
	return unit_done();
}
