"""The path of F0: the native twin of serfast/features/f0_path.py."""

from libc.math cimport ceil, fabs, sqrt

from exponential cimport quick_exponential
from logarithm cimport quick_octaves
from noise_floor cimport larger, smaller
from track cimport Window

cdef enum:  # as in serfast/features/
    MOST = 16           # candidates

ctypedef struct Paths:
    # the state: what all paths have in common; behind it, the worth and the octaves of each
    # candidate of the last row, and of each undecided row where the paths came from, and the level
    # that counts as 0 dB
    double heard
    double decided
    double quietest
    double loudest
    double p            # of the last row
    double count        # of the certain rows
    double mean         # of their octaves

ctypedef struct Heard:
    # a row's candidates
    double[MOST] octaves        # 0: there is none
    double strongest
    double certain              # octaves of the likeliest
    double p
    double loudest              # this level counts as 0 dB



cdef inline void hear(
    const float *row, int n, double row_rate, Paths *paths, Heard *heard
) noexcept nogil:
    """Take the octaves of the candidates, and p; move the quietest and the loudest level on."""
    cdef double level = row[2 * n], most = 0, likeliness
    cdef int k
    if paths.heard == 0:
        paths.quietest = paths.loudest = level
    paths.quietest = smaller(level, paths.quietest + 10 / row_rate)
    paths.loudest = larger(level, paths.loudest - 6 / row_rate)
    heard.strongest = heard.certain = 0
    for k in range(MOST):
        heard.octaves[k] = 0
    for k in range(n):
        if row[k] > 0 and row[n + k] > 0:
            heard.octaves[k] = quick_octaves(row[k])
            heard.strongest = larger(heard.strongest, smaller(row[n + k], 1))
            likeliness = row[n + k] + 0.02 * heard.octaves[k]
            if likeliness > most:
                most = likeliness
                heard.certain = heard.octaves[k]
    heard.loudest = larger(paths.loudest, paths.quietest + 20)
    level = larger(level - heard.loudest, -40)
    heard.p = 1 / (1 + quick_exponential(1 - 7 * heard.strongest - 0.2 * level))


cdef inline double worth_of(
    double strength, double place, double doubt, double mean
) noexcept nogil:
    """Give the worth of a candidate in a row that is certainly a voice's."""
    cdef double value
    if not place > 0:
        return -1
    strength = smaller(strength, 1)
    value = strength * strength * sqrt(strength) + 0.01 * place
    return value - doubt * larger(fabs(place - mean) - 0.4, 0)


cdef inline int strongest_path(const double *worth, int n) noexcept nogil:
    cdef int best = 0, j
    for j in range(1, n):
        best = j if worth[j] > worth[best] else best
    return best


cdef inline void go_on(
    const Window *w, ptrdiff_t i, int n, Paths *paths, double *worth, double *came_from
) noexcept nogil:
    """Go on along all paths by row i."""
    cdef const float *row = w.rows + i * w.n_columns
    cdef double row_rate = w.row_rate, doubt, cost, highest = -1e30
    cdef Heard heard
    cdef double[MOST] new
    cdef double[MOST] origins
    cdef double *places = worth + n
    cdef int k
    hear(row, n, row_rate, paths, &heard)
    doubt = 1 - heard.strongest if paths.count > 0.1 * row_rate else 0
    cost = 0.4 * smaller(heard.p, paths.p)
    w.kernels.best_origins(
        heard.octaves, places, worth, n, cost, 13 / row_rate, new, origins)
    for k in range(n):
        came_from[k] = origins[k]
        new[k] += heard.p / (0.015 * row_rate) * worth_of(
            row[n + k], heard.octaves[k], doubt, paths.mean)
        highest = larger(new[k], highest)
    for k in range(n):
        worth[k] = new[k] - highest
        places[k] = heard.octaves[k]
    paths.p, came_from[n] = heard.p, heard.loudest
    if heard.strongest > 0.85 and heard.p > 0.9:
        paths.count = smaller(paths.count + 1, 2 * row_rate)
        paths.mean += (heard.certain - paths.mean) / paths.count
    paths.heard += 1


cdef inline void f0_path(const Window *w, double *state, float *out) noexcept nogil:
    """Go on along all paths to the latest row; then go back from the end of the best one.

    The parameter is lag.
    """
    cdef Paths *paths = <Paths *>state
    cdef int n = <int>(w.n_columns - 1) // 2, k
    cdef double *worth = state + sizeof(Paths) // sizeof(double)
    cdef double *came_from = worth + 2 * n
    cdef double loudest
    cdef const float *row
    cdef ptrdiff_t slots = <ptrdiff_t>w.parameters[0] + 1, decided = <ptrdiff_t>paths.decided, i, slot
    for i in range(w.place + <ptrdiff_t>paths.heard - decided, w.n_rows):
        go_on(w, i, n, paths, worth,
              came_from + <ptrdiff_t>paths.heard % slots * (n + 1))
    k = strongest_path(worth, n)
    slot = <ptrdiff_t>(paths.heard - 1) % slots
    for i in range(<ptrdiff_t>paths.heard - 1, decided, -1):
        k = <int>came_from[slot * (n + 1) + k]
        slot = slot - 1 if slot > 0 else slots - 1
    paths.decided += 1
    i = min(decided + <ptrdiff_t>ceil(0.06 * w.row_rate), <ptrdiff_t>paths.heard - 1)
    loudest = came_from[i % slots * (n + 1) + n]
    row = w.rows + w.place * w.n_columns
    out[0] = out[1] = out[2] = 0
    if row[k] > 0 and row[n + k] > 0:
        out[0] = row[k]
        out[1] = <float>quick_octaves(row[k])
        out[2] = <float>smaller(row[n + k], 1)
    out[3] = <float>larger(row[2 * n] - loudest, -40)
