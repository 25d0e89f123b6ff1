/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * WireGuard keys: base64 and X25519, without a branch or a memory access that depends on a secret.
 *
 * An element of the field of 2^255 - 19 is ten limbs of 26 bits in uint64_t: products of limbs
 * then add up in 64 bits with room to spare, on machines without a 128-bit type too.
 */
#include "key.h"

#include <string.h>

#define GROUPS (KEY_LEN / 3) /* whole groups of 3 bytes, 4 characters; 2 bytes are left over */
#define LIMBS 10
#define LIMB_BITS 26
#define LIMB_MASK ((UINT64_C(1) << LIMB_BITS) - 1)
#define TOP_BITS 21 /* of the last limb, below 2^255 */
#define TOP_MASK ((UINT64_C(1) << TOP_BITS) - 1)

/* 2^255 is 19 modulo the prime, so 2^260 is 19 * 32: what lies above the last limb folds back. */
#define FOLD_260 608

/*
 * Limbs are "tight" after a multiplication (below 2^26 + 2^10) and "loose" after an addition or a
 * subtraction (below 2^28). Multiplications take either: 10 * 2^28 * 2^28 stays below 2^60.
 * Subtractions take tight ones alone.
 */
struct element {
	uint64_t limb[LIMBS];
};

/* Keeps the compiler from seeing that VALUE is all zeros or all ones, and from branching on it. */
static inline uint64_t opaque(uint64_t value)
{
	__asm__("" : "+r"(value));
	return value;
}

void key_wipe(void *memory, size_t size)
{
	if (size)
		explicit_bzero(memory, size);
}

/* All ones when LOW <= C <= HIGH, else 0: both differences are negative only then. */
static uint32_t in_range(int c, int low, int high)
{
	uint32_t both = (uint32_t)(low - 1 - c) & (uint32_t)(c - high - 1);

	return (uint32_t)opaque(0 - (both >> 31));
}

/* 0 to 63, or a number with bit 31 set for what is not of base64. */
static uint32_t base64_value(char character)
{
	int c = (unsigned char)character;
	uint32_t value = UINT32_MAX;

	value += in_range(c, 'A', 'Z') & (uint32_t)(c - 'A' + 1);
	value += in_range(c, 'a', 'z') & (uint32_t)(c - 'a' + 26 + 1);
	value += in_range(c, '0', '9') & (uint32_t)(c - '0' + 52 + 1);
	value += in_range(c, '+', '+') & (62 + 1);
	value += in_range(c, '/', '/') & (63 + 1);
	return value;
}

static char base64_character(uint32_t value)
{
	int v = (int)(value & 63);
	uint32_t c = in_range(v, 0, 25) & (uint32_t)('A' + v);

	c |= in_range(v, 26, 51) & (uint32_t)('a' + v - 26);
	c |= in_range(v, 52, 61) & (uint32_t)('0' + v - 52);
	c |= in_range(v, 62, 62) & '+';
	c |= in_range(v, 63, 63) & '/';
	return (char)c;
}

/* Four characters into OUT; returns 0, or a number with bit 31 set if one is not of base64. */
static uint32_t group_parse(const char text[static 4], uint32_t *out)
{
	uint32_t bad = 0;

	*out = 0;
	for (size_t i = 0; i < 4; i++) {
		uint32_t value = base64_value(text[i]);

		bad |= value;
		*out = *out << 6 | (value & 63);
	}
	return bad & UINT32_C(0x80000000);
}

bool key_parse(const char *text, size_t length, struct key *key)
{
	uint32_t bad = 0, group, good;

	key_wipe(key, sizeof(*key));
	if (length != KEY_BASE64 - 1)
		return false;
	for (size_t i = 0; i < GROUPS; i++) {
		bad |= group_parse(text + 4 * i, &group);
		key->bytes[3 * i] = (uint8_t)(group >> 16);
		key->bytes[3 * i + 1] = (uint8_t)(group >> 8);
		key->bytes[3 * i + 2] = (uint8_t)group;
	}
	/* Two bytes are left: three characters, of which two bits must be zero, and a '='. */
	bad |= group_parse((char[]){ text[40], text[41], text[42], 'A' }, &group);
	bad |= ~in_range((unsigned char)text[43], '=', '=') | (0 - (group & 0xff));
	key->bytes[30] = (uint8_t)(group >> 16);
	key->bytes[31] = (uint8_t)(group >> 8);

	good = (bad >> 31) - 1;
	for (size_t i = 0; i < KEY_LEN; i++)
		key->bytes[i] &= (uint8_t)good;
	key_wipe(&group, sizeof(group));
	return good != 0;
}

void key_format(const struct key *key, char out[static KEY_BASE64])
{
	const uint8_t *bytes = key->bytes;

	for (size_t i = 0; i <= GROUPS; i++, bytes += 3) {
		uint32_t group = (uint32_t)bytes[0] << 16 | (uint32_t)bytes[1] << 8;

		if (i < GROUPS)
			group |= bytes[2];
		for (size_t j = 0; j < 4; j++)
			out[4 * i + j] = base64_character(group >> (18 - 6 * j));
	}
	out[KEY_BASE64 - 2] = '=';
	out[KEY_BASE64 - 1] = '\0';
}

bool key_equal(const struct key *a, const struct key *b)
{
	uint64_t difference = 0;

	for (size_t i = 0; i < KEY_LEN; i++)
		difference |= a->bytes[i] ^ b->bytes[i];
	return opaque(difference) == 0;
}

bool key_is_zero(const struct key *key)
{
	return key_equal(key, &(struct key){ { 0 } });
}

static void element_add(struct element *out, const struct element *a, const struct element *b)
{
	for (size_t i = 0; i < LIMBS; i++)
		out->limb[i] = a->limb[i] + b->limb[i];
}

/* a + 64 * (2^255 - 19) - b: no limb of that multiple is smaller than a tight one. */
static void element_subtract(struct element *out, const struct element *a, const struct element *b)
{
	for (size_t i = 0; i < LIMBS; i++)
		out->limb[i] = a->limb[i] + 2 * LIMB_MASK - b->limb[i];
	out->limb[0] -= 2 * (FOLD_260 - 1);
}

static void element_multiply(struct element *out, const struct element *a, const struct element *b)
{
	uint64_t product[2 * LIMBS] = { 0 }, carry = 0;

	for (size_t i = 0; i < LIMBS; i++)
		for (size_t j = 0; j < LIMBS; j++)
			product[i + j] += a->limb[i] * b->limb[j];
	for (size_t i = 0; i < 2 * LIMBS; i++) {
		product[i] += carry;
		carry = product[i] >> LIMB_BITS;
		if (i < 2 * LIMBS - 1)
			product[i] &= LIMB_MASK;
	}
	/* The last one keeps what is above it, under 2^36, and 608 of those are under 2^46. */
	carry = 0;
	for (size_t i = 0; i < LIMBS; i++) {
		uint64_t sum = product[i] + FOLD_260 * product[i + LIMBS] + carry;

		out->limb[i] = sum & LIMB_MASK;
		carry = sum >> LIMB_BITS;
	}
	out->limb[0] += FOLD_260 * carry;
	out->limb[1] += out->limb[0] >> LIMB_BITS;
	out->limb[0] &= LIMB_MASK;
	key_wipe(product, sizeof(product));
}

/* a^(2^255 - 21), which is 1/a (Fermat): an exponent of ones but for the bits 2 and 4. */
static void element_invert(struct element *out, const struct element *a)
{
	struct element power = *a;

	for (int bit = 253; bit >= 0; bit--) {
		element_multiply(&power, &power, &power);
		if (bit != 2 && bit != 4)
			element_multiply(&power, &power, a);
	}
	*out = power;
	key_wipe(&power, sizeof(power));
}

/* Carries to the top, and adds 19 for each 2^255 found there. */
static void element_fold(struct element *a)
{
	for (size_t i = 0; i < LIMBS - 1; i++) {
		a->limb[i + 1] += a->limb[i] >> LIMB_BITS;
		a->limb[i] &= LIMB_MASK;
	}
	a->limb[0] += 19 * (a->limb[LIMBS - 1] >> TOP_BITS);
	a->limb[LIMBS - 1] &= TOP_MASK;
}

/* The one representative below the prime, little-endian. A is used up. */
static void element_bytes(struct element *a, uint8_t out[static KEY_LEN])
{
	uint64_t carry = 19, bits = 0;
	unsigned int held = 0;

	/* The second call finds at most one 2^255, and then hardly anything below it. */
	element_fold(a);
	element_fold(a);
	/* What is not below the prime reaches 2^255 with 19 more, and folds once again. */
	for (size_t i = 0; i < LIMBS - 1; i++)
		carry = (a->limb[i] + carry) >> LIMB_BITS;
	a->limb[0] += 19 * ((a->limb[LIMBS - 1] + carry) >> TOP_BITS);
	for (size_t i = 0; i < LIMBS - 1; i++) {
		a->limb[i + 1] += a->limb[i] >> LIMB_BITS;
		a->limb[i] &= LIMB_MASK;
	}
	a->limb[LIMBS - 1] &= TOP_MASK;

	for (size_t i = 0, limb = 0; i < KEY_LEN; i++, bits >>= 8, held -= 8) {
		if (held < 8) {
			bits |= a->limb[limb++] << held;
			held += LIMB_BITS;
		}
		out[i] = (uint8_t)bits;
	}
}

/* The names are those of RFC 7748, section 5. */
struct ladder {
	struct element x2, z2, x3, z3;
	struct element a, b, c, d;
	uint8_t scalar[KEY_LEN];
};

static void ladder_swap(struct ladder *l, uint64_t swap)
{
	uint64_t mask = opaque(0 - swap);

	for (size_t i = 0; i < LIMBS; i++) {
		uint64_t x = mask & (l->x2.limb[i] ^ l->x3.limb[i]);
		uint64_t z = mask & (l->z2.limb[i] ^ l->z3.limb[i]);

		l->x2.limb[i] ^= x;
		l->x3.limb[i] ^= x;
		l->z2.limb[i] ^= z;
		l->z3.limb[i] ^= z;
	}
}

static void ladder_step(struct ladder *l)
{
	static const struct element base = { { 9 } }, a24 = { { 121665 } };

	element_add(&l->a, &l->x2, &l->z2);
	element_subtract(&l->b, &l->x2, &l->z2);
	element_add(&l->c, &l->x3, &l->z3);
	element_subtract(&l->d, &l->x3, &l->z3);
	element_multiply(&l->d, &l->d, &l->a);
	element_multiply(&l->c, &l->c, &l->b);
	element_multiply(&l->a, &l->a, &l->a);
	element_multiply(&l->b, &l->b, &l->b);

	element_add(&l->x3, &l->d, &l->c);
	element_multiply(&l->x3, &l->x3, &l->x3);
	element_subtract(&l->z3, &l->d, &l->c);
	element_multiply(&l->z3, &l->z3, &l->z3);
	element_multiply(&l->z3, &l->z3, &base);

	element_multiply(&l->x2, &l->a, &l->b);
	element_subtract(&l->b, &l->a, &l->b);
	element_multiply(&l->z2, &l->b, &a24);
	element_add(&l->z2, &l->z2, &l->a);
	element_multiply(&l->z2, &l->z2, &l->b);
}

void key_public(const struct key *private_key, struct key *public_key)
{
	struct ladder l = { .x2 = { { 1 } }, .x3 = { { 9 } }, .z3 = { { 1 } } };
	uint64_t swapped = 0;

	memcpy(l.scalar, private_key->bytes, sizeof(l.scalar));
	l.scalar[0] &= 248;
	l.scalar[KEY_LEN - 1] = (l.scalar[KEY_LEN - 1] & 127) | 64;
	for (unsigned int bit = 255; bit-- > 0;) {
		uint64_t now = l.scalar[bit / 8] >> bit % 8 & 1;

		ladder_swap(&l, swapped ^ now);
		swapped = now;
		ladder_step(&l);
	}
	/* the scalar's last bit is 0: nothing is left swapped */
	element_invert(&l.z2, &l.z2);
	element_multiply(&l.x2, &l.x2, &l.z2);
	element_bytes(&l.x2, public_key->bytes);
	key_wipe(&l, sizeof(l));
}
