"""The linear-log cepstrum: the native twin of serfast/features/linear_log_cepstrum.py."""

from inputs cimport Inputs
from logarithm cimport LN10

cdef extern from "<float.h>" nogil:
    const double DBL_EPSILON
    const float FLT_MIN

cdef enum:  # as in serfast/features/linear_log_cepstrum.py
    N_BANDS = 40
    ROOM = 48   # floats, in whole vectors


cdef inline void linear_log_cepstrum(const Inputs *x, float *out) noexcept nogil:
    """Compute the bands' sums, their logarithms and the cosine transform.

    The table has first bin and number of bins of each band, the cosines, and the bands' weights;
    the parameter is the number of coefficients.
    """
    cdef int n_mfcc = <int>x.parameters[0], b, j
    cdef const float *cosines = x.table + 2 * N_BANDS
    cdef const float *weights = cosines + n_mfcc * N_BANDS
    cdef float *bands = x.scratch
    cdef float *logs = x.scratch + ROOM
    cdef double values[N_BANDS]
    cdef ptrdiff_t first, count
    for b in range(N_BANDS, ROOM):
        bands[b] = 1
    for b in range(N_BANDS):
        first, count = <ptrdiff_t>x.table[2 * b], <ptrdiff_t>x.table[2 * b + 1]
        bands[b] = <float>(
            x.kernels.sum_products(weights, x.spectrum + first, count) + DBL_EPSILON)
        weights += count
    x.kernels.logarithm(bands, N_BANDS, <float>(1 / LN10), FLT_MIN, 0, logs)
    x.kernels.row_products(cosines, n_mfcc, N_BANDS, logs, N_BANDS, values)
    for j in range(n_mfcc):
        out[j] = <float>values[j]
