"""F0 by sub-harmonic summation: the native twin of features/subharmonic_f0.py."""

from libc.math cimport fabs

from logarithm cimport LN2, quick_logarithm, quick_octaves
from track cimport Window

cdef enum:  # as in serfast/features/subharmonic_f0.py
    N_CANDIDATES = 6
    STATES = 7          # the last one is "unvoiced"
    LEVEL = 12          # its column
    HARMONICS = 13      # their first column

ctypedef struct Paths:
    # the state: behind it, of each undecided row, where each path came from
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


cdef inline void step_to(
    const Paths *paths, int k, double octaves, double *cost, double *origin
) noexcept nogil:
    """Find the cheapest way into a state."""
    cdef double value, away = 5 * fabs(octaves - paths.octaves[0])
    cdef int j
    cost[0] = 1e30
    for j in range(STATES):
        value = paths.cost[j]
        if k == N_CANDIDATES and j == N_CANDIDATES:
            value += 1
        elif k == N_CANDIDATES or j == N_CANDIDATES:
            value += 10
        else:
            value += 10 * fabs(octaves - paths.octaves[j]) + away
        if value < cost[0]:
            cost[0], origin[0] = value, j


cdef inline void go_on(const float *row, Paths *paths, double *came_from) noexcept nogil:
    """Go on along all paths by a row."""
    cdef double[STATES] cost
    cdef double[STATES] octaves
    cdef double local, best, cheapest = 1e30
    cdef int k
    for k in range(STATES):
        octaves[k] = best = 0
        came_from[k], local = N_CANDIDATES, 1e30
        if k == N_CANDIDATES:
            local = 8 if row[0] > 0 and row[N_CANDIDATES] >= <float>0.7 else 0
        elif row[k] > 0 and row[N_CANDIDATES + k] > 0:
            octaves[k] = quick_octaves(row[k])
            local = cost_of(row[k], row[N_CANDIDATES + k])
        if paths.heard > 0 and local < 1e30:
            step_to(paths, k, octaves[k], &best, &came_from[k])
        cost[k] = min(best + local, 1e30)
        cheapest = min(cheapest, cost[k])
    for k in range(STATES):
        paths.cost[k] = min(cost[k] - cheapest, 1e30)
        paths.octaves[k] = octaves[k]
    paths.heard += 1


cdef inline void subharmonic_f0(const Window *w, double *state, float *out) noexcept nogil:
    """Go on to the latest row, and back from the end of the cheapest path.

    The parameters are the lag and the least level.
    """
    cdef Paths *paths = <Paths *>state
    cdef double *came_from = state + sizeof(Paths) // sizeof(double)
    cdef ptrdiff_t slots = <ptrdiff_t>w.parameters[0] + 1, decided = <ptrdiff_t>paths.decided
    cdef ptrdiff_t i, slot
    cdef const float *row = w.rows + w.place * w.n_columns
    cdef double semitones
    cdef int k = N_CANDIDATES, j
    for i in range(w.place + <ptrdiff_t>paths.heard - decided, w.n_rows):
        go_on(w.rows + i * w.n_columns, paths,
              came_from + <ptrdiff_t>paths.heard % slots * STATES)
    for j in range(N_CANDIDATES):
        k = j if paths.cost[j] < paths.cost[k] else k
    slot = <ptrdiff_t>(paths.heard - 1) % slots
    for i in range(<ptrdiff_t>paths.heard - 1, decided, -1):
        k = <int>came_from[slot * STATES + k]
        slot = slot - 1 if slot > 0 else slots - 1
    paths.decided += 1
    for j in range(8):
        out[j] = -201 if j >= 5 else 0
    if k < N_CANDIDATES and row[k] > 0 and row[LEVEL] >= w.parameters[1]:
        semitones = 12 / LN2 * quick_logarithm(row[k] / 27.5)
        out[0], out[1] = row[k], <float>max(semitones, 1)
        for j in range(6):
            out[2 + j] = row[HARMONICS + 6 * k + j]
