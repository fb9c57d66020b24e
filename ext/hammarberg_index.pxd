"""Hammarberg index: the native twin of serfast/features/hammarberg_index.py."""

from alpha_ratio cimport decibels
from inputs cimport Inputs


cdef inline float larger(float x, float y) noexcept nogil:
    return x if x > y else y


cdef inline float peak(const float *x, ptrdiff_t n) noexcept nogil:
    """Give the largest value, 0 if there is none above it; in independent chains."""
    cdef float a = 0, b = 0, c = 0, d = 0
    cdef ptrdiff_t i = 0
    while i + 4 <= n:
        a, b = larger(x[i], a), larger(x[i + 1], b)
        c, d = larger(x[i + 2], c), larger(x[i + 3], d)
        i += 4
    while i < n:
        a = larger(x[i], a)
        i += 1
    return larger(larger(a, b), larger(c, d))


cdef inline void hammarberg_index(const Inputs *x, float *out) noexcept nogil:
    """Compute 10 log10(max_low S / max_high S); the table has begin and end of each band."""
    cdef ptrdiff_t low = <ptrdiff_t>x.table[0], high = <ptrdiff_t>x.table[2]
    out[0] = <float>decibels(
        peak(x.spectrum + low, <ptrdiff_t>x.table[1] - low),
        peak(x.spectrum + high, <ptrdiff_t>x.table[3] - high),
        x.parameters[0])
