"""Spectral entropy: the native twin of serfast/features/spectral_entropy.py."""

from inputs cimport Inputs
from logarithm cimport logarithm


cdef inline void spectral_entropy(const Inputs *x, float *out) noexcept nogil:
    """Compute (ln Σ S - Σ S ln S / Σ S) / ln n; the parameter is the least value of S."""
    cdef float floor = <float>x.parameters[0]
    cdef float *floored = x.scratch
    cdef float *logarithms = x.scratch + (x.n_bins + 31) // 16 * 16
    cdef double total = x.kernels.sum_floored(x.spectrum, x.n_bins, floor), weighted
    cdef ptrdiff_t k
    for k in range(x.n_bins):
        floored[k] = x.spectrum[k] if x.spectrum[k] > floor else floor
    x.kernels.logarithm(x.spectrum, x.n_bins, 1, floor, 0, logarithms)
    weighted = x.kernels.sum_products(floored, logarithms, x.n_bins)
    out[0] = <float>((logarithm(total) - weighted / total) / logarithm(<double>x.n_bins))
