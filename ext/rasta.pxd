"""RASTA: the native twin of serfast/features/rasta.py."""

from libc.math cimport fabs

from track cimport Window


cdef inline void rasta(const Window *w, double *state, float *out) noexcept nogil:
    """Compute y[t] = pole · y[t-1] + 0.1 (2 x[t] + x[t-1] - x[t-3] - 2 x[t-4])."""
    cdef const float *x = w.rows
    cdef ptrdiff_t n = w.n_columns, i
    cdef double value
    for i in range(n):
        out[i] = 0
        if w.place == 4:
            value = 2 * (<double>x[4 * n + i] - x[i]) + (<double>x[3 * n + i] - x[n + i])
            value = w.parameters[0] * state[i] + 0.1 * value
            if not fabs(value) > 1e-60:  # denormal numbers are slow; NaN would stay
                value = 0
            value = value if value < 3e38 else 3e38
            state[i] = value if value > -3e38 else -3e38
            out[i] = <float>state[i]
