"""Log-energy: the native twin of serfast/features/log_energy.py."""

from inputs cimport Inputs
from logarithm cimport logarithm


cdef inline void log_energy(const Inputs *x, float *out) noexcept nogil:
    """Compute ln(max(amin, Σ (w y)²)), where y are the samples, conditioned if need be."""
    cdef double preemphasis = x.parameters[0], remove_dc = x.parameters[1]
    cdef const float *y = x.frame
    cdef ptrdiff_t i
    if preemphasis != 0 or remove_dc != 0:
        x.kernels.condition(
            x.frame, x.frame_length, remove_dc != 0, <float>preemphasis, x.scratch
        )
        y = x.scratch
    if x.n_table:
        for i in range(x.frame_length):
            x.scratch[i] = y[i] * x.table[i]
        y = x.scratch
    cdef double total = x.kernels.sum_squares(y, x.frame_length)
    out[0] = <float>logarithm(max(x.parameters[2], total))
