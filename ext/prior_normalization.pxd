"""Prior normalisation: the native twin of serfast/features/prior_normalization.py."""

from libc.math cimport sqrt

from sliding_normalization cimport bounded
from track cimport Window


cdef inline void prior_normalization(const Window *w, double *state, float *out) noexcept nogil:
    """Take the mean, and the deviation, of the rows and the prior, whose moments are the state.

    The parameters are prior_rows, window, deviation and min_deviation.
    """
    cdef const double *p = w.parameters
    cdef ptrdiff_t n = w.place + 1, i, k
    cdef double left = p[1] - <double>n, weight = p[0] if p[0] < left else left
    cdef double mean, square, x, value
    for i in range(w.n_columns):
        mean, square = weight * state[2 * i], weight * state[2 * i + 1]
        for k in range(n):
            x = bounded(w.rows[k * w.n_columns + i])
            mean += x
            square += x * x
        mean /= <double>n + weight
        square /= <double>n + weight
        value = bounded(w.rows[w.place * w.n_columns + i]) - mean
        if p[2] != 0:
            square -= mean * mean
            x = sqrt(square) if square > 0 else 0
            value /= x if x > p[3] else p[3]
        out[i] = <float>bounded(value)
