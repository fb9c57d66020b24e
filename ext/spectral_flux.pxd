"""Spectral flux: the native twin of serfast/features/spectral_flux.py."""

from libc.math cimport sqrt

from inputs cimport Inputs


cdef inline void spectral_flux(const Inputs *x, float *out) noexcept nogil:
    """Compute √(Σ (S_t - S_{t-1})² · factor); the table has the number of bins and the factor."""
    out[0] = <float>sqrt(
        x.table[1]
        * x.kernels.sum_squared_differences(
            x.spectrum, x.previous_spectrum, <ptrdiff_t>x.table[0]))
