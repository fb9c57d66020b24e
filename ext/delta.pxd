"""Delta: derivatives over time, weighted sums of the rows around a row."""

ctypedef struct Delta:
    int source          # first column that is derived
    int column          # where its derivative goes
    int n               # columns
    int width           # rows that a derivative looks at
    const float *weights

ctypedef struct Rows:
    # row t is at data + (t % kept) · size
    float *data
    ptrdiff_t kept
    ptrdiff_t size


cdef inline float *row_at(const Rows *rows, ptrdiff_t t) noexcept nogil:
    return rows.data + t % rows.kept * rows.size


cdef inline void delta(
    const Delta *node, const Rows *rows, ptrdiff_t t, ptrdiff_t n_rows, float *out
) noexcept nogil:
    """d(t) = Σ_j weights[j] · row(c - half + j), c = t moved into half … n_rows - 1 - half."""
    cdef ptrdiff_t half = node.width // 2, first = t - half
    cdef float *target = out + node.column
    cdef const float *source
    cdef int i, j
    if first > n_rows - node.width:
        first = n_rows - node.width
    if first < 0:
        first = 0
    for i in range(node.n):
        target[i] = 0
    if n_rows < node.width:
        return
    for j in range(node.width):
        source = row_at(rows, first + j) + node.source
        for i in range(node.n):
            target[i] = target[i] + node.weights[j] * source[i]
