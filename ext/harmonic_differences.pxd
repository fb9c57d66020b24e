"""Harmonic differences: the native twin of serfast/features/harmonic_differences.py."""

from libc.math cimport NAN, ceil, floor

from exponential cimport quick_exponential
from logarithm cimport LN10, logarithm, quick_logarithm
from noise_floor cimport larger, smaller
from track cimport Window

cdef extern from *:
    """
    static const double HARMONIC_FLOOR = 1e-30; /* FLOOR in harmonic_differences.py */
    """
    const double HARMONIC_FLOOR


cdef inline double harmonic_power(
    const float *spectrum, ptrdiff_t n_bins, double place, double f0, double least
) noexcept nogil:
    """Give the power of the highest peak near a place, or `least` if that is more."""
    cdef ptrdiff_t last = n_bins - 2, i, top
    cdef ptrdiff_t low = <ptrdiff_t>smaller(larger(ceil(place - 0.4 * f0), 1), last)
    cdef ptrdiff_t high = <ptrdiff_t>smaller(floor(place + 0.4 * f0), last)
    cdef float highest = spectrum[low]
    cdef double left, middle, right, bend, power
    top = low
    for i in range(low + 1, high + 1):
        top = i if spectrum[i] > highest else top
        highest = spectrum[i] if spectrum[i] > highest else highest
    if 2 * <double>highest <= least:
        return least
    power = larger(highest, HARMONIC_FLOOR)
    if spectrum[top - 1] <= highest and spectrum[top + 1] <= highest:
        left = quick_logarithm(larger(spectrum[top - 1], HARMONIC_FLOOR))
        middle = quick_logarithm(power)
        right = quick_logarithm(larger(spectrum[top + 1], HARMONIC_FLOOR))
        bend = 2 * middle - left - right
        if bend > 0:
            power *= smaller(quick_exponential((right - left) * (right - left) / (8 * bend)), 2)
    return larger(power, least)


cdef inline double formant_power(
    const float *spectrum, ptrdiff_t n_bins, double formant, double f0, double within
) noexcept nogil:
    """Give the power of the strongest harmonic around a formant, or of the nearest one."""
    cdef ptrdiff_t first = <ptrdiff_t>larger(ceil((1 - within) * formant / f0), 1), k
    cdef ptrdiff_t last = <ptrdiff_t>floor((1 + within) * formant / f0)
    cdef double power = 0
    if first > last:
        first = last = <ptrdiff_t>larger(floor(formant / f0 + 0.5), 1)
    for k in range(first, last + 1):
        power = harmonic_power(spectrum, n_bins, k * f0, f0, power)
    return power


cdef inline void harmonic_differences(const Window *w, double *state, float *out) noexcept nogil:
    """Compute the powers of the harmonics and of the formants, and their ratios.

    The parameters are within, missing_nan, n_fft and rate.
    """
    cdef const double *given = w.parameters
    cdef const float *row = w.rows + w.place * w.n_columns
    cdef ptrdiff_t n_bins = <ptrdiff_t>given[2] // 2 + 1
    cdef const float *spectrum = row + w.n_columns - n_bins
    cdef double bins = given[2] / given[3], decibel = 10 / LN10, f0 = row[0] * bins
    cdef double first, power
    cdef int i
    for i in range(5):
        out[i] = <float>NAN if given[1] != 0 else 0
    if not f0 >= 2:
        return
    first = harmonic_power(spectrum, n_bins, f0, f0, HARMONIC_FLOOR)
    power = harmonic_power(spectrum, n_bins, 2 * f0, f0, HARMONIC_FLOOR)
    out[0] = <float>(decibel * logarithm(first / power))
    for i in range(3):
        if row[2 + 2 * i] > 0:
            power = formant_power(spectrum, n_bins, row[2 + 2 * i] * bins, f0, given[0])
            out[2 + i] = <float>(decibel * logarithm(power / first))
    if row[6] > 0:
        out[1] = -out[4]
