"""Relative flux: the native twin of serfast/features/relative_flux.py."""

from libc.string cimport memcpy

from inputs cimport Inputs

cdef extern from "<float.h>" nogil:
    const double DBL_EPSILON


cdef inline void relative_shape(
    const Inputs *x, const float *spectrum, ptrdiff_t n, float *shape
) noexcept nogil:
    """Divide a spectrum by the sum of its bins and of ε; the parameter is its power."""
    cdef double bin_epsilon = DBL_EPSILON * <double>n
    if x.parameters[0] == 2:
        bin_epsilon *= <double>n
    cdef double total = <double>n * bin_epsilon + x.kernels.sum_floored(spectrum, n, 0)
    memcpy(shape, spectrum, n * sizeof(float))
    x.kernels.scale_values(shape, n, <float>(1 / total))


cdef inline void relative_flux(const Inputs *x, float *out) noexcept nogil:
    """Compute Σ (S_t / Σ S_t - S_{t-1} / Σ S_{t-1})² over all bins but the last."""
    cdef ptrdiff_t n = x.n_bins - 1
    cdef float *before = x.scratch + (x.n_bins + 31) // 16 * 16
    relative_shape(x, x.spectrum, n, x.scratch)
    relative_shape(x, x.previous_spectrum, n, before)
    out[0] = <float>x.kernels.sum_squared_differences(x.scratch, before, n)
