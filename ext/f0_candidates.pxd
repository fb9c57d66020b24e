"""The candidates of F0: the native twin of serfast/features/f0_candidates.py."""

from libc.math cimport ceil

from inputs cimport Inputs
from logarithm cimport LN10, logarithm

cdef enum:  # as in serfast/features/f0_candidates.py
    MOST = 16           # candidates
    MAX_BLOCKS = 40     # twice HALF_BLOCKS


cdef inline int highest_peaks(
    const float *curve, ptrdiff_t first, ptrdiff_t last, int most, ptrdiff_t *lags
) noexcept nogil:
    """Give how many peaks there are, `most` at most, and the lags of the highest ones, in order."""
    cdef float least = 0
    cdef ptrdiff_t k
    cdef int n = 0, weakest = 0, i
    for k in range(first, last + 1):
        if not (curve[k] > least and curve[k] > curve[k - 1] and curve[k] >= curve[k + 1]):
            continue
        if n == most:
            n -= 1
            for i in range(weakest, n):
                lags[i] = lags[i + 1]
        lags[n] = k
        n += 1
        if n == most:
            weakest = 0
            for i in range(1, n):
                weakest = i if curve[lags[i]] < curve[lags[weakest]] else weakest
            least = curve[lags[weakest]]
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
    cdef int block = <int>(0.0005 * x.sample_rate + 0.5), i, j
    cdef const float *samples
    cdef float total
    block = block if block > 1 else 1
    samples = x.frame + x.frame_length // 2 - half * block
    for i in range(2 * half):
        total = 0
        for j in range(block):
            total += samples[j]
        samples += block
        means[i] = <double>total / block
        middle += means[i]
    middle /= 2 * half
    left = low_power(means, weights, half, middle)
    right = low_power(means + half, weights, half, middle)
    return 10 / LN10 * logarithm((left if left < right else right) + 1e-9)


cdef inline void f0_candidates(const Inputs *x, float *out) noexcept nogil:
    """Keep the highest peaks between the shortest and the longest lag; take the level.

    The parameters are fmin, fmax and n_candidates.
    """
    cdef const float *r = x.autocorrelation
    cdef const float *table = x.table
    cdef float *curve = x.scratch
    cdef ptrdiff_t[MOST] lags
    cdef int most = <int>x.parameters[2], n, i
    cdef ptrdiff_t first = <ptrdiff_t>(x.sample_rate / x.parameters[1])
    cdef ptrdiff_t last = <ptrdiff_t>ceil(x.sample_rate / x.parameters[0]), k
    cdef double bend, slope, height
    for k in range(first - 1, last + 2):
        curve[k] = r[k] * table[k]
    n = highest_peaks(curve, first, last, most, lags)
    for i in range(most):
        out[i] = out[most + i] = 0
    for i in range(n):
        k = lags[i]
        bend = <double>curve[k - 1] + curve[k + 1] - 2 * <double>curve[k]
        slope = (<double>curve[k + 1] - curve[k - 1]) / 2
        height = (curve[k] - slope * slope / (2 * bend)) / (<double>r[0] + table[0])
        out[i] = <float>(x.sample_rate / (k - slope / bend))
        out[most + i] = <float>(height if height < 2 else 2)
    out[2 * most] = <float>low_level(x, table + last + 2, <int>(x.n_table - last - 2))
