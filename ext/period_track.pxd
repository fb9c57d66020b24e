"""Which periods count in a row: the native twin of serfast/features/period_track.py."""

from libc.math cimport NAN, fabs

from logarithm cimport octaves
from noise_floor cimport smaller
from period_perturbation cimport CANDIDATES, MEASURES
from track cimport Window


cdef inline void write_chosen(const Window *w, int first, int n, float *out) noexcept nogil:
    """Write n columns from `first` on of the candidate whose periods are those of F0.

    The likeliest candidate is also taken if F0 is half of it.
    """
    cdef const float *row = w.rows + w.place * w.n_columns
    cdef ptrdiff_t before = w.n_columns - CANDIDATES * MEASURES  # columns of F0
    cdef float missing = NAN if w.parameters[0] != 0 else 0
    cdef double nearest = 0.3, apart
    cdef int chosen = -1, i
    cdef float f0, other
    for i in range(CANDIDATES):
        f0, other = row[0], row[before + i * MEASURES]
        if f0 > 0 and other > 0:
            apart = octaves(<double>other / f0)
            apart = smaller(fabs(apart), fabs(apart - 1)) if i == 0 else fabs(apart)
            if apart < nearest:
                nearest, chosen = apart, i
    for i in range(n):
        out[i] = missing
        if chosen >= 0 and row[before + chosen * MEASURES + first + i] >= 0:
            out[i] = row[before + chosen * MEASURES + first + i]
