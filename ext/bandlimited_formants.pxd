"""Formants of a band-limited frame: the native twin of features/bandlimited_formants.py."""

from libc.math cimport rint
from libc.string cimport memcpy, memset

from computed cimport KEPT
from formants cimport CLOSE, N_STARTS, STEPS, factors, lowest, start_factors
from inputs cimport Inputs
from kernels cimport (
    SERFAST_FACTORS,
    SERFAST_LAGS,
    SERFAST_PAD,
    SERFAST_POLYNOMIALS,
    serfast_rfft,
)
from linear_prediction cimport predictor

cdef enum:  # as in serfast/features/bandlimited_formants.py
    ORDER = 11
    HALF = 6
    N_LAGS = SERFAST_LAGS // 2


cdef inline void lowpass(const Inputs *x, ptrdiff_t n, float *y) noexcept nogil:
    """Compute the n samples of y by a transform and back.

    With h(k) = (Re X(k) - Im X(k)) / 2 and h(P - k) = (Re X(k) + Im X(k)) / 2, where P samples of y
    are as long as the transform, y(n) = Σ_k h(k) (cos 2πnk/P + sin 2πnk/P).
    """
    cdef const serfast_rfft *there = &x.transforms[0].plan
    cdef const serfast_rfft *back = &x.transforms[1].plan
    cdef ptrdiff_t period = back.length, half = period // 2, k
    cdef ptrdiff_t bins = min(n // 2, <ptrdiff_t>(there.length // 2 + 1))
    cdef ptrdiff_t room = there.length if there.length > period else period
    cdef float *h = y + room + SERFAST_PAD      # the padded frame, and then what goes back
    cdef float *re = h + room + SERFAST_PAD
    cdef float *im = re + room // 2 + SERFAST_PAD
    memset(h, 0, room * sizeof(float))
    memcpy(h + (there.length - x.frame_length) // 2, x.frame, x.frame_length * sizeof(float))
    x.kernels.real_spectrum(there, h, x.transforms[0].window, re, im, x.fft)
    memset(h + bins, 0, (period - 2 * bins) * sizeof(float))
    h[0] = re[0]
    for k in range(1, bins):
        h[k] = re[k] - im[k]
        h[period - k] = re[k] + im[k]
    h[period - bins] = 0
    x.kernels.real_spectrum(back, h, x.transforms[1].window, re, im, x.fft)
    for k in range(min(n, half + 1)):
        y[k] = re[k] - im[k]
    for k in range(half + 1, n):
        y[k] = re[period - k] + im[period - k]


cdef inline void bandlimited_polynomial(const Inputs *x, double *a) noexcept nogil:
    """Compute y and its predictor, whose roots are wanted; a[0] is 0 for silence."""
    cdef ptrdiff_t stride = (x.n_table - 1 - 4 * N_STARTS * HALF) // x.frame_length, j
    cdef ptrdiff_t n = stride - ORDER   # and zeros behind them
    cdef double *y = <double *>x.scratch  # the table is longer by far
    cdef float *samples = x.scratch + 2 * (stride + SERFAST_LAGS)
    cdef double[N_LAGS] r
    cdef int i
    if x.n_transforms:
        n = max(<ptrdiff_t>rint(x.frame_length / x.sample_rate * 11000), ORDER + 1)
        lowpass(x, n, samples)
    else:
        x.kernels.transposed_product(
            x.table, <int>x.frame_length, <int>stride, x.frame, samples)
    for j in range(n):
        y[j] = samples[j]
    for j in range(n, n + N_LAGS):
        y[j] = 0
    for i in range(N_LAGS):
        r[i] = 0
    x.kernels.lag_sums(y, y, n, N_LAGS, r)
    a[0] = 0
    if not (r[0] > 1e-20 and r[0] < 1e300):
        return
    predictor(r, ORDER, 0, 1 - 1e-6, a)
    for i in range(1, ORDER + 1):
        a[i] *= x.table[x.n_table - 1]
    a[ORDER + 1] = 0  # times z


cdef inline void bandlimited_roots(
    const Inputs *x, const double *a, int n, float *const *out
) noexcept nogil:
    """Compute the formants of n rows from their polynomials, whose first search is side by side."""
    cdef const float *starts = x.table + x.n_table - 1 - 4 * N_STARTS * HALF
    cdef const double *sought[SERFAST_POLYNOMIALS]
    cdef double[SERFAST_POLYNOMIALS * SERFAST_FACTORS] u
    cdef double[SERFAST_POLYNOMIALS * SERFAST_FACTORS] v
    cdef double[2 * SERFAST_FACTORS] p  # with room for what orders them
    cdef int[SERFAST_POLYNOMIALS] rows
    cdef int[SERFAST_POLYNOMIALS] done
    cdef int n_sought = 0, i, row, count
    for row in range(n):
        for i in range(6):
            out[row][i] = 0
        if a[row * KEPT] != 0:
            sought[n_sought], rows[n_sought] = a + row * KEPT, row
            start_factors(
                starts, 0, sought[n_sought][2 * HALF], HALF, u + n_sought * SERFAST_FACTORS,
                v + n_sought * SERFAST_FACTORS)
            n_sought += 1
    if n_sought:
        x.kernels.quadratic_factors(sought, n_sought, HALF, STEPS, CLOSE, u, v, done)
    for row in range(n_sought):
        count = HALF
        memcpy(p, u + row * SERFAST_FACTORS, HALF * sizeof(double))
        if not done[row]:
            count = factors(x, starts, sought[row], HALF, p, v + row * SERFAST_FACTORS, 1)
        lowest(count, 3, 5500, p, v + row * SERFAST_FACTORS, out[rows[row]])


cdef inline void bandlimited_formants(const Inputs *x, float *out) noexcept nogil:
    """Compute y, its predictor, the pairs of roots, and the formants from them."""
    cdef double[KEPT] a
    bandlimited_polynomial(x, a)
    bandlimited_roots(x, a, 1, &out)
