"""Spectral roll-off: the native twin of serfast/features/spectral_rolloff.py."""

from inputs cimport Inputs


cdef inline void spectral_rolloff(const Inputs *x, float *out) noexcept nogil:
    """Find the lowest frequency up to which a share of Σ S lies; the parameter is the share."""
    cdef double wanted = x.parameters[0] * x.kernels.sum_floored(x.spectrum, x.n_bins, 0)
    cdef double below = x.spectrum[0]
    cdef ptrdiff_t k = 0
    while k + 1 < x.n_bins and below < wanted:
        k += 1
        below += x.spectrum[k]
    out[0] = x.frequencies[k]
