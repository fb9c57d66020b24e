"""Harmonics of each candidate of F0: the native twin of features/candidate_harmonics.py."""

from libc.stdint cimport int32_t
from libc.string cimport memset

from inputs cimport Inputs
from kernels cimport SERFAST_CANDIDATES
from logarithm cimport LN10

cdef enum:  # as in serfast/features/candidate_harmonics.py
    N_CANDIDATES = 6
    MOST_HARMONICS = 100

cdef enum:  # magnitudes of a candidate
    NOISE
    FIRST
    SECOND
    THIRD
    FORMANTS            # the first one's; the others follow
    N_LEVELS = 7

ctypedef struct Peaks:
    # of the spectrum: the bin of each, and where its top is [bins] and how high
    int n
    int32_t *bins
    float *tops
    float *heights
    # of the autocorrelation: the lag of each
    int n_lags
    int32_t *lags

ctypedef struct Levels:
    # one a candidate: the period [samples], the distance of harmonics [bins] and how many there are,
    # all harmless where there is no candidate; and the magnitudes, 0 where there is none
    float[SERFAST_CANDIDATES] period
    float[SERFAST_CANDIDATES] spacing
    float[SERFAST_CANDIDATES] most
    float[N_LEVELS + 1][SERFAST_CANDIDATES] level  # one more, so that vectors are whole


cdef inline int clear_peaks(
    const Inputs *x, const float *s, ptrdiff_t n, float flat, ptrdiff_t last, int32_t *places
) noexcept nogil:
    """Find what is higher than both neighbours by more than `flat`, up to the first one behind the
    last place; give the number.
    """
    cdef ptrdiff_t count = x.kernels.local_maxima(s, 1, n - 1, <float>-1e30, flat, places), i, k
    cdef int kept = 0
    for i in range(count):
        k = places[i]
        places[kept] = <int32_t>k
        kept += s[k] - s[k + 1] > flat
        if k > last and kept > 0 and places[kept - 1] == k:
            break
    return kept


cdef inline void find_peaks(const Inputs *x, double limit, Peaks *peaks) noexcept nogil:
    """Find the peaks of the spectrum up to a frequency, and one behind it that bounds those below,
    and the peaks of the autocorrelation.
    """
    cdef ptrdiff_t room = x.n_bins // 2 + 2, last = <ptrdiff_t>(limit / x.frequencies[1]) + 1
    cdef double flat = 1e-5 * x.kernels.sum_floored(x.spectrum, x.n_bins, 0) / x.n_bins
    peaks.bins, peaks.lags = <int32_t *>x.scratch, <int32_t *>(x.scratch + room)
    peaks.tops = x.scratch + 2 * room
    peaks.heights = peaks.tops + room
    peaks.n_lags = clear_peaks(
        x, x.autocorrelation, x.n_lags, <float>1e-6 * x.autocorrelation[0], x.n_lags, peaks.lags)
    peaks.n = clear_peaks(x, x.spectrum, x.n_bins, <float>flat, last, peaks.bins)
    x.kernels.peak_tops(x.spectrum, peaks.bins, peaks.n, peaks.tops, peaks.heights)


cdef inline void find_noise(const Inputs *x, const Peaks *peaks, Levels *levels) noexcept nogil:
    """Compute r / (r(0) - r) at the peak of the autocorrelation nearest to each period."""
    cdef const float *r = x.autocorrelation
    cdef int32_t[SERFAST_CANDIDATES] nearest
    cdef float ratio, peak
    cdef int c
    x.kernels.nearest_peaks(peaks.lags, peaks.n_lags, levels.period, nearest)
    for c in range(N_CANDIDATES):
        ratio = 0
        if peaks.n_lags > 0:
            peak = r[peaks.lags[nearest[c]]]
            if peak > 0:
                ratio = peak / max(r[0] - peak, <float>1e-10 * peak)
        levels.level[NOISE][c] = max(ratio, <float>1e-10)


cdef inline void find_harmonics(const Inputs *x, const Peaks *peaks, Levels *levels) noexcept nogil:
    """Take the magnitudes of the first harmonics from the peaks nearest to them."""
    cdef float[SERFAST_CANDIDATES] places
    cdef int32_t[SERFAST_CANDIDATES] nearest
    cdef int harmonic, c
    for harmonic in range(1, 4):
        for c in range(SERFAST_CANDIDATES):
            places[c] = harmonic * levels.spacing[c]
        x.kernels.nearest_peaks(peaks.bins, peaks.n, places, nearest)
        for c in range(N_CANDIDATES):
            if harmonic > levels.most[c]:
                levels.level[FIRST + harmonic - 1][c] = 0
            elif harmonic == 1:
                levels.level[FIRST][c] = x.spectrum[peaks.bins[nearest[c]]]
            else:
                levels.level[FIRST + harmonic - 1][c] = peaks.heights[nearest[c]]


cdef inline void find_formants(const Inputs *x, const Peaks *peaks, Levels *levels) noexcept nogil:
    """Take the magnitudes of the strongest harmonics from 0.8 to 1.2 times each formant."""
    cdef double place
    cdef int i, begin, end
    for i in range(3):
        place = x.parameters[N_CANDIDATES + i] / x.frequencies[1]
        begin = 0
        while begin < peaks.n and peaks.tops[begin] < 0.8 * place:
            begin += 1
        end = begin
        while end < peaks.n and peaks.tops[end] <= 1.2 * place:
            end += 1
        x.kernels.harmonic_tops(
            peaks.bins, peaks.heights, peaks.n, begin, end, levels.spacing, levels.most,
            levels.level[FORMANTS + i])


cdef inline void to_decibels(const Inputs *x, const Levels *levels, float *out) noexcept nogil:
    """Write the levels: differences of logarithms, 0 where one of both is missing."""
    cdef float[N_LEVELS + 1][SERFAST_CANDIDATES] decibels
    cdef int c, i
    x.kernels.logarithm(
        &levels.level[0][0], N_LEVELS * SERFAST_CANDIDATES, <float>(20 / LN10), <float>1e-37, 0,
        &decibels[0][0])
    for c in range(N_CANDIDATES):
        if not x.parameters[c] > 0:
            continue
        out[6 * c] = decibels[NOISE][c] / 2
        if levels.level[SECOND][c] > 0 and levels.level[THIRD][c] > 0:
            out[6 * c + 1] = decibels[SECOND][c] - decibels[THIRD][c]
        if levels.level[SECOND][c] > 0 and levels.level[FORMANTS + 2][c] > 0:
            out[6 * c + 2] = decibels[SECOND][c] - decibels[FORMANTS + 2][c]
        for i in range(3):
            if levels.level[FIRST][c] > 0 and levels.level[FORMANTS + i][c] > 0:
                out[6 * c + 3 + i] = decibels[FORMANTS + i][c] - decibels[FIRST][c]


cdef inline void candidate_harmonics(const Inputs *x, float *out) noexcept nogil:
    """Find the peaks, then all candidates' harmonics; parameters: candidates, then formants."""
    cdef const double *candidates = x.parameters
    cdef Peaks peaks
    cdef Levels levels
    cdef double limit = 0, width = x.frequencies[1]
    cdef int c, i
    for i in range(6 * N_CANDIDATES):
        out[i] = 0
    if not candidates[0] > 0:
        return
    memset(&levels, 0, sizeof(Levels))
    for c in range(SERFAST_CANDIDATES):
        levels.spacing[c] = levels.period[c] = 1
        if c < N_CANDIDATES and candidates[c] > 0:
            levels.period[c] = <float>(x.sample_rate / candidates[c])
            levels.spacing[c] = <float>(candidates[c] / width)
            levels.most[c] = <float>min(
                <ptrdiff_t>((x.n_bins - 2) * width / candidates[c]), MOST_HARMONICS)
            limit = max(limit, 3 * candidates[c])  # the third harmonic, and the formants
    for i in range(3):
        limit = max(limit, 1.2 * x.parameters[N_CANDIDATES + i])
    find_peaks(x, limit + 2 * width, &peaks)
    find_noise(x, &peaks, &levels)
    if peaks.n > 0:
        find_harmonics(x, &peaks, &levels)
        find_formants(x, &peaks, &levels)
    to_decibels(x, &levels, out)
