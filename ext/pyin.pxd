"""pYIN of a whole recording: candidates for the pitch of each frame, and the best path through them.

serfast.backends.reference.pyin has the same formulas in NumPy; serfast.program.pyin says what each
table means. Everything is computed in double.
"""

from libc.float cimport DBL_MIN
from libc.math cimport HUGE_VAL, fabs
from libc.stdint cimport int32_t
from libc.string cimport memcpy, memset

from kernels cimport SERFAST_LAGS, SERFAST_STATES, serfast_kernels

ctypedef struct Candidates:
    const serfast_kernels *kernels
    ptrdiff_t length, hop       # of a frame; from one frame to the next
    ptrdiff_t rest              # length % hop: frame t + 1 begins after so much of frame t's last hop
    int min_lag, max_lag
    int n_products              # lags 0 … max_lag, rounded up to SERFAST_LAGS
    int n_hops                  # length // hop
    int n_thresholds
    const double *thresholds    # ascending, without 0
    const double *prior         # of each threshold
    const double *below         # sum of the prior of the first n thresholds
    const double *decay         # of the k-th trough below a threshold
    const double *share         # that all n troughs below a threshold are multiplied by
    double no_trough

ctypedef struct Work:
    # of one call of find_candidates
    double *sums                # (n_hops + 1) × [first part of a hop, rest of it] × n_products
    double *products            # of one frame
    double *end                 # zeros, and then the samples behind the frame
    double *difference          # d'(τ), from min_lag on
    int32_t *troughs            # their places in `difference`
    int32_t *levels             # how many thresholds each one isn't below
    int32_t *counts             # of the troughs below each threshold
    int32_t *places             # how many of them come before

ctypedef struct Scores:
    # of all frames
    ptrdiff_t n_frames
    const int32_t *counts       # of candidates
    const int32_t *states       # of every candidate
    const double *scores        # of every candidate
    const double *quiet         # of the unvoiced states of a frame

ctypedef struct Path:
    const serfast_kernels *kernels
    ptrdiff_t n, padded         # states of one kind; rounded up to SERFAST_STATES
    ptrdiff_t width             # of the band
    ptrdiff_t first             # state j is reached from j + first … j + first + width - 1
    ptrdiff_t gap               # states that aren't there, between the kinds
    ptrdiff_t apart             # padded + gap
    const double *moves         # see path_step in kernels.h
    double start                # of each state
    double missing              # what a candidate scores that isn't there
    double far                  # what a move beyond the band scores; -inf: there is none


# ---- candidates ----------------------------------------------------------------------------------

cdef inline void add_hop(
    const Candidates *p, const double *samples, double *sums
) noexcept nogil:
    """Compute the products of a hop's samples with those behind them: first part, and rest."""
    cdef ptrdiff_t tile, lag
    memset(sums, 0, 2 * p.n_products * sizeof(double))
    for tile in range(p.n_products // SERFAST_LAGS):
        lag = tile * SERFAST_LAGS
        p.kernels.lag_products(samples, samples + lag, p.rest, sums + lag)
        if p.n_hops > 0:
            p.kernels.lag_products(
                samples + p.rest, samples + p.rest + lag, p.hop - p.rest, sums + p.n_products + lag)


cdef inline void autocorrelate(
    const Candidates *p, const double *frame, ptrdiff_t t, Work *w
) noexcept nogil:
    """Add up the hops of frame t, and subtract the products with samples behind the frame."""
    cdef ptrdiff_t size = 2 * p.n_products, h, i, tile, lag, n
    cdef const double *hop
    cdef const double *end = frame + p.length
    memset(w.products, 0, p.n_products * sizeof(double))
    # behind the zeros there is what the longest lag of a tile reaches from the last sample
    memcpy(w.end + p.n_products, end, p.n_products * sizeof(double))
    for tile in range(p.n_products // SERFAST_LAGS):
        lag = tile * SERFAST_LAGS
        n = min(lag + SERFAST_LAGS - 1, p.length)
        p.kernels.lag_products(end - n, w.end + p.n_products - n + lag, n, w.products + lag)
    for i in range(p.n_products):
        w.products[i] = -w.products[i]
    for h in range(p.n_hops + 1):
        hop = w.sums + (t + h) % (p.n_hops + 1) * size
        for i in range(p.n_products):
            w.products[i] += hop[i]
        if h < p.n_hops:
            for i in range(p.n_products):
                w.products[i] += hop[p.n_products + i]


cdef inline void normalize_difference(
    const Candidates *p, const double *frame, Work *w
) noexcept nogil:
    """Compute YIN's d'(τ) from the frame's autocorrelation."""
    cdef const double *r = w.products
    cdef double head = 0, total = 0, d
    cdef int lag
    for lag in range(1, p.max_lag + 1):
        head += frame[lag - 1] * frame[lag - 1]
        # as in librosa, x[0]² isn't subtracted from d(1)
        d = 2 * (r[0] - r[lag]) - (head if lag > 1 else 0)
        total += d
        if lag >= p.min_lag:
            w.difference[lag - p.min_lag] = d / (total / lag + DBL_MIN)


cdef inline int find_troughs(const Candidates *p, Work *w) noexcept nogil:
    """Write the places of the troughs, give how many there are."""
    cdef const double *d = w.difference
    cdef int n = p.max_lag - p.min_lag + 1, count = 0, i
    if d[0] < d[1]:
        w.troughs[count] = 0
        count += 1
    for i in range(1, n - 1):
        if d[i] < d[i - 1] and d[i] <= d[i + 1]:
            w.troughs[count] = i
            count += 1
    if d[n - 1] < d[n - 2]:
        w.troughs[count] = n - 1
        count += 1
    return count


cdef inline int level_of(const Candidates *p, double height) noexcept nogil:
    """Give how many thresholds a trough of this height isn't below."""
    cdef int level = 0
    if height >= p.thresholds[p.n_thresholds - 1]:
        return p.n_thresholds
    if height > 0:
        level = <int>(height * p.n_thresholds)  # they are evenly spaced, but for rounding
    while level > 0 and height < p.thresholds[level - 1]:
        level -= 1
    while height >= p.thresholds[level]:
        level += 1
    return level


cdef inline double parabola(const double *d, int i, int n) noexcept nogil:
    """Give the bottom of the parabola through i and its neighbours, from i; 0 at the ends."""
    if i == 0 or i + 1 == n:
        return 0
    cdef double a = d[i + 1] + d[i - 1] - 2 * d[i]
    cdef double b = (d[i + 1] - d[i - 1]) / 2
    return -b / a if fabs(b) < fabs(a) else 0


cdef inline int weigh_troughs(
    const Candidates *p, Work *w, double *periods, double *probabilities
) noexcept nogil:
    """Write the period and the probability of each trough that has one, give how many there are."""
    cdef int n = p.max_lag - p.min_lag + 1, n_troughs = find_troughs(p, w), lowest = 0, found = 0
    cdef int i, m, level
    cdef double probability
    memset(w.counts, 0, p.n_thresholds * sizeof(int32_t))
    memset(w.places, 0, p.n_thresholds * sizeof(int32_t))
    for i in range(n_troughs):
        level = w.levels[i] = level_of(p, w.difference[w.troughs[i]])
        if level < p.n_thresholds:
            w.counts[level] += 1
        if w.difference[w.troughs[i]] < w.difference[w.troughs[lowest]]:
            lowest = i
    for m in range(1, p.n_thresholds):
        w.counts[m] += w.counts[m - 1]
    for i in range(n_troughs):
        probability = 0
        for m in range(w.levels[i], p.n_thresholds):
            probability += p.share[w.counts[m]] * p.decay[w.places[m]] * p.prior[m]
            w.places[m] += 1
        if i == lowest:
            probability += p.no_trough * p.below[w.levels[i]]
        if probability > 0:
            periods[found] = p.min_lag + w.troughs[i] + parabola(w.difference, w.troughs[i], n)
            probabilities[found] = probability
            found += 1
    return found


cdef inline ptrdiff_t find_candidates(
    const Candidates *p,
    const double *samples,
    ptrdiff_t n_frames,
    Work *w,
    int32_t *counts,
    double *periods,
    double *probabilities,
) noexcept nogil:
    """Write how many candidates each frame has, and all of them; give how many there are.

    Behind the last frame there are n_products samples more, and before that a whole hop.
    """
    cdef ptrdiff_t t, found = 0, size = 2 * p.n_products
    for t in range(p.n_hops):
        add_hop(p, samples + t * p.hop, w.sums + t * size)
    for t in range(n_frames):
        add_hop(
            p, samples + (t + p.n_hops) * p.hop,
            w.sums + (t + p.n_hops) % (p.n_hops + 1) * size)
        autocorrelate(p, samples + t * p.hop, t, w)
        normalize_difference(p, samples + t * p.hop, w)
        counts[t] = weigh_troughs(p, w, periods + found, probabilities + found)
        found += counts[t]
    return found


# ---- the path ------------------------------------------------------------------------------------

cdef inline void score_frame(
    const Path *p, int count, const int32_t *states, const double *scores, double quiet,
    double *score,
) noexcept nogil:
    """Write the score of each state in a frame: the candidates', and the unvoiced ones'."""
    cdef ptrdiff_t j
    for j in range(p.n):
        score[j] = p.missing
        score[p.apart + j] = quiet
    for j in range(count):
        score[states[j]] = scores[j]


cdef inline void leave_padding(const Path *p, double *row) noexcept nogil:
    """Let nobody come from a state that isn't there."""
    cdef ptrdiff_t j
    for j in range(p.n, p.padded):
        row[j] = row[p.apart + j] = -HUGE_VAL


cdef inline double largest_of(const Path *p, const double *row) noexcept nogil:
    """Give the largest value of a frame's states."""
    cdef double most = row[0]
    cdef ptrdiff_t j
    for j in range(p.n):
        most = row[j] if row[j] > most else most
        most = row[p.apart + j] if row[p.apart + j] > most else most
    return most


cdef inline double move_score(const Path *p, ptrdiff_t k, ptrdiff_t to, bint turns) noexcept nogil:
    """Give the score of the move from state to + first + k, perhaps of the other kind, to `to`."""
    if k < 0 or k >= p.width:
        return p.far
    cdef ptrdiff_t block = (to // SERFAST_STATES * p.width + k) * 2 + turns
    return p.moves[block * SERFAST_STATES + to % SERFAST_STATES]


cdef inline ptrdiff_t best_before(
    const Path *p, const double *row, ptrdiff_t to, bint everywhere
) noexcept nogil:
    """Give the first of the best states before state `to`: within the band or everywhere."""
    cdef ptrdiff_t j = to % p.n, best = -1, low = max(0, j + p.first), i
    cdef ptrdiff_t high = min(p.n, j + p.first + p.width)
    cdef double most = -HUGE_VAL, value
    cdef int kind
    if everywhere:
        low, high = 0, p.n
    for kind in range(2):
        for i in range(low, high):
            value = row[p.apart * kind + i] + move_score(p, i - j - p.first, j, kind != to // p.n)
            if value > most:
                most, best = value, p.n * kind + i
    if not everywhere and (best < 0 or largest_of(p, row) + p.far >= most):
        return best_before(p, row, to, True)
    return best


cdef inline void run_block(
    const Path *p, const Scores *s, ptrdiff_t begin, ptrdiff_t end, ptrdiff_t candidate,
    double *score, double *rows,
) noexcept nogil:
    """Compute the values of frames begin … end - 1 behind those of frame begin - 1 in rows[0]."""
    cdef ptrdiff_t t, j
    cdef double *row = rows
    cdef double most = largest_of(p, rows)
    for t in range(begin, end):
        score_frame(
            p, s.counts[t], s.states + candidate, s.scores + candidate, s.quiet[t], score)
        candidate += s.counts[t]
        if t == 0:
            for j in range(p.n):
                row[2 * p.apart + j] = score[j] + p.start
                row[3 * p.apart + j] = score[p.apart + j] + p.start
            most = largest_of(p, row + 2 * p.apart)
        else:
            most = p.kernels.path_step(
                row + p.first, score, p.moves, p.padded, p.width, p.apart, most + p.far,
                row + 2 * p.apart)
        row += 2 * p.apart
        leave_padding(p, row)


cdef inline ptrdiff_t best_state(const Path *p, const double *row) noexcept nogil:
    """Give the first of the best states of a frame."""
    cdef double most = largest_of(p, row)
    cdef ptrdiff_t j
    for j in range(p.n):
        if row[j] == most:
            return j
    for j in range(p.n):
        if row[p.apart + j] == most:
            return p.n + j
    return 0


cdef inline void find_path(
    const Path *p,
    const Scores *s,
    ptrdiff_t n_kept,       # frames whose values are kept at a time
    double *score,          # room for a frame
    double *rows,           # and for n_kept + 1 frames, between gaps, -inf everywhere
    double *before,         # and for the frame before each of the blocks of n_kept frames
    ptrdiff_t *candidates,  # the first candidate of each block
    int32_t *path,
) noexcept nogil:
    """Write the best state of each frame: forwards, and then backwards, block by block.

    Before a block is followed backwards, its values are computed again from the frame before it.
    """
    cdef ptrdiff_t n_blocks = (s.n_frames + n_kept - 1) // n_kept, size = 2 * p.apart
    cdef ptrdiff_t b, t, begin, end, first = 0, state = 0
    for b in range(n_blocks):
        begin, end = b * n_kept, min((b + 1) * n_kept, s.n_frames)
        memcpy(before + b * size, rows, size * sizeof(double))
        candidates[b] = first
        run_block(p, s, begin, end, first, score, rows)
        memcpy(rows, rows + (end - begin) * size, size * sizeof(double))
        for t in range(begin, end):
            first += s.counts[t]
    for b in range(n_blocks - 1, -1, -1):
        begin, end = b * n_kept, min((b + 1) * n_kept, s.n_frames)
        memcpy(rows, before + b * size, size * sizeof(double))
        if b < n_blocks - 1:
            run_block(p, s, begin, end, candidates[b], score, rows)
        for t in range(end - 1, begin - 1, -1):
            if t == s.n_frames - 1:
                state = best_state(p, rows + (end - begin) * size)
            else:
                state = best_before(p, rows + (t - begin + 1) * size, state, False)
            path[t] = <int32_t>state
