"""Rows here are those of a whole recording, or the latest ones of a stream."""

ctypedef struct Rows:
    # row t is at data + (t % kept) · size
    float *data
    ptrdiff_t kept
    ptrdiff_t size


cdef inline float *row_at(const Rows *rows, ptrdiff_t t) noexcept nogil:
    return rows.data + t % rows.kept * rows.size
