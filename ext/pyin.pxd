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
    const double *above         # and of all others
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
    int32_t *counts             # how many of them have each level
    double *weights             # their probabilities

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
    ptrdiff_t apart             # from the voiced states to the unvoiced ones, with a gap of -inf
    const double *stay          # moves to states of the same kind; see best_moves in kernels.h
    const double *turn          # and of the other kind
    const double *stay_to       # [j, k]: the same moves to state j, side by side
    const double *turn_to
    const double *turn_from     # [i, k]: and from state i to states i - first - k
    double start                # of each state
    double missing              # what a candidate scores that isn't there
    double far                  # what a move beyond the band scores; -inf: there is none
    double easiest              # the largest score of a move
    double straight             # the smallest score of a move from j to j, of either kind

ctypedef struct Frame:
    # the candidates of a frame, and what its values are known to be
    ptrdiff_t count
    const int32_t *states
    const double *scores
    double most                 # the largest value
    bint alone                  # only candidates and unvoiced states can be on the best path


# ---- candidates ----------------------------------------------------------------------------------

cdef inline void add_hop(
    const Candidates *p, const double *samples, double *sums
) noexcept nogil:
    """Compute the products of a hop's samples with those behind them: first part, and rest."""
    cdef ptrdiff_t tile, lag
    memset(sums, 0, 2 * p.n_products * sizeof(double))
    for tile in range(p.n_products // SERFAST_LAGS):
        lag = tile * SERFAST_LAGS
        p.kernels.lag_sums(samples, samples + lag, p.rest, SERFAST_LAGS, sums + lag)
        if p.n_hops > 0:
            p.kernels.lag_sums(
                samples + p.rest, samples + p.rest + lag, p.hop - p.rest, SERFAST_LAGS,
                sums + p.n_products + lag)


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
        p.kernels.lag_sums(
            end - n, w.end + p.n_products - n + lag, n, SERFAST_LAGS, w.products + lag)
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


cdef inline double prior_between(const Candidates *p, int begin, int end) noexcept nogil:
    """Give the probability of the thresholds begin … end - 1, from the smaller of two sums."""
    if p.below[end] < p.above[begin]:
        return p.below[end] - p.below[begin]
    return p.above[begin] - p.above[end]


cdef inline void share_thresholds(const Candidates *p, int n_troughs, Work *w) noexcept nogil:
    """Share the probability of the thresholds among the troughs below each of them.

    Thresholds between the same two troughs are taken together.
    """
    cdef int begin = 0, end, i, below = 0, place
    cdef double probability
    while begin < p.n_thresholds:
        below += w.counts[begin]
        end = begin + 1
        while end < p.n_thresholds and w.counts[end] == 0:
            end += 1
        if below > 0:
            probability = p.share[below] * prior_between(p, begin, end)
            place = 0
            for i in range(n_troughs):
                if w.levels[i] <= begin:
                    w.weights[i] += p.decay[place] * probability
                    place += 1
        begin = end


cdef inline int weigh_troughs(
    const Candidates *p, Work *w, double *periods, double *probabilities
) noexcept nogil:
    """Write the period and the probability of each trough that has one, give how many there are."""
    cdef int n = p.max_lag - p.min_lag + 1, n_troughs = find_troughs(p, w), lowest = 0, found = 0, i
    memset(w.counts, 0, (p.n_thresholds + 1) * sizeof(int32_t))
    memset(w.weights, 0, n_troughs * sizeof(double))
    for i in range(n_troughs):
        w.levels[i] = level_of(p, w.difference[w.troughs[i]])
        w.counts[w.levels[i]] += 1
        if w.difference[w.troughs[i]] < w.difference[w.troughs[lowest]]:
            lowest = i
    share_thresholds(p, n_troughs, w)
    if n_troughs > 0:
        w.weights[lowest] += p.no_trough * p.below[w.levels[lowest]]
    for i in range(n_troughs):
        if w.weights[i] > 0:
            periods[found] = p.min_lag + w.troughs[i] + parabola(w.difference, w.troughs[i], n)
            probabilities[found] = w.weights[i]
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
#
# A row has the values of a frame's states: the best score of a path that ends there. A voiced state
# that isn't a candidate scores -708, the logarithm of hardly anything, and so hardly ever matters:
# a frame's row has -inf there if a bound shows that nobody would come from it, nor end there.

cdef inline double larger(double a, double b) noexcept nogil:
    return a if a > b else b


cdef inline void fill(double *row, ptrdiff_t n, double value) noexcept nogil:
    cdef ptrdiff_t j
    for j in range(n):
        row[j] = value


cdef inline void leave_padding(const Path *p, double *row) noexcept nogil:
    """Let nobody come from a state that isn't there, before and behind those of either kind."""
    cdef ptrdiff_t gap = p.apart - p.padded
    fill(row - gap, gap, -HUGE_VAL)
    fill(row + p.n, p.apart - p.n, -HUGE_VAL)
    fill(row + p.apart + p.n, p.apart - p.n, -HUGE_VAL)


cdef inline void look(
    const Path *p, const double *row, double bound, Frame *frame
) noexcept nogil:
    """Find the largest value; tell whether states of values up to `bound` can't matter."""
    cdef const double *unvoiced = row + p.apart
    cdef double most = unvoiced[0], least = unvoiced[0]
    cdef ptrdiff_t j
    for j in range(p.n):
        most = larger(unvoiced[j], most)
        least = -larger(-unvoiced[j], -least)
    for j in range(frame.count):
        most = larger(row[frame.states[j]], most)
    frame.alone = bound + p.easiest < least + p.straight
    if not frame.alone:
        for j in range(p.n):
            most = larger(row[j], most)
    frame.most = most


cdef inline void step_from_few(
    const Path *p, const double *row, const Frame *before, const Frame *frame, double quiet,
    double *out,
) noexcept nogil:
    """Compute the values of the candidates and of the unvoiced states from the same of `row`."""
    cdef const double *unvoiced = row + p.apart
    cdef double *quiets = out + p.apart
    cdef const double *moves
    cdef double least = before.most + p.far, best
    cdef ptrdiff_t i, j, c, k
    fill(out, p.n, -HUGE_VAL)
    fill(quiets, p.padded, least)
    p.kernels.best_moves(unvoiced + p.first, p.stay, p.padded, p.width, quiets)
    for c in range(before.count):
        i = before.states[c]
        moves = p.turn_from + i * p.width
        for k in range(max(0, i - p.first - p.n + 1), min(p.width, i - p.first + 1)):
            j = i - p.first - k
            quiets[j] = larger(row[i] + moves[k], quiets[j])
    for j in range(p.n):
        quiets[j] += quiet
    for c in range(frame.count):
        j = frame.states[c]
        best = least
        moves = p.turn_to + j * p.width
        for k in range(p.width):  # those that aren't there are -inf
            best = larger(unvoiced[j + p.first + k] + moves[k], best)
        moves = p.stay_to + j * p.width
        for i in range(before.count):
            k = before.states[i] - j - p.first
            if 0 <= k < p.width:
                best = larger(row[before.states[i]] + moves[k], best)
        out[j] = best + frame.scores[c]
    leave_padding(p, out)


cdef inline void step_from_all(
    const Path *p, const double *row, double most, const Frame *frame, double quiet, double *score,
    double *out,
) noexcept nogil:
    """Compute the values of all states from all of `row`."""
    cdef ptrdiff_t j
    fill(out, p.padded, most + p.far)
    fill(out + p.apart, p.padded, most + p.far)
    p.kernels.best_moves(row + p.first, p.stay, p.padded, p.width, out)
    p.kernels.best_moves(row + p.apart + p.first, p.turn, p.padded, p.width, out)
    p.kernels.best_moves(row + p.apart + p.first, p.stay, p.padded, p.width, out + p.apart)
    p.kernels.best_moves(row + p.first, p.turn, p.padded, p.width, out + p.apart)
    add_scores(p, frame, quiet, score, out)


cdef inline void add_scores(
    const Path *p, const Frame *frame, double quiet, double *score, double *out
) noexcept nogil:
    """Add what each state scores in this frame."""
    cdef ptrdiff_t j
    fill(score, p.n, p.missing)
    for j in range(frame.count):
        score[frame.states[j]] = frame.scores[j]
    for j in range(p.n):
        out[j] += score[j]
        out[p.apart + j] += quiet
    leave_padding(p, out)


cdef inline void run_block(
    const Path *p, const Scores *s, ptrdiff_t begin, ptrdiff_t end, ptrdiff_t candidate,
    double *score, double *rows, double *peaks,
) noexcept nogil:
    """Compute the values of frames begin … end - 1 behind those of frame begin - 1 in rows[0].

    A peak is the largest value of its row.
    """
    cdef ptrdiff_t t, size = 2 * p.apart
    cdef Frame before, frame
    cdef double bound
    cdef double *out
    before.count, before.states, before.scores = 0, s.states, s.scores
    look(p, rows, HUGE_VAL, &before)
    for t in range(begin, end):
        frame.count, frame.states = s.counts[t], s.states + candidate
        frame.scores = s.scores + candidate
        peaks[t - begin] = before.most
        out = rows + size
        bound = (p.start if t == 0 else before.most + p.easiest) + p.missing
        if t == 0:
            fill(out, p.n, p.start)
            fill(out + p.apart, p.n, p.start)
            add_scores(p, &frame, s.quiet[t], score, out)
        elif before.alone:
            step_from_few(p, rows, &before, &frame, s.quiet[t], out)
        else:
            step_from_all(p, rows, before.most, &frame, s.quiet[t], score, out)
        look(p, out, bound, &frame)
        if t > 0 and before.alone and not frame.alone:
            step_from_all(p, rows, before.most, &frame, s.quiet[t], score, out)
            look(p, out, bound, &frame)
        candidate += frame.count
        before = frame
        rows = out
    peaks[end - begin] = before.most


cdef inline ptrdiff_t best_state(const Path *p, const double *row, double most) noexcept nogil:
    """Give the first of the best states of a frame."""
    cdef ptrdiff_t j
    for j in range(p.n):
        if row[j] == most:
            return j
    for j in range(p.n):
        if row[p.apart + j] == most:
            return p.n + j
    return 0


cdef inline ptrdiff_t best_before(
    const Path *p, const double *row, double peak, ptrdiff_t to, bint everywhere
) noexcept nogil:
    """Give the first of the best states before state `to`: within the band or everywhere."""
    cdef ptrdiff_t j = to % p.n, best = -1, low = max(0, j + p.first), i, k
    cdef ptrdiff_t high = min(p.n, j + p.first + p.width)
    cdef double most = -HUGE_VAL, value
    cdef const double *moves
    cdef int kind
    if everywhere:
        low, high = 0, p.n
    for kind in range(2):
        moves = (p.stay_to if kind == to // p.n else p.turn_to) + j * p.width
        for i in range(low, high):
            k = i - j - p.first
            value = row[p.apart * kind + i] + (moves[k] if 0 <= k < p.width else p.far)
            if value > most:
                most, best = value, p.n * kind + i
    if not everywhere and peak + p.far >= most:
        return best_before(p, row, peak, to, True)
    return best


cdef inline void find_path(
    const Path *p,
    const Scores *s,
    ptrdiff_t n_kept,       # frames whose values are kept at a time
    double *score,          # room for the states of a frame
    double *rows,           # and for n_kept + 1 rows, behind a gap
    double *peaks,          # and for as many peaks
    double *before,         # and for the row before each of the blocks of n_kept frames
    ptrdiff_t *candidates,  # the first candidate of each block
    int32_t *path,
) noexcept nogil:
    """Write the best state of each frame: forwards, and then backwards, block by block.

    Before a block is followed backwards, its values are computed again from the row before it.
    """
    cdef ptrdiff_t n_blocks = (s.n_frames + n_kept - 1) // n_kept, size = 2 * p.apart
    cdef ptrdiff_t b, t, i, begin, end, first = 0, state = 0
    fill(rows, size, -HUGE_VAL)
    leave_padding(p, rows)
    for b in range(n_blocks):
        begin, end = b * n_kept, min((b + 1) * n_kept, s.n_frames)
        memcpy(before + b * size, rows, size * sizeof(double))
        candidates[b] = first
        run_block(p, s, begin, end, first, score, rows, peaks)
        memcpy(rows, rows + (end - begin) * size, size * sizeof(double))
        for t in range(begin, end):
            first += s.counts[t]
    for b in range(n_blocks - 1, -1, -1):
        begin, end = b * n_kept, min((b + 1) * n_kept, s.n_frames)
        memcpy(rows, before + b * size, size * sizeof(double))
        if b < n_blocks - 1:
            run_block(p, s, begin, end, candidates[b], score, rows, peaks)
        for t in range(end - 1, begin - 1, -1):
            i = t - begin + 1
            if t == s.n_frames - 1:
                state = best_state(p, rows + i * size, peaks[i])
            else:
                state = best_before(p, rows + i * size, peaks[i], state, False)
            path[t] = <int32_t>state
