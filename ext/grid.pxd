"""A grid says where a row's frames lie and how many rows there are; see features/framing.py."""

ctypedef struct Grid:
    # the frames of row t lie within [t · hop - left, t · hop + right)
    ptrdiff_t hop
    ptrdiff_t left
    ptrdiff_t right
    ptrdiff_t last      # samples behind a row's moment that must be there when the signal has ended
    ptrdiff_t shortest  # a signal of fewer samples has no row, a whole one of as many has one
    ptrdiff_t ahead     # rows after it that a row waits for
    ptrdiff_t first     # rows that must be there before the first one can be given
    ptrdiff_t kept      # samples before a row's moment that a stream keeps for it


cdef inline ptrdiff_t computed_count(
    const Grid *grid, ptrdiff_t n_samples, bint final
) noexcept nogil:
    """Give the number of rows whose frames are complete after `n_samples`, without tracks."""
    if n_samples < (grid.shortest if final else max(grid.right, grid.shortest)):
        return 0
    if final:
        return max(1 + (n_samples - grid.last) // grid.hop, 1)
    return 1 + (n_samples - grid.right) // grid.hop


cdef inline ptrdiff_t rows_after(const Grid *grid, ptrdiff_t n_samples, bint final) noexcept nogil:
    """Give the number of rows that `n_samples` allow; all rows if the signal has ended."""
    cdef ptrdiff_t rows = computed_count(grid, n_samples, final)
    if final:
        return rows
    return rows - grid.ahead if rows >= grid.first else 0
