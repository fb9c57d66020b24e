"""Per-channel energy normalisation: the native twin of serfast/features/pcen.py."""

from libc.math cimport sqrt

from exponential cimport exponential
from logarithm cimport logarithm
from track cimport Window

cdef enum:
    GAIN, BIAS, POWER, TIME_CONSTANT, EPS, B, SCALE, INITIAL


cdef inline double compressed(double x, double bias, double power) noexcept nogil:
    """Give (x + bias)^power - bias^power, for x >= 0; ln(1 + x) for a power of 0.

    A difference of powers loses the digits of a small x. So the root is x / (√(x + bias) + √bias),
    and below x / bias = 1e-5 other powers take three terms of the series in x / bias.
    """
    cdef double whole = 0, ratio
    if x <= 0:
        return 0
    if power == 0.5:
        return x / (sqrt(x + bias) + sqrt(bias))
    if power == 0:
        return logarithm(1 + x) if x > 1e-5 else x * (1 - x * (0.5 - x / 3))
    if bias > 0:
        whole = exponential(power * logarithm(bias))
        ratio = x / bias
        if ratio < 1e-5:
            return whole * power * ratio * (
                1 + (power - 1) / 2 * ratio * (1 + (power - 2) / 3 * ratio))
    return exponential(clipped(power * logarithm(x + bias))) - whole


cdef inline double clipped(double exponent) noexcept nogil:
    """Give an exponent within the range of the exponential."""
    return 700 if exponent > 700 else -700 if exponent < -700 else exponent


cdef inline void pcen(const Window *w, double *state, float *out) noexcept nogil:
    """Smooth, M += b (E - M); normalise, x = E / (eps + M)^gain; compress x."""
    cdef const float *row = w.rows + w.place * w.n_columns
    cdef const double *p = w.parameters
    cdef double *smooth = state + 1
    cdef double b = p[B], width = 2 * p[TIME_CONSTANT] * w.row_rate, energy, value
    cdef ptrdiff_t i
    if b == 0:
        b = 2 / (1 + sqrt(1 + width * width))
    for i in range(w.n_columns):
        energy = row[i] if row[i] < 3e38 else 3e38
        energy = p[SCALE] * energy if row[i] > 0 else 0
        if state[0] == 0:
            smooth[i] = p[INITIAL] if p[INITIAL] > 0 else energy
        smooth[i] = (1 - b) * smooth[i] + b * energy
        if not smooth[i] > 1e-60:  # denormal numbers are slow
            smooth[i] = 0
        value = energy * exponential(-p[GAIN] * logarithm(p[EPS] + smooth[i]))
        value = compressed(value, p[BIAS], p[POWER])
        out[i] = <float>(value if value < 3e38 else 3e38)
    state[0] = 1
