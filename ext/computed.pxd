"""A computed feature is a function of named inputs, which is called for every row.

A native twin is trusted: it writes into the row itself. A function of one's own is called through
its address; canaries around its outputs tell whether it has written elsewhere.
"""

from libc.math cimport NAN, isfinite
from libc.stdint cimport int32_t, uint32_t

from inputs cimport Inputs, Twin

cdef extern from "serfast.h" nogil:
    ctypedef int serfast_feature_function(
        const float *, ptrdiff_t, const float *, const float *, const float *, ptrdiff_t, double,
        const double *, float *, ptrdiff_t) noexcept
    ctypedef int serfast_wide_feature_function(
        const float *, ptrdiff_t, const float *, const float *, const float *, ptrdiff_t, double,
        const double *, float *, ptrdiff_t, const float *, ptrdiff_t, const float *, ptrdiff_t,
        const float *, ptrdiff_t) noexcept

cdef enum:  # as in serfast/backends/custom/faults.py
    GUARD = 16          # floats before and behind the outputs that no function may touch
    CANARY = 0x5E12FA57 # what stands there

cdef enum:
    KEPT = 16           # numbers of a row that wait for those of other rows

# The two halves of a twin that is faster for several rows at once, at most SERFAST_POLYNOMIALS: what
# is computed of a row's frame alone, and what follows from that.
ctypedef void (*FirstHalf)(const Inputs *, double *) noexcept nogil
ctypedef void (*SecondHalf)(const Inputs *, const double *, int, float *const *) noexcept nogil

ctypedef struct Computed:
    Twin twin                                   # NULL if there is none
    FirstHalf first_half                        # NULL: it takes row by row
    SecondHalf second_half
    serfast_feature_function *compute           # NULL if it is a wide one
    serfast_wide_feature_function *wide
    Inputs inputs                               # what is the same in every row
    int frame                                   # which frame input; -1: none
    ptrdiff_t spectrum                          # where Scratch.slots has it; -1: nowhere
    ptrdiff_t spectrum_stride                   # from there to that of the row before; 0: not kept
    int previous                                # 1: that one is looked at
    ptrdiff_t log_mel                           # where Scratch.slots has it; -1: nowhere
    ptrdiff_t autocorrelation
    int n_numbers                               # parameters
    int n_read                                  # columns of the row among them
    const int32_t *read                         # of each: which parameter, which column
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


cdef inline float *guarded_outputs(float *guarded, int n) noexcept nogil:
    """Make room for n outputs, full of NaN, between canaries."""
    cdef float *out = guarded + GUARD
    cdef int i
    guard(<uint32_t *>guarded)
    guard(<uint32_t *>(out + n))
    for i in range(n):
        out[i] = NAN
    return out


cdef inline void take_outputs(
    int status, float *guarded, int n, ptrdiff_t t, int column, float *row, Faults *faults
) noexcept nogil:
    """Move the outputs to their columns, as NaN if the function failed or wrote elsewhere.

    Outputs that aren't finite are counted as faults.
    """
    cdef float *out = guarded + GUARD
    cdef bint finite = True
    cdef int i
    if status or not untouched(<uint32_t *>guarded) or not untouched(<uint32_t *>(out + n)):
        for i in range(n):
            out[i] = NAN
    for i in range(n):
        row[column + i] = out[i]
        finite &= isfinite(out[i]) != 0
    if not finite:
        if faults.rows == 0:
            faults.row, faults.column = t, column
        faults.rows += 1


cdef inline void call_function(
    const Computed *node, const Inputs *x, ptrdiff_t t, float *row, float *guarded, Faults *faults
) noexcept nogil:
    """Compute the outputs of the feature's function."""
    cdef float *out
    cdef int status
    if node.twin != NULL:
        node.twin(x, row + node.column)
        return
    out = guarded_outputs(guarded, node.n)
    if node.compute != NULL:
        status = node.compute(
            x.frame, x.frame_length, x.spectrum, x.previous_spectrum, x.frequencies, x.n_bins,
            x.sample_rate, x.parameters, out, node.n,
        )
    else:
        status = node.wide(
            x.frame, x.frame_length, x.spectrum, x.previous_spectrum, x.frequencies, x.n_bins,
            x.sample_rate, x.parameters, out, node.n, x.log_mel, x.n_mels, x.autocorrelation,
            x.n_lags, x.table, x.n_table,
        )
    take_outputs(status, guarded, node.n, t, node.column, row, faults)
