/* Vectors of 4, 8 and 16 floats, and the few operations on them that C has no operator for.
 *
 * Needs SERFAST_LANES: the widest vector that the instruction set has (16, 8 or 4). This is the
 * one place with constructs of GCC >= 12 and Clang (vector extensions); other compilers get vectors
 * of one lane, that is plain floats, and the same bits.
 *
 * Bodies that exist once per width are in *.inc files that are included with WIDTH set; there V is
 * the vector, I the vector of integers and FN(name) the name for this width.
 */
#ifndef SERFAST_SIMD_H
#define SERFAST_SIMD_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <float.h>
#if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD != 0
#error "float must be computed as float (on 32-bit x86: -msse2 -mfpmath=sse)"
#endif

#ifndef __has_builtin
#define __has_builtin(name) 0
#endif

#if __has_builtin(__builtin_shufflevector) && !defined(SERFAST_PLAIN_C)
#define INLINE static inline __attribute__((always_inline))
typedef float f4 __attribute__((vector_size(16)));
typedef float f8 __attribute__((vector_size(32)));
typedef float f16 __attribute__((vector_size(64)));
typedef int32_t i4 __attribute__((vector_size(16)));
typedef int32_t i8 __attribute__((vector_size(32)));
typedef int32_t i16 __attribute__((vector_size(64)));
typedef double d2 __attribute__((vector_size(16)));
typedef double d4 __attribute__((vector_size(32)));
typedef double d8 __attribute__((vector_size(64)));
typedef int64_t l2 __attribute__((vector_size(16)));
typedef int64_t l4 __attribute__((vector_size(32)));
typedef int64_t l8 __attribute__((vector_size(64)));
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#define TO_FLOAT(i, V) __builtin_convertvector(i, V)
#define TO_INTEGER(v, I) __builtin_convertvector(v, I)
#define MASK(condition) (condition) /* all bits of a lane where it holds, of a double's width */
#else
#define INLINE static inline
#undef SERFAST_LANES
#define SERFAST_LANES 1
#define TO_FLOAT(i, V) ((V)(i))
#define TO_INTEGER(v, I) ((I)(v))
#define MASK(condition) (-(int64_t)(condition))
#endif

/* Before a loop over an array that has to end up in registers. */
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define UNROLL _Pragma("GCC unroll 64")
#else
#define UNROLL
#endif

/* v is in a register from here on: otherwise the compiler may read it again at each use, and compute it
 * where it is used. */
#if SERFAST_LANES == 16
#define KEPT(v) __asm__("" : "+v"(v))
#elif SERFAST_LANES > 1 && defined(__SSE2__)
#define KEPT(v) __asm__("" : "+x"(v))
#else
#define KEPT(v) (void)0
#endif

/* A function that stays one: what calls it needn't save the registers that it takes. */
#if defined(__GNUC__) || defined(__clang__)
#define APART __attribute__((noinline))
#else
#define APART
#endif

/* The n values of an array become 0, one by one: of an array as a whole GCC makes an instruction for
 * strings, which takes as long as some fifty others. */
#define CLEAR(type, values, n)                               \
    do {                                                     \
        UNROLL                                               \
        for (int at_ = 0; at_ < (n); at_++)                  \
            (values)[at_] = (type){0};                       \
    } while (0)

/* p += by, and from there on the compiler has to take p as it is: otherwise it computes the
 * addresses of all rows ahead, more than there are registers for. */
#ifdef __GNUC__
#define OPAQUE(p) __asm__("" : "+r"(p))
#else
#define OPAQUE(p) (void)0
#endif
#define STEP(p, by) \
    do {            \
        p += by;    \
        OPAQUE(p);  \
    } while (0)

typedef float f1;
typedef int32_t i1;
typedef double d1;
typedef int64_t l1;

/* How many doubles the widest vector holds, and the smaller and larger of two such vectors, lane by
 * lane: b where they are equal. SELECT(mask, yes, no) does it where there is no instruction. */
#if SERFAST_LANES == 16
#include <immintrin.h>
#define SERFAST_DOUBLES 8
#define SMALLER(a, b) (d8) _mm512_min_pd((__m512d)(a), (__m512d)(b))
#define LARGER(a, b) (d8) _mm512_max_pd((__m512d)(a), (__m512d)(b))
#elif SERFAST_LANES == 8
#include <immintrin.h>
#define SERFAST_DOUBLES 4
#define SMALLER(a, b) (d4) _mm256_min_pd((__m256d)(a), (__m256d)(b))
#define LARGER(a, b) (d4) _mm256_max_pd((__m256d)(a), (__m256d)(b))
#elif SERFAST_LANES == 4 && defined(__SSE2__)
#include <emmintrin.h>
#define SERFAST_DOUBLES 2
#define SMALLER(a, b) (d2) _mm_min_pd((__m128d)(a), (__m128d)(b))
#define LARGER(a, b) (d2) _mm_max_pd((__m128d)(a), (__m128d)(b))
#else
#if SERFAST_LANES == 1
#define SERFAST_DOUBLES 1
#else
#define SERFAST_DOUBLES 2
#endif
#define SMALLER(a, b) SELECT(MASK((a) < (b)), a, b)
#define LARGER(a, b) SELECT(MASK((a) > (b)), a, b)
#endif

#define CONCAT_(a, b) a##b
#define CONCAT(a, b) CONCAT_(a, b)
#define FN(name) CONCAT(CONCAT(name, _), WIDTH)
#define V CONCAT(f, WIDTH)
#define I CONCAT(i, WIDTH)
#define WIDEST(name) CONCAT(CONCAT(name, _), SERFAST_LANES)

/* Run BODY(width, q) for q = 0 … n in steps of the widest vectors that still fit; n is a multiple
 * of 4. A value's bits don't depend on the width it was computed in. */
#if SERFAST_LANES == 16
#define FOR_COLUMNS(q, n, BODY)                       \
    do {                                              \
        ptrdiff_t q = 0;                              \
        for (; q + 16 <= (n); q += 16) BODY(16, q);   \
        if (q + 8 <= (n)) { BODY(8, q); q += 8; }     \
        if (q + 4 <= (n)) BODY(4, q);                 \
    } while (0)
#elif SERFAST_LANES == 8
#define FOR_COLUMNS(q, n, BODY)                       \
    do {                                              \
        ptrdiff_t q = 0;                              \
        for (; q + 8 <= (n); q += 8) BODY(8, q);      \
        if (q + 4 <= (n)) BODY(4, q);                 \
    } while (0)
#else
#define FOR_COLUMNS(q, n, BODY) \
    for (ptrdiff_t q = 0; q < (n); q += SERFAST_LANES) BODY(SERFAST_LANES, q)
#endif

/* Likewise, but BODY(width) steps from column to column by itself. */
#if SERFAST_LANES == 16
#define FOR_WIDTHS(n, BODY)                                   \
    do {                                                      \
        ptrdiff_t left_ = (n);                                \
        for (; left_ >= 16; left_ -= 16) BODY(16);            \
        if (left_ >= 8) { BODY(8); left_ -= 8; }              \
        if (left_ >= 4) BODY(4);                              \
    } while (0)
#elif SERFAST_LANES == 8
#define FOR_WIDTHS(n, BODY)                                   \
    do {                                                      \
        ptrdiff_t left_ = (n);                                \
        for (; left_ >= 8; left_ -= 8) BODY(8);               \
        if (left_ >= 4) BODY(4);                              \
    } while (0)
#else
#define FOR_WIDTHS(n, BODY) \
    for (ptrdiff_t left_ = (n); left_ > 0; left_ -= SERFAST_LANES) BODY(SERFAST_LANES)
#endif

#endif
