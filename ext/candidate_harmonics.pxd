"""Harmonics of each candidate of F0: the native twin of features/candidate_harmonics.py."""

from libc.math cimport fabs
from libc.stdint cimport int32_t

from inputs cimport Inputs
from logarithm cimport LN10, quick_logarithm

cdef enum:  # as in serfast/features/candidate_harmonics.py
    N_CANDIDATES = 6
    MOST_HARMONICS = 100

ctypedef struct Peaks:
    # of each peak of the spectrum: its bin, its frequency [Hz] and its magnitude
    int32_t *bins
    float *hz
    float *heights


cdef inline double decibels_of(double ratio) noexcept nogil:
    return 20 / LN10 * quick_logarithm(ratio)


cdef inline double harmonic_ratio(const Inputs *x, double period) noexcept nogil:
    """Give 10 log10(r / (r(0) - r)) at the peak of the autocorrelation nearest to the period."""
    cdef const float *r = x.autocorrelation
    cdef ptrdiff_t last = x.n_lags - 2, middle = <ptrdiff_t>(period + 0.5), apart, lag, best = -1
    cdef double distance = 1e9, noise, ratio = 1e-10, flat = 1e-6 * <double>r[0]
    cdef int side
    for apart in range(x.n_lags):
        if apart - 1 > distance:
            break
        for side in range(2):
            lag = middle - apart if side == 0 else middle + apart
            if (
                1 <= lag <= last and <double>r[lag] - r[lag - 1] > flat
                and <double>r[lag] - r[lag + 1] > flat
            ):
                if fabs(lag - period) < distance:
                    best, distance = lag, fabs(lag - period)
    if best > 0 and r[best] > 0:
        noise = <double>r[0] - r[best]
        ratio = r[best] / max(noise, 1e-10 * <double>r[best])
    return decibels_of(max(ratio, 1e-10)) / 2


cdef inline int find_peaks(const Inputs *x, double limit, Peaks *peaks) noexcept nogil:
    """Find the peaks of the spectrum, up to one above the limit [Hz]; give their number."""
    cdef const float *s = x.spectrum
    cdef double bend, slope, here, flat = 1e-5 * x.kernels.sum_floored(s, x.n_bins, 0) / x.n_bins
    cdef int32_t *places = peaks.bins
    cdef ptrdiff_t n = x.kernels.local_maxima(s, 1, x.n_bins - 1, 0, <float>flat, places), i, k
    cdef int found = 0
    for i in range(n):
        k, here = places[i], s[places[i]]
        if not here - s[k + 1] > flat:
            continue
        bend, slope = s[k - 1] + s[k + 1] - 2 * here, (<double>s[k + 1] - s[k - 1]) / 2
        places[found] = <int32_t>k
        peaks.hz[found] = <float>((k - slope / bend) * x.frequencies[1])
        peaks.heights[found] = <float>(here - slope * slope / (2 * bend))
        found += 1
        if k * x.frequencies[1] > limit:
            break
    return found


cdef inline void levels_of(
    const Inputs *x, double f0, const double *formants, const Peaks *peaks, int n, float *out
) noexcept nogil:
    """Write the levels of one candidate. Harmonics rise, so their nearest peaks do."""
    cdef double spacing = f0 / x.frequencies[1], at
    cdef float[3] levels
    cdef float[4] first  # of the harmonics 1 to 3, at 1 to 3
    cdef int harmonic, i, p = 0, last = -1
    levels[0] = levels[1] = levels[2] = 0
    first[1] = first[2] = first[3] = 0
    for harmonic in range(1, MOST_HARMONICS + 1):
        at = harmonic * spacing
        if at > x.n_bins - 2 or (harmonic > 3 and p == n - 1 and last == p):
            break
        while p + 1 < n and peaks.bins[p + 1] - at < at - peaks.bins[p]:
            p += 1
        if harmonic <= 3:
            first[harmonic] = x.spectrum[peaks.bins[p]] if harmonic == 1 else peaks.heights[p]
        if p != last:
            for i in range(3):
                if 0.8 * formants[i] <= peaks.hz[p] <= 1.2 * formants[i]:
                    levels[i] = max(levels[i], peaks.heights[p])
        last = p
    if first[2] > 0 and first[3] > 0:
        out[1] = <float>decibels_of(<double>first[2] / first[3])
    if first[2] > 0 and levels[2] > 0:
        out[2] = <float>decibels_of(<double>first[2] / levels[2])
    for i in range(3):
        if levels[i] > 0 and first[1] > 0:
            out[3 + i] = <float>decibels_of(<double>levels[i] / first[1])


cdef inline void candidate_harmonics(const Inputs *x, float *out) noexcept nogil:
    """Find the peaks, then each candidate's harmonics; parameters: candidates, then formants."""
    cdef const double *candidates = x.parameters
    cdef const double *formants = x.parameters + N_CANDIDATES
    cdef Peaks peaks
    cdef double limit = 0
    cdef int c, i, n
    for i in range(6 * N_CANDIDATES):
        out[i] = 0
    if not candidates[0] > 0:
        return
    for i in range(N_CANDIDATES):  # the third harmonic, and the formants
        limit = max(limit, 3 * candidates[i])
    for i in range(3):
        limit = max(limit, 1.2 * formants[i])
    peaks.bins = <int32_t *>x.scratch
    peaks.hz = x.scratch + x.n_bins
    peaks.heights = peaks.hz + x.n_bins // 2 + 1
    n = find_peaks(x, limit + 2 * x.frequencies[1], &peaks)
    for c in range(N_CANDIDATES):
        if candidates[c] > 0:
            out[6 * c] = <float>harmonic_ratio(x, x.sample_rate / candidates[c])
            if n > 0:
                levels_of(x, candidates[c], formants, &peaks, n, out + 6 * c)
