"""Utterance normalisation: the native twin of serfast/features/utterance_normalization.py."""

from libc.math cimport fabs, sqrt

from sliding_normalization cimport bounded
from track cimport Window


cdef inline void utterance_normalization(const Window *w, double *state, float *out) noexcept nogil:
    """Take the mean in the first pass, the deviation in the second, and both away in the last.

    The parameters are deviation and min_deviation. state[0] is the pass; a count, a mean and a mean
    square of each column follow.
    """
    cdef const double *p = w.parameters
    cdef double *moments = state + 1
    cdef double x
    cdef ptrdiff_t i
    for i in range(w.n_columns):
        x = w.rows[w.place * w.n_columns + i]
        out[i] = 0
        if fabs(x) < 3e38:  # neither infinite nor NaN
            if state[0] == 0:
                moments[0] += 1
                moments[1] += (x - moments[1]) / moments[0]
            elif state[0] == 1:
                x -= moments[1]
                moments[2] += x * x / moments[0]
            else:
                x -= moments[1]
                if p[0] != 0:
                    x /= max(sqrt(moments[2]), p[1])
                out[i] = <float>bounded(x)
        moments += 3
