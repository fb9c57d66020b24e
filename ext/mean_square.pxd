"""The mean square: the native twin of serfast/features/mean_square.py."""

from inputs cimport Inputs


cdef inline void mean_square(const Inputs *x, float *out) noexcept nogil:
    """Compute Σ x² / n."""
    out[0] = <float>(x.kernels.sum_squares(x.frame, x.frame_length) / <double>x.frame_length)
