"""A delta is a derivative over time: a weighted sum of the rows around a row."""

from rows cimport Rows, row_at

cdef extern from *:
    """
    /* sum = Σ_j weights[j] · row j, of rows that lie one behind the other; behind the last one, at
     * `end`, the next is the one at `data`. The engine is compiled for size, but this runs for
     * every column of every row. */
    #if defined(__GNUC__) && !defined(__clang__)
    __attribute__((optimize("O3", "fp-contract=off")))
    #endif
    static void serfast_sum_rows(
        const float *data, const float *end, ptrdiff_t size, const float *row,
        const float *weights, int width, float *sum, int n)
    {
        for (int i = 0; i < n; i++)
            sum[i] = 0;
        for (int j = 0; j < width; j++) {
            for (int i = 0; i < n; i++)
                sum[i] = sum[i] + weights[j] * row[i];
            row += size;
            if (row >= end)
                row -= end - data;
        }
    }
    """
    void sum_rows "serfast_sum_rows"(
        const float *data, const float *end, ptrdiff_t size, const float *row,
        const float *weights, int width, float *sum, int n) noexcept nogil


cdef inline void delta(
    const float *weights, int width, int column, int n, const Rows *rows, ptrdiff_t t,
    ptrdiff_t n_rows, float *target,
) noexcept nogil:
    """Compute d(t) = Σ_j weights[j] · row(c - half + j), c = t moved into half … n_rows - 1 - half.

    It is done for the n columns from `column` on, and the results go into target[0 … n - 1].
    """
    cdef ptrdiff_t half = width // 2, first = t - half
    cdef const float *end = rows.data + rows.kept * rows.size + column
    if first > n_rows - width:
        first = n_rows - width
    if first < 0:
        first = 0
    sum_rows(
        rows.data + column, end, rows.size, row_at(rows, first) + column, weights,
        width if n_rows >= width else 0, target, n,
    )
