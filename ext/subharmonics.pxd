"""Candidates of F0 by sub-harmonic summation: the native twin of features/subharmonics.py."""

from libc.math cimport sqrt
from libc.stdint cimport int32_t

from exponential cimport quick_exponential
from inputs cimport Inputs
from kernels cimport SERFAST_TOPS
from logarithm cimport LN2

cdef enum:  # as in serfast/features/subharmonics.py
    N_CANDIDATES = 6
    N_HARMONICS = 15
    HEAD = 18


cdef inline void refine(
    const Inputs *x, const float *sums, const int32_t *tops, int n, double mean, float *out
) noexcept nogil:
    """Write frequency and voicing of the candidates between fmin and fmax, the likeliest first."""
    cdef double before, here, after, bend, slope, hz, height, best_height = 0
    cdef float first
    cdef int found = 0, best = 0, i
    for i in range(n):
        before, here, after = sums[tops[i] - 1], sums[tops[i]], sums[tops[i] + 1]
        bend, slope = before + after - 2 * here, (after - before) / 2
        hz = quick_exponential(LN2 * (x.table[1] + x.table[2] * (tops[i] - slope / bend)))
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
    """Keep the peaks, interpolate and add up harmonics; parameters: fmin and fmax."""
    cdef ptrdiff_t n = x.n_bins, j, room = (n + 63) // 64 * 64
    cdef int32_t[SERFAST_TOPS] tops
    cdef const float *s = x.spectrum
    cdef const float *first = x.table + HEAD
    cdef float *kept = x.scratch
    cdef float *points = kept + room
    cdef float *sums = points + 2 * room
    cdef int32_t *places = <int32_t *>(sums + room)
    cdef double level = x.kernels.sum_products(s, s, n)
    cdef int i
    level -= 0.5 * (<double>s[0] * s[0] + <double>s[n - 1] * s[n - 1])
    for i in range(2 * N_CANDIDATES):
        out[i] = 0
    out[12] = <float>sqrt(level * x.table[3])
    x.kernels.keep_peaks(s, n, kept)
    x.kernels.short_products(first + n, first, n, kept, points)
    for j in range(n, 2 * room):
        points[j] = 0
    x.kernels.shifted_sums(points, x.table + 4, N_HARMONICS - 1, <float>0.85, n, sums)
    j = x.kernels.local_maxima(sums, 1, n - 1, 0, 0, places)
    i = x.kernels.highest_peaks(sums, places, j, tops)
    refine(x, sums, tops, i, x.kernels.sum_floored(sums, n, 0) / n, out)
