"""Hammarberg index: the native twin of serfast/features/hammarberg_index.py."""

from alpha_ratio cimport decibels
from inputs cimport Inputs

cdef enum:
    CHAINS = 8


cdef inline float peak(const float *x, ptrdiff_t n) noexcept nogil:
    """Give the largest value, 0 if there is none above it; in independent chains."""
    cdef float largest[CHAINS]
    cdef ptrdiff_t i = 0
    cdef int j
    for j in range(CHAINS):
        largest[j] = 0
    while i + CHAINS <= n:
        for j in range(CHAINS):
            largest[j] = x[i + j] if x[i + j] > largest[j] else largest[j]
        i += CHAINS
    for i in range(i, n):
        largest[0] = x[i] if x[i] > largest[0] else largest[0]
    for j in range(1, CHAINS):
        largest[0] = largest[j] if largest[j] > largest[0] else largest[0]
    return largest[0]


cdef inline void hammarberg_index(const Inputs *x, float *out) noexcept nogil:
    """Compute 10 log10(max_low S / max_high S); the table has begin and end of each band."""
    cdef ptrdiff_t low = <ptrdiff_t>x.table[0], high = <ptrdiff_t>x.table[2]
    out[0] = <float>decibels(
        peak(x.spectrum + low, <ptrdiff_t>x.table[1] - low),
        peak(x.spectrum + high, <ptrdiff_t>x.table[3] - high),
        x.parameters[0])
