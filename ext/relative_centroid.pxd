"""Relative centroid and spread: the native twins of serfast/features/relative_centroid.py."""

from libc.math cimport sqrt

from inputs cimport Inputs


cdef inline void relative_centroid(const Inputs *x, float *out) noexcept nogil:
    """Compute (Σ k S / Σ S + 1) / K over the first K bins."""
    cdef ptrdiff_t n = x.n_bins - 1
    cdef double moments[3]
    x.kernels.index_moments(x.spectrum, n, moments)
    out[0] = <float>((moments[1] / moments[0] + 1) / <double>n) if moments[0] > 0 else 0


cdef inline void relative_spread(const Inputs *x, float *out) noexcept nogil:
    """Compute √(Σ k² S / Σ S - (Σ k S / Σ S)²) / K over the first K bins."""
    cdef ptrdiff_t n = x.n_bins - 1
    cdef double moments[3]
    cdef double centroid, square
    out[0] = 0
    x.kernels.index_moments(x.spectrum, n, moments)
    if moments[0] > 0:
        centroid = moments[1] / moments[0]
        square = moments[2] / moments[0] - centroid * centroid
        out[0] = <float>(sqrt(square) / <double>n) if square > 0 else 0
