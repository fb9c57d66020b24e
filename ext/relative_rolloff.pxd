"""Relative roll-off: the native twin of serfast/features/relative_rolloff.py."""

from inputs cimport Inputs

cdef extern from "<float.h>" nogil:
    const double DBL_EPSILON


cdef inline void relative_rolloff(const Inputs *x, float *out) noexcept nogil:
    """Find the first of K bins up to which a share of Σ S lies; the parameters: share, power."""
    cdef ptrdiff_t n = x.n_bins - 1, k = 0
    cdef double epsilon = DBL_EPSILON * <double>n
    if x.parameters[1] == 2:
        epsilon *= <double>n
    cdef double wanted = x.parameters[0] * x.kernels.sum_floored(x.spectrum, n, 0) - epsilon
    cdef double below = x.spectrum[0]
    while k + 1 < n and not below > wanted:
        k += 1
        below += x.spectrum[k]
    out[0] = <float>(<double>k / <double>n)
