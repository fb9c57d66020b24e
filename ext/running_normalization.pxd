"""Running normalisation: the native twin of serfast/features/running_normalization.py."""

from libc.math cimport fabs, sqrt

from exponential cimport exponential
from track cimport Window


cdef inline double moved(
    const float *x, ptrdiff_t size, double share, bint first, double *state
) noexcept nogil:
    """Move the mean and the variance in `state` on by `size` columns; give the deviation.

    It is 0 if the columns aren't finite, and nothing is moved then; else it is larger.
    """
    cdef double mean = 0, spread = 0, difference, variance
    cdef ptrdiff_t i
    for i in range(size):
        mean += <double>x[i] / size
    if not fabs(mean) < 3e38:  # infinity or NaN: it would stay in the mean
        return 0
    for i in range(size):
        spread += (x[i] - mean) * (x[i] - mean) / size
    difference = mean - state[0]
    if first:
        difference = 0
        state[0] = mean
    state[0] += share * difference
    variance = (1 - share) * (state[1] + share * difference * difference) + share * spread
    state[1] = variance if variance > 1e-100 else 1e-100  # denormal numbers are slow
    return sqrt(state[1])


cdef inline void running_normalization(const Window *w, double *state, float *out) noexcept nogil:
    """Move mean and variance on by the row, and normalise the row by them.

    The parameters are time_constant, together, deviation and min_deviation.
    """
    cdef const float *row = w.rows + w.place * w.n_columns
    cdef const double *p = w.parameters
    cdef ptrdiff_t size = w.n_columns if p[1] != 0 else 1, begin = 0, i
    cdef double step = 1 / (p[0] * w.row_rate), share, deviation, value
    cdef double *moments = state + 1
    state[0] = exponential(-step if step < 700 else -700) * state[0] + 1
    share = 1 / state[0]
    while begin < w.n_columns:
        deviation = moved(row + begin, size, share, state[0] == 1, moments)
        if deviation == 0:
            for i in range(begin, begin + size):
                out[i] = 0
            moments += 2
            begin += size
            continue
        if p[2] == 0:
            deviation = 1
        elif deviation < p[3]:
            deviation = p[3]
        for i in range(begin, begin + size):
            value = (row[i] - moments[0]) / deviation
            value = value if value < 3e38 else 3e38
            out[i] = <float>(value if value > -3e38 else -3e38)
        moments += 2
        begin += size
