"""Formants of a band-limited frame: the native twin of features/bandlimited_formants.py."""

from formants cimport N_STARTS, factors, lowest
from inputs cimport Inputs
from kernels cimport SERFAST_FACTORS
from linear_prediction cimport predictor

cdef enum:  # as in serfast/features/bandlimited_formants.py
    ORDER = 11
    HALF = 6


cdef inline void lag_products_of(const double *y, ptrdiff_t n, double *r) noexcept nogil:
    """Compute r(0) … r(ORDER) of n samples, and ORDER zeros behind them."""
    cdef double value
    cdef ptrdiff_t i
    cdef int k
    for k in range(ORDER + 1):
        r[k] = 0
    for i in range(n):
        value = y[i]
        for k in range(ORDER + 1):
            r[k] += value * y[i + k]


cdef inline void bandlimited_formants(const Inputs *x, float *out) noexcept nogil:
    """Compute y, its predictor, the pairs of roots, and the formants from them."""
    cdef ptrdiff_t stride = (x.n_table - 1 - 4 * N_STARTS * HALF) // x.frame_length, j
    cdef float *samples = x.scratch  # the table is longer by far
    cdef double *y = <double *>(x.scratch + stride)
    cdef double[ORDER + 1] r
    cdef double[2 * SERFAST_FACTORS + 1] a
    cdef double[2 * SERFAST_FACTORS] u
    cdef double[SERFAST_FACTORS] v
    cdef int i
    for i in range(6):
        out[i] = 0
    x.kernels.transposed_product(
        x.table, <int>x.frame_length, <int>stride, x.frame, samples)
    for j in range(stride):
        y[j] = samples[j]
    lag_products_of(y, stride - ORDER, r)
    if not (r[0] > 1e-20 and r[0] < 1e300):
        return
    predictor(r, ORDER, 0, 1 - 1e-6, a)
    for i in range(1, ORDER + 1):
        a[i] *= x.table[x.n_table - 1]
    a[ORDER + 1] = 0  # times z
    i = factors(x, x.table + x.frame_length * stride, a, HALF, u, v)
    lowest(i, 3, 5500, u, v, out)
