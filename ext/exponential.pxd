"""The exponential of a double is computed without libm, for the same bits on all systems."""

from libc.math cimport floor, ldexp
from libc.stdint cimport int64_t

from logarithm cimport LN2, LN2_REST, LN2_UPPER

cdef extern from *:
    """
    #include <stdint.h>

    /* The bits of n + 1023 as an exponent, for |n| < 1023; memcpy would be a call here. */
    static inline double serfast_power_of_2(int64_t n)
    {
        union { int64_t bits; double value; } power;
        power.bits = (n + 1023) * 4503599627370496; /* 2^52 */
        return power.value;
    }
    """
    double serfast_power_of_2(int64_t n) noexcept nogil

cdef enum:
    TERMS = 14


cdef inline double exponential(double x) noexcept nogil:
    """Give e to the power x, |x| <= 700, to a few units in the last place.

    x = n ln 2 + r with |r| <= ln 2 / 2, and e^r = 1 + r (1 + r/2 (1 + r/3 (…))): the terms left out
    are below 4e-18.
    """
    cdef double n = floor(x / LN2 + 0.5), r = (x - n * LN2_UPPER) - n * LN2_REST, value = 1
    cdef int k
    for k in range(TERMS, 0, -1):
        value = 1 + r / k * value
    return ldexp(value, <int>n)


cdef inline double quick_exponential(double x) noexcept nogil:
    """Give e to the power x to 2e-10 of it, without a division or a call; |x| is cut to 700.

    As above, with the polynomial of degree 8, which leaves out r^9 / 9!. Adding 1.5 · 2^52 rounds
    to an integer.
    """
    cdef double n, r
    x = 700 if x > 700 else -700 if x < -700 else x
    n = (x * (1.0 / LN2) + 6755399441055744.0) - 6755399441055744.0
    r = (x - n * LN2_UPPER) - n * LN2_REST
    return serfast_power_of_2(<int64_t>n) * (
        1 + r * (1 + r * (1.0 / 2 + r * (1.0 / 6 + r * (1.0 / 24 + r * (
            1.0 / 120 + r * (1.0 / 720 + r * (1.0 / 5040 + r * (1.0 / 40320)))))))))
