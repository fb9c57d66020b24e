"""Spectral slope: the native twin of serfast/features/spectral_slope.py."""

from inputs cimport Inputs

cdef enum:
    PAD = 16  # floats; so whole vectors can be read from here on


cdef inline void spectral_slope(const Inputs *x, float *out) noexcept nogil:
    """Compute the weighted sum of the levels; the table has first bin, scale and weights."""
    cdef ptrdiff_t n = x.n_table - 3, begin = <ptrdiff_t>x.table[0]
    cdef ptrdiff_t skipped = begin % PAD
    cdef const float *first = x.spectrum + begin - skipped
    x.kernels.logarithm(first, skipped + n, 1, <float>x.parameters[0], 0, x.scratch)
    out[0] = <float>(x.table[1] * x.kernels.sum_products(x.scratch + skipped, x.table + 2, n))
