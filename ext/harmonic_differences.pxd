"""Harmonic differences: the native twin of serfast/features/harmonic_differences.py."""

from libc.math cimport NAN, ceil, floor

from kernels cimport serfast_kernels
from logarithm cimport LN10, quick_logarithm
from noise_floor cimport larger, smaller
from track cimport Window

cdef extern from *:
    """
    /* FLOOR and MOST in harmonic_differences.py */
    static const double HARMONIC_FLOOR = 1e-30, HARMONIC_MOST = 0x1.62e42fefa39efp-1;
    """
    const double HARMONIC_FLOOR
    const double HARMONIC_MOST


cdef inline ptrdiff_t highest_bin(
    const serfast_kernels *kernels, const float *spectrum, ptrdiff_t n_bins, double place, double f0
) noexcept nogil:
    """Give the highest bin near a place."""
    cdef ptrdiff_t last = n_bins - 2
    cdef ptrdiff_t low = <ptrdiff_t>smaller(larger(ceil(place - 0.4 * f0), 1), last)
    cdef ptrdiff_t high = <ptrdiff_t>smaller(floor(place + 0.4 * f0), last)
    return low + kernels.largest_magnitude(spectrum + low, high + 1 - low)


cdef inline double level_at(const float *spectrum, ptrdiff_t top) noexcept nogil:
    """Give the logarithm of the power of the peak at the highest bin."""
    cdef double left = quick_logarithm(larger(spectrum[top - 1], HARMONIC_FLOOR))
    cdef double here = quick_logarithm(larger(spectrum[top], HARMONIC_FLOOR))
    cdef double right = quick_logarithm(larger(spectrum[top + 1], HARMONIC_FLOOR))
    cdef double bend = 2 * here - left - right
    if spectrum[top - 1] <= spectrum[top] and spectrum[top + 1] <= spectrum[top] and bend > 0:
        here += smaller((right - left) * (right - left) / (8 * bend), HARMONIC_MOST)
    return here


cdef inline double harmonic_level(
    const serfast_kernels *kernels, const float *spectrum, ptrdiff_t n_bins, double place, double f0
) noexcept nogil:
    """Give the logarithm of the power of the highest peak near a place."""
    return level_at(spectrum, highest_bin(kernels, spectrum, n_bins, place, f0))


cdef inline double formant_level(
    const serfast_kernels *kernels, const float *spectrum, ptrdiff_t n_bins, double formant,
    double f0, double within,
) noexcept nogil:
    """Give the level of the strongest harmonic around a formant, or of the nearest one.

    A top has at most twice the power of its bin: only harmonics with a bin above half of the
    highest one are measured.
    """
    cdef ptrdiff_t first = <ptrdiff_t>larger(ceil((1 - within) * formant / f0), 1), k
    cdef ptrdiff_t last = <ptrdiff_t>floor((1 + within) * formant / f0), top, strongest = 1
    cdef float highest = -1, second = -1, here, lower
    cdef double level
    if first > last:
        first = last = <ptrdiff_t>larger(floor(formant / f0 + 0.5), 1)
    for k in range(first, last + 1):
        top = highest_bin(kernels, spectrum, n_bins, k * f0, f0)
        here = spectrum[top]
        strongest = top if here > highest else strongest
        lower = here if here < highest else highest  # nobody can foresee which: no branches
        second = lower if lower > second else second
        highest = here if here > highest else highest
    level = level_at(spectrum, strongest)
    if 2 * second > highest:
        for k in range(first, last + 1):
            top = highest_bin(kernels, spectrum, n_bins, k * f0, f0)
            if top != strongest and 2 * spectrum[top] > highest:
                level = larger(level_at(spectrum, top), level)
    return level


cdef inline void harmonic_differences(const Window *w, double *state, float *out) noexcept nogil:
    """Compute the levels of the harmonics and of the formants, and their differences.

    The parameters are within, missing_nan, n_fft and rate.
    """
    cdef const double *given = w.parameters
    cdef const float *row = w.rows + w.place * w.n_columns
    cdef ptrdiff_t n_bins = <ptrdiff_t>given[2] // 2 + 1
    cdef const float *spectrum = row + w.n_columns - n_bins
    cdef double bins = given[2] / given[3], decibel = 10 / LN10, f0 = row[0] * bins
    cdef double first
    cdef int i
    for i in range(5):
        out[i] = <float>NAN if given[1] != 0 else 0
    if not f0 >= 2:
        return
    first = harmonic_level(w.kernels, spectrum, n_bins, f0, f0)
    out[0] = <float>(
        decibel * (first - harmonic_level(w.kernels, spectrum, n_bins, 2 * f0, f0)))
    for i in range(3):
        if row[2 + 2 * i] > 0:
            out[2 + i] = <float>(decibel * (formant_level(
                w.kernels, spectrum, n_bins, row[2 + 2 * i] * bins, f0, given[0]) - first))
    if row[6] > 0:
        out[1] = -out[4]
