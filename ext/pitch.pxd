"""Pitch: YIN (de Cheveigné and Kawahara 2002), F0 and aperiodicity of a frame.

The difference function of the frame, taken as zero beyond its end, is
    d(τ) = Σ_j (x[j] - x[j+τ])² = 2 (r(0) - r(τ)) - Σ_{j<τ} x[j]²
with the autocorrelation r from the FFT: the transform of the power spectrum of the frame padded
with zeros. Normalised by its mean so far (equation 8), d'(τ) = τ d(τ) / Σ_{j<=τ} d(j).
"""

from libc.float cimport FLT_MIN
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
    const float *halves   # 0.5, as often as the plan has samples


cdef inline void normalised_difference(
    const Pitch *node, const float *frame, const float *r, float *d
) noexcept nogil:
    """d'(min_lag) … d'(max_lag) from r(0) … r(max_lag), which is plan.length times too large."""
    cdef double scale = 2.0 / node.plan.length
    cdef double head = 0, total = 0, value
    cdef int lag
    for lag in range(1, node.max_lag + 1):
        head += <double>frame[lag - 1] * frame[lag - 1]
        value = scale * (<double>r[0] - r[lag]) - head
        total += value
        if lag >= node.min_lag:
            d[lag - node.min_lag] = <float>(value / (total / lag + FLT_MIN))


cdef inline int chosen_lag(const float *d, int n, float threshold) noexcept nogil:
    """Index of the first trough below the threshold; of the smallest value if there is none."""
    cdef int i, smallest = 0
    cdef bint falls = True, rises
    for i in range(n):
        rises = i + 1 == n or d[i] < d[i + 1] or (i > 0 and d[i] == d[i + 1])
        if d[i] < threshold and falls and rises:
            return i
        if d[i] < d[smallest]:
            smallest = i
        falls = i + 1 < n and d[i + 1] < d[i]
    return smallest


cdef inline double parabola(const float *d, int i, int n) noexcept nogil:
    """Where the parabola through three neighbours has its bottom, from i; 0 at the ends."""
    if i == 0 or i + 1 == n:
        return 0
    cdef double a = <double>d[i + 1] + d[i - 1] - 2 * <double>d[i]
    cdef double b = (<double>d[i + 1] - d[i - 1]) / 2
    return 0 if fabs(b) >= fabs(a) else -b / a


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
    """F0 [Hz] and d' at the chosen lag; 1 for a frame without energy."""
    cdef int n = node.max_lag - node.min_lag + 1, length = node.frames.length, i
    cdef float *d = lags + node.max_lag + SERFAST_PAD
    memcpy(padded, frame, length * sizeof(float))
    memset(padded + length, 0, (node.plan.length - length) * sizeof(float))
    k.power_spectrum(&node.plan, padded, node.halves, power, fft)
    k.cosine_transform(&node.plan, power, node.max_lag + 1, lags, fft)
    normalised_difference(node, frame, lags, d)
    i = chosen_lag(d, n, node.threshold)
    row[node.column] = <float>(node.sample_rate / (node.min_lag + i + parabola(d, i, n)))
    row[node.column + 1] = d[i] if lags[0] > 0 else 1
