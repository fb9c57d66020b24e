"""A track is a function of the rows around a row, which keeps a state from row to row.

Rows are computed in order, each once; a delta is the track whose function is a weighted sum.
"""

from libc.stdint cimport int32_t
from libc.string cimport memcpy, memmove

from computed cimport Faults, guarded_outputs, take_outputs
from delta cimport delta
from kernels cimport serfast_kernels
from rows cimport Rows, row_at

cdef extern from "serfast.h" nogil:
    ctypedef int serfast_track_function(
        const float *, ptrdiff_t, ptrdiff_t, ptrdiff_t, double *, ptrdiff_t, double,
        const double *, float *, ptrdiff_t) noexcept

ctypedef struct Window:
    # rows t - back … t + ahead of a track's columns, as far as there are any
    const float *rows       # n_rows × n_columns
    ptrdiff_t n_rows
    ptrdiff_t n_columns
    ptrdiff_t place         # which of them is row t
    double row_rate         # rows per second
    const double *parameters
    const serfast_kernels *kernels

# The native twin of a track's function: fills its columns with finite numbers.
ctypedef void (*TrackTwin)(const Window *, double *, float *) noexcept nogil

ctypedef struct Track:
    int n_sources
    const int32_t *sources      # of each slice of columns: the first one, and how many
    int n_columns               # of all slices
    ptrdiff_t back
    ptrdiff_t ahead
    ptrdiff_t first             # rows that must be there before the first one
    int n_after
    const int32_t *after        # the tracks whose columns it looks at
    const float *weights        # of a delta; NULL: a function
    int width                   # of a delta
    TrackTwin twin              # NULL if there is none
    serfast_track_function *compute
    double row_rate
    const double *parameters
    const serfast_kernels *kernels
    ptrdiff_t state             # where Scratch.states has it
    ptrdiff_t n_state
    int passes                  # if there are several, state[0] is the pass's number
    ptrdiff_t window            # where Scratch.windows has the rows that it looks at
    ptrdiff_t room              # for so many of them
    int column
    int n


cdef inline ptrdiff_t tracked_count(
    const Track *node, ptrdiff_t n_rows, bint final
) noexcept nogil:
    """Give the number of rows of the track for which `n_rows` rows of its columns are enough."""
    if final:
        return n_rows
    if node.passes > 1:
        return 0
    return n_rows - node.ahead if n_rows >= node.first else 0


ctypedef struct Gathered:
    # the rows of a track's window that are there, and which place the first one has
    ptrdiff_t begin
    ptrdiff_t end
    ptrdiff_t place


cdef inline void gather(
    const Track *node, const Rows *rows, ptrdiff_t t, ptrdiff_t n_rows, float *values,
    Gathered *there, Window *window,
) noexcept nogil:
    """Copy the rows that the track looks at, one after the other, and that aren't there yet.

    They are all copied for another's function, which might change them.
    """
    cdef ptrdiff_t begin = max(t - node.back, 0), end = min(t + node.ahead + 1, n_rows), i
    cdef ptrdiff_t n = node.n_columns, place
    cdef const float *row
    cdef float *target
    cdef int j
    if t == 0 or node.twin == NULL:
        there.begin = there.end = begin
        there.place = 0
    there.place += begin - there.begin
    there.begin = begin
    if there.place + end - begin > node.room:
        memmove(values, values + there.place * n, (there.end - begin) * n * sizeof(float))
        there.place = 0
    target = values + (there.place + there.end - begin) * n
    place = there.end % rows.kept
    for i in range(there.end, end):
        row = rows.data + place * rows.size
        place = place + 1 if place + 1 < rows.kept else 0
        for j in range(node.n_sources):
            memcpy(target, row + node.sources[2 * j], node.sources[2 * j + 1] * sizeof(float))
            target += node.sources[2 * j + 1]
    there.end = end
    window.rows = values + there.place * n
    window.n_rows, window.n_columns, window.place = end - begin, n, t - begin
    window.row_rate, window.parameters = node.row_rate, node.parameters
    window.kernels = node.kernels


cdef inline void track_row(
    const Track *node, const Rows *rows, ptrdiff_t t, ptrdiff_t n_rows, double *states,
    float *windows, Gathered *there, float *guarded, Faults *faults,
) noexcept nogil:
    """Compute row t of the track, when `n_rows` rows of its columns have been computed."""
    cdef Window window
    cdef float *row = row_at(rows, t)
    cdef int status
    if node.weights != NULL:
        delta(node.weights, node.width, node.sources[0], node.n, rows, t, n_rows, row + node.column)
        return
    gather(node, rows, t, n_rows, windows + node.window, there, &window)
    if node.twin != NULL:
        node.twin(&window, states + node.state, row + node.column)
        return
    status = node.compute(
        window.rows, window.n_rows, window.n_columns, window.place, states + node.state,
        node.n_state, node.row_rate, node.parameters, guarded_outputs(guarded, node.n), node.n,
    )
    take_outputs(status, guarded, node.n, t, node.column, row, faults)
