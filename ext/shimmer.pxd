"""Shimmer: the native twin of serfast/features/shimmer.py."""

from period_track cimport write_chosen
from track cimport Window


cdef inline void shimmer(const Window *w, double *state, float *out) noexcept nogil:
    """Keep the columns of the periods that are those of F0; the parameter is missing_nan."""
    write_chosen(w, 4, 4, out)
