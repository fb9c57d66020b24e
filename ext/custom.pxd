"""Custom: a feature of one's own, a function called through its address for every row."""

from libc.math cimport NAN, isfinite
from libc.stdint cimport uint32_t

from framing cimport Frames

cdef extern from "serfast.h" nogil:
    ctypedef int serfast_feature_function(
        const float *, ptrdiff_t, const float *, const float *, const float *, ptrdiff_t, double,
        const double *, float *, ptrdiff_t) noexcept

cdef enum:  # as in serfast/guards.py
    GUARD = 16          # floats before and behind the outputs that no function may touch
    CANARY = 0x5E12FA57 # what stands there

ctypedef struct Custom:
    Frames frames
    serfast_feature_function *compute
    const float *frequencies
    ptrdiff_t bins      # 0: a feature of the frame alone
    double sample_rate
    const double *parameters
    float scale         # of the samples
    int column
    int n

ctypedef struct Faults:
    # outputs that aren't finite numbers, since the count was last set to 0
    ptrdiff_t rows
    ptrdiff_t row       # of the first
    int column          # of its feature


cdef inline void guard(uint32_t *canaries) noexcept nogil:
    cdef int i
    for i in range(GUARD):
        canaries[i] = CANARY


cdef inline bint untouched(const uint32_t *canaries) noexcept nogil:
    cdef uint32_t difference = 0
    cdef int i
    for i in range(GUARD):
        difference |= canaries[i] ^ <uint32_t>CANARY
    return difference == 0


cdef inline void custom(
    const Custom *node,
    const float *frame,
    const float *spectrum,
    const float *previous,
    ptrdiff_t t,
    float *row,
    float *scaled,
    float *guarded,
    Faults *faults,
) noexcept nogil:
    """The function's outputs; NaN if it failed or wrote elsewhere. Notes what isn't finite."""
    cdef float *out = guarded + GUARD
    cdef bint finite = True
    cdef int i, status
    if node.scale != 1:
        for i in range(node.frames.length):
            scaled[i] = node.scale * frame[i]
        frame = scaled
    guard(<uint32_t *>guarded)
    guard(<uint32_t *>(out + node.n))
    for i in range(node.n):
        out[i] = NAN
    status = node.compute(
        frame, node.frames.length, spectrum, previous, node.frequencies, node.bins,
        node.sample_rate, node.parameters, out, node.n,
    )
    if status or not untouched(<uint32_t *>guarded) or not untouched(<uint32_t *>(out + node.n)):
        for i in range(node.n):
            out[i] = NAN
    for i in range(node.n):
        row[node.column + i] = out[i]
        finite &= isfinite(out[i]) != 0
    if not finite:
        if faults.rows == 0:
            faults.row, faults.column = t, node.column
        faults.rows += 1
