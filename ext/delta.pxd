"""Delta: derivatives over time, weighted sums of the rows around a row."""

from rows cimport Rows, row_at


cdef inline void delta(
    const float *weights, int width, int column, int n, const Rows *rows, ptrdiff_t t,
    ptrdiff_t n_rows, float *target,
) noexcept nogil:
    """d(t) = Σ_j weights[j] · row(c - half + j), c = t moved into half … n_rows - 1 - half.

    Of the n columns from `column` on, into target[0 … n - 1].
    """
    cdef ptrdiff_t half = width // 2, first = t - half
    cdef const float *source
    cdef int i, j
    if first > n_rows - width:
        first = n_rows - width
    if first < 0:
        first = 0
    for i in range(n):
        target[i] = 0
    if n_rows < width:
        return
    for j in range(width):
        source = row_at(rows, first + j) + column
        for i in range(n):
            target[i] = target[i] + weights[j] * source[i]
