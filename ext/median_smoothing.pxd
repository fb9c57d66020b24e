"""Median smoothing: the native twin of serfast/features/median_smoothing.py."""

from libc.math cimport fabs

from track cimport Window

cdef enum:
    MAX_WIDTH = 101     # as in serfast/features/median_smoothing.py


cdef inline double middle_of(const Window *w, ptrdiff_t column, bint gaps) noexcept nogil:
    """Give the median of the values of a column that are there; 0 if too few are."""
    cdef double there[MAX_WIDTH]
    cdef ptrdiff_t n = 0, i, at
    cdef double value
    for i in range(w.n_rows):
        value = w.rows[i * w.n_columns + column]
        if not fabs(value) < 3.4e38 or (gaps and value == 0):  # NaN and infinity too
            continue
        at = n
        while at > 0 and there[at - 1] > value:
            there[at] = there[at - 1]
            at -= 1
        there[at] = value
        n += 1
    if n == 0 or (gaps and 2 * n <= w.n_rows):
        return 0
    return (there[(n - 1) // 2] + there[n // 2]) / 2


cdef inline void median_smoothing(const Window *w, double *state, float *out) noexcept nogil:
    """Compute the median of each column; the only parameter is whether a 0 is a gap."""
    cdef ptrdiff_t j
    for j in range(w.n_columns):
        out[j] = <float>middle_of(w, j, w.parameters[0] != 0)
