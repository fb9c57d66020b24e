"""The logarithm of a double is computed without libm, for the same bits on all systems.

libm's differ between systems, and on one system between processors with fused multiply-add and
without.
"""

cdef extern from *:
    """
    #include <math.h>
    #include <stdint.h>
    #include <float.h>

    /* 1/23, 1/21 … 1/3 */
    static const double ODD_SHARES[11] = {
        1.0 / 23, 1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7,
        1.0 / 5, 1.0 / 3,
    };

    /* frexp of the C library without the call */
    static inline double serfast_frexp(double x, int *e)
    {
        union { int64_t bits; double value; } m;
        if (!(x >= DBL_MIN && x <= DBL_MAX))
            return frexp(x, e);
        m.value = x;
        *e = (int)(m.bits >> 52) - 1022;
        m.bits = (m.bits & 0xfffffffffffff) | ((int64_t)1022 << 52);
        return m.value;
    }

    static const double LN2 = 0x1.62e42fefa39efp-1, LN10 = 0x1.26bb1bbb55516p+1;
    static const double LN2_UPPER = 0x1.62e42fee00000p-1, LN2_REST = 0x1.a39ef35793c76p-33;
    """
    const double LN2
    const double LN10
    const double LN2_UPPER      # 32 bits of it, so that e times this is exact
    const double LN2_REST
    const double *ODD_SHARES
    double serfast_frexp(double, int *) noexcept nogil


cdef inline double logarithm(double x) noexcept nogil:
    """Give ln x, for a normal x > 0, to a unit in the last place.

    x = 2^e m with m in [√½, √2); s = (m - 1) / (m + 1), |s| <= 0.172, and
    ln m = 2 artanh s = 2 (s + s³/3 + s⁵/5 + …) = f - s (f - 2 z), with f = m - 1 and
    z = s²/3 + s⁴/5 + …: the first term is exact, and the rest is small.
    """
    cdef int e, k
    cdef double m = serfast_frexp(x, &e), f, s, square, z = 0
    if m < 0.70710678118654752:
        m, e = 2 * m, e - 1
    f = m - 1
    s = f / (m + 1)
    square = s * s
    for k in range(11):
        z = (z + ODD_SHARES[k]) * square
    return e * LN2_UPPER + (f - (s * (f - 2 * z) - e * LN2_REST))


cdef inline double quick_logarithm(double x) noexcept nogil:
    """Give ln x, for a normal x > 0, to 1e-10, with one division.

    As above, with six terms: those left out are below 2 s¹³ / 13.
    """
    cdef int e
    cdef double m = serfast_frexp(x, &e), s, square
    if m < 0.70710678118654752:
        m, e = 2 * m, e - 1
    s = (m - 1) / (m + 1)
    square = s * s
    return e * LN2 + 2 * s * (1 + square * (1.0 / 3 + square * (1.0 / 5 + square * (
        1.0 / 7 + square * (1.0 / 9 + square * (1.0 / 11))))))


cdef inline double octaves(double ratio) noexcept nogil:
    """Give the logarithm to base 2."""
    return logarithm(ratio) / LN2


cdef inline double quick_octaves(double ratio) noexcept nogil:
    """Give the logarithm to base 2, to 1e-10."""
    return quick_logarithm(ratio) / LN2
