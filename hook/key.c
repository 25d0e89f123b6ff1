/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * WireGuard keys: base64 and X25519, without a branch or a memory access that depends on a secret.
 *
 * An element of the field of 2^255 - 19 is an array of limbs, each half as wide as the type that
 * sums their products: 64 bits where the compiler has a type of 128, else 32. The code is the same.
 */
#include "key.h"

#include <string.h>

#define GROUPS (KEY_LEN / 3) /* whole groups of 3 bytes, 4 characters; 2 bytes are left over */

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 wide;
typedef uint64_t narrow;
#define LIMBS 5
#define LIMB_BITS 51
#else
typedef uint64_t wide;
typedef uint32_t narrow;
#define LIMBS 10
#define LIMB_BITS 26
#endif

#define LIMB_MASK (((narrow)1 << LIMB_BITS) - 1)
#define TOP_BITS (255 - (LIMBS - 1) * LIMB_BITS) /* of the last limb, below 2^255: 51 or 21 */
#define TOP_MASK (((narrow)1 << TOP_BITS) - 1)

/* 2^255 is 19 modulo the prime: what lies above the last limb folds back 19 or 19 * 32 times. */
#define FOLD ((narrow)19 << (LIMBS * LIMB_BITS - 255))

/* Before a loop over limbs, 10 at most: unrolled, it has constant indices, and needs no memory. */
#define UNROLL _Pragma("GCC unroll 10")

/*
 * Limbs are "tight" after a multiplication (the second one below 2^LIMB_BITS + 2^17, the others
 * below 2^LIMB_BITS) and "loose" after an addition or a subtraction of tight ones (below
 * 2^(LIMB_BITS + 2), which NARROW holds). Multiplications take either; the others tight ones alone.
 */
struct element {
	narrow limb[LIMBS];
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
	UNROLL
	for (size_t i = 0; i < LIMBS; i++)
		out->limb[i] = a->limb[i] + b->limb[i];
}

/* a + 2 * (2^(LIMBS * LIMB_BITS) - FOLD) - b: that multiple of the prime has no limb below b's. */
static void element_subtract(struct element *out, const struct element *a, const struct element *b)
{
	UNROLL
	for (size_t i = 0; i < LIMBS; i++)
		out->limb[i] = a->limb[i] + 2 * (LIMB_MASK - (i == 0 ? FOLD - 1 : 0)) - b->limb[i];
}

/*
 * Carries SUMS into tight limbs. What is carried included, none reaches
 * (LIMBS + 1) * 2^(2 * LIMB_BITS + 4): for 5 or 10 limbs, the last carry is below 2^58 or 2^34,
 * folded into the first limb below 2^62 or 2^43, and the second limb gets less than 2^17 of it.
 */
static inline void element_carry(struct element *out, const wide sums[static LIMBS])
{
	wide carry = 0;

	UNROLL
	for (size_t i = 0; i < LIMBS; i++) {
		carry += sums[i];
		out->limb[i] = (narrow)carry & LIMB_MASK;
		carry >>= LIMB_BITS;
	}
	carry = FOLD * carry + out->limb[0];
	out->limb[0] = (narrow)carry & LIMB_MASK;
	out->limb[1] += (narrow)(carry >> LIMB_BITS);
}

/*
 * A product of loose limbs is below 2^(2 * LIMB_BITS + 4), the sum of LIMBS of them below 2^109 or
 * 2^60. Sums above the last limb are carried first, so that what FOLD multiplies is a limb; the
 * last of them is just a carry, from a single product and the carry before: below
 * 2^(LIMB_BITS + 5). OUT may be A or B.
 */
static void element_multiply(struct element *out, const struct element *a, const struct element *b)
{
	wide sums[2 * LIMBS] = { 0 };

	UNROLL
	for (size_t i = 0; i < LIMBS; i++) {
		UNROLL
		for (size_t j = 0; j < LIMBS; j++)
			sums[i + j] += (wide)a->limb[i] * b->limb[j];
	}
	UNROLL
	for (size_t i = 0; i < LIMBS - 1; i++) {
		sums[LIMBS + i + 1] += sums[LIMBS + i] >> LIMB_BITS;
		sums[i] += (wide)FOLD * ((narrow)sums[LIMBS + i] & LIMB_MASK);
	}
	sums[LIMBS - 1] += (wide)FOLD * (narrow)sums[2 * LIMBS - 1];
	element_carry(out, sums);
}

/* A times a factor below 2^17: no sum is above 2^(LIMB_BITS + 19). OUT may be A. */
static void element_scale(struct element *out, const struct element *a, narrow factor)
{
	wide sums[LIMBS];

	UNROLL
	for (size_t i = 0; i < LIMBS; i++)
		sums[i] = (wide)a->limb[i] * factor;
	element_carry(out, sums);
}

/*
 * OUT = a^(2^255 - 21), which is 1/a (Fermat): in binary 250 ones, then 01011. A power whose
 * exponent is n ones, squared n times and multiplied by what it was (HALF), has 2n ones; squared
 * once more and multiplied by A it has another. So to 1, 3, 7, 15, 31, 62, 125 and 250.
 */
static void element_invert(struct element *out, struct element *half, const struct element *a)
{
	*out = *a;
	for (unsigned int shift = 7; shift-- > 0;) {
		*half = *out;
		for (unsigned int n = 250U >> (shift + 1); n > 0; n--)
			element_multiply(out, out, out);
		element_multiply(out, out, half);
		if (250U >> shift & 1) {
			element_multiply(out, out, out);
			element_multiply(out, out, a);
		}
	}
	for (unsigned int shift = 5; shift-- > 0;) {
		element_multiply(out, out, out);
		if (11U >> shift & 1)
			element_multiply(out, out, a);
	}
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
	narrow carry = 19;

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

	for (size_t i = 0; i < KEY_LEN; i++) {
		size_t from = 8 * i / LIMB_BITS, bit = 8 * i % LIMB_BITS;
		narrow bits = a->limb[from] >> bit;

		/* No limb follows the last, which ends at bit 255: the bit above it is 0. */
		if (from < LIMBS - 1)
			bits |= a->limb[from + 1] << (LIMB_BITS - bit);
		out[i] = (uint8_t)bits;
	}
}

/* The names are those of RFC 7748, sections 4.1 (the base point's u) and 5. */
#define BASE 9
#define A24 121665

struct ladder {
	struct element x2, z2, x3, z3;
	struct element a, b, c, d;
	uint8_t scalar[KEY_LEN];
};

static void ladder_swap(struct ladder *l, uint64_t swap)
{
	narrow mask = (narrow)opaque(0 - swap);

	UNROLL
	for (size_t i = 0; i < LIMBS; i++) {
		narrow x = mask & (l->x2.limb[i] ^ l->x3.limb[i]);
		narrow z = mask & (l->z2.limb[i] ^ l->z3.limb[i]);

		l->x2.limb[i] ^= x;
		l->x3.limb[i] ^= x;
		l->z2.limb[i] ^= z;
		l->z3.limb[i] ^= z;
	}
}

static void ladder_step(struct ladder *l)
{
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
	element_scale(&l->z3, &l->z3, BASE);

	element_multiply(&l->x2, &l->a, &l->b);
	element_subtract(&l->b, &l->a, &l->b);
	element_scale(&l->z2, &l->b, A24);
	element_add(&l->z2, &l->z2, &l->a);
	element_multiply(&l->z2, &l->z2, &l->b);
}

void key_public(const struct key *private_key, struct key *public_key)
{
	struct ladder l = { .x2 = { { 1 } }, .x3 = { { BASE } }, .z3 = { { 1 } } };
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
	element_invert(&l.a, &l.b, &l.z2);
	element_multiply(&l.x2, &l.x2, &l.a);
	element_bytes(&l.x2, public_key->bytes);
	/* not the sums of a multiplication, where they are in memory: the next one's lie there */
	key_wipe(&l, sizeof(l));
}
