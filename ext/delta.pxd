"""Delta: derivatives over time, weighted sums of the rows around a row."""

from rows cimport Rows, row_at

cdef extern from *:
    """
    /* The engine is compiled for size; this loop runs for every column of every row. */
    #if defined(__GNUC__) && !defined(__clang__)
    __attribute__((optimize("O3", "fp-contract=off")))
    #endif
    static void add_scaled(const float *x, int n, float weight, float *sum)
    {
        for (int i = 0; i < n; i++)
            sum[i] = sum[i] + weight * x[i];
    }
    """
    void add_scaled(const float *x, int n, float weight, float *sum) noexcept nogil


cdef inline void delta(
    const float *weights, int width, int column, int n, const Rows *rows, ptrdiff_t t,
    ptrdiff_t n_rows, float *target,
) noexcept nogil:
    """d(t) = Σ_j weights[j] · row(c - half + j), c = t moved into half … n_rows - 1 - half.

    Of the n columns from `column` on, into target[0 … n - 1].
    """
    cdef ptrdiff_t half = width // 2, first = t - half
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
        add_scaled(row_at(rows, first + j) + column, n, weights[j], target)
