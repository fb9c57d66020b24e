"""Formants from harmonics: the native twin of serfast/features/harmonic_formants.py."""

from libc.math cimport NAN, sqrt

from arctangent cimport PI, sine_of_half_turns
from exponential cimport exponential
from formants cimport N_STARTS, factors, lowest
from inputs cimport Inputs
from kernels cimport SERFAST_FACTORS
from linear_prediction cimport predictor
from logarithm cimport logarithm

cdef enum:  # as in serfast/features/harmonic_formants.py
    MAX_HARMONICS = 128
    MODEL_STEPS = 5
    SIZE = 2 * SERFAST_FACTORS + 1

ctypedef struct Lines:
    # of each harmonic: its power, and the cosine and sine of its angle
    int n
    double power[MAX_HARMONICS]
    double cosine[MAX_HARMONICS]
    double sine[MAX_HARMONICS]


cdef inline double level(const Inputs *x, int i) noexcept nogil:
    """Give the logarithm of the weighted power of a bin."""
    cdef double power = <double>x.table[i] * x.spectrum[i]
    return logarithm(power if power > 1e-30 else 1e-30)


cdef inline void find_lines(
    const Inputs *x, int bins, double f0, double ceiling, Lines *lines
) noexcept nogil:
    """Find the harmonics; a parabola through the levels of three bins has its top in between."""
    cdef double left, middle, right, bend, shift, angle
    cdef int m, i, low, high, top, most = <int>(bins / f0)
    lines.n = 0
    for m in range(1, min(most, MAX_HARMONICS) + 1):
        low, high = max(<int>((m - 0.4) * f0 + 0.5), 1), <int>((m + 0.4) * f0 + 0.5)
        top = low
        for i in range(low, min(high, bins - 1) + 1):
            if x.table[i] * x.spectrum[i] > x.table[top] * x.spectrum[top]:
                top = i
        if top >= bins:
            return
        left, middle, right = level(x, top - 1), level(x, top), level(x, top + 1)
        bend, shift = left - 2 * middle + right, 0
        if bend < 0:
            shift = (left - right) / (2 * bend)
            shift = 0.5 if shift > 0.5 else -0.5 if shift < -0.5 else shift
        lines.power[lines.n] = exponential(middle - (left - right) * shift / 4)
        angle = (top + shift) * x.frequencies[1] / ceiling  # of a half turn
        lines.cosine[lines.n] = sine_of_half_turns(0.5 - angle)
        lines.sine[lines.n] = sine_of_half_turns(angle if angle < 0.5 else 1 - angle)
        lines.n += 1


cdef inline void solve(const double *r, int n, double *x) noexcept nogil:
    """Solve T x = what x holds, with T[i, j] = r[|i - j|], by elimination without pivots."""
    cdef double matrix[SIZE][SIZE]
    cdef double share, pivot
    cdef int i, j, k
    for i in range(n):
        for j in range(n):
            matrix[i][j] = r[i - j] if i > j else r[j - i]
    for i in range(n):
        pivot = matrix[i][i] if matrix[i][i] > 1e-30 else 1e-30
        matrix[i][i] = pivot
        for k in range(i + 1, n):
            share = matrix[k][i] / pivot
            for j in range(i, n):
                matrix[k][j] -= share * matrix[i][j]
            x[k] -= share * x[i]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            x[i] -= matrix[i][j] * x[j]
        x[i] /= matrix[i][i]


cdef inline double add_line(
    const Lines *lines, int m, int order, const double *a, double *h
) noexcept nogil:
    """Add Re(exp(-jkθ) / A(θ)) of a line to h(k); give |A(θ)|²."""
    cdef double c[SIZE]
    cdef double s[SIZE]
    cdef double x = 0, y = 0, size
    cdef int k
    c[0], s[0] = 1, 0
    for k in range(1, order + 1):
        c[k] = c[k - 1] * lines.cosine[m] - s[k - 1] * lines.sine[m]
        s[k] = s[k - 1] * lines.cosine[m] + c[k - 1] * lines.sine[m]
    for k in range(order + 1):
        x += a[k] * c[k]
        y -= a[k] * s[k]
    size = x * x + y * y
    size = size if size > 1e-30 else 1e-30
    for k in range(order + 1):
        h[k] += (c[k] * x - s[k] * y) / size
    return size


cdef inline void discrete_model(const Lines *lines, int order, double *a) noexcept nogil:
    """Compute the all-pole model of a line spectrum; a[0] is 1."""
    cdef double r[SIZE]
    cdef double h[SIZE]
    cdef double scale = 0
    cdef int k, m, step
    for k in range(order + 1):
        r[k] = h[k] = a[k] = 0
    a[0] = 1
    for m in range(lines.n):  # 1 / A is 1 here, so that h holds the cosines of this line
        for k in range(order + 1):
            h[k] = 0
        add_line(lines, m, order, a, h)
        for k in range(order + 1):
            r[k] += lines.power[m] * h[k] / lines.n
    predictor(r, order, 1e-7, 1 - 1e-6, a)
    r[0] *= 1 + 1e-7
    for m in range(lines.n):
        scale += lines.power[m] * add_line(lines, m, order, a, h)
    scale = sqrt(scale / lines.n)
    for k in range(order + 1):
        a[k] /= scale
    for step in range(MODEL_STEPS):
        for k in range(order + 1):
            h[k] = 0
        for m in range(lines.n):
            add_line(lines, m, order, a, h)
        for k in range(order + 1):
            h[k] /= lines.n
        solve(r, order + 1, h)
        for k in range(order + 1):
            a[k] = (a[k] + h[k]) / 2
    for k in range(order, -1, -1):
        a[k] /= a[0]


cdef inline void harmonic_formants(const Inputs *x, float *out) noexcept nogil:
    """Compute f1, b1 …; parameters: f0, aperiodicity, n, ceiling, order, voiced."""
    cdef const double *given = x.parameters
    cdef int n = <int>given[2], order = <int>given[4], half = order // 2, i, bins
    cdef double ceiling = given[3], width = x.frequencies[1]
    cdef ptrdiff_t stride = (x.n_table - 1 - 4 * N_STARTS * half) // (order + 1)
    cdef double r[SIZE]
    cdef double a[SIZE]
    cdef double u[2 * SERFAST_FACTORS]
    cdef double v[SERFAST_FACTORS]
    cdef Lines lines
    for i in range(2 * n):
        out[i] = <float>NAN if x.table[x.n_table - 1] != 0 else 0
    x.kernels.row_products(x.table, order + 1, stride, x.spectrum, min(stride, x.n_bins), r)
    if not (r[0] > 1e-20 and r[0] < 1e300):
        return
    bins = min(<int>((ceiling - 50) / width), <int>x.n_bins - 1)
    if (
        given[1] < given[5] and given[0] >= 4 * width and order <= bins * width / given[0]
        and bins * width / given[0] < MAX_HARMONICS
    ):
        find_lines(x, bins, given[0] / width, ceiling, &lines)
        discrete_model(&lines, order, a)
    else:
        predictor(r, order, 1e-7, 1 - 1e-6, a)
    i = factors(x, x.table + (order + 1) * stride, a, half, u, v)
    lowest(i, n, ceiling, u, v, out)
