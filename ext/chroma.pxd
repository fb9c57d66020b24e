"""Chroma: the native twin of serfast/features/chroma.py."""

from libc.math cimport sqrt

from inputs cimport Inputs

cdef enum:  # as in serfast/features/chroma.py
    LARGEST, SUM, LENGTH, NONE


cdef inline void chroma(const Inputs *x, float *out) noexcept nogil:
    """Compute the weighted sums over their norm; the parameters are n_chroma and amin."""
    cdef int n = <int>x.parameters[0], stride = (n + 3) // 4 * 4
    cdef int norm = <int>x.table[x.n_table - 1], c
    cdef float *sums = x.scratch
    cdef double size = 0
    x.kernels.transposed_product(x.table, <int>x.n_bins, stride, x.spectrum, sums)
    for c in range(n):
        if norm == LARGEST:
            size = sums[c] if sums[c] > size else size
        elif norm == SUM:
            size += sums[c]
        elif norm == LENGTH:
            size += <double>sums[c] * sums[c]
    if norm == LENGTH:
        size = sqrt(size)
    if norm == NONE:
        size = 1
    elif not size > x.parameters[1]:
        size = x.parameters[1]
    for c in range(n):
        out[c] = <float>(sums[c] / size)
