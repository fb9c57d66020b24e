"""serfast._engine: runs the frame program over a signal, on the kernels of one instruction set.

`Engine` turns the tables of a `serfast.program.rows.Program` into the C structs of program.pxd once;
a call checks its two arrays, releases the GIL and computes every row. An Engine doesn't change
after it was made, so threads may share it: each call has its own scratch.
"""

cimport cython
from cpython.buffer cimport (
    PyBUF_FORMAT,
    PyBUF_ND,
    PyBUF_WRITABLE,
    PyBuffer_Release,
    PyObject_GetBuffer,
)
from libc.float cimport FLT_MAX
from libc.math cimport fabs, isfinite
from libc.stdint cimport int16_t, int32_t, uintptr_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcpy, memmove

from custom cimport GUARD, Custom, Faults, serfast_feature_function
from delta cimport Delta, Rows, row_at
from energy cimport Crossings, Energy
from framing cimport CONSTANT, EDGE, REFLECT, Frames, Signal
from functionals cimport QUANTILE, SPREAD, Functional, Kind
from kernels cimport (
    SERFAST_MAX_PASSES,
    SERFAST_PAD,
    SERFAST_RUN,
    SERFAST_SERIES,
    serfast_band_pair,
    serfast_built,
    serfast_can_run,
    serfast_fft,
    serfast_kernels,
    serfast_pass,
    serfast_rfft,
)
from mel cimport Log, Mel, finish_log, largest, relate
from mfcc cimport Cepstrum
from pitch cimport Pitch
from program cimport Program, Scratch, compute_row, finish_row
from spectrum cimport Spectrum
from statistics cimport Family, Job, VectorProgram, Table, Workspace, make_vector

import os
from itertools import groupby

import numpy as np

from serfast._checks import refuse, refuse_sample
from serfast.audio.samples import as_samples, as_vector
from serfast.backends.custom.faults import warn_of_faults
from serfast.errors import SerfastError
from serfast.extractor import Extractor
from serfast.features.delta import delta_weights
from serfast.features.spec import FeatureSpec
from serfast.program.fft import real_fft
from serfast.program.rows import bin_frequencies
from serfast.program.vector import KINDS, LOG_FLOOR, RESOLUTION, SEMITONE_REFERENCE

FLOAT32_DTYPE = np.dtype(np.float32)

include "isa.pxi"
include "arena.pxi"
include "packing.pxi"
include "tables.pxi"


cdef class Engine:
    """A program made ready to run: engine(samples, out) fills out with the rows of samples."""

    cdef Program program
    cdef Arena arena
    cdef object callbacks  # kept alive; and what a fault's column belongs to
    cdef object customs

    def __cinit__(self, program, callbacks=()):
        self.arena = Arena()
        self.callbacks = callbacks
        self.customs = {node.column: node.feature for node, _ in program.all_customs}
        fill_program(self.arena, &self.program, program, callbacks)

    def __reduce__(self):
        raise TypeError("an Engine can't be pickled: pickle the FeatureSpec or the Extractor")

    def __call__(self, samples, out):
        """Compute all rows.

        samples: contiguous float32, one-dimensional. out: contiguous float32, n_rows × n_columns;
        the caller has made sure that the frames of the last row begin within the signal. Gives the
        index of the first NaN or infinity, having written nothing, or None.
        """
        cdef Py_buffer x, rows
        cdef ptrdiff_t bad
        cdef Faults faults
        cdef int status = 0
        faults.rows = 0
        PyObject_GetBuffer(samples, &x, PyBUF_ND | PyBUF_FORMAT)
        try:
            PyObject_GetBuffer(out, &rows, PyBUF_ND | PyBUF_FORMAT | PyBUF_WRITABLE)
            try:
                check_buffer("samples", &x, 1)
                check_buffer("out", &rows, 2)
                if x.shape[0] == 0:
                    raise ValueError("samples must hold at least 1, got 0")
                if rows.shape[1] != self.program.n_columns:
                    raise ValueError(
                        f"out must have {self.program.n_columns} columns, got {rows.shape[1]}"
                    )
                if overlap(&x, &rows):
                    refuse("out", "an array of its own", "one that shares the signal's memory")
                with nogil:
                    bad = kernels.first_nonfinite(<const float *>x.buf, x.shape[0])
                    if bad == x.shape[0]:
                        status = run(
                            &self.program, <const float *>x.buf, x.shape[0], <float *>rows.buf,
                            rows.shape[0], &faults,
                        )
                if status:
                    raise MemoryError("no memory for the scratch of the feature engine")
                if faults.rows:
                    self._warn(&faults)
                return None if bad == x.shape[0] else bad
            finally:
                PyBuffer_Release(&rows)
        finally:
            PyBuffer_Release(&x)

    cdef object _warn(self, const Faults *faults):
        """Say which function failed."""
        warn_of_faults(self.customs[faults.column], faults.row, faults.rows)


cdef bint overlap(const Py_buffer *a, const Py_buffer *b) noexcept:
    cdef const char *x = <const char *>a.buf
    cdef const char *y = <const char *>b.buf
    return x < y + b.len and y < x + a.len


cdef bint is_floats(const Py_buffer *view, int ndim) noexcept:
    return view.ndim == ndim and view.itemsize == sizeof(float) and view.format[0] == c"f"


cdef int check_buffer(str name, const Py_buffer *view, int ndim) except -1:
    if not is_floats(view, ndim):
        raise ValueError(f"{name} must be contiguous float32 with {ndim} dimensions")
    return 0


cdef int run(
    const Program *p, const float *samples, ptrdiff_t n_samples, float *out, ptrdiff_t n_rows,
    Faults *faults,
) noexcept nogil:
    """All rows of a signal; -1 if there is no memory. `faults` may be NULL."""
    cdef Scratch scratch
    cdef Rows rows
    cdef bint wide = p.row_size > p.n_columns
    cdef size_t row_bytes = p.row_size * sizeof(float), kept_bytes = p.kept_size * sizeof(float)
    cdef float *block = new_scratch(p, &scratch)
    cdef float *kept = <float *>malloc(n_rows * kept_bytes + 1)
    rows.data = <float *>malloc(n_rows * row_bytes + 1) if wide else out
    rows.kept = n_rows
    rows.size = p.row_size
    cdef bint enough = block != NULL and kept != NULL and rows.data != NULL
    if enough:
        run_rows(p, samples, n_samples, &rows, n_rows, kept, &scratch, out)
        if faults != NULL:
            faults[0] = scratch.faults[0]
    if wide:
        free(rows.data)
    free(kept)
    free(block)
    return 0 if enough else -1


cdef void run_rows(
    const Program *p,
    const float *samples,
    ptrdiff_t n_samples,
    const Rows *rows,
    ptrdiff_t n_rows,
    float *kept,
    const Scratch *scratch,
    float *out,
) noexcept nogil:
    """Rows first, then what needs all of them: the recording's largest value, derivatives."""
    cdef Signal signal
    cdef ptrdiff_t t
    signal.samples = samples
    signal.begin = 0
    signal.end = n_samples
    for t in range(n_rows):
        compute_row(p, &signal, t, row_at(rows, t), kept + t * p.kept_size, scratch)
    if p.kept_size:
        finish_kept(p, kept, rows, n_rows, scratch)
    if p.n_deltas:
        for t in range(n_rows):
            finish_row(p, rows, t, n_rows, out + t * p.n_columns)


cdef float *new_scratch(const Program *p, Scratch *s) noexcept nogil:
    """One block of zeros, parted on cache lines; the caller frees it. NULL if there is no memory."""
    cdef size_t sizes[11]
    cdef float *parts[11]
    cdef size_t total = 16
    cdef int i
    sizes[0] = sizes[1] = p.frame_size
    sizes[2] = p.power_size
    sizes[3] = sizes[4] = sizes[5] = p.band_size
    sizes[6] = p.lag_size
    sizes[7] = p.fft_size
    sizes[8] = p.output_size
    sizes[9] = p.held_size
    sizes[10] = (sizeof(Faults) + sizeof(float) - 1) // sizeof(float)
    for i in range(11):
        sizes[i] = (sizes[i] + 15) // 16 * 16
        total += sizes[i]
    cdef float *block = <float *>calloc(total, sizeof(float))
    if block == NULL:
        return NULL
    parts[0] = <float *>((<uintptr_t>block + 63) // 64 * 64)
    for i in range(1, 11):
        parts[i] = parts[i - 1] + sizes[i - 1]
    s.frame, s.conditioned, s.power = parts[0], parts[1], parts[2]
    s.mel, s.log_mel, s.product = parts[3], parts[4], parts[5]
    s.lags, s.fft = parts[6], parts[7]
    s.outputs, s.held = parts[8], parts[9]
    s.faults = <Faults *>parts[10]
    return block


cdef void finish_kept(
    const Program *p, float *kept, const Rows *rows, ptrdiff_t n_rows, const Scratch *s
) noexcept nogil:
    """What waited for the recording's largest value: every kept log-mel, in the tree's order."""
    cdef const Log *log
    cdef float *row
    cdef float peak
    cdef ptrdiff_t t
    cdef int i, m, j
    for i in range(p.n_spectra):
        for m in range(p.spectra[i].n_mels):
            for j in range(p.spectra[i].mels[m].n_logs):
                log = &p.spectra[i].mels[m].logs[j]
                if not log.whole:
                    continue
                peak = largest(log, kept, n_rows, p.kept_size)
                for t in range(n_rows):
                    row = kept + t * p.kept_size
                    relate(log, row, peak)
                    finish_log(p.kernels, log, row, row_at(rows, t), s.product)
                kept += log.stride


include "stream.pxi"
include "native.pxi"
include "statistics.pxi"
