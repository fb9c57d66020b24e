# Whole recordings: all rows of a signal in one call, without the GIL.
#
# An Engine never changes, so threads may share it; each call has separate scratch memory.

from serfast._checks import refuse
from serfast.backends.custom.faults import warn_of_faults

from cpython.buffer cimport (
    PyBUF_FORMAT,
    PyBUF_ND,
    PyBUF_WRITABLE,
    PyBuffer_Release,
    PyObject_GetBuffer,
)
from libc.math cimport INFINITY
from libc.stdint cimport uintptr_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset

from computed cimport Faults
from framing cimport Signal
from mel cimport Log, finish_whole
from kernels cimport SERFAST_POLYNOMIALS
from program cimport Program, Scratch, compute_row, several_rows, track_rows
from rows cimport Rows, row_at
from track cimport Held


cdef class Engine:
    """It is a program made ready to run: engine(samples, out) fills out with the samples' rows."""

    cdef Program program
    cdef Arena arena
    cdef object callbacks  # kept alive as long as they may be called
    cdef object functions  # the feature that a fault's column belongs to

    def __cinit__(self, program, callbacks=()):
        self.arena = Arena()
        self.callbacks = callbacks
        self.functions = {node.column: node.feature for node in program.functions}
        fill_program(self.arena, &self.program, program, callbacks)

    def __reduce__(self):
        raise TypeError("an Engine can't be pickled: pickle the FeatureSpec or the Extractor")

    def __call__(self, samples, out):
        """Compute all rows.

        samples is contiguous float32, one-dimensional. out is contiguous float32, n_rows ×
        n_columns; the caller has made sure that the frames of the last row begin within the signal.
        If a sample is NaN or infinite, nothing is written, and the first one's index is returned.
        """
        cdef Py_buffer x, rows
        cdef ptrdiff_t bad
        cdef Faults faults
        cdef int status = 0
        cdef bint tame
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
                    refuse_shared()
                with nogil:
                    bad = kernels.first_beyond(<const float *>x.buf, x.shape[0], LOUD)
                    tame = bad == x.shape[0]
                    if not tame:
                        bad = kernels.first_beyond(<const float *>x.buf, x.shape[0], INFINITY)
                    if bad == x.shape[0]:
                        status = run(
                            &self.program, <const float *>x.buf, x.shape[0], tame,
                            <float *>rows.buf, rows.shape[0], &faults,
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
        """Warn which function failed."""
        warn_of_faults(self.functions[faults.column], faults.row, faults.rows)


cdef bint overlap(const Py_buffer *a, const Py_buffer *b) noexcept:
    cdef const char *x = <const char *>a.buf
    cdef const char *y = <const char *>b.buf
    return x < y + b.len and y < x + a.len


cdef int refuse_shared() except -1:
    refuse("out", "an array of its own", "one that shares the signal's memory")
    return 0


cdef bint is_floats(const Py_buffer *view, int ndim) noexcept:
    return view.ndim == ndim and view.itemsize == sizeof(float) and view.format[0] == c"f"


cdef bint is_aligned(const Py_buffer *view) noexcept:
    return <uintptr_t>view.buf % sizeof(float) == 0


cdef int check_buffer(str name, const Py_buffer *view, int ndim) except -1:
    if not is_floats(view, ndim):
        raise ValueError(f"{name} must be contiguous float32 with {ndim} dimensions")
    return 0


cdef int run(
    const Program *p, const float *samples, ptrdiff_t n_samples, bint tame, float *out,
    ptrdiff_t n_rows, Faults *faults,
) noexcept nogil:
    """Compute all rows of a signal; give -1 if there is no memory. `faults` may be NULL.

    `tame` says that no sample is LOUD, so that frames may be computed side by side.

    Rows with columns that only tracks look at, or that wait for later rows, are computed in a place
    of their own: that of a stream's latest rows, or of all if some wait for the whole recording.
    """
    cdef Scratch scratch
    cdef Rows rows
    cdef Signal signal
    cdef bint apart = p.n_tracks > 0 or p.row_size > p.n_columns
    cdef size_t row_bytes = p.row_size * sizeof(float), kept_bytes = p.kept_size * sizeof(float)
    cdef void *block = new_scratch(p, &scratch)
    cdef float *kept = <float *>malloc(n_rows * kept_bytes + 1)
    cdef bint enough
    rows.kept = n_rows if p.whole or not apart else min(n_rows, ring_size(p))
    rows.data = <float *>malloc(rows.kept * row_bytes + 1) if apart else out
    rows.size = p.row_size
    signal.samples, signal.begin, signal.end = samples, 0, n_samples
    enough = block != NULL and kept != NULL and rows.data != NULL
    if enough and apart and not p.whole:
        run_tracked(p, &signal, tame, &rows, n_rows, out, &scratch)
    elif enough:
        run_rows(p, &signal, tame, rows.data, n_rows, kept, &scratch)
        if p.n_whole:
            finish_kept(p, kept, &rows, n_rows, &scratch)
        track_rows(p, &rows, n_rows, True, &scratch)
        if apart:
            copy_rows(p, &rows, 0, n_rows, out)
    if enough and faults != NULL:
        faults[0] = scratch.faults[0]
    if apart:
        free(rows.data)
    free(kept)
    free(block)
    return 0 if enough else -1


cdef void run_rows(
    const Program *p, const Signal *signal, bint tame, float *rows, ptrdiff_t n_rows, float *kept,
    const Scratch *scratch,
) noexcept nogil:
    """Compute all rows without their tracks, one behind the other, spectra side by side.

    The last rows are computed side by side with some before them if they fill half of the lanes.
    """
    cdef SideBySide side
    cdef void *block = NULL
    cdef ptrdiff_t lanes = p.kernels.lanes, t = 0, i, begin
    if p.n_abreast and tame and n_rows >= lanes:
        block = new_side_by_side(p, &side)  # without memory each row is computed by itself
    while block != NULL and 2 * (n_rows - t) >= lanes:
        begin = min(t, n_rows - lanes)
        compute_rows(
            p, signal, begin, t - begin, rows + begin * p.row_size, kept + begin * p.kept_size,
            scratch, &side)
        t = begin + lanes
    for i in range(t, n_rows):
        compute_row(p, signal, i, rows + i * p.row_size, kept + i * p.kept_size, scratch)
    free(block)


cdef void compute_rows(
    const Program *p, const Signal *signal, ptrdiff_t begin, ptrdiff_t n_done, float *rows,
    float *kept, const Scratch *scratch, const SideBySide *side,
) noexcept nogil:
    """Compute the rows from `begin` on, one for each lane, of which the first are done already."""
    cdef ptrdiff_t i
    abreast_rows(p, signal, begin, rows, kept, scratch, side)
    for i in range(n_done, p.kernels.lanes):
        compute_row(
            p, signal, begin + i, rows + i * p.row_size, kept + i * p.kept_size, scratch, rest=True)


cdef ptrdiff_t ring_size(const Program *p) noexcept nogil:
    """Give how many of the latest rows are kept for tracks: whole blocks, and one ahead."""
    cdef ptrdiff_t lanes = p.kernels.lanes
    if p.n_abreast:
        return (p.rows_kept + lanes - 1) // lanes * lanes + lanes
    return p.rows_kept + (SERFAST_POLYNOMIALS if p.n_several else 0)


cdef void run_tracked(
    const Program *p, const Signal *signal, bint tame, const Rows *rows, ptrdiff_t n_rows,
    float *out, const Scratch *scratch,
) noexcept nogil:
    """Compute all rows with their tracks, in the order of a stream, spectra side by side."""
    cdef SideBySide side
    cdef void *block = NULL
    cdef ptrdiff_t lanes = p.kernels.lanes, computed = 0, t
    if p.n_abreast and tame and n_rows >= lanes:
        block = new_side_by_side(p, &side)
    for t in range(n_rows):
        while block != NULL and computed < rows_needed(p, t, n_rows) and computed + lanes <= n_rows:
            compute_rows(p, signal, computed, 0, row_at(rows, computed), NULL, scratch, &side)
            computed += lanes
            track_rows(p, rows, computed, computed == n_rows, scratch)
        tracked_row(p, signal, rows, t, n_rows, &computed, out + t * p.n_columns, scratch)
    free(block)


cdef inline ptrdiff_t rows_needed(const Program *p, ptrdiff_t t, ptrdiff_t last) noexcept nogil:
    """Give how many rows there must be before row t has its tracks, of `last`, or -1: no end yet."""
    cdef ptrdiff_t needed = max(t + p.grid.ahead + 1, p.grid.first)
    return min(needed, last) if last >= 0 else needed


cdef void tracked_row(
    const Program *p, const Signal *signal, const Rows *rows, ptrdiff_t t, ptrdiff_t last,
    ptrdiff_t *computed, float *out, const Scratch *scratch,
) noexcept nogil:
    """Compute row t with its tracks, after the later rows that the tracks need.

    `last` is the number of all rows, or -1 as long as the signal goes on.
    """
    cdef ptrdiff_t needed = rows_needed(p, t, last)
    while computed[0] < needed:
        if last > 0 and p.n_several and computed[0] >= scratch.ahead[0] and rows.kept >= min(
                last, p.rows_kept + SERFAST_POLYNOMIALS):
            several_rows(
                p, signal, computed[0], <int>min(last - computed[0], SERFAST_POLYNOMIALS), rows,
                scratch)
        compute_row(p, signal, computed[0], row_at(rows, computed[0]), NULL, scratch)
        computed[0] += 1
        track_rows(p, rows, computed[0], computed[0] == last, scratch)
    if computed[0] == last:  # also if all rows were there before the signal ended
        track_rows(p, rows, computed[0], True, scratch)
    copy_rows(p, rows, t, t + 1, out)


cdef inline void copy_rows(
    const Program *p, const Rows *rows, ptrdiff_t begin, ptrdiff_t end, float *out
) noexcept nogil:
    """Copy the spec's columns of the rows begin … end - 1."""
    cdef ptrdiff_t t
    for t in range(begin, end):
        memcpy(out, row_at(rows, t), p.n_columns * sizeof(float))
        out += p.n_columns


cdef size_t part(size_t *total, size_t n_bytes) noexcept nogil:
    """Give the beginning of a block's next part, on a cache line; add its size to the total."""
    cdef size_t begin = total[0]
    total[0] += (n_bytes + 63) // 64 * 64
    return begin


cdef void *new_scratch(const Program *p, Scratch *s) noexcept nogil:
    """Give a block of zeros, divided on cache lines; the caller frees it. NULL means no memory."""
    cdef size_t total = 0, size = sizeof(float)
    cdef size_t frame = part(&total, p.frame_size * size)
    cdef size_t conditioned = part(&total, p.frame_size * size)
    cdef size_t power = part(&total, p.power_size * size)
    cdef size_t mel = part(&total, p.band_size * size)
    cdef size_t log_mel = part(&total, p.band_size * size)
    cdef size_t product = part(&total, p.band_size * size)
    cdef size_t lags = part(&total, p.lag_size * size)
    cdef size_t fft = part(&total, p.fft_size * size)
    cdef size_t outputs = part(&total, p.output_size * size)
    cdef size_t slots = part(&total, p.slot_size * size)
    cdef size_t spare = part(&total, p.spare_size * size)
    cdef size_t window = part(&total, p.window_size * size)
    cdef size_t faults = part(&total, sizeof(Faults))
    cdef size_t states = part(&total, p.n_states * sizeof(double))
    cdef size_t numbers = part(&total, p.n_numbers * sizeof(double))
    cdef size_t done = part(&total, p.n_tracks * sizeof(ptrdiff_t))
    cdef size_t ahead = part(&total, sizeof(ptrdiff_t))
    cdef size_t held = part(&total, p.n_tracks * sizeof(Held))
    cdef size_t frames = part(&total, p.n_frame_inputs * sizeof(float *))
    cdef void *block = calloc(total + 64, 1)
    cdef char *base
    if block == NULL:
        return NULL
    base = <char *>((<uintptr_t>block + 63) // 64 * 64)
    s.frame, s.conditioned, s.power = <float *>(base + frame), <float *>(base + conditioned), <float *>(base + power)
    s.mel, s.log_mel, s.product = <float *>(base + mel), <float *>(base + log_mel), <float *>(base + product)
    s.lags, s.fft, s.outputs = <float *>(base + lags), <float *>(base + fft), <float *>(base + outputs)
    s.slots, s.spare, s.window = <float *>(base + slots), <float *>(base + spare), <float *>(base + window)
    s.faults = <Faults *>(base + faults)
    s.states, s.numbers = <double *>(base + states), <double *>(base + numbers)
    s.done, s.ahead = <ptrdiff_t *>(base + done), <ptrdiff_t *>(base + ahead)
    s.held = <Held *>(base + held)
    s.frames = <const float **>(base + frames)
    memcpy(s.states, p.states, p.n_states * sizeof(double))
    return block


cdef void forget_rows(const Program *p, const Scratch *s) noexcept nogil:
    """Prepare for a new signal: no track has computed a row, and every state is its first one."""
    memcpy(s.states, p.states, p.n_states * sizeof(double))
    memset(s.done, 0, p.n_tracks * sizeof(ptrdiff_t))
    s.ahead[0] = 0
    memset(s.held, 0, p.n_tracks * sizeof(Held))


cdef void finish_kept(
    const Program *p, float *kept, const Rows *rows, ptrdiff_t n_rows, const Scratch *s
) noexcept nogil:
    """Finish every log-mel that waited for the recording's largest value."""
    cdef const Log *log
    cdef float *levels
    cdef ptrdiff_t apart
    cdef int i, m, j
    for i in range(p.n_spectra):
        for m in range(p.spectra[i].n_mels):
            for j in range(p.spectra[i].mels[m].n_logs):
                log = &p.spectra[i].mels[m].logs[j]
                if not log.whole:
                    continue
                if log.column >= 0:
                    levels, apart = rows.data + log.column, p.row_size
                else:
                    levels, apart = kept + log.kept_at, p.kept_size
                finish_whole(
                    p.kernels, log, levels, apart, rows.data, p.row_size, n_rows, s.product)
