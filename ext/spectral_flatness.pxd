"""Spectral flatness: the native twin of serfast/features/spectral_flatness.py."""

from libc.float cimport FLT_MAX

from exponential cimport exponential
from inputs cimport Inputs


cdef inline void spectral_flatness(const Inputs *x, float *out) noexcept nogil:
    """Compute exp(mean ln S) / mean S; the parameter is the least value of S."""
    cdef float floor = <float>x.parameters[0]
    cdef double logarithms, mean
    x.kernels.logarithm(x.spectrum, x.n_bins, 1, floor, 0, x.scratch)
    logarithms = x.kernels.sum_floored(x.scratch, x.n_bins, -FLT_MAX) / x.n_bins
    mean = x.kernels.sum_floored(x.spectrum, x.n_bins, floor) / x.n_bins
    out[0] = <float>(exponential(logarithms) / mean)
