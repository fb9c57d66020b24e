"""Spectral centroid: the native twin of serfast/features/spectral_centroid.py."""

from inputs cimport Inputs


cdef inline void spectral_centroid(const Inputs *x, float *out) noexcept nogil:
    """Compute Σ f S / Σ S over the bins, with f = k · frequencies[1]."""
    cdef double moments[3]
    x.kernels.index_moments(x.spectrum, x.n_bins, moments)
    out[0] = <float>(x.frequencies[1] * moments[1] / moments[0]) if moments[0] > 0 else 0
