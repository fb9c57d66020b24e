"""The public C interface; serfast/include/serfast.h says what each function does."""

from libc.stdint cimport uint32_t

cdef extern from "serfast.h" nogil:
    enum:
        SERFAST_ABI
        SERFAST_OK
        SERFAST_E_POINTER
        SERFAST_E_SIZE
        SERFAST_E_SHORT
        SERFAST_E_NOT_FINITE
        SERFAST_E_SPEC
        SERFAST_E_FLUSHED
        SERFAST_E_MEMORY
        SERFAST_E_INTERNAL

    struct serfast_program:
        pass
    struct serfast_stream:
        pass

    ctypedef struct serfast_api:
        uint32_t abi
        uint32_t size
        const char *(*message)(int) noexcept nogil
        int (*make_program)(
            const char *, ptrdiff_t, serfast_program **, char *, ptrdiff_t) noexcept nogil
        void (*free_program)(serfast_program *) noexcept nogil
        ptrdiff_t (*column_count)(const serfast_program *) noexcept nogil
        ptrdiff_t (*row_count)(const serfast_program *, ptrdiff_t) noexcept nogil
        int (*extract)(
            const serfast_program *, const float *, ptrdiff_t, float *, ptrdiff_t) noexcept nogil
        int (*make_stream)(
            const serfast_program *, serfast_stream **, char *, ptrdiff_t) noexcept nogil
        void (*free_stream)(serfast_stream *) noexcept nogil
        ptrdiff_t (*ready_count)(const serfast_stream *, ptrdiff_t) noexcept nogil
        ptrdiff_t (*accept)(
            serfast_stream *, const float *, ptrdiff_t, float *, ptrdiff_t) noexcept nogil
        ptrdiff_t (*flush)(serfast_stream *, float *, ptrdiff_t) noexcept nogil
        int (*reset)(serfast_stream *) noexcept nogil
