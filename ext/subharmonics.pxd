"""Candidates of F0 by sub-harmonic summation: the native twin of features/subharmonics.py."""

from libc.math cimport sqrt

from exponential cimport exponential
from inputs cimport Inputs
from logarithm cimport LN2

cdef enum:  # as in serfast/features/subharmonics.py
    N_CANDIDATES = 6
    N_HARMONICS = 15
    HEAD = 18
    TAPS = 16
    LANES = 8


cdef inline double keep_peaks(const float *x, ptrdiff_t n, float *kept) noexcept nogil:
    """Write the peaks with two bins on both sides, else 0; give Σ |X|², ends counted half."""
    cdef double level = 0
    cdef ptrdiff_t k, i
    for k in range(n):
        kept[k] = 0
        level += <double>x[k] * x[k]
    level -= 0.5 * (<double>x[0] * x[0] + <double>x[n - 1] * x[n - 1])
    for k in range(n):
        if (k == 0 or x[k] > x[k - 1]) and (k == n - 1 or x[k] > x[k + 1]):
            for i in range(max(k - 2, 0), min(k + 3, n)):
                kept[i] = x[i]
    return level


cdef inline float weighed(const float *weights, const float *x) noexcept nogil:
    """Give the sum of TAPS products; eight chains of them are one vector or two."""
    cdef float[LANES] sums
    cdef int i
    for i in range(LANES):
        sums[i] = weights[i] * x[i]
    for i in range(LANES):
        sums[i] += weights[LANES + i] * x[LANES + i]
    for i in range(4):
        sums[i] += sums[i + 4]
    return (sums[0] + sums[2]) + (sums[1] + sums[3])


cdef inline int highest(const float *x, ptrdiff_t n, ptrdiff_t *tops) noexcept nogil:
    """Give the number of the highest peaks, at most six, and their places, the highest first."""
    cdef int found = 0, at, i
    cdef float least = 0
    cdef ptrdiff_t j
    for j in range(1, n - 1):
        if not (x[j] > x[j - 1] and x[j] > x[j + 1] and x[j] > least):
            continue
        at = found
        while at > 0 and x[tops[at - 1]] < x[j]:
            at -= 1
        found = min(found + 1, N_CANDIDATES)
        for i in range(found - 1, at, -1):
            tops[i] = tops[i - 1]
        tops[at] = j
        if found == N_CANDIDATES:
            least = x[tops[N_CANDIDATES - 1]]
    return found


cdef inline void refine(
    const Inputs *x, const float *sums, const ptrdiff_t *tops, int n, double mean, float *out
) noexcept nogil:
    """Write frequency and voicing of the candidates between fmin and fmax, the likeliest first."""
    cdef double before, here, after, bend, slope, hz, height, best_height = 0
    cdef float first
    cdef int found = 0, best = 0, i
    for i in range(n):
        before, here, after = sums[tops[i] - 1], sums[tops[i]], sums[tops[i] + 1]
        bend, slope = before + after - 2 * here, (after - before) / 2
        hz = exponential(LN2 * (x.table[1] + x.table[2] * (tops[i] - slope / bend)))
        height = here - slope * slope / (2 * bend)
        if not (hz >= x.parameters[0] and hz <= x.parameters[1]):
            continue
        out[found] = <float>hz
        out[N_CANDIDATES + found] = <float>max(1 - mean / height, 0)
        if height > best_height:
            best, best_height = found, height
        found += 1
    for i in range(2):
        first = out[N_CANDIDATES * i]
        out[N_CANDIDATES * i] = out[N_CANDIDATES * i + best]
        out[N_CANDIDATES * i + best] = first


cdef inline void subharmonic_candidates(const Inputs *x, float *out) noexcept nogil:
    """Keep the peaks, interpolate and add up harmonics; parameters: fmin, fmax, frame_length."""
    cdef ptrdiff_t n = x.n_bins, j, shift
    cdef ptrdiff_t[N_CANDIDATES] tops
    cdef const float *first = x.table + HEAD
    cdef const float *weights = first + n
    cdef float *kept = x.scratch
    cdef float *points = kept + n
    cdef float *sums = points + n
    cdef double total = 0
    cdef float share = 1, value
    cdef int i
    for i in range(2 * N_CANDIDATES):
        out[i] = 0
    out[12] = <float>sqrt(keep_peaks(x.spectrum, n, kept) / (n - 1) / x.parameters[2])
    for j in range(n):
        value = weighed(weights + TAPS * j, kept + <ptrdiff_t>first[j])
        points[j] = value if value > 0 else 0
        sums[j] = points[j]
    for i in range(1, N_HARMONICS):
        share *= <float>0.85
        shift = <ptrdiff_t>x.table[3 + i]
        for j in range(n - shift):
            sums[j] += share * points[j + shift]
    for j in range(n):
        total += sums[j]
    refine(x, sums, tops, highest(sums, n, tops), total / n, out)
