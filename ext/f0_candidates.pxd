"""The candidates of F0: the native twin of serfast/features/f0_candidates.py."""

from inputs cimport Inputs
from logarithm cimport LN10, logarithm

cdef enum:
    MAX_BLOCKS = 40     # twice HALF_BLOCKS in serfast/features/f0_candidates.py


cdef inline int place_for(
    float *strengths, float *frequencies, int n, int most, double strength
) noexcept nogil:
    """Make room for a candidate behind the others: give its place, or -1 if it is the weakest."""
    cdef int weakest = 0, i
    if n < most:
        return n
    for i in range(1, most):
        if strengths[i] < strengths[weakest]:
            weakest = i
    if strength <= strengths[weakest]:
        return -1
    for i in range(weakest, most - 1):
        strengths[i] = strengths[i + 1]
        frequencies[i] = frequencies[i + 1]
    return most - 1


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
    cdef int most = <int>x.parameters[2], n = 0, place, i
    cdef ptrdiff_t first = <ptrdiff_t>(x.sample_rate / x.parameters[1])
    cdef ptrdiff_t last = <ptrdiff_t>(x.sample_rate / x.parameters[0]), k
    cdef double energy = <double>r[0] + table[0], bend, slope, strength
    last += last < x.sample_rate / x.parameters[0]
    for i in range(2 * most):
        out[i] = 0
    for k in range(first - 1, last + 2):
        curve[k] = r[k] * table[k]
    for k in range(first, last + 1):
        if not (curve[k] > curve[k - 1] and curve[k] >= curve[k + 1] and curve[k] > 0):
            continue
        bend = <double>curve[k - 1] + curve[k + 1] - 2 * <double>curve[k]
        slope = (<double>curve[k + 1] - curve[k - 1]) / 2
        strength = (curve[k] - slope * slope / (2 * bend)) / energy
        strength = strength if strength < 2 else 2
        place = place_for(out + most, out, n, most, strength)
        if place < 0:
            continue
        out[place] = <float>(x.sample_rate / (k - slope / bend))
        out[most + place] = <float>strength
        n = place + 1
    out[2 * most] = <float>low_level(x, table + last + 2, <int>(x.n_table - last - 2))
