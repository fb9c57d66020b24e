"""Formants: the native twin of serfast/features/formants.py."""

from libc.math cimport INFINITY, NAN, fabs, sqrt

from arctangent cimport PI, angle
from inputs cimport Inputs
from kernels cimport SERFAST_FACTORS
from linear_prediction cimport predictor
from logarithm cimport quick_logarithm
from polynomial_roots cimport root_pairs

cdef extern from *:
    """
    static const double CLOSE = 1e-6; /* a smaller step is the last one */
    """
    const double CLOSE

cdef enum:  # as in serfast/features/formants.py
    N_STARTS = 4
    STEPS = 20
    PLAIN_STEPS = 100


cdef inline void start_factors(
    const float *starts, int j, double last, int half, double *u, double *v
) noexcept nogil:
    """Take start j of the search for factors, of a polynomial with this last coefficient."""
    cdef const float *start = starts + (4 * j + (2 if last < 0 else 0)) * half
    cdef int i
    for i in range(half):
        u[i], v[i] = start[i], start[half + i]


cdef inline int factors(
    const Inputs *x, const float *starts, const double *a, int half, double *u, double *v,
    int first=0,
) noexcept nogil:
    """Compute the factors x² + u x + v of the polynomial, from the first start on; give their number."""
    cdef int done, j
    for j in range(first, N_STARTS):
        start_factors(starts, j, a[2 * half], half, u, v)
        x.kernels.quadratic_factors(&a, 1, half, STEPS, CLOSE, u, v, &done)
        if done:
            return half
    return root_pairs(a, 2 * half, PLAIN_STEPS, u, v)


cdef inline void lowest(
    int found, int n, double ceiling, double *u, const double *v, float *out
) noexcept nogil:
    """Write the n lowest formants; the cosine of a root's angle tells their order.

    A root outside of the unit circle counts as its mirror image inside.
    """
    cdef double cosine, best, hz
    cdef int i, j, at
    for i in range(found):
        u[SERFAST_FACTORS + i] = -INFINITY
        if u[i] * u[i] < 4 * v[i] and v[i] < 1e9:
            u[SERFAST_FACTORS + i] = -u[i] / sqrt(v[i])
    i = 0
    while i < n:
        best, at = -3, -1
        for j in range(found):
            cosine = u[SERFAST_FACTORS + j]
            if cosine > best:
                best, at = cosine, j
        if at < 0:
            return
        u[SERFAST_FACTORS + at] = -INFINITY
        hz = angle(-u[at] / 2, sqrt(v[at] - u[at] * u[at] / 4)) * ceiling / PI
        if hz > ceiling - 50:
            return
        if hz >= 50:
            out[2 * i] = <float>hz
            out[2 * i + 1] = <float>(fabs(quick_logarithm(v[at])) * ceiling / PI)
            i += 1


cdef inline void formants(const Inputs *x, float *out) noexcept nogil:
    """Compute f1, b1, f2, b2 …; the parameters are n, the ceiling and the order."""
    cdef int n = <int>x.parameters[0], order = <int>x.parameters[2], half = order // 2, i
    cdef ptrdiff_t stride = (x.n_table - 1 - 4 * N_STARTS * half) // (order + 1)
    cdef double r[2 * SERFAST_FACTORS + 1]
    cdef double a[2 * SERFAST_FACTORS + 1]
    cdef double u[2 * SERFAST_FACTORS]
    cdef double v[SERFAST_FACTORS]
    for i in range(2 * n):
        out[i] = <float>NAN if x.table[x.n_table - 1] != 0 else 0
    x.kernels.row_products(x.table, order + 1, stride, x.spectrum, min(stride, x.n_bins), r)
    if not (r[0] > 1e-20 and r[0] < 1e300):
        return
    predictor(r, order, 1e-8, 1 - 1e-6, a)
    i = factors(x, x.table + (order + 1) * stride, a, half, u, v)
    lowest(i, n, x.parameters[1], u, v, out)
