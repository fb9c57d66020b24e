"""The candidates of F0: the native twin of serfast/features/f0_candidates.py."""

from libc.math cimport ceil
from libc.stdint cimport int32_t

from inputs cimport Inputs
from logarithm cimport LN10, logarithm

cdef enum:  # as in serfast/features/f0_candidates.py
    MOST = 16           # candidates
    MAX_BLOCKS = 40     # twice HALF_BLOCKS


ctypedef struct Peak:
    ptrdiff_t lag
    float worth     # by which it is kept
    float before    # the curve at the lag before, at the lag, and behind it
    float here
    float after


cdef inline int weakest_of(const Peak *peaks, int n) noexcept nogil:
    cdef int weakest = 0, i
    for i in range(1, n):
        weakest = i if peaks[i].worth < peaks[weakest].worth else weakest
    return weakest


cdef inline int highest_peaks(
    const Inputs *x, ptrdiff_t first, ptrdiff_t last, ptrdiff_t step, float least, Peak *peaks
) noexcept nogil:
    """Give how many peaks there are, n_candidates at most, and the highest ones by their lags."""
    cdef float *curve = x.scratch   # last + 2 values
    cdef int32_t *places = <int32_t *>(curve + last + 2)
    cdef int most = <int>x.parameters[2], n = 0, weakest = 0, i, j
    cdef ptrdiff_t k, count
    cdef float worth
    x.kernels.smoothed_lags(x.autocorrelation, x.table, first - 1, last + 2, step, curve)
    count = x.kernels.local_maxima(curve, first, last + 1, least, 0, places)
    for j in range(count):
        k = places[j]
        worth = <float>(curve[k] * (1 - 0.2 * k / last))
        if not worth > least:
            continue
        if n == most:
            n -= 1
            for i in range(weakest, n):
                peaks[i] = peaks[i + 1]
        peaks[n].lag, peaks[n].worth = k, worth
        peaks[n].before, peaks[n].here, peaks[n].after = curve[k - 1], curve[k], curve[k + 1]
        n += 1
        if n == most:
            weakest = weakest_of(peaks, n)
            least = peaks[weakest].worth
    return n


cdef inline double low_power(
    const double *means, const float *weights, int n, double middle
) noexcept nogil:
    """Give the weighted mean of the squares of n means, less the middle."""
    cdef double power = 0
    cdef int i
    for i in range(n):
        power += weights[i] * ((means[i] - middle) * (means[i] - middle))
    return power


cdef inline double low_level(const Inputs *x, const float *weights, int half) noexcept nogil:
    """Give the level [dB] of the blocks before the frame's middle or behind it, the lower one."""
    cdef double[MAX_BLOCKS] means
    cdef double middle = 0, left, right
    cdef int block = <int>(0.0005 * x.sample_rate + 0.5), i
    block = block if block > 1 else 1
    x.kernels.wide_means(
        x.frame + x.frame_length // 2 - half * block, 2 * half, block, means)
    for i in range(2 * half):
        middle += means[i]
    middle /= 2 * half
    left = low_power(means, weights, half, middle)
    right = low_power(means + half, weights, half, middle)
    return 10 / LN10 * logarithm((left if left < right else right) + 1e-9)


cdef inline void f0_candidates(const Inputs *x, float *out) noexcept nogil:
    """Keep the highest peaks between the shortest and the longest lag; take the level.

    The parameters are fmin, fmax and n_candidates.
    """
    cdef Peak[MOST] peaks
    cdef int most = <int>x.parameters[2], n, i
    cdef ptrdiff_t first = <ptrdiff_t>(x.sample_rate / x.parameters[1])
    cdef ptrdiff_t last = <ptrdiff_t>ceil(x.sample_rate / x.parameters[0])
    cdef ptrdiff_t step = <ptrdiff_t>(x.sample_rate / 16000 + 0.5)
    cdef const float *weights = x.table + last + 2
    cdef double energy, bend, slope, height, hz
    step = step if step > 1 else 1
    energy = 0.5 * x.autocorrelation[0] + 0.5 * x.autocorrelation[step] + x.table[0]
    n = highest_peaks(x, first, last, step, <float>(0.02 * energy), peaks)
    for i in range(most):
        out[i] = out[most + i] = 0
    for i in range(n):
        bend = <double>peaks[i].before + peaks[i].after - 2 * <double>peaks[i].here
        slope = (<double>peaks[i].after - peaks[i].before) / 2
        height = (peaks[i].here - slope * slope / (2 * bend)) / energy
        hz = x.sample_rate / (peaks[i].lag - slope / bend)
        hz = hz if hz > x.parameters[0] else x.parameters[0]
        out[i] = <float>(hz if hz < x.parameters[1] else x.parameters[1])
        out[most + i] = <float>(height if height < 2 else 2)
    out[2 * most] = <float>low_level(x, weights, <int>(x.n_table - last - 2))
