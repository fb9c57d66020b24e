"""How periods differ: the native twin of serfast/features/period_{marks,measures,perturbation}.py."""

from libc.math cimport fabs, sqrt
from libc.stdint cimport int32_t

from inputs cimport Inputs
from kernels cimport SERFAST_NEAR_LAGS, serfast_kernels
from logarithm cimport LN10, quick_logarithm

cdef enum:  # as in serfast/features/period_marks.py and period_measures.py
    CANDIDATES = 2
    MEASURES = 8
    MAX_MARKS = 128
    MAX_LAGS = 3200
    DIRECT = 32
    TAPS = 7            # values on each side of a peak that is interpolated
    STRIDE = 20
    POINTS = 17         # from the lag before to the lag behind
    ROOM = 48           # samples behind the end that may be read

cdef extern from *:
    """
    static const double PERIODS_ALIKE = 0.5, PERIODS_QUIET = 0.01, PERIODS_STEADY = 1e-9;
    static const double PERIODS_SILENCE = 0x1p-64; /* the square of serfast.features.framing.SILENCE */
    static const double PERIODS_SHORTEST = 0.8, PERIODS_LONGEST = 1.25, PERIODS_PERIODIC = 0.5;
    static const double PERIODS_CERTAIN = 0.7;
    """
    const double PERIODS_ALIKE
    const double PERIODS_QUIET
    const double PERIODS_STEADY
    const double PERIODS_SILENCE
    const double PERIODS_SHORTEST
    const double PERIODS_LONGEST
    const double PERIODS_PERIODIC
    const double PERIODS_CERTAIN

ctypedef struct Sound:
    const serfast_kernels *kernels
    const float *x          # n samples without their mean, and ROOM zeros
    ptrdiff_t n
    const float *coarse     # n_coarse means of `step` samples, and ROOM zeros
    ptrdiff_t n_coarse
    ptrdiff_t step
    const float *taps       # what interpolates a peak, or NULL: a parabola
    double loud             # a period has at least this energy per sample
    float r[MAX_LAGS + 32]
    float energies[MAX_LAGS]

ctypedef struct Peak:
    # where a parabola has its top, and how high it is
    double place
    double height


cdef inline ptrdiff_t rounded(double x) noexcept nogil:
    """Give floor(x + 0.5)."""
    cdef ptrdiff_t whole = <ptrdiff_t>(x + 0.5)
    return whole - (whole > x + 0.5)


cdef inline ptrdiff_t upwards(double x) noexcept nogil:
    """Give the smallest integer that isn't below x."""
    cdef ptrdiff_t whole = <ptrdiff_t>x
    return whole + (whole < x)


cdef inline void correlations(
    Sound *s, const float *x, ptrdiff_t left, ptrdiff_t width, ptrdiff_t begin, ptrdiff_t n
) noexcept nogil:
    """Compute the correlation of a part of x with n parts from `begin` on."""
    s.kernels.near_correlations(x + left, x + begin, width, n, s.r, s.energies)


cdef inline Peak top_of(const float *r, ptrdiff_t k) noexcept nogil:
    """Give the top of the parabola through three values."""
    cdef double bend = 2 * <double>r[k] - r[k - 1] - r[k + 1]
    cdef double rise = (<double>r[k + 1] - r[k - 1]) / 2
    cdef Peak top
    top.place, top.height = k, r[k]
    if bend > 0:
        top.place += rise / bend
        top.height += rise * rise / (2 * bend)
    return top


cdef inline ptrdiff_t inside(
    ptrdiff_t *first, ptrdiff_t count, ptrdiff_t width, ptrdiff_t n
) noexcept nogil:
    """Move the first of `count` parts into a signal; give how many of them lie in it."""
    if first[0] < 0:
        count += first[0]
        first[0] = 0
    return min(count, n - width - first[0] + 1)


cdef inline ptrdiff_t coarse_lag(
    Sound *s, ptrdiff_t left, ptrdiff_t width, ptrdiff_t low, ptrdiff_t high, int way
) noexcept nogil:
    """Give the best lag [samples] by the means of samples, or 0."""
    cdef ptrdiff_t size = width // s.step, begin = (left + s.step // 2) // s.step, first, count, k
    cdef ptrdiff_t near = low // s.step, far = high // s.step + 1
    first = begin - far if way < 0 else begin + near
    count = inside(&first, far - near + 1, size, s.n_coarse)
    if count < 3 or begin + size > s.n_coarse:
        return 0
    correlations(s, s.coarse, begin, size, first, count)
    k = s.kernels.highest_peak(s.r, count)
    if k == 0:
        return 0
    return rounded(fabs(top_of(s.r, k).place + (first - begin)) * s.step)


cdef inline ptrdiff_t steady_peak(
    Sound *s, ptrdiff_t left, ptrdiff_t width, ptrdiff_t first, ptrdiff_t low, ptrdiff_t high
) noexcept nogil:
    """Give which of the parts from `first` on is a period that is like the last one, or 0."""
    cdef ptrdiff_t k, lag
    if first < 0 or first + SERFAST_NEAR_LAGS - 1 + width > s.n:
        return 0
    correlations(s, s.x, left, width, first, SERFAST_NEAR_LAGS)
    k = s.kernels.highest_peak(s.r, SERFAST_NEAR_LAGS)
    lag = first + k - left if first > left else left - first - k
    return k if k > 0 and s.r[k] > PERIODS_CERTAIN and low <= lag <= high else 0


cdef inline Peak interpolated(
    Sound *s, ptrdiff_t left, ptrdiff_t width, ptrdiff_t first, ptrdiff_t count, ptrdiff_t k
) noexcept nogil:
    """Give the top of the curve through the correlations around s.r[k], that of parts from `first`.

    There are `count` of them; what the curve needs beyond these is computed.
    """
    cdef Peak top = top_of(s.r, k), between
    cdef float curve[STRIDE + 32]
    cdef ptrdiff_t begin = first + k - TAPS, at
    cdef const float *around = s.r + k - TAPS
    if begin < 0 or begin + 2 * TAPS + width > s.n:
        return top
    if k < TAPS or k + TAPS >= count:
        correlations(s, s.x, left, width, begin, 2 * TAPS + 1)
        around = s.r
    s.kernels.transposed_product(s.taps, 2 * TAPS + 1, STRIDE, around, curve)
    at = s.kernels.highest_peak(curve, POINTS)
    if at > 0:
        between = top_of(curve, at)
        top.place = k + (between.place - POINTS // 2) / (POINTS // 2)
        top.height = between.height
    return top


cdef inline bint neighbour(
    Sound *s, double *at, double *last, double period, int way
) noexcept nogil:
    """Move to the mark before (-1) or behind (1) this one; tell whether there is one."""
    cdef ptrdiff_t left = rounded(at[0] - period / 2), width, low, high, first, lag, around
    cdef ptrdiff_t count = SERFAST_NEAR_LAGS
    cdef ptrdiff_t k = 0
    cdef Peak top
    cdef float energy
    width = rounded(at[0] + period / 2) - left + 1
    low = <ptrdiff_t>(PERIODS_SHORTEST * period) - 1
    high = upwards(PERIODS_LONGEST * period) + 1
    if left < 0 or left + width > s.n:
        return False
    first = left + way * rounded(last[0]) - SERFAST_NEAR_LAGS // 2
    if high - low >= SERFAST_NEAR_LAGS:
        k = steady_peak(s, left, width, first, low, high)
    if k == 0:
        if high - low >= DIRECT:
            lag = coarse_lag(s, left, width, low, high, way)
            if lag == 0:
                return False
            around = s.step + s.step // 2
            low, high = max(lag - around, low), min(lag + around, high)
        first = left - high if way < 0 else left + low
        count = inside(&first, high - low + 1, width, s.n)
        if count < 3:
            return False
        correlations(s, s.x, left, width, first, count)
        k = s.kernels.highest_peak(s.r, count)
        if k == 0:
            return False
    energy = s.energies[k]
    top = top_of(s.r, k) if s.taps == NULL else interpolated(s, left, width, first, count, k)
    last[0] = fabs(top.place + (first - left))
    at[0] += top.place + (first - left)
    return top.height > PERIODS_ALIKE and energy > s.loud * width


cdef inline double extremum(const Sound *s, double middle, double period) noexcept nogil:
    """Give where the largest magnitude is within half a period, between samples."""
    cdef const float *x = s.x
    cdef ptrdiff_t low = max(rounded(middle - period / 2), 1), top
    cdef ptrdiff_t high = min(rounded(middle + period / 2), s.n - 2)
    cdef double before, here, after, bend
    top = low + s.kernels.largest_magnitude(x + low, high + 1 - low)
    before, here, after = fabs(x[top - 1]), fabs(x[top]), fabs(x[top + 1])
    bend = 2 * here - before - after
    if bend > 0 and here >= before and here >= after:
        return top + (after - before) / (2 * bend)
    return top


cdef inline int marked(Sound *s, double period, double reach, double *marks, int *first) noexcept nogil:
    """Write the marks around the middle of the frame; give the last one, and the first one.

    The mark on one side needs nothing of the other side's, so the processor has both at work: one
    of each in turn. What is surely too far away isn't looked for.
    """
    cdef double middle = (s.n - 1) / 2.0, farthest = reach - PERIODS_SHORTEST * period + 2
    cdef ptrdiff_t left
    cdef double[2] at
    cdef double[2] last
    cdef int[2] n
    cdef bint[2] over
    cdef int side, way
    marks[MAX_MARKS // 2] = extremum(s, middle, period)
    left = max(rounded(marks[MAX_MARKS // 2] - period / 2), 0)
    s.loud = PERIODS_QUIET * s.kernels.sum_squares(s.x + left, min(rounded(period), s.n - left)) / period
    for side in range(2):
        at[side], last[side] = marks[MAX_MARKS // 2], period
        n[side], over[side] = MAX_MARKS // 2, False
    while not (over[0] and over[1]):
        for side in range(2):
            if over[side]:
                continue
            way = 2 * side - 1
            over[side] = (
                way * (at[side] - middle) > farthest
                or not neighbour(s, &at[side], &last[side], period, way)
                or fabs(at[side] - middle) > reach
            )
            if not over[side]:
                n[side] += way
                marks[n[side]] = at[side]
                over[side] = n[side] == 0 or n[side] == MAX_MARKS - 1
    first[0] = n[0]
    return n[1]


cdef inline bint alike(double a, double b, double factor) noexcept nogil:
    return (a if a > b else b) <= factor * (a if a < b else b)


cdef inline void mean_changes(
    const double *values, const bint *joined, int n, double *out
) noexcept nogil:
    """Write the mean distance of neighbours, and of the middle of 3 and 5 from their mean; or -1."""
    cdef double *v
    cdef double pairs = 0, threes = 0, fives = 0
    cdef int n_pairs = 0, n_threes = 0, n_fives = 0, run = 1, i
    for i in range(1, n):
        run = run + 1 if joined[i - 1] else 1
        if run >= 2:
            pairs += fabs(values[i] - values[i - 1])
            n_pairs += 1
        if run >= 3:
            threes += fabs(
                values[i - 1] - (values[i - 2] + values[i - 1] + values[i]) * (1.0 / 3)
            )
            n_threes += 1
        if run >= 5:
            fives += fabs(
                values[i - 2]
                - (values[i - 4] + values[i - 3] + values[i - 2] + values[i - 1] + values[i]) * 0.2
            )
            n_fives += 1
    out[0] = pairs / n_pairs if n_pairs else -1
    out[1] = threes / n_threes if n_threes else -1
    out[2] = fives / n_fives if n_fives else -1


cdef inline double amplitude(
    const Inputs *x, double mark, double left, double right
) noexcept nogil:
    """Give the root mean square under half a Hann window to each side of the mark."""
    cdef const serfast_kernels *k = x.kernels
    cdef ptrdiff_t begin = upwards(mark - left), middle = upwards(mark)
    cdef ptrdiff_t end = <ptrdiff_t>(mark + right) + 1  # which isn't below 0
    cdef float[2] energies
    begin, end = max(begin, 0), min(end, x.frame_length)
    middle = min(max(middle, begin), end)
    if end - begin < 1:
        return 0
    energies[0] = energies[1] = 0
    k.hann_energies(
        x.frame + begin, middle - begin, <float>((begin - mark) / left), <float>(1 / left), energies)
    k.hann_energies(
        x.frame + middle, end - middle, <float>((middle - mark) / right), <float>(1 / right), energies)
    return sqrt(energies[1] / energies[0]) if energies[0] > 0 else 0


cdef inline void write_jitter(
    const double *periods, const bint *joined, int n, double mean, double sample_rate, float *out
) noexcept nogil:
    cdef double changes[3]
    cdef int i
    out[0] = <float>(sample_rate / mean)
    mean_changes(periods, joined, n, changes)
    for i in range(3):
        out[1 + i] = <float>(changes[i] / mean) if changes[i] >= 0 else -1


cdef inline void write_shimmer(
    const double *amplitudes, int n, double mean, float *out
) noexcept nogil:
    cdef bint joined[MAX_MARKS]
    cdef double changes[3]
    cdef double ratio = 1, a, b  # of all neighbours: one logarithm is enough
    cdef int n_pairs = 0, i
    for i in range(n - 1):
        a, b = amplitudes[i], amplitudes[i + 1]
        joined[i] = a > 0 and b > 0 and alike(a, b, 1.6)
        if joined[i]:
            ratio *= b / a if b > a else a / b
            n_pairs += 1
    if n_pairs == 0:
        return
    mean_changes(amplitudes, joined, n, changes)
    out[4] = <float>(changes[0] / mean)
    out[5] = <float>(20 / LN10 * quick_logarithm(ratio) / n_pairs)
    for i in range(1, 3):
        out[5 + i] = <float>(changes[i] / mean) if changes[i] >= 0 else -1


cdef inline void measures(
    const Inputs *x, const double *marks, int n, float *out
) noexcept nogil:
    """Write F0 [Hz], and jitter and shimmer, of n marks; what can't be measured stays as it is."""
    cdef double periods[MAX_MARKS]
    cdef double amplitudes[MAX_MARKS]
    cdef bint joined[MAX_MARKS]
    cdef double longest = 0.02 * x.sample_rate, total = 0
    cdef int count = 0, i
    for i in range(n - 1):
        periods[i] = marks[i + 1] - marks[i]
    for i in range(n - 2):
        joined[i] = (
            alike(periods[i], periods[i + 1], 1.3)
            and periods[i] <= longest and periods[i + 1] <= longest
        )
    for i in range(n - 1):
        if (i < n - 2 and joined[i]) or (i > 0 and joined[i - 1]):
            total += periods[i]
            count += 1
    if count == 0:
        return
    write_jitter(periods, joined, n - 1, total / count, x.sample_rate, out)
    total, count = 0, 0
    for i in range(n - 2):
        amplitudes[i] = 0
        if joined[i]:
            amplitudes[i] = amplitude(x, marks[i + 1], 0.2 * periods[i], 0.2 * periods[i + 1])
            total += amplitudes[i]
            count += 1
    write_shimmer(amplitudes, n - 2, total / count, out)


cdef inline int candidates(Sound *s, ptrdiff_t first, ptrdiff_t last, double *lags) noexcept nogil:
    """Write the lags at which the middle of the frame is most periodic; give how many."""
    cdef double worth[CANDIDATES]
    cdef ptrdiff_t n = min(s.n_coarse - last - 1, last), left, count = last - first + 3, n_peaks, j, k
    cdef double this, lag
    cdef int32_t *places = <int32_t *>s.energies
    cdef Peak top
    cdef int i
    left = (s.n_coarse - n - last - 1) // 2
    correlations(s, s.coarse, left, n, left + first - 1, count)
    for i in range(CANDIDATES):
        worth[i] = lags[i] = 0
    n_peaks = s.kernels.local_maxima(s.r, 1, count - 1, PERIODS_PERIODIC, 0, places)
    for j in range(n_peaks):
        k = places[j]
        top = top_of(s.r, k)
        lag = top.place + (first - 1)
        this = top.height * (1 - 0.2 * (k + first - 1) / last)
        for i in range(CANDIDATES):
            if this > worth[i]:
                this, worth[i] = worth[i], this
                lag, lags[i] = lags[i], lag
    if not worth[0] > 0:
        return 0
    this = lags[1] / lags[0]
    if worth[1] > 0.8 * worth[0] and not (this > 1.5 and fabs(this - rounded(this)) < 0.15):
        return 2
    return 1


cdef inline bint prepare(const Inputs *x, Sound *s) noexcept nogil:
    """Take the mean away, and make the means; tell whether the frame isn't constant."""
    cdef const serfast_kernels *k = x.kernels
    cdef float *samples = x.scratch
    cdef float *coarse = samples + x.frame_length + ROOM
    cdef double mean, left
    cdef ptrdiff_t i
    k.condition(x.frame, x.frame_length, 1, 0, samples)
    mean = <double>x.frame[0] - samples[0]
    for i in range(ROOM):
        samples[x.frame_length + i] = 0
    left = k.sum_squares(samples, x.frame_length)
    if not (left > PERIODS_STEADY * (left + x.frame_length * mean * mean) and left > x.frame_length * PERIODS_SILENCE):
        return False
    s.kernels, s.x, s.n = k, samples, x.frame_length
    s.coarse, s.n_coarse = samples, x.frame_length // s.step
    if s.step > 1:
        k.block_means(samples, s.n_coarse, s.step, coarse)
        for i in range(ROOM):
            coarse[s.n_coarse + i] = 0
        s.coarse = coarse
    return True


cdef inline void period_perturbation(const Inputs *x, float *out) noexcept nogil:
    """Mark the periods for each candidate, and measure how they differ.

    The parameters are fmin and fmax.
    """
    cdef double fmin = x.parameters[0], fmax = x.parameters[1]
    cdef double coarse_rate = 6 * fmax if 6 * fmax > 4000 else 4000
    cdef double lags[CANDIDATES]
    cdef double marks[MAX_MARKS]
    cdef Sound s
    cdef int first = 0, last, n, i
    for i in range(CANDIDATES * MEASURES):
        out[i] = -1 if i % MEASURES else 0
    s.taps = x.table if x.n_table else NULL
    s.step = max(<ptrdiff_t>(x.sample_rate / coarse_rate), 1)
    if not prepare(x, &s):
        return
    n = candidates(
        &s, <ptrdiff_t>(x.sample_rate / fmax / s.step),
        upwards(x.sample_rate / fmin / s.step), lags,
    )
    for i in range(n):
        last = marked(&s, lags[i] * s.step, (s.n - x.sample_rate / fmin) / 2, marks, &first)
        measures(x, marks + first, last + 1 - first, out + i * MEASURES)
