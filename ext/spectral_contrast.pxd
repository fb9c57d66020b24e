"""Spectral contrast: the native twin of serfast/features/spectral_contrast.py."""

from inputs cimport Inputs
from logarithm cimport LN10, logarithm


cdef inline double mean_of_extremes(
    const float *x, ptrdiff_t n, ptrdiff_t count, float sign, float *kept
) noexcept nogil:
    """Give the mean of the `count` smallest values of sign · x, times sign.

    `kept` holds the smallest values so far, in order; few values of a spectrum are inserted.
    """
    cdef ptrdiff_t i, j, n_kept = 0
    cdef double total = 0
    cdef float value
    for i in range(n):
        value = sign * x[i]
        if n_kept < count:
            n_kept += 1
        elif not value < kept[count - 1]:
            continue
        j = n_kept - 1
        while j > 0 and kept[j - 1] > value:
            kept[j] = kept[j - 1]
            j -= 1
        kept[j] = value
    for j in range(n_kept):
        total += kept[j]
    return sign * total / n_kept


cdef inline void spectral_contrast(const Inputs *x, float *out) noexcept nogil:
    """Compute peaks minus valleys of each band.

    The table has first bin, number of bins and of extremes; the parameters are linear and amin.
    """
    cdef const float *band = x.table
    cdef double peak, valley, floor = x.parameters[1]
    cdef ptrdiff_t b, n, count
    for b in range(x.n_table // 3):
        n, count = <ptrdiff_t>band[1], <ptrdiff_t>band[2]
        peak = valley = 0
        if n > 0:
            valley = mean_of_extremes(x.spectrum + <ptrdiff_t>band[0], n, count, 1, x.scratch)
            peak = mean_of_extremes(x.spectrum + <ptrdiff_t>band[0], n, count, -1, x.scratch)
        if x.parameters[0] == 0:
            peak = 10 / LN10 * logarithm(peak if peak > floor else floor)
            valley = 10 / LN10 * logarithm(valley if valley > floor else floor)
        out[b] = <float>(peak - valley)
        band += 3
