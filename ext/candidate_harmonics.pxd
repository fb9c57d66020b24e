"""Harmonics of each candidate of F0: the native twin of features/candidate_harmonics.py."""

from libc.math cimport fabs

from inputs cimport Inputs
from logarithm cimport LN10, quick_logarithm

cdef enum:  # as in serfast/features/candidate_harmonics.py
    N_CANDIDATES = 6
    MOST_HARMONICS = 100


cdef inline double decibels_of(double ratio) noexcept nogil:
    return 20 / LN10 * quick_logarithm(ratio)


cdef inline double harmonic_ratio(const Inputs *x, double period) noexcept nogil:
    """Give 10 log10(r / (r(0) - r)) at the peak of the autocorrelation nearest to the period."""
    cdef const float *r = x.autocorrelation
    cdef ptrdiff_t last = x.n_lags - 2, middle = <ptrdiff_t>(period + 0.5), apart, lag, best = -1
    cdef double distance = 1e9, noise, ratio = 1e-10
    cdef int side
    for apart in range(x.n_lags):
        if apart - 1 > distance:
            break
        for side in range(2):
            lag = middle - apart if side == 0 else middle + apart
            if 1 <= lag <= last and r[lag] > r[lag - 1] and r[lag] > r[lag + 1]:
                if fabs(lag - period) < distance:
                    best, distance = lag, fabs(lag - period)
    if best > 0 and r[best] > 0:
        noise = <double>r[0] - r[best]
        ratio = r[best] / max(noise, 1e-10 * <double>r[best])
    return decibels_of(max(ratio, 1e-10)) / 2


cdef inline void find_peaks(const float *x, ptrdiff_t n, int *before, int *behind) noexcept nogil:
    """Write of each bin the last peak up to it and the first one from it on; -1: there is none."""
    cdef int last = -1
    cdef ptrdiff_t k
    for k in range(n):
        if 0 < k < n - 1 and x[k] > x[k - 1] and x[k] > x[k + 1]:
            last = <int>k
        before[k] = last
    last = -1
    for k in range(n - 1, -1, -1):
        last = <int>k if before[k] == k else last
        behind[k] = last


cdef inline ptrdiff_t nearest_peak(double at, const int *before, const int *behind) noexcept nogil:
    cdef int low = before[<ptrdiff_t>at], high = behind[<ptrdiff_t>at]
    if high < 0 or (low >= 0 and at - low <= high - at):
        return low
    return high


cdef inline void levels_of(
    const Inputs *x, double f0, const double *formants, double limit, const int *before,
    const int *behind, float *out,
) noexcept nogil:
    """Write the levels of one candidate, from harmonics below the limit [Hz]."""
    cdef double width = x.frequencies[1], here, bend, slope, hz, height
    cdef double[3] levels
    cdef double[4] first  # of the harmonics 1 to 3, at 1 to 3
    cdef ptrdiff_t top
    cdef int harmonic, i
    levels[0] = levels[1] = levels[2] = 0
    first[1] = first[2] = first[3] = 0
    for harmonic in range(1, MOST_HARMONICS + 1):
        if harmonic * f0 / width > x.n_bins - 2 or (harmonic > 3 and harmonic * f0 > limit):
            break
        top = nearest_peak(harmonic * f0 / width, before, behind)
        if top < 0:
            break
        here = x.spectrum[top]
        bend = x.spectrum[top - 1] + x.spectrum[top + 1] - 2 * here
        slope = (<double>x.spectrum[top + 1] - x.spectrum[top - 1]) / 2
        hz = (top - slope / bend) * width
        height = here - slope * slope / (2 * bend)
        if harmonic <= 3:
            first[harmonic] = here if harmonic == 1 else height
        for i in range(3):
            if 0.8 * formants[i] <= hz <= 1.2 * formants[i] and height > levels[i]:
                levels[i] = height
    if first[2] > 0 and first[3] > 0:
        out[1] = <float>decibels_of(first[2] / first[3])
    if first[2] > 0 and levels[2] > 0:
        out[2] = <float>decibels_of(first[2] / levels[2])
    for i in range(3):
        if levels[i] > 0 and first[1] > 0:
            out[3 + i] = <float>decibels_of(levels[i] / first[1])


cdef inline void candidate_harmonics(const Inputs *x, float *out) noexcept nogil:
    """Find the peaks, then each candidate's harmonics; parameters: candidates, then formants.

    A harmonic that is far above the third formant isn't looked for: `reach` is how far from its
    place a peak could be.
    """
    cdef const double *candidates = x.parameters
    cdef const double *formants = x.parameters + N_CANDIDATES
    cdef int *before = <int *>x.scratch
    cdef int *behind = before + x.n_bins
    cdef double limit = 0
    cdef int c, i, last = -1, reach = 0
    for i in range(6 * N_CANDIDATES):
        out[i] = 0
    if not candidates[0] > 0:
        return
    find_peaks(x.spectrum, x.n_bins, before, behind)
    for i in range(<int>x.n_bins):  # the widest gap between peaks
        if before[i] == i:
            reach = max(reach, i - last)
            last = i
    reach = max(reach, <int>x.n_bins - last)
    for i in range(3):
        limit = max(limit, 1.2 * formants[i])
    limit += (reach + 2) * x.frequencies[1]
    for c in range(N_CANDIDATES):
        if candidates[c] > 0:
            out[6 * c] = <float>harmonic_ratio(x, x.sample_rate / candidates[c])
            levels_of(x, candidates[c], formants, limit, before, behind, out + 6 * c)
