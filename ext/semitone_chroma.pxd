"""Semitone chroma: the native twin of serfast/features/semitone_chroma.py."""

from libc.math cimport sqrt

from inputs cimport Inputs

cdef enum:
    N_CHROMA = 12


cdef inline void semitone_chroma(const Inputs *x, float *out) noexcept nogil:
    """Compute the weighted sums over the power of all bins but the last, and their deviation.

    The table has bin, chroma and share of each bin that counts.
    """
    cdef double sums[N_CHROMA]
    cdef double total = x.kernels.sum_floored(x.spectrum, x.n_bins - 1, 0), mean = 0, square = 0
    cdef ptrdiff_t i
    cdef int c
    for c in range(N_CHROMA):
        sums[c] = 0
    for i in range(0, x.n_table, 3):
        sums[<int>x.table[i + 1]] += <double>x.table[i + 2] * x.spectrum[<ptrdiff_t>x.table[i]]
    for c in range(N_CHROMA):
        sums[c] = sums[c] / total if total > 0 else 0
        mean += sums[c] / N_CHROMA
        out[c] = <float>sums[c]
    for c in range(N_CHROMA):
        square += (sums[c] - mean) * (sums[c] - mean)
    out[N_CHROMA] = <float>sqrt(square / N_CHROMA)
