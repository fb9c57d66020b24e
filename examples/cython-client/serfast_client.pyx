# cython: boundscheck=False
"""A native client of serfast: every row is computed without the GIL.

`spec` is FeatureSpec.to_json(); rows are those of serfast.Extractor, bit for bit.
"""

import numpy as np

from serfast cimport native


def extract(str spec, const float[::1] samples not None):
    """All rows of a signal."""
    cdef native.Program *program = new_program(spec)
    cdef ptrdiff_t n_samples = samples.shape[0], n_rows = native.row_count(program, n_samples)
    cdef float[::1] rows
    cdef int status
    try:
        rows = np.empty(n_rows * native.column_count(program), dtype=np.float32)
        with nogil:
            status = native.extract(program, &samples[0], n_samples, &rows[0], n_rows)
        check(status)
        return np.asarray(rows).reshape(n_rows, -1)
    finally:
        native.free_program(program)


def extract_live(str spec, const float[::1] samples not None, ptrdiff_t chunk):
    """The rows of a signal that arrives `chunk` samples (>= 1) at a time."""
    cdef native.Program *program = new_program(spec)
    cdef ptrdiff_t n_columns = native.column_count(program), n_rows
    cdef native.Stream *stream = NULL
    cdef float[::1] rows
    try:
        stream = new_stream(program)
        n_rows = native.row_count(program, samples.shape[0])
        rows = np.empty(n_rows * n_columns, dtype=np.float32)
        with nogil:
            n_rows = feed(stream, samples, max(chunk, 1), &rows[0], n_rows, n_columns)
        check(n_rows)
        return np.asarray(rows).reshape(-1, n_columns)[:n_rows]
    finally:
        native.free_stream(stream)
        native.free_program(program)


cdef ptrdiff_t feed(
    native.Stream *stream, const float[::1] samples, ptrdiff_t chunk, float *rows, ptrdiff_t room,
    ptrdiff_t n_columns,
) noexcept nogil:
    """Push all samples, then flush; how many rows were written, or a negative code."""
    cdef ptrdiff_t taken = 0, written = 0, n_samples = samples.shape[0], n
    while taken < n_samples:
        chunk = min(chunk, n_samples - taken)
        n = native.accept(
            stream, &samples[taken], chunk, rows + written * n_columns, room - written
        )
        if n < 0:
            return n
        taken += chunk
        written += n
    n = native.flush(stream, rows + written * n_columns, room - written)
    return n if n < 0 else written + n


cdef native.Program *new_program(str spec) except NULL:
    cdef native.Program *program
    cdef char reason[200]
    cdef bytes text = spec.encode()
    check(native.make_program(text, len(text), &program, reason, sizeof(reason)), reason)
    return program


cdef native.Stream *new_stream(native.Program *program) except NULL:
    cdef native.Stream *stream
    cdef char reason[200]
    check(native.make_stream(program, &stream, reason, sizeof(reason)), reason)
    return stream


cdef int check(ptrdiff_t status, const char *reason=NULL) except -1:
    """ValueError for a negative code, in serfast's own words."""
    if status >= 0:
        return 0
    if reason != NULL and reason[0]:
        raise ValueError(reason.decode())
    raise ValueError(native.message(<int>status).decode())
