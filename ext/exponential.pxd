"""The exponential of a double is computed without libm, for the same bits on all systems."""

from libc.math cimport floor, ldexp

from logarithm cimport LN2, LN2_REST, LN2_UPPER

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
