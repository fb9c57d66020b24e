"""Jitter: the native twin of serfast/features/jitter.py."""

from period_track cimport write_chosen
from track cimport Window


cdef inline void jitter(const Window *w, double *state, float *out) noexcept nogil:
    """Keep the columns of the periods that are those of F0; the parameter is missing_nan."""
    write_chosen(w, 1, 3, out)
