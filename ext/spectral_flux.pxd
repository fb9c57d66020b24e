"""Spectral flux: the native twin of serfast/features/spectral_flux.py."""

from libc.math cimport sqrt

from inputs cimport Inputs


cdef inline void spectral_flux(const Inputs *x, float *out) noexcept nogil:
    """Compute √(Σ (S_t - S_{t-1})²)."""
    out[0] = <float>sqrt(
        x.kernels.sum_squared_differences(x.spectrum, x.previous_spectrum, x.n_bins))
