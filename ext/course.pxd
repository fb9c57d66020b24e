"""The course of a series: the slopes between its extrema, its peaks, and the runs of its rows.

serfast.backends.reference.selections has the same formulas in Python, and explains them.
"""

from libc.math cimport fabs, sqrt

from kernels cimport SERFAST_SERIES

cdef enum Tail:
    COUNTED         # in the order of serfast.program.vector.TAILS
    DROPPED
    SIGNED

cdef extern from *:
    """
    static const double EQUAL = 1e-9;
    """
    const double EQUAL      # values are equal that differ by less than this share of the largest

ctypedef struct Spread:
    # mean and squared deviations of numbers that come one by one (Welford, Technometrics 4 (1962))
    ptrdiff_t n
    double mean, squares

ctypedef struct Course:
    Spread rising, falling
    ptrdiff_t peaks


cdef inline void take(Spread *s, double value) noexcept nogil:
    cdef double change = value - s.mean
    s.n += 1
    s.mean += change / s.n
    s.squares += change * (value - s.mean)


cdef inline void take_mean(Spread *s, double value) noexcept nogil:
    """Take a number into the mean, but not its own deviation from the mean."""
    cdef double step = (value - s.mean) / (s.n + 1)
    s.squares += s.n * step * step
    s.n += 1
    s.mean += step


cdef inline double mean_of(const Spread *s, double scale, double missing) noexcept nogil:
    return s.mean * scale if s.n else missing


cdef inline double deviation_of(const Spread *s, double scale, double missing) noexcept nogil:
    return sqrt(s.squares / s.n) * scale if s.n else missing


cdef inline Course course_of(
    const double *x, ptrdiff_t n, double share, Tail tail
) noexcept nogil:
    """Give the slopes from extremum to extremum, per point; point t is x[SERFAST_SERIES * t]."""
    cdef Course c
    cdef double low = x[0], high = x[0], least, equal, value, before, after, higher
    cdef double begin = x[0], last = x[0]       # the extrema before the latest one, and this one
    cdef ptrdiff_t begin_at = 0, last_at = 0, t
    cdef int kind, last_kind = 0                # 1: peak, -1: valley, 0: the first point
    c.rising.n = c.falling.n = c.peaks = 0
    c.rising.mean = c.rising.squares = c.falling.mean = c.falling.squares = 0
    for t in range(n):
        value = x[SERFAST_SERIES * t]
        low = value if value < low else low
        high = value if value > high else high
    equal = EQUAL * (high if high > -low else -low)
    least = share * (high - low) - equal
    for t in range(1, n - 1):
        value = x[SERFAST_SERIES * t]
        before, after = value - x[SERFAST_SERIES * (t - 1)], value - x[SERFAST_SERIES * (t + 1)]
        if before > equal and after > equal:
            kind = 1
        elif before < -equal and after < -equal:
            kind = -1
        else:
            continue
        higher = kind * (value - last)
        if kind == last_kind:
            if higher > equal:
                last, last_at = value, t
        elif higher >= least and higher > equal:
            if last_kind:
                take_slope(&c, begin, begin_at, last, last_at, last_kind)
                begin, begin_at = last, last_at
            last, last_at, last_kind = value, t, kind
    if last_kind:
        take_slope(&c, begin, begin_at, last, last_at, last_kind)
    if tail != DROPPED and last_at < n - 1:
        value = (x[SERFAST_SERIES * (n - 1)] - last) / (n - 1 - last_at)
        if tail == SIGNED and last_kind:
            take_mean(&c.falling if last_kind > 0 else &c.rising, value)
        elif value != 0:
            take(&c.rising if value > 0 else &c.falling, fabs(value))
    return c


cdef inline void take_slope(
    Course *c, double begin, ptrdiff_t begin_at, double end, ptrdiff_t end_at, int kind
) noexcept nogil:
    """Take the slope up to a peak or down to a valley."""
    c.peaks += kind > 0
    take(&c.rising if kind > 0 else &c.falling, kind * (end - begin) / (end_at - begin_at))


cdef inline Spread runs_of(
    const ptrdiff_t *rows, ptrdiff_t n, ptrdiff_t n_rows, ptrdiff_t shortest, ptrdiff_t gap,
    ptrdiff_t trim, ptrdiff_t last_trim,
) noexcept nogil:
    """Give the lengths of the runs of rows, between which at most `gap` rows are left out."""
    cdef Spread s
    cdef ptrdiff_t begin = 0, length, i
    s.n, s.mean, s.squares = 0, 0, 0
    for i in range(n):
        if i + 1 < n and rows[i + 1] <= rows[i] + 1 + gap:
            continue
        length = rows[i] + 1 - rows[begin]
        begin = i + 1
        if length < shortest:
            continue
        length -= trim
        if rows[i] == n_rows - 1:
            length -= last_trim
        take(&s, <double>length if length > 0 else 0)
    return s
