"""The pitch stage computes YIN's F0 and aperiodicity; backends/reference/pitch.py has the formulas.

The autocorrelation r comes from the FFT: it is the transform of the power spectrum of the frame
padded with zeros.
"""

from libc.math cimport fabs
from libc.string cimport memcpy, memset

from framing cimport Frames
from kernels cimport SERFAST_PAD, serfast_kernels, serfast_rfft

ctypedef struct Pitch:
    Frames frames
    int column
    int min_lag
    int max_lag
    double sample_rate
    float threshold
    serfast_rfft plan
    const float *window   # all ones


cdef inline ptrdiff_t chosen_lag(
    const serfast_kernels *k, const float *d, ptrdiff_t n, float threshold
) noexcept nogil:
    """Give the index of the first trough below the threshold, or else of the smallest value."""
    if d[0] < threshold and d[0] < d[1]:
        return 0
    cdef ptrdiff_t i = k.first_trough(d, n, threshold)
    if i < n:
        return i
    if d[n - 1] < threshold and d[n - 1] < d[n - 2]:
        return n - 1
    return k.smallest(d, n)


cdef inline double parabola(const float *d, ptrdiff_t i, ptrdiff_t n) noexcept nogil:
    """Give the bottom of the parabola through i and its neighbours, from i; 0 at the ends."""
    if i == 0 or i + 1 == n:
        return 0
    cdef double a = <double>d[i + 1] + d[i - 1] - 2 * <double>d[i]
    cdef double b = (<double>d[i + 1] - d[i - 1]) / 2
    return -b / a if fabs(b) < fabs(a) else 0


cdef inline void yin(
    const serfast_kernels *k,
    const Pitch *node,
    const float *frame,
    float *row,
    float *padded,
    float *power,
    float *lags,
    float *fft,
) noexcept nogil:
    """Compute F0 [Hz] and d' at the chosen lag; d' is 1 for silence (NULL) and too much energy."""
    if frame == NULL:
        row[node.column] = <float>(node.sample_rate / node.min_lag)
        row[node.column + 1] = 1
        return
    cdef ptrdiff_t n = node.max_lag - node.min_lag + 1, length = node.frames.length, i
    cdef float *r = lags
    cdef float *d = lags + node.max_lag + SERFAST_PAD
    memcpy(padded, frame, length * sizeof(float))
    memset(padded + length, 0, (node.plan.length - length) * sizeof(float))
    k.power_spectrum(&node.plan, padded, node.window, power, fft)
    k.cosine_transform(&node.plan, power, node.max_lag + 1, r, fft)
    # r is 2 · plan.length times the autocorrelation
    k.lag_difference(r, padded, node.max_lag, <float>(1.0 / node.plan.length), d)
    # As in librosa, x[0]² isn't subtracted from d(1); at high sample rates this changes every d'.
    d[0] = (r[0] - r[1]) / <float>node.plan.length
    k.over_running_mean(d, node.max_lag)
    d += node.min_lag - 1
    i = chosen_lag(k, d, n, node.threshold)
    row[node.column] = <float>(node.sample_rate / (node.min_lag + i + parabola(d, i, n)))
    row[node.column + 1] = d[i] if d[i] == d[i] else 1
