"""The candidates of F0: the native twin of serfast/features/f0_candidates.py."""

from libc.math cimport ceil
from libc.stdint cimport int32_t

from inputs cimport Inputs
from logarithm cimport LN10, quick_logarithm

cdef enum:  # as in serfast/features/f0_candidates.py
    MOST = 16           # candidates
    MAX_BLOCKS = 40     # twice HALF_BLOCKS


ctypedef struct Peaks:
    # which lags the kept peaks have, in this order, and by what they are kept
    int n
    int32_t[MOST] lags
    float[MOST] worth


cdef inline int weakest_of(const Peaks *peaks) noexcept nogil:
    cdef int weakest = 0, i
    for i in range(1, peaks.n):
        weakest = i if peaks.worth[i] < peaks.worth[weakest] else weakest
    return weakest


cdef inline void highest_peaks(
    const Inputs *x, ptrdiff_t first, ptrdiff_t last, ptrdiff_t step, float least, Peaks *peaks
) noexcept nogil:
    """Keep the highest peaks of the curve in the scratch, n_candidates at most, by their lags."""
    cdef float *curve = x.scratch   # last + 2 values
    cdef int32_t *places = <int32_t *>(curve + last + 2)
    cdef int most = <int>x.parameters[2], weakest = 0, i
    cdef ptrdiff_t count, j
    cdef double fall = 0.2 / last
    cdef float worth
    x.kernels.smoothed_lags(x.autocorrelation, x.table, first - 1, last + 2, step, curve)
    count = x.kernels.local_maxima(curve, first, last + 1, least, 0, places)
    peaks.n = 0
    for j in range(count):
        worth = <float>(curve[places[j]] * (1 - places[j] * fall))
        if not worth > least:
            continue
        if peaks.n == most:
            peaks.n -= 1
            for i in range(weakest, peaks.n):
                peaks.lags[i], peaks.worth[i] = peaks.lags[i + 1], peaks.worth[i + 1]
        peaks.lags[peaks.n], peaks.worth[peaks.n] = places[j], worth
        peaks.n += 1
        if peaks.n == most:
            weakest = weakest_of(peaks)
            least = peaks.worth[weakest]


cdef inline double low_level(const Inputs *x, const float *weights, int half) noexcept nogil:
    """Give the level [dB] of the blocks before the frame's middle or behind it, the lower one.

    It is that of the weighted mean of the squares of their means, less the mean of all.
    """
    cdef double[MAX_BLOCKS] means
    cdef double middle = 0, left = 0, right = 0, before, behind
    cdef int block = <int>(0.0005 * x.sample_rate + 0.5), i
    block = block if block > 1 else 1
    x.kernels.wide_means(
        x.frame + x.frame_length // 2 - half * block, 2 * half, block, means)
    for i in range(half):  # two sums at once: an addition waits for the one before
        middle += means[i] + means[half + i]
    middle /= 2 * half
    for i in range(half):
        before, behind = means[i] - middle, means[half + i] - middle
        left += weights[i] * (before * before)
        right += weights[i] * (behind * behind)
    return 10 / LN10 * quick_logarithm((left if left < right else right) + 1e-9)


cdef inline void f0_candidates(const Inputs *x, float *out) noexcept nogil:
    """Keep the highest peaks between the shortest and the longest lag; take the level.

    The parameters are fmin, fmax and n_candidates.
    """
    cdef Peaks peaks
    cdef int most = <int>x.parameters[2], i
    cdef ptrdiff_t first = <ptrdiff_t>(x.sample_rate / x.parameters[1])
    cdef ptrdiff_t last = <ptrdiff_t>ceil(x.sample_rate / x.parameters[0])
    cdef ptrdiff_t step = <ptrdiff_t>(x.sample_rate / 16000 + 0.5)
    cdef const float *weights = x.table + last + 2
    cdef const float *peak
    cdef double energy, bend, slope, height, hz
    step = step if step > 1 else 1
    energy = 0.5 * x.autocorrelation[0] + 0.5 * x.autocorrelation[step] + x.table[0]
    highest_peaks(x, first, last, step, <float>(0.02 * energy), &peaks)
    for i in range(most):
        out[i] = out[most + i] = 0
    for i in range(peaks.n):
        peak = x.scratch + peaks.lags[i]
        bend = <double>peak[-1] + peak[1] - 2 * <double>peak[0]
        slope = (<double>peak[1] - peak[-1]) / 2
        height = (peak[0] - slope * slope / (2 * bend)) / energy
        hz = x.sample_rate / (peaks.lags[i] - slope / bend)
        hz = hz if hz > x.parameters[0] else x.parameters[0]
        out[i] = <float>(hz if hz < x.parameters[1] else x.parameters[1])
        out[most + i] = <float>(height if height < 2 else 2)
    out[2 * most] = <float>low_level(x, weights, <int>(x.n_table - last - 2))
