# The functions of serfast/native.pxd and serfast/include/serfast.h, which say what each one does.
#
# `api` puts them into this module's __pyx_capi__, where `from serfast cimport native` finds them
# (serfast/native.py passes it on); native_table.pxi holds the same ones for C.

from serfast.errors import SerfastError

from cpython.ref cimport Py_DECREF, Py_INCREF, PyObject
from libc.math cimport INFINITY
from libc.stdint cimport uintptr_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy

from grid cimport rows_after
from program cimport Program

from serfast_api cimport (
    SERFAST_E_FLUSHED,
    SERFAST_E_INTERNAL,
    SERFAST_E_MEMORY,
    SERFAST_E_NOT_FINITE,
    SERFAST_E_POINTER,
    SERFAST_E_SHORT,
    SERFAST_E_SIZE,
    SERFAST_E_SPEC,
    SERFAST_OK,
    serfast_program,
    serfast_stream,
)

cdef extern from *:
    """
    static const char *const serfast_messages[] = {
        "no error",
        "pointers must not be NULL, nor arrays misaligned or overlapping",
        "sizes must be >= 0, and n_rows what row_count gives",
        "samples must be enough for one row",
        "samples must be finite",
        "spec must be the JSON of a FeatureSpec, and streamable for a stream: see reason",
        "stream must be reset after flush before it accepts more",
        "no memory",
        "unexpected Python error: see reason",
    };
    #define SERFAST_N_MESSAGES ((int)(sizeof serfast_messages / sizeof *serfast_messages))
    """
    const char *serfast_messages[]
    const int SERFAST_N_MESSAGES

cdef struct Made:
    # what a serfast_program is: the program lies in the extractor's engine
    PyObject *extractor
    const Program *program

cdef ptrdiff_t MOST = <ptrdiff_t>((<size_t>-1) // (4 * sizeof(float)))  # samples: no sum overflows


# ---- the engine, as these functions see it -------------------------------------------------------

cdef ptrdiff_t rows_ready(StreamState state, ptrdiff_t n_samples) noexcept nogil:
    return state._complete(state.end + n_samples) - state.next_row


cdef ptrdiff_t advance(
    StreamState state, const float *samples, ptrdiff_t n_samples, float *rows, ptrdiff_t room
) noexcept nogil:
    room = min(room, rows_ready(state, n_samples))
    if state._run(samples, n_samples, FLOAT32, rows, room):
        return SERFAST_E_MEMORY
    return room


cdef int check_chunk(
    StreamState state, const float *samples, ptrdiff_t n_samples, const float *rows, ptrdiff_t room
) noexcept nogil:
    cdef int status = check_array(rows, room)
    if status == SERFAST_OK:
        status = check_array(samples, n_samples)
    if status != SERFAST_OK:
        return status
    room = min(room, rows_ready(state, n_samples))
    return check_arrays(samples, n_samples, rows, room, state.engine.program.n_columns)


cdef bint was_flushed(StreamState state) noexcept nogil:
    return state.flushed


cdef void end_signal(StreamState state) noexcept nogil:
    state.flushed = True


cdef void begin_signal(StreamState state) noexcept nogil:
    state._begin_signal()


# ---- what the caller may have got wrong ----------------------------------------------------------

cdef int check_array(const float *values, ptrdiff_t size) noexcept nogil:
    """Check an array of `size` floats; if size is 0, its pointer doesn't matter."""
    if size < 0 or size > MOST:
        return SERFAST_E_SIZE
    if size > 0 and (values == NULL or <uintptr_t>values % sizeof(float)):
        return SERFAST_E_POINTER
    return SERFAST_OK


cdef int check_arrays(
    const float *samples, ptrdiff_t n_samples, const float *rows, ptrdiff_t n_rows,
    ptrdiff_t n_columns,
) noexcept nogil:
    """Check that samples and rows are arrays that don't overlap, and that samples are finite."""
    cdef int status = check_array(rows, n_rows)
    if status == SERFAST_OK:
        status = check_array(samples, n_samples)
    if status != SERFAST_OK:
        return status
    if n_rows > 0 and samples < rows + n_rows * n_columns and rows < samples + n_samples:
        return SERFAST_E_POINTER
    if n_samples > 0 and kernels.first_beyond(samples, n_samples, INFINITY) < n_samples:
        return SERFAST_E_NOT_FINITE
    return SERFAST_OK


cdef void forget(char *reason, ptrdiff_t reason_size) noexcept nogil:
    """Clear the reason of an error."""
    if reason != NULL and reason_size > 0:
        reason[0] = 0


cdef int failed(error, char *reason, ptrdiff_t reason_size):
    """Give the code of an exception; copy as much of its text as `reason` has room for."""
    cdef bytes text
    if reason != NULL and reason_size > 0:
        text = str(error).encode("utf-8", "replace")[: reason_size - 1]
        text = text.decode("utf-8", "ignore").encode()  # not half a character
        memcpy(reason, <const char *>text, len(text) + 1)
    if isinstance(error, MemoryError):
        return SERFAST_E_MEMORY
    if isinstance(error, (SerfastError, RecursionError)):
        return SERFAST_E_SPEC
    return SERFAST_E_INTERNAL


make_extractor = None  # of the JSON of a spec; `import serfast` gives it


def make_programs_with(function):
    """Let programs of the C interface be made by a function that gives the extractor of a spec."""
    global make_extractor
    make_extractor = function


cdef serfast_program *new_program(bytes spec) except NULL:
    extractor = make_extractor(spec)
    cdef Engine engine = extractor._run
    cdef Made *made = <Made *>malloc(sizeof(Made))
    if made == NULL:
        raise MemoryError("no memory for a program")
    Py_INCREF(extractor)
    made.extractor = <PyObject *>extractor
    made.program = &engine.program
    return <serfast_program *>made


cdef serfast_stream *new_stream(const serfast_program *program) except NULL:
    cdef StreamState state = (<object>(<const Made *>program).extractor).stream()
    Py_INCREF(state)
    return <serfast_stream *><PyObject *>state


# ---- the functions -------------------------------------------------------------------------------

cdef api const char *message "serfast_message"(int code) noexcept nogil:
    if -SERFAST_N_MESSAGES < code <= 0:
        return serfast_messages[-code]
    return "unknown code"


cdef api int make_program "serfast_make_program"(
    const char *spec, ptrdiff_t n_bytes, serfast_program **program, char *reason,
    ptrdiff_t reason_size,
) noexcept with gil:
    forget(reason, reason_size)
    if program == NULL:
        return SERFAST_E_POINTER
    program[0] = NULL
    if spec == NULL:
        return SERFAST_E_POINTER
    if n_bytes < 0 or reason_size < 0:
        return SERFAST_E_SIZE
    try:
        program[0] = new_program(spec[:n_bytes])
    except BaseException as error:  # the caller knows no exceptions
        return failed(error, reason, reason_size)
    return SERFAST_OK


cdef api void free_program "serfast_free_program"(serfast_program *program) noexcept with gil:
    if program != NULL:
        Py_DECREF(<object>(<Made *>program).extractor)
        free(program)


cdef api ptrdiff_t column_count "serfast_column_count"(
    const serfast_program *program
) noexcept nogil:
    return SERFAST_E_POINTER if program == NULL else (<const Made *>program).program.n_columns


cdef api ptrdiff_t row_count "serfast_row_count"(
    const serfast_program *program, ptrdiff_t n_samples
) noexcept nogil:
    if program == NULL:
        return SERFAST_E_POINTER
    if n_samples < 0 or n_samples > MOST:
        return SERFAST_E_SIZE
    return rows_after(&(<const Made *>program).program.grid, n_samples, True)


cdef api int extract "serfast_extract"(
    const serfast_program *program, const float *samples, ptrdiff_t n_samples, float *rows,
    ptrdiff_t n_rows,
) noexcept nogil:
    cdef ptrdiff_t wanted = row_count(program, n_samples)
    cdef const Program *p
    cdef int status
    cdef bint tame
    if wanted < 0:
        return <int>wanted
    if wanted == 0:
        return SERFAST_E_SHORT
    if n_rows != wanted:
        return SERFAST_E_SIZE
    p = (<const Made *>program).program
    status = check_arrays(samples, n_samples, rows, n_rows, p.n_columns)
    if status != SERFAST_OK:
        return status
    tame = kernels.first_beyond(samples, n_samples, LOUD) == n_samples
    if run(p, samples, n_samples, tame, rows, n_rows, NULL):
        status = SERFAST_E_MEMORY
    return status


cdef api int make_stream "serfast_make_stream"(
    const serfast_program *program, serfast_stream **stream, char *reason, ptrdiff_t reason_size
) noexcept with gil:
    forget(reason, reason_size)
    if stream == NULL:
        return SERFAST_E_POINTER
    stream[0] = NULL
    if program == NULL:
        return SERFAST_E_POINTER
    if reason_size < 0:
        return SERFAST_E_SIZE
    try:
        stream[0] = new_stream(program)
    except BaseException as error:  # as above
        return failed(error, reason, reason_size)
    return SERFAST_OK


cdef api void free_stream "serfast_free_stream"(serfast_stream *stream) noexcept with gil:
    if stream != NULL:
        Py_DECREF(<object><PyObject *>stream)


cdef api ptrdiff_t ready_count "serfast_ready_count"(
    const serfast_stream *stream, ptrdiff_t n_samples
) noexcept nogil:
    if stream == NULL:
        return SERFAST_E_POINTER
    if n_samples < 0 or n_samples > MOST:
        return SERFAST_E_SIZE
    return rows_ready(<StreamState>stream, n_samples)


cdef api ptrdiff_t accept "serfast_accept"(
    serfast_stream *stream, const float *samples, ptrdiff_t n_samples, float *rows, ptrdiff_t room
) noexcept nogil:
    cdef int status
    if stream == NULL:
        return SERFAST_E_POINTER
    if was_flushed(<StreamState>stream):
        return SERFAST_E_FLUSHED
    status = check_chunk(<StreamState>stream, samples, n_samples, rows, room)
    if status != SERFAST_OK:
        return status
    return advance(<StreamState>stream, samples, n_samples, rows, room)


cdef api ptrdiff_t flush "serfast_flush"(
    serfast_stream *stream, float *rows, ptrdiff_t room
) noexcept nogil:
    cdef int status
    if stream == NULL:
        return SERFAST_E_POINTER
    status = check_array(rows, room)
    if status != SERFAST_OK:
        return status
    end_signal(<StreamState>stream)
    return advance(<StreamState>stream, NULL, 0, rows, room)


cdef api int reset "serfast_reset"(serfast_stream *stream) noexcept nogil:
    if stream == NULL:
        return SERFAST_E_POINTER
    begin_signal(<StreamState>stream)
    return SERFAST_OK


include "native_table.pxi"
