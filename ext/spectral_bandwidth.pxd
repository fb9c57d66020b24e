"""Spectral bandwidth: the native twin of serfast/features/spectral_bandwidth.py."""

from libc.math cimport sqrt

from inputs cimport Inputs


cdef inline void spectral_bandwidth(const Inputs *x, float *out) noexcept nogil:
    """Compute √(Σ f² S / Σ S - centroid²), in double so that the difference stays exact enough."""
    cdef double moments[3]
    cdef double mean, variance
    x.kernels.index_moments(x.spectrum, x.n_bins, moments)
    out[0] = 0
    if moments[0] > 0:
        mean = moments[1] / moments[0]
        variance = moments[2] / moments[0] - mean * mean
        out[0] = <float>(x.frequencies[1] * sqrt(variance)) if variance > 0 else 0
