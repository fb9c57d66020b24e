"""Functionals of rows that are selected; serfast.program.vector.SelectedSeries explains the fields.

serfast.backends.reference.selections has the same formulas in NumPy.
"""

from libc.math cimport fabs
from libc.string cimport memset

from course cimport (
    Course,
    Spread,
    Tail,
    course_of,
    deviation_of,
    mean_of,
    runs_of,
)
from functionals cimport (
    AUTOCORRELATION,
    CV,
    FALLING_MEAN,
    FALLING_STD,
    LEVEL,
    PEAKS,
    RISING_MEAN,
    RISING_STD,
    SEGMENT_MEAN,
    SEGMENT_STD,
    SEGMENTS,
    Functional,
    Series,
    functional,
    study,
)
from kernels cimport SERFAST_SERIES, serfast_kernels
from logarithm cimport LN10, logarithm, octaves

ctypedef struct Selection:
    int series                  # of the gathered ones
    int mask                    # column of the table; negative: all rows count
    bint above, nonzero
    double threshold, reference, factor
    int smoothing
    bint smoothing_skips
    double extremum_share
    Tail tail
    ptrdiff_t min_segment, max_gap, segment_trim, last_segment_trim, duration_trim
    double missing
    int n_functionals
    Functional *functionals
    ptrdiff_t place
    int together                # so many selections from this one on have the same rows
    bint sorts, has_course, has_segments

cdef extern from *:
    """
    static const double LEAST_POWER = 1e-12;
    """
    const double LEAST_POWER        # the equivalent level of silence is -120 dB


cdef inline void scale_series(const Selection *s, double *x, ptrdiff_t n) noexcept nogil:
    """Turn frequencies into semitones, and multiply by the factor."""
    cdef ptrdiff_t t
    if s.reference > 0:
        for t in range(n):
            if x[t] > 0:
                x[t] = 12 * octaves((x[t] if x[t] > LEAST_POWER else LEAST_POWER) / s.reference)
            else:
                x[t] = 0
    for t in range(n):
        x[t] *= s.factor


cdef inline void smooth(
    const Selection *s, const double *x, const double *counts, ptrdiff_t n, double *out,
    double *numbers,
) noexcept nogil:
    """Compute the mean of the rows that count around each row; counts has 1 for them, or else 0.

    One neighbour after another is added to all rows. There is room for n numbers.
    """
    cdef ptrdiff_t half = s.smoothing // 2, shift, t, begin, end
    memset(out, 0, n * sizeof(double))
    memset(numbers, 0, n * sizeof(double))
    for shift in range(-half, half + 1):
        begin = -shift if shift < 0 else 0      # rows from here to the end have this neighbour
        end = n - shift if shift > 0 else n
        begin, end = begin if begin < n else n, end if end > 0 else 0
        for t in range(begin):
            out[t] += counts[0] * x[0]
            numbers[t] += counts[0]
        for t in range(begin, end):
            out[t] += counts[t + shift] * x[t + shift]
            numbers[t] += counts[t + shift]
        for t in range(end, n):
            out[t] += counts[n - 1] * x[n - 1]
            numbers[t] += counts[n - 1]
    for t in range(n):
        out[t] /= numbers[t] if numbers[t] > 0 else 1


cdef inline double about_course(
    const Selection *s, const Functional *f, const Course *c, const Spread *runs, ptrdiff_t n,
    ptrdiff_t n_rows, double row_rate,
) noexcept nogil:
    """Give a functional of slopes, peaks or segments."""
    if f.kind == RISING_MEAN:
        return mean_of(&c.rising, row_rate, s.missing)
    if f.kind == RISING_STD:
        return deviation_of(&c.rising, row_rate, s.missing)
    if f.kind == FALLING_MEAN:
        return mean_of(&c.falling, row_rate, s.missing)
    if f.kind == FALLING_STD:
        return deviation_of(&c.falling, row_rate, s.missing)
    if f.kind == PEAKS:
        return c.peaks * row_rate / (n if n > 0 else 1)
    if f.kind == SEGMENT_MEAN:
        return mean_of(runs, 1 / row_rate, s.missing)
    if f.kind == SEGMENT_STD:
        return deviation_of(runs, 1 / row_rate, s.missing)
    return runs.n * row_rate / (n_rows - s.duration_trim) if n_rows > s.duration_trim else 0


cdef inline double about_values(
    const serfast_kernels *kernels, const Series *x, const Functional *f, int lane,
    double resolution,
) noexcept nogil:
    """Give any other functional of one of the eight series."""
    cdef double products[8]
    cdef double mean = x.moments.mean[lane], largest, power
    cdef ptrdiff_t lag
    if f.kind == CV:
        largest = x.moments.largest[lane]
        if -x.moments.smallest[lane] > largest:
            largest = -x.moments.smallest[lane]
        return x.deviation[lane] / mean if fabs(mean) > resolution * largest else 0
    if f.kind == LEVEL:
        power = x.moments.squares[lane] / x.n + mean * mean
        return 10 / LN10 * logarithm(power if power > LEAST_POWER else LEAST_POWER)
    if f.kind == AUTOCORRELATION:
        lag = f.a if f.a < x.n else x.n
        kernels.series_products(
            x.centred, x.centred + SERFAST_SERIES * lag, x.n - lag, products)
    return functional(x, f, lane, products)


cdef inline void write_selection(
    const serfast_kernels *kernels, const Selection *s, const Series *x, int lane,
    const ptrdiff_t *rows, ptrdiff_t n, ptrdiff_t n_rows, double resolution, double row_rate,
    double *out,
) noexcept nogil:
    """Write the functionals of one of eight series that have been studied, if n > 0."""
    cdef Course course
    cdef Spread runs
    cdef int i
    memset(&course, 0, sizeof(Course))
    memset(&runs, 0, sizeof(Spread))
    if s.has_course and n:
        course = course_of(x.values + lane, n, s.extremum_share, s.tail)
    if s.has_segments:
        runs = runs_of(
            rows, n, n_rows, s.min_segment, s.max_gap, s.segment_trim, s.last_segment_trim)
    for i in range(s.n_functionals):
        if s.functionals[i].kind >= RISING_MEAN:
            out[s.place + i] = about_course(
                s, &s.functionals[i], &course, &runs, n, n_rows, row_rate)
        elif n:
            out[s.place + i] = about_values(kernels, x, &s.functionals[i], lane, resolution)
        else:
            out[s.place + i] = s.missing
