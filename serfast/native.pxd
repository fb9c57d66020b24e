"""serfast from Cython: plain functions over two opaque pointers, none of which needs the GIL.

    from serfast cimport native

    cdef native.Program *program
    cdef int status = native.make_program(spec, len(spec), &program, NULL, 0)

`spec` is the bytes of `FeatureSpec.to_json().encode()`. make_… and free_… take the GIL themselves;
the others never do. A Program may be used by any number of threads at once, a Stream by one at a
time. Failures are negative codes that message() puts into words.

Samples are float32 in [-1, 1] at the spec's sample rate; rows are float32, row after row of
column_count() values, bit for bit those of serfast.Extractor. What each function does stands in
include/serfast.h, which declares the same ones for C.
"""

cdef extern from *:
    """
    struct serfast_program;
    struct serfast_stream;
    """
    struct Program "serfast_program":
        pass
    struct Stream "serfast_stream":
        pass

cdef enum Status:
    OK = 0
    E_POINTER = -1
    E_SIZE = -2
    E_SHORT = -3
    E_NOT_FINITE = -4
    E_SPEC = -5
    E_FLUSHED = -6
    E_MEMORY = -7
    E_INTERNAL = -8

# What a code means: static text.
cdef const char *message(int code) noexcept nogil

# `reason` (or NULL) gets the text of what is wrong with the spec, at most reason_size bytes.
cdef int make_program(
    const char *spec, ptrdiff_t n_bytes, Program **program, char *reason, ptrdiff_t reason_size
) noexcept nogil
cdef void free_program(Program *program) noexcept nogil

cdef ptrdiff_t column_count(const Program *program) noexcept nogil
cdef ptrdiff_t row_count(const Program *program, ptrdiff_t n_samples) noexcept nogil

# n_rows must be row_count(program, n_samples), and >= 1.
cdef int extract(
    const Program *program, const float *samples, ptrdiff_t n_samples, float *rows, ptrdiff_t n_rows
) noexcept nogil

cdef int make_stream(
    const Program *program, Stream **stream, char *reason, ptrdiff_t reason_size
) noexcept nogil
cdef void free_stream(Stream *stream) noexcept nogil

# Rows that would be ready if n_samples more came now.
cdef ptrdiff_t ready_count(const Stream *stream, ptrdiff_t n_samples) noexcept nogil

# How many rows were written, at most `room`, or a negative code; the others wait for a next call.
cdef ptrdiff_t accept(
    Stream *stream, const float *samples, ptrdiff_t n_samples, float *rows, ptrdiff_t room
) noexcept nogil
cdef ptrdiff_t flush(Stream *stream, float *rows, ptrdiff_t room) noexcept nogil
cdef int reset(Stream *stream) noexcept nogil
