"""Noise floor and levels above it: the native twins of serfast/features/noise_floor.py."""

from exponential cimport exponential
from logarithm cimport LN10, logarithm
from track cimport Window

ctypedef struct Floor:
    # what is kept of a column: how many rows, and powers
    double count
    double smooth
    double lowest
    double younger      # the minimum since the last run began
    double noise


cdef inline double share_of_row(double time_constant, double row_rate) noexcept nogil:
    """Give the weight of a new row in an average of this time constant."""
    cdef double step = 1 / (time_constant * row_rate)
    return 1 - exponential(-step if step < 700 else -700)


cdef inline double smaller(double a, double b) noexcept nogil:
    return a if a < b else b


cdef inline double larger(double a, double b) noexcept nogil:
    return a if a > b else b


cdef inline void noise_floor(const Window *w, double *state, float *out) noexcept nogil:
    """Move on, for each column: count, S, the minimum, that of the younger run, and N.

    The parameters are smoothing, search_time, threshold, time_constant and amin.
    """
    cdef const float *row = w.rows + w.place * w.n_columns
    cdef const double *p = w.parameters
    cdef double quick = share_of_row(p[0], w.row_rate), slow = share_of_row(p[3], w.row_rate)
    cdef double heard
    cdef bint starts
    cdef long long run = <long long>larger(p[1] * w.row_rate, 1)
    cdef Floor *f = <Floor *>state
    cdef ptrdiff_t i
    for i in range(w.n_columns):
        if row[i] > p[4] and row[i] < 3e38:
            f.count += 1
            starts = f.count * quick <= 1  # S is still a mean of few rows
            heard = row[i]
            if not starts:
                heard = smaller(heard, 4 * p[2] * f.lowest)  # S remembers a shout
            f.smooth += larger(quick, 1 / f.count) * (heard - f.smooth)
            if starts:
                f.lowest = f.younger = f.smooth
            elif <long long>f.count % run == 0:
                f.lowest = smaller(f.younger, f.smooth)
                f.younger = f.smooth
            else:
                f.lowest = smaller(f.lowest, f.smooth)
                f.younger = smaller(f.younger, f.smooth)
            if f.smooth <= p[2] * f.lowest:
                f.noise += larger(slow, 1 / f.count) * (heard - f.noise)
            f.noise = smaller(larger(f.noise, f.lowest), p[2] * f.lowest)
        out[i] = <float>larger(f.noise, p[4])
        f += 1


cdef inline void noise_subtraction(const Window *w, double *state, float *out) noexcept nogil:
    """Compute 10 log10(max(P / N - over_subtraction, spectral_floor))."""
    cdef const float *power = w.rows + w.place * w.n_columns
    cdef ptrdiff_t n = w.n_columns // 2, i
    cdef double left
    for i in range(n):
        left = smaller(power[i], 3e38) / power[n + i] - w.parameters[0]
        left = larger(left, w.parameters[1])
        out[i] = <float>(10 / LN10 * logarithm(left))
