"""The row difference: the native twin of serfast/features/row_difference.py."""

from track cimport Window


cdef inline void row_difference(const Window *w, double *state, float *out) noexcept nogil:
    """Compute x[t] - x[t - 1]; 0 in the first row."""
    cdef const float *row = w.rows + w.place * w.n_columns
    cdef ptrdiff_t i
    for i in range(w.n_columns):
        out[i] = row[i] - row[i - w.n_columns] if w.place > 0 else 0
