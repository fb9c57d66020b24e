"""The energy stage computes root mean square and zero-crossing rate of a frame."""

from libc.math cimport sqrtf

from framing cimport Frames
from kernels cimport serfast_kernels

ctypedef struct Energy:
    Frames frames
    int column
    float scale

ctypedef struct Crossings:
    Frames frames
    int column
    float threshold


cdef inline void rms(
    const serfast_kernels *k, const Energy *node, const float *frame, float *row
) noexcept nogil:
    """Give scale · √(Σ x² / n), which is 0 for silence (NULL)."""
    cdef float total = k.sum_squares(frame, node.frames.length) if frame != NULL else 0
    row[node.column] = node.scale * sqrtf(total / <float>node.frames.length)


cdef inline void zero_crossing_rate(
    const serfast_kernels *k, const Crossings *node, const float *frame, float *row
) noexcept nogil:
    """Give the number of sign changes in the frame, divided by its length."""
    cdef ptrdiff_t changes = k.sign_changes(frame, node.frames.length, node.threshold)
    row[node.column] = <float>(<double>changes / <double>node.frames.length)
