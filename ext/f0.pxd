"""F0 and its voicing: the native twin of serfast/features/f0.py."""

from libc.math cimport NAN, ceil, fabs

from exponential cimport quick_exponential
from noise_floor cimport larger, smaller
from track cimport Window

cdef enum:  # the columns of a path
    FREQUENCY, OCTAVES, STRENGTH, LEVEL, COLUMNS


cdef inline double voice_odds(
    const Window *w, ptrdiff_t i, ptrdiff_t near, double evidence
) noexcept nogil:
    """Give the odds of a voice in row i, by itself."""
    cdef const float *row = w.rows + i * COLUMNS
    cdef ptrdiff_t end = min(i + near + 1, w.n_rows), j
    cdef double jump = 0, z
    for j in range(max(i - near, 0), end):
        jump = larger(fabs(<double>row[OCTAVES] - w.rows[j * COLUMNS + OCTAVES]), jump)
    z = 1.1 + 5.7 * row[STRENGTH] + 0.2 * row[LEVEL] - 7 * smaller(jump, 0.8)
    z -= 20 * larger(0.3 - row[STRENGTH], 0)
    if not row[FREQUENCY] > 0:
        z = -20
    return quick_exponential(larger(smaller(z, 30), -30) * evidence)


cdef inline void f0(const Window *w, double *state, float *out) noexcept nogil:
    """Go back from the latest row to this one, then on from the row before.

    The parameters are threshold and unvoiced_nan.
    """
    cdef ptrdiff_t near = <ptrdiff_t>larger(smaller(ceil(0.015 * w.row_rate - 0.5), 4), 1), i
    cdef double evidence = smaller(1 / (0.015 * w.row_rate), 1)
    cdef double change = (1 - quick_exponential(-13 / w.row_rate)) / 2
    cdef double voiced = 1, unvoiced = 1, odds = 1, before = 0.5, p
    for i in range(w.n_rows - 1, w.place - 1, -1):
        odds = voice_odds(w, i, near, evidence)
        if i > w.place:
            p = odds * voiced + unvoiced
            voiced = (odds * voiced * (1 - change) + unvoiced * change) / p
            unvoiced = 1 - voiced
    if state[1] > 0:
        before = (1 - change) * state[0] + change * (1 - state[0])
    state[0] = before * odds / (before * odds + 1 - before)
    state[1] = 1
    p = state[0] * voiced / (state[0] * voiced + (1 - state[0]) * unvoiced)
    out[1] = <float>p
    out[0] = w.rows[w.place * COLUMNS + FREQUENCY]
    if p < w.parameters[0] or not out[0] > 0:
        out[0] = NAN if w.parameters[1] != 0 else 0
