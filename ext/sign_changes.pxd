"""Sign changes: the native twin of serfast/features/sign_changes.py."""

from inputs cimport Inputs

cdef extern from "<float.h>" nogil:
    const float FLT_MIN


cdef inline void sign_change_rate(const Inputs *x, float *out) noexcept nogil:
    """Compute Σ |sgn x[i] - sgn x[i-1]| / 2 / (n - 1).

    A step from 0 to a sample above it, or below it, changes one of the two sides.
    """
    cdef ptrdiff_t n = x.frame_length
    cdef ptrdiff_t below = x.kernels.sign_changes(x.frame, n, FLT_MIN)
    cdef ptrdiff_t above = x.kernels.sign_changes(x.frame, n, -FLT_MIN)
    out[0] = <float>(<double>(below + above) / (2.0 * <double>(n - 1)))
