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
    ptrdiff_t window            # where Scratch.window has room for its rows
    ptrdiff_t room              # how many fit there
    ptrdiff_t state             # where Scratch.states has it
    ptrdiff_t n_state
    int passes                  # if there are several, state[0] is the pass's number
    int column
    int n

ctypedef struct Held:
    # rows begin … end - 1 lie in a track's window, from its row `at` on
    ptrdiff_t begin
    ptrdiff_t end
    ptrdiff_t at


cdef inline ptrdiff_t tracked_count(
    const Track *node, ptrdiff_t n_rows, bint final
) noexcept nogil:
    """Give the number of rows of the track for which `n_rows` rows of its columns are enough."""
    if final:
        return n_rows
    if node.passes > 1:
        return 0
    return n_rows - node.ahead if n_rows >= node.first else 0


cdef inline void copy_columns(
    const Track *node, const Rows *rows, ptrdiff_t begin, ptrdiff_t end, float *values
) noexcept nogil:
    """Copy what the track looks at of rows begin … end - 1, one after the other."""
    cdef ptrdiff_t place = begin % rows.kept, i
    cdef const float *row
    cdef int j
    for i in range(begin, end):
        row = rows.data + place * rows.size
        place = place + 1 if place + 1 < rows.kept else 0
        for j in range(node.n_sources):
            memcpy(values, row + node.sources[2 * j], node.sources[2 * j + 1] * sizeof(float))
            values += node.sources[2 * j + 1]


cdef inline void gather(
    const Track *node, const Rows *rows, ptrdiff_t t, ptrdiff_t n_rows, float *values, Held *held,
    Window *window,
) noexcept nogil:
    """Have the rows that the track looks at one after the other.

    The windows of two rows have all rows but one in common: these stay where they are, until there
    is no room behind them. A function of one's own might write there, so it gets fresh ones.
    """
    cdef ptrdiff_t begin = max(t - node.back, 0), end = min(t + node.ahead + 1, n_rows)
    cdef ptrdiff_t n = node.n_columns, at = 0
    if node.twin != NULL and held.begin <= begin <= held.end <= end:
        at = held.at + begin - held.begin
    else:
        held.end = begin
    if at + end - begin > node.room:
        memmove(values, values + at * n, (held.end - begin) * n * sizeof(float))
        at = 0
    copy_columns(node, rows, held.end, end, values + (at + held.end - begin) * n)
    held.begin, held.end, held.at = begin, end, at
    window.rows = values + at * n
    window.n_rows, window.n_columns, window.place = end - begin, node.n_columns, t - begin
    window.row_rate, window.parameters = node.row_rate, node.parameters
    window.kernels = node.kernels


cdef inline void track_row(
    const Track *node, const Rows *rows, ptrdiff_t t, ptrdiff_t n_rows, double *states,
    float *values, Held *held, float *guarded, Faults *faults,
) noexcept nogil:
    """Compute row t of the track, when `n_rows` rows of its columns have been computed."""
    cdef Window window
    cdef float *row = row_at(rows, t)
    cdef int status
    if node.weights != NULL:
        delta(node.weights, node.width, node.sources[0], node.n, rows, t, n_rows, row + node.column)
        return
    gather(node, rows, t, n_rows, values + node.window, held, &window)
    if node.twin != NULL:
        node.twin(&window, states + node.state, row + node.column)
        return
    status = node.compute(
        window.rows, window.n_rows, window.n_columns, window.place, states + node.state,
        node.n_state, node.row_rate, node.parameters, guarded_outputs(guarded, node.n), node.n,
    )
    take_outputs(status, guarded, node.n, t, node.column, row, faults)
