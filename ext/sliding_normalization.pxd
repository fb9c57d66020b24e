"""Sliding normalisation: the native twin of serfast/features/sliding_normalization.py."""

from libc.math cimport sqrt

from track cimport Window


cdef inline double bounded(double x) noexcept nogil:
    """Give x as a number of float32's range."""
    x = x if x > -3e38 else -3e38
    return x if x < 3e38 else 3e38


cdef inline double deviation_from(
    const float *x, ptrdiff_t n, ptrdiff_t stride, double mean, double least
) noexcept nogil:
    """Give the root of the mean square of n values, `stride` apart, less `mean`; >= least."""
    cdef double squares = 0, difference
    cdef ptrdiff_t k
    for k in range(n):
        difference = bounded(x[k * stride]) - mean
        squares += difference * difference
    squares = sqrt(squares / n)
    return squares if squares > least else least


cdef inline void sliding_normalization(const Window *w, double *state, float *out) noexcept nogil:
    """Lay the window as apply-cmvn-sliding does, and take its mean and deviation.

    The parameters are window, min_window, centered, deviation and min_deviation.
    """
    cdef const double *p = w.parameters
    cdef ptrdiff_t window = <ptrdiff_t>p[0], least = <ptrdiff_t>p[1]
    cdef ptrdiff_t t = <ptrdiff_t>state[0], first = t - w.place, begin, end, n, i, k
    cdef bint centered = p[2] != 0
    cdef const float *x
    cdef double total, value
    state[0] += 1
    begin = t - window // 2 if centered else t - window
    end = begin + window if centered else t + 1
    if begin < 0:
        end -= begin
        begin = 0
    if not centered:
        end = max(t + 1, least)
    if end > first + w.n_rows:
        begin = max(begin - (end - first - w.n_rows), 0)
        end = first + w.n_rows
    n = end - begin
    for i in range(w.n_columns):
        x = w.rows + (begin - first) * w.n_columns + i
        total = 0
        for k in range(n):
            total += bounded(x[k * w.n_columns])
        total /= n
        value = bounded(w.rows[w.place * w.n_columns + i]) - total
        if p[3] != 0:
            value /= deviation_from(x, n, w.n_columns, total, p[4])
        out[i] = <float>bounded(value)
