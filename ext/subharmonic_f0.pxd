"""F0 by sub-harmonic summation: the native twin of features/subharmonic_f0.py."""

from libc.math cimport fabs
from libc.stdint cimport int64_t

from logarithm cimport LN2, quick_logarithm, quick_octaves
from track cimport Window

cdef enum:  # as in serfast/features/subharmonic_f0.py
    N_CANDIDATES = 6
    STATES = 7          # the last one is "unvoiced"
    LEVEL = 12          # its column
    HARMONICS = 13      # their first column

ctypedef struct Paths:
    # the state: behind it, of each undecided row, where each path came from, three bits a path
    double heard
    double decided
    double cost[STATES]
    double octaves[STATES]


cdef inline double cost_of(double hz, double voicing) noexcept nogil:
    cdef double cost = -2 * quick_logarithm(voicing)
    if voicing < <float>0.7:
        cost += 8
    if hz < 100:
        return cost + (100 - hz) / 100
    if hz > 600:
        return cost + 1.2
    return cost + (hz - 350) / 250 if hz > 350 else cost


cdef inline int step_to(const Paths *paths, int k, double octaves, double *cost) noexcept nogil:
    """Find the cheapest way into a state; give where it comes from. No branch has to be foreseen."""
    cdef double value, best = 1e30, away = 5 * fabs(octaves - paths.octaves[0])
    cdef double change = 10  # between voiced and unvoiced
    cdef int origin = N_CANDIDATES, j
    for j in range(N_CANDIDATES):
        value = paths.cost[j]
        value += change if k == N_CANDIDATES else 10 * fabs(octaves - paths.octaves[j]) + away
        origin = j if value < best else origin
        best = value if value < best else best
    value = paths.cost[N_CANDIDATES] + (1 if k == N_CANDIDATES else change)
    origin = N_CANDIDATES if value < best else origin
    cost[0] = value if value < best else best
    return origin


cdef inline int64_t go_on(const float *row, Paths *paths) noexcept nogil:
    """Go on along all paths by a row; give where they come from."""
    cdef double[STATES] cost
    cdef double[STATES] octaves
    cdef double local, best, cheapest = 1e30
    cdef int64_t came_from = 0, origin
    cdef int k
    for k in range(STATES):
        octaves[k] = best = 0
        origin, local = N_CANDIDATES, 1e30
        if k == N_CANDIDATES:
            local = 8 if row[0] > 0 and row[N_CANDIDATES] >= <float>0.7 else 0
        elif row[k] > 0 and row[N_CANDIDATES + k] > 0:
            octaves[k] = quick_octaves(row[k])
            local = cost_of(row[k], row[N_CANDIDATES + k])
        if paths.heard > 0 and local < 1e30:
            origin = step_to(paths, k, octaves[k], &best)
        came_from |= origin << (3 * k)
        cost[k] = min(best + local, 1e30)
        cheapest = min(cheapest, cost[k])
    for k in range(STATES):
        paths.cost[k] = min(cost[k] - cheapest, 1e30)
        paths.octaves[k] = octaves[k]
    paths.heard += 1
    return came_from


cdef inline void subharmonic_f0(const Window *w, double *state, float *out) noexcept nogil:
    """Go on to the latest row, and back from the end of the cheapest path.

    The parameters are the lag and the least level.
    """
    cdef Paths *paths = <Paths *>state
    cdef int64_t *came_from = <int64_t *>(paths + 1)
    cdef ptrdiff_t slots = <ptrdiff_t>w.parameters[0] + 1, decided = <ptrdiff_t>paths.decided
    cdef ptrdiff_t i, slot = <ptrdiff_t>paths.heard % slots
    cdef const float *row = w.rows + w.place * w.n_columns
    cdef double semitones
    cdef int k = N_CANDIDATES, j
    for i in range(w.place + <ptrdiff_t>paths.heard - decided, w.n_rows):
        came_from[slot] = go_on(w.rows + i * w.n_columns, paths)
        slot = slot + 1 if slot + 1 < slots else 0
    for j in range(N_CANDIDATES):
        k = j if paths.cost[j] < paths.cost[k] else k
    for i in range(<ptrdiff_t>paths.heard - 1, decided, -1):
        slot = slot - 1 if slot > 0 else slots - 1
        k = came_from[slot] >> (3 * k) & 7
    paths.decided += 1
    for j in range(8):
        out[j] = -201 if j >= 5 else 0
    if k < N_CANDIDATES and row[k] > 0 and row[LEVEL] >= w.parameters[1]:
        semitones = 12 / LN2 * quick_logarithm(row[k] / 27.5)
        out[0], out[1] = row[k], <float>max(semitones, 1)
        for j in range(6):
            out[2 + j] = row[HARMONICS + 6 * k + j]
