"""Harmonics-to-noise ratio: the native twins of serfast/features/hnr.py."""

from libc.stdint cimport int32_t

from inputs cimport Inputs
from kernels cimport serfast_kernels
from logarithm cimport LN10, logarithm

cdef enum:  # as in serfast/features/hnr.py
    HALF = 16
    STEPS = 8
    POINTS = 2 * STEPS + 1
    STRIDE = 20
    CANDIDATES = 4
    N_TAPS = STRIDE * (2 * HALF + 1)


cdef extern from *:
    """
    static const float HNR_FLAT = 4e-6f, HNR_LEAST = 1e-4f;
    static const double HNR_STEADY = 1e-9, HNR_NEAREST = 1e-6, HNR_FAR = 0.25;
    static const double HNR_SILENCE = 0x1p-64; /* the square of serfast.features.framing.SILENCE */
    """
    const float HNR_FLAT
    const float HNR_LEAST
    const double HNR_STEADY
    const double HNR_NEAREST
    const double HNR_FAR
    const double HNR_SILENCE


cdef inline double peak_between(double before, double at, double after) noexcept nogil:
    """Give the top of the parabola through three points, of which `at` is the highest."""
    cdef double bend = 2 * at - before - after, rise = after - before
    return at + rise * rise / (8 * bend) if bend > 0 else at


cdef inline double height_between(
    const serfast_kernels *k, const float *r, ptrdiff_t lag, const float *taps
) noexcept nogil:
    """Give the largest value of the curve within a lag of this one; r has HALF values before."""
    cdef float curve[STRIDE + 32]
    cdef ptrdiff_t top
    k.transposed_product(taps, 2 * HALF + 1, STRIDE, r + lag - HALF, curve)
    top = k.highest_peak(curve, POINTS)
    if top > 0 and curve[top] > curve[0] and curve[top] >= curve[POINTS - 1]:
        return peak_between(curve[top - 1], curve[top], curve[top + 1])
    return curve[0] if curve[0] > curve[POINTS - 1] else curve[POINTS - 1]


cdef inline double highest_peak(
    const serfast_kernels *k, const float *r, ptrdiff_t low, ptrdiff_t high, const float *taps,
    int32_t *places,
) noexcept nogil:
    """Give the height of the highest peak of r(low) … r(high), also between whole lags; or 0.

    There must be room for half as many places as lags.
    """
    cdef ptrdiff_t lags[CANDIDATES]
    cdef double heights[CANDIDATES]
    cdef double height, bend, best = 0, least = 0
    cdef ptrdiff_t n = k.local_maxima(r, low, high + 1, HNR_LEAST, HNR_FLAT, places), lag, i
    cdef int j
    for j in range(CANDIDATES):
        heights[j] = 0
        lags[j] = 0
    for i in range(n):
        lag = places[i]
        # the top of its parabola is an eighth of the bend higher at most, and FLAT
        bend = 2 * <double>r[lag] - r[lag - 1] - r[lag + 1]
        if r[lag] + 0.125 * bend + 1e-5 <= least:
            continue
        height = peak_between(r[lag - 1], r[lag], r[lag + 1])
        for j in range(CANDIDATES):
            if height > heights[j]:
                height, heights[j] = heights[j], height
                lag, lags[j] = lags[j], lag
        least = heights[0] - HNR_FAR
        least = least if least > heights[CANDIDATES - 1] else heights[CANDIDATES - 1]
    for j in range(CANDIDATES):
        if heights[j] > 0 and heights[j] > heights[0] - HNR_FAR:
            height = height_between(k, r, lags[j], taps)
            best = height if height > best else best
    return best


cdef inline double ratio_of(double r, double floor) noexcept nogil:
    """Give 10 log10(r / (1 - r)), at least the floor; r above 1 counts as 1/r."""
    cdef double rest, value
    if not r > 0:
        return floor
    r = 1 / r if r > 1 else r
    rest = 1 - r
    value = 10 / LN10 * logarithm(r / (rest if rest > HNR_NEAREST else HNR_NEAREST))
    return value if value > floor else floor


cdef inline void mirrored(float *r) noexcept nogil:
    """Write r(-k) = r(k) before r(0)."""
    cdef int i
    for i in range(1, HALF + 1):
        r[-i] = r[i]


cdef inline void hnr(const Inputs *x, float *out) noexcept nogil:
    """Compute the normalised cross-correlation, and the ratio at its highest peak.

    The table has the shortest and the longest lag, and the weights of the interpolation; the
    parameter is the floor. Lags that no peak looks at aren't computed.
    """
    cdef const serfast_kernels *k = x.kernels
    cdef ptrdiff_t low = <ptrdiff_t>x.table[0], high = <ptrdiff_t>x.table[1]
    cdef ptrdiff_t length = x.frame_length, n = length - high - HALF
    cdef ptrdiff_t begin = low - HALF if low > HALF else 0, n_lags = high + HALF + 1 - begin, i
    cdef float *samples = x.scratch     # length + 16, zeros at the end
    cdef float *r = samples + length + 16 + HALF
    cdef float *energies = r + high + HALF + 16
    cdef double mean, left, first
    k.condition(x.frame, length, 1, 0, samples)
    mean = <double>x.frame[0] - samples[0]
    for i in range(16):
        samples[length + i] = 0
    left = k.sum_squares(samples, length)
    first = k.sum_products(samples, samples, n)
    if not (left > HNR_STEADY * (left + length * mean * mean) and left > length * HNR_SILENCE and first > 0):
        out[0] = <float>x.parameters[0]
        return
    k.lag_products(samples, samples + begin, n, n_lags, r + begin)
    k.lag_energies(samples, n, high + HALF + 1, first, energies)
    k.over_root(r + begin, energies + begin, <float>first, n_lags)
    if begin == 0:
        mirrored(r)
    out[0] = <float>ratio_of(
        highest_peak(k, r, low, high, x.table + 2, <int32_t *>energies), x.parameters[0])


cdef inline void autocorrelation_hnr(const Inputs *x, float *out) noexcept nogil:
    """Compute the autocorrelation over that of the window, and the ratio at its highest peak.

    The table has, behind what `hnr` has, r(0) / r(k) of the window.
    """
    cdef ptrdiff_t low = <ptrdiff_t>x.table[0], high = <ptrdiff_t>x.table[1]
    cdef const float *correction = x.table + 2 + N_TAPS
    cdef float *r = x.scratch + HALF
    cdef float energy = x.autocorrelation[0]
    if not energy > HNR_SILENCE:
        out[0] = <float>x.parameters[0]
        return
    x.kernels.divided_products(x.autocorrelation, energy, correction, high + HALF + 1, r)
    mirrored(r)
    out[0] = <float>ratio_of(
        highest_peak(x.kernels, r, low, high, x.table + 2, <int32_t *>(r + high + HALF + 1)),
        x.parameters[0])
