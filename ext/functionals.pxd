"""A functional turns a series into one number; eight series are computed at once.

serfast.backends.reference.functionals has the same formulas in NumPy, and explains them.
"""

from libc.float cimport FLT_MIN
from libc.math cimport sqrt
from libc.stdint cimport int32_t
from libc.string cimport memcpy

from kernels cimport SERFAST_SERIES, serfast_kernels, serfast_moments

cdef enum Kind:
    MEAN
    STD
    SKEWNESS
    KURTOSIS
    QUANTILE            # a: percent
    SPREAD              # from quantile a to quantile b [percent]
    SLOPE
    TREND
    CURVATURE
    CROSSINGS
    ARGMAX
    ARGMIN
    AUTOCORRELATION     # a: lag
    CV                  # this and the following are of selections alone: selections.pxd
    LEVEL
    RISING_MEAN
    RISING_STD
    FALLING_MEAN
    FALLING_STD
    PEAKS
    SEGMENTS
    SEGMENT_MEAN
    SEGMENT_STD

ctypedef struct Functional:
    Kind kind
    int a, b

ctypedef struct Series:
    # eight series of n points, and what is known of them
    ptrdiff_t n
    const double *values
    double *centred
    double *ordered     # n rounded up to SERFAST_RUN
    serfast_moments moments
    double deviation[8]
    double shape[8]     # 1 / deviation; 0 for a constant series, which has only rounding errors


cdef inline void study(
    const serfast_kernels *kernels,
    Series *s,
    const double *values,
    ptrdiff_t n,
    double resolution,
    bint sort,
) noexcept nogil:
    """Compute the values that all functionals share."""
    cdef int i
    cdef double largest
    s.values, s.n = values, n
    kernels.series_moments(values, n, s.centred, &s.moments)
    if sort:
        memcpy(s.ordered, values, SERFAST_SERIES * n * sizeof(double))
        kernels.series_sort(s.ordered, n)
    for i in range(SERFAST_SERIES):
        largest = FLT_MIN       # so that no power of the deviation underflows
        if s.moments.largest[i] > largest:
            largest = s.moments.largest[i]
        if -s.moments.smallest[i] > largest:
            largest = -s.moments.smallest[i]
        s.deviation[i] = sqrt(s.moments.squares[i] / n)
        s.shape[i] = 1 / s.deviation[i] if s.deviation[i] > resolution * largest else 0


cdef inline double quantile(const Series *s, int i, int percent) noexcept nogil:
    """Give the value below which so many percent lie, interpolated between its neighbours."""
    cdef double place = percent / 100.0 * (s.n - 1)
    cdef ptrdiff_t low = <ptrdiff_t>place
    cdef ptrdiff_t high = low + 1 if low + 1 < s.n else low
    cdef double below = s.ordered[SERFAST_SERIES * low + i]
    return below + (s.ordered[SERFAST_SERIES * high + i] - below) * (place - low)


cdef inline double slope(const Series *s, int i) noexcept nogil:
    """Give the slope by least squares: Σ c tau / Σ tau², with Σ tau² = n (n² - 1) / 12."""
    cdef double n = s.n
    return 12 * s.moments.rise[i] / (n * (n * n - 1)) if s.n > 1 else 0


cdef inline double curvature(const Series *s, int i) noexcept nogil:
    """Give the curvature by least squares, with the basis b = tau² - (n² - 1) / 12.

    The squares of b sum up to n (n² - 1) (n² - 4) / 180. The result is multiplied by h², where h is
    half the length of the series, because time runs from -1 to 1.
    """
    cdef double n = s.n, h = (n - 1) / 2
    if s.n < 3:
        return 0
    return 180 * h * h * s.moments.bend[i] / (n * (n * n - 1) * (n * n - 4))


cdef inline double functional(
    const Series *s, const Functional *f, int i, const double *products
) noexcept nogil:
    """Give a functional of series i; products has Σ c[t] c[t + lag] of the eight, for its lag."""
    cdef double n = s.n, shape = s.shape[i]
    if f.kind == MEAN:
        return s.moments.mean[i]
    if f.kind == STD:
        return s.deviation[i]
    if f.kind == SKEWNESS:
        return s.moments.cubes[i] / n * shape * shape * shape
    if f.kind == KURTOSIS:
        return s.moments.fourths[i] / n * (shape * shape) * (shape * shape)
    if f.kind == QUANTILE:
        return quantile(s, i, f.a)
    if f.kind == SPREAD:
        return quantile(s, i, f.b) - quantile(s, i, f.a)
    if f.kind == SLOPE:
        return slope(s, i)
    if f.kind == TREND:
        return slope(s, i) * (n - 1) / 2
    if f.kind == CURVATURE:
        return curvature(s, i)
    if f.kind == CROSSINGS:
        return s.moments.changes[i] / (n - 1) if shape > 0 and s.n > 1 else 0
    if f.kind == ARGMAX:
        return s.moments.at_largest[i] / n
    if f.kind == ARGMIN:
        return s.moments.at_smallest[i] / n
    return products[i] / n * shape * shape


cdef inline void apply(
    const serfast_kernels *kernels,
    const Series *s,
    const Functional *f,
    const int32_t *lanes,
    const ptrdiff_t *places,
    int n_lanes,
    double *out,
) noexcept nogil:
    """Write a functional of the series `lanes`, each to its place."""
    cdef double products[8]
    cdef ptrdiff_t lag
    cdef int i
    if f.kind == AUTOCORRELATION:
        lag = f.a if f.a < s.n else s.n
        kernels.series_products(
            s.centred, s.centred + SERFAST_SERIES * lag, s.n - lag, products)
    for i in range(n_lanes):
        out[places[i]] = functional(s, f, lanes[i], products)
