"""Levels above a running mean power: the native twin of serfast/features/relative_level.py."""

from exponential cimport exponential
from logarithm cimport LN10, logarithm
from track cimport Window

cdef enum:
    TIME_CONSTANT, TOP_DB


cdef inline double within(float power) noexcept nogil:
    """Give a power from 0 to 3e38; NaN is 0."""
    return 0 if not power > 0 else power if power < 3e38 else 3e38


cdef inline void relative_level(const Window *w, double *state, float *out) noexcept nogil:
    """Move the sums of the weights and of the weighted powers on, and take levels over them."""
    cdef const float *row = w.rows + w.place * w.n_columns
    cdef const double *p = w.parameters
    cdef double step = 1 / (p[TIME_CONSTANT] * w.row_rate), power = 0, mean, value
    cdef double decay = exponential(-step if step < 700 else -700)
    cdef ptrdiff_t i
    for i in range(w.n_columns):
        power += within(row[i])
    state[0] = decay * state[0] + 1
    state[1] = decay * state[1] + power / w.n_columns
    if not state[1] > 1e-60:  # denormal numbers are slow
        state[1] = 0
    mean = state[1] / state[0]
    for i in range(w.n_columns):
        value = -p[TOP_DB]
        if row[i] > 0:
            value = 10 / LN10 * logarithm(within(row[i]) / mean)
        out[i] = <float>(value if value > -p[TOP_DB] else -p[TOP_DB])
