/* serfast from C, and from whatever can call C: one table of plain functions.
 *
 * Get the table in one of three ways, after `import serfast` has run in the process:
 *   C with Python.h     const serfast_api *api = serfast_import();   (holding the GIL; below)
 *   ctypes, cffi        serfast_get_api(SERFAST_ABI), exported by the file serfast.native.library()
 *   anything else       the PyCapsule serfast._engine._C_API holds the same pointer
 * Cython has `from serfast cimport native` and needs neither this file nor the table.
 *
 * Threads. make_… and free_… take Python's global lock (the GIL) themselves: call them with or
 * without it, but not after Python has shut down. Everything else needs no GIL, takes no lock and
 * calls no Python. A program doesn't change, so any number of threads may use it at once; a stream
 * belongs to one thread at a time.
 *
 * Failures are negative codes, message(code) says what each one means. Nothing has changed then,
 * but for a stream that got no memory: reset it.
 * Samples are float32 in [-1, 1] at the spec's sample rate (16-bit integers: multiply by
 * 1.0f / 32768). Rows are float32, row after row, column_count values each, and are bit for bit
 * those of serfast.Extractor.
 */
#ifndef SERFAST_H
#define SERFAST_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* cffi: declarations begin */

/* Changes when something here stops being compatible; new functions only make the table longer. */
#define SERFAST_ABI 1

enum {
    SERFAST_OK = 0,
    SERFAST_E_POINTER = -1,    /* a pointer is NULL, or an array misaligned or overlapping */
    SERFAST_E_SIZE = -2,       /* a size is negative, too large, or not the one asked for */
    SERFAST_E_SHORT = -3,      /* too few samples for one row */
    SERFAST_E_NOT_FINITE = -4, /* NaN or infinity among the samples */
    SERFAST_E_SPEC = -5,       /* the spec is refused; `reason` says why */
    SERFAST_E_FLUSHED = -6,    /* the stream has been flushed: reset it first */
    SERFAST_E_MEMORY = -7,     /* no memory */
    SERFAST_E_INTERNAL = -8    /* an unexpected Python error; `reason` holds its text */
};

typedef struct serfast_program serfast_program; /* a spec made ready to run */
typedef struct serfast_stream serfast_stream;   /* a signal that is still arriving */

/* A feature of one's own, whose address goes into serfast.features.NativeFunction: fills the n_out
 * floats of `out`, which are NaN before, and returns 0; anything else makes them NaN again.
 * `frame` has the frame's samples. For a SpectrumFeature, `spectrum` has n_bins values,
 * `previous_spectrum` those of the row before or, in the first row, the same again, and
 * `frequencies` their frequencies in Hz. An array that NativeFunction's arguments don't name may be
 * NULL. `parameters` has one number for each argument that is a field of the feature or a column of
 * the row, in the order of the arguments. The function is called without the GIL, from any thread,
 * and must only read what it is given. */
typedef int serfast_feature_function(
    const float *frame, ptrdiff_t frame_length, const float *spectrum,
    const float *previous_spectrum, const float *frequencies, ptrdiff_t n_bins,
    double sample_rate, const double *parameters, float *out, ptrdiff_t n_out);

/* The same for a function whose arguments name log_mel, autocorrelation or table: these follow. */
typedef int serfast_wide_feature_function(
    const float *frame, ptrdiff_t frame_length, const float *spectrum,
    const float *previous_spectrum, const float *frequencies, ptrdiff_t n_bins,
    double sample_rate, const double *parameters, float *out, ptrdiff_t n_out,
    const float *log_mel, ptrdiff_t n_mels, const float *autocorrelation, ptrdiff_t n_lags,
    const float *table, ptrdiff_t n_table);

/* A track of one's own: `rows` has n_rows × n_columns values, row `place` of them is the one whose
 * outputs are wanted; `state` has n_state numbers that stay from row to row, 0 at the beginning of a
 * signal; `row_rate` is in rows per second. Otherwise as above. */
typedef int serfast_track_function(
    const float *rows, ptrdiff_t n_rows, ptrdiff_t n_columns, ptrdiff_t place, double *state,
    ptrdiff_t n_state, double row_rate, const double *parameters, float *out, ptrdiff_t n_out);

typedef struct serfast_api {
    uint32_t abi;  /* SERFAST_ABI of the library */
    uint32_t size; /* bytes of this table there: what lies beyond is not to be used */

    /* What a code means: static English text, never NULL. */
    const char *(*message)(int code);

    /* Make a program from n_bytes of JSON, as FeatureSpec.to_json() writes it.
     * `reason` (may be NULL) gets up to reason_size bytes of UTF-8, ended by 0, that say what is
     * wrong with the spec; "" if it isn't the spec's fault. On failure *program is NULL. */
    int (*make_program)(const char *spec, ptrdiff_t n_bytes, serfast_program **program,
                        char *reason, ptrdiff_t reason_size);
    void (*free_program)(serfast_program *program); /* NULL is fine; its streams live on */

    ptrdiff_t (*column_count)(const serfast_program *program);
    /* Rows that n_samples give; 0 if they are too few. */
    ptrdiff_t (*row_count)(const serfast_program *program, ptrdiff_t n_samples);

    /* All rows of a signal. n_rows must be row_count(program, n_samples), and >= 1. */
    int (*extract)(const serfast_program *program, const float *samples, ptrdiff_t n_samples,
                   float *rows, ptrdiff_t n_rows);

    /* Make a stream; refused (SERFAST_E_SPEC) as by Extractor.stream(): if a feature needs the
     * whole signal, or a centred frame is padded by reflection. */
    int (*make_stream)(const serfast_program *program, serfast_stream **stream, char *reason,
                       ptrdiff_t reason_size);
    void (*free_stream)(serfast_stream *stream); /* NULL is fine */

    /* Rows that would be ready if n_samples more came now. */
    ptrdiff_t (*ready_count)(const serfast_stream *stream, ptrdiff_t n_samples);

    /* Take n_samples more and write the rows that are ready, at most `room`; how many were
     * written, or a negative code. Rows without room wait for the next call. */
    ptrdiff_t (*accept)(serfast_stream *stream, const float *samples, ptrdiff_t n_samples,
                        float *rows, ptrdiff_t room);
    /* End the signal and write the rows that waited for padding, as accept does; again until 0 is
     * written. flush(stream, NULL, 0), then ready_count(stream, 0) says how many there are. */
    ptrdiff_t (*flush)(serfast_stream *stream, float *rows, ptrdiff_t room);
    /* Forget all samples: the next ones begin a new signal. */
    int (*reset)(serfast_stream *stream);
} serfast_api;

/* The table; NULL if `abi` isn't the library's, or serfast hasn't been imported. */
const serfast_api *serfast_get_api(uint32_t abi);

/* cffi: declarations end */

#ifdef __cplusplus
}
#endif

#ifdef Py_PYTHON_H
/* The table, imported; NULL with a Python exception set if that fails. Needs the GIL. */
static inline const serfast_api *serfast_import(void)
{
    const serfast_api *api =
        (const serfast_api *)PyCapsule_Import("serfast._engine._C_API", 0);
    if (api != NULL && api->abi != SERFAST_ABI) {
        PyErr_Format(PyExc_ImportError, "serfast's ABI must be %d, got %d: build again",
                     (int)SERFAST_ABI, (int)api->abi);
        return NULL;
    }
    return api;
}
#endif

#endif
