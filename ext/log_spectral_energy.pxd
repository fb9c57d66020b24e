"""Log spectral energy: the native twin of serfast/features/log_spectral_energy.py."""

from inputs cimport Inputs
from logarithm cimport logarithm


cdef inline void log_spectral_energy(const Inputs *x, float *out) noexcept nogil:
    """Compute ln(max(amin, gain · Σ S)); the parameters are gain and amin."""
    cdef double total = x.parameters[0] * x.kernels.sum_floored(x.spectrum, x.n_bins, 0)
    out[0] = <float>logarithm(max(x.parameters[1], total))
