"""Harmonics of each candidate of F0: the native twin of features/candidate_harmonics.py."""

from libc.math cimport fabs
from libc.stdint cimport int32_t

from inputs cimport Inputs
from logarithm cimport LN10, quick_logarithm

cdef enum:  # as in serfast/features/candidate_harmonics.py
    N_CANDIDATES = 6
    MOST_HARMONICS = 100

ctypedef struct Peaks:
    # of the spectrum: the bin of each, and its frequency [Hz] and magnitude
    int n
    int32_t *bins
    float *hz
    float *heights
    # of the autocorrelation: the lag of each
    int n_lags
    int32_t *lags

ctypedef struct Span:
    # which peaks have a frequency that is about that of a formant, the highest first
    int n
    int32_t *peaks


cdef inline double decibels_of(double ratio) noexcept nogil:
    return 20 / LN10 * quick_logarithm(ratio)


cdef inline double harmonic_ratio(const Inputs *x, double period, const Peaks *peaks) noexcept nogil:
    """Give 10 log10(r / (r(0) - r)) at the peak of the autocorrelation nearest to the period."""
    cdef const float *r = x.autocorrelation
    cdef double distance = 1e9, apart, noise, ratio = 1e-10
    cdef int best = 0, i
    for i in range(peaks.n_lags):
        apart = fabs(peaks.lags[i] - period)
        if apart >= distance:  # lags rise: the others are further away
            break
        best, distance = peaks.lags[i], apart
    if best > 0 and r[best] > 0:
        noise = <double>r[0] - r[best]
        ratio = r[best] / max(noise, 1e-10 * <double>r[best])
    return decibels_of(max(ratio, 1e-10)) / 2


cdef inline int stand_out(
    const Inputs *x, const float *s, ptrdiff_t n, double flat, int32_t *places
) noexcept nogil:
    """Find what is higher than both neighbours by more than `flat`; give the number."""
    cdef ptrdiff_t count = x.kernels.local_maxima(s, 1, n - 1, <float>-1e30, 0, places), i, k
    cdef int kept = 0
    for i in range(count):
        k = places[i]
        places[kept] = <int32_t>k
        kept += <double>s[k] - s[k - 1] > flat and <double>s[k] - s[k + 1] > flat
    return kept


cdef inline void find_peaks(const Inputs *x, double limit, Peaks *peaks) noexcept nogil:
    """Find the peaks of the spectrum, with their tops up to a frequency, and those of the
    autocorrelation.
    """
    cdef const float *s = x.spectrum
    cdef double rise, fall, bend, slope
    cdef ptrdiff_t room = x.n_bins // 2 + 2, k, last = <ptrdiff_t>(limit / x.frequencies[1]) + 1
    cdef int i
    peaks.bins, peaks.lags = <int32_t *>x.scratch, <int32_t *>(x.scratch + room)
    peaks.hz = x.scratch + 2 * room
    peaks.heights = peaks.hz + room
    peaks.n_lags = stand_out(
        x, x.autocorrelation, x.n_lags, 1e-6 * <double>x.autocorrelation[0], peaks.lags)
    peaks.n = stand_out(
        x, s, x.n_bins, 1e-5 * x.kernels.sum_floored(s, x.n_bins, 0) / x.n_bins, peaks.bins)
    for i in range(peaks.n):
        k = peaks.bins[i]
        rise, fall = <double>s[k] - s[k - 1], <double>s[k] - s[k + 1]
        slope, bend = rise - fall, 0.5 / (rise + fall)
        peaks.hz[i] = <float>((k + slope * bend) * x.frequencies[1])
        peaks.heights[i] = <float>(s[k] + slope * slope * bend / 4)
        if k > last and i + 1 < peaks.n:  # one peak above the limit bounds those below
            peaks.n = i + 1
            break


cdef inline void find_about(const Peaks *peaks, double formant, Span *span) noexcept nogil:
    """Find the peaks from 0.8 to 1.2 times a formant, and sort them; of equal ones keep the order."""
    cdef int i, at
    span.n = 0
    for i in range(peaks.n):
        if peaks.hz[i] < 0.8 * formant:
            continue
        if peaks.hz[i] > 1.2 * formant:
            break
        at = span.n
        while at > 0 and peaks.heights[span.peaks[at - 1]] < peaks.heights[i]:
            span.peaks[at] = span.peaks[at - 1]
            at -= 1
        span.peaks[at] = i
        span.n += 1


cdef inline float strongest(
    const Peaks *peaks, const Span *span, double spacing, int most
) noexcept nogil:
    """Give the magnitude of the highest of these peaks that is the nearest one to a harmonic.

    Those places are nearest to a peak that lie between the middles to its neighbours.
    """
    cdef double rate = 1 / spacing, low, high
    cdef int i, j, k
    for j in range(span.n):
        i, k = span.peaks[j], most
        low = 0.5 * (peaks.bins[i - 1] + peaks.bins[i]) if i > 0 else 0
        if i < peaks.n - 1:
            high = 0.5 * (peaks.bins[i] + peaks.bins[i + 1])
            k = min(<int>(high * rate), most)
        if k > 0 and k * spacing > low:
            return max(peaks.heights[i], <float>0)
    return 0


cdef inline void levels_of(
    const Inputs *x, double f0, const Span *spans, const Peaks *peaks, float *out
) noexcept nogil:
    """Write the levels of one candidate. Harmonics rise, so their nearest peaks do."""
    cdef double spacing = f0 / x.frequencies[1], at
    cdef int most = <int>min((x.n_bins - 2) / spacing, <double>MOST_HARMONICS), harmonic, i, p = 0
    cdef float[3] levels
    cdef float[4] first  # of the harmonics 1 to 3, at 1 to 3
    first[1] = first[2] = first[3] = 0
    for harmonic in range(1, min(most, 3) + 1):
        at = harmonic * spacing
        while p + 1 < peaks.n and peaks.bins[p + 1] - at < at - peaks.bins[p]:
            p += 1
        first[harmonic] = x.spectrum[peaks.bins[p]] if harmonic == 1 else peaks.heights[p]
    for i in range(3):
        levels[i] = strongest(peaks, &spans[i], spacing, most)
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
    cdef Peaks peaks
    cdef Span[3] spans
    cdef double limit = 0
    cdef int32_t *room = <int32_t *>x.fft
    cdef int c, i
    for i in range(6 * N_CANDIDATES):
        out[i] = 0
    if not candidates[0] > 0:
        return
    for i in range(N_CANDIDATES):  # the third harmonic, and the formants
        limit = max(limit, 3 * candidates[i])
    for i in range(3):
        limit = max(limit, 1.2 * x.parameters[N_CANDIDATES + i])
    find_peaks(x, limit + 2 * x.frequencies[1], &peaks)
    for i in range(3):
        spans[i].peaks = room + i * (x.n_bins // 2 + 2)
        find_about(&peaks, x.parameters[N_CANDIDATES + i], &spans[i])
    for c in range(N_CANDIDATES):
        if candidates[c] > 0:
            out[6 * c] = <float>harmonic_ratio(x, x.sample_rate / candidates[c], &peaks)
            if peaks.n > 0:
                levels_of(x, candidates[c], spans, &peaks, out + 6 * c)
