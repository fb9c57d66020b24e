# A stream keeps the samples that later rows need, and counters. compute_row computes its rows, as
# in a batch, so they have the same bits. A chunk that completes many rows has them side by side.

import numpy as np

from serfast._checks import refuse_sample
from serfast.audio.samples import as_samples, as_vector
from serfast.backends.output import check_out
from serfast.errors import SerfastError

cimport cython
from cpython.buffer cimport (
    PyBUF_FORMAT,
    PyBUF_ND,
    PyBUF_WRITABLE,
    PyBuffer_Release,
    PyObject_GetBuffer,
)
from libc.math cimport INFINITY, isfinite
from libc.stdint cimport int16_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy, memmove

from abreast cimport SideBySide
from framing cimport Signal
from grid cimport Grid, rows_after
from program cimport Program, Scratch, compute_row
from rows cimport Rows

cdef object NDARRAY = np.ndarray  # a C variable: no look-up by name in every call
FLOAT32_DTYPE, FLOAT64_DTYPE = np.dtype(np.float32), np.dtype(np.float64)
INT16_DTYPE = np.dtype(np.int16)


cdef enum SampleFormat:
    FLOAT32
    FLOAT64
    INT16


cdef class StreamState:
    """It holds the state of a stream; serfast.Stream documents the contract."""

    cdef Engine engine
    cdef Scratch scratch
    cdef void *scratch_block
    cdef SideBySide side
    cdef void *side_block    # NULL until rows are computed side by side
    cdef float *samples      # samples[i] is sample begin + i
    cdef ptrdiff_t capacity  # and there is room for `hop` samples more, which are read but unused
    cdef ptrdiff_t begin, end
    cdef Rows recent         # those that tracks look at
    cdef ptrdiff_t computed  # rows so far, tracks not counted
    cdef ptrdiff_t next_row  # the first one that wasn't given yet
    cdef object resampler    # soxr's stream, if chunks come at another rate
    cdef ptrdiff_t taken     # samples that went into it
    cdef bint flushed, busy

    def __cinit__(self, Engine engine, *args):
        cdef const Program *p = &engine.program
        self.engine = engine
        self.capacity = 4 * (p.grid.kept + p.grid.right) + 4096
        self.samples = <float *>malloc((self.capacity + p.grid.hop) * sizeof(float))
        self.scratch_block = new_scratch(p, &self.scratch)
        self.recent.kept = p.rows_kept
        self.recent.size = p.row_size
        self.recent.data = <float *>malloc(self.recent.kept * p.row_size * sizeof(float))
        if self.samples == NULL or self.scratch_block == NULL or self.recent.data == NULL:
            raise MemoryError("no memory for a stream")

    def __dealloc__(self):
        free(self.samples)
        free(self.scratch_block)
        free(self.side_block)
        free(self.recent.data)

    def __reduce__(self):
        raise TypeError("a stream can't be pickled: pickle its extractor and make a new stream")

    @property
    def n_seen(self):
        """Give the number of samples since the beginning or the last reset, at the chunks' rate."""
        return self.end if self.resampler is None else self.taken

    @property
    def n_emitted(self):
        """Give the number of rows that came out since the beginning or the last reset."""
        return self.next_row

    @property
    def lookahead(self):
        """Give the number of samples from a row's moment to the end of what it needs."""
        cdef const Grid *grid = &self.engine.program.grid
        return grid.right + grid.ahead * grid.hop

    @cython.binding(True)
    def resample_with(self, resampler):
        """Resample every chunk with a soxr.ResampleStream; this must be called before the first."""
        self.resampler = resampler

    @cython.binding(True)
    def reset(self):
        """Forget all samples: the next chunk begins a new signal."""
        self._enter()
        try:
            if self.resampler is not None:
                self.resampler.clear()
            self.taken = 0
            self._begin_signal()
        finally:
            self._leave()

    @cython.binding(True)
    def accept(self, chunk, out=None):
        """Take the next samples; give the rows that are complete."""
        cdef SampleFormat kind
        self._enter()
        try:
            self._check_open()
            array = checked_chunk(chunk, &kind)
            if self.resampler is None:
                return self._append(array, kind, out)
            self._check_out(out)
            check_apart(array, out)
            return self._append(self._resampled(array), FLOAT32, out)
        finally:
            self._leave()

    @cython.binding(True)
    def flush(self, out=None):
        """End the signal; give the rows that were waiting for padding."""
        self._enter()
        try:
            self._check_out(out)
            if self.resampler is not None and self.taken and not self.flushed:
                rest = self.resampler.resample_chunk(np.empty(0, np.float32), last=True)
                none = np.empty((0, self.engine.program.n_columns), np.float32)
                self._append(rest, FLOAT32, none)  # its rows wait
            self.flushed = True
            return self._advance(NULL, FLOAT32, out)
        finally:
            self._leave()

    cdef object _resampled(self, array):
        """Give the samples that soxr has ready, at the spec's sample rate."""
        if not len(array):
            return np.empty(0, np.float32)
        samples = as_samples(array, "chunk")
        self.taken += len(samples)
        return self.resampler.resample_chunk(samples)

    cdef object _append(self, array, SampleFormat kind, out):
        """Take the samples of a vector; give rows."""
        cdef Py_buffer x
        PyObject_GetBuffer(array, &x, PyBUF_ND | PyBUF_FORMAT)
        try:
            check_values("chunk", array, x.buf, x.shape[0], kind)
            return self._advance(&x, kind, out)
        finally:
            PyBuffer_Release(&x)

    cdef int _check_out(self, out) except -1:
        cdef Py_buffer rows
        if out is not None:
            self._borrow(out, &rows)
            PyBuffer_Release(&rows)
        return 0

    cdef int _check_open(self) except -1:
        if self.flushed:
            raise SerfastError("stream must be reset after flush() before it accepts more")
        return 0

    cdef int _borrow(self, out, Py_buffer *rows) except -1:
        """Borrow the memory of `out`, if rows fit into it; the caller releases it."""
        cdef ptrdiff_t n_columns = self.engine.program.n_columns
        if type(out) is not NDARRAY:
            check_out(out, n_columns)
        try:
            PyObject_GetBuffer(out, rows, PyBUF_ND | PyBUF_FORMAT | PyBUF_WRITABLE)
        except (BufferError, ValueError):
            check_out(out, n_columns)  # says why not
            raise
        if is_floats(rows, 2) and rows.shape[1] == n_columns and is_aligned(rows):
            return 0
        PyBuffer_Release(rows)
        check_out(out, n_columns)

    cdef int _enter(self) except -1:
        cdef bint inside
        with cython.critical_section(self):  # costs nothing where Python has its global lock
            inside = self.busy
            self.busy = True
        if inside:
            raise SerfastError("stream must be used by one thread at a time, got two: make one each")
        return 0

    cdef int _leave(self) except -1:
        with cython.critical_section(self):
            self.busy = False
        return 0

    cdef void _begin_signal(self) noexcept nogil:
        """Forget the signal so far."""
        self.begin = self.end = self.next_row = self.computed = 0
        self.flushed = False
        forget_rows(&self.engine.program, &self.scratch)

    cdef ptrdiff_t _complete(self, ptrdiff_t end) noexcept nogil:
        """Give the number of rows that `end` samples allow; after the flush, of all rows."""
        return rows_after(&self.engine.program.grid, end, self.flushed)

    cdef object _advance(self, const Py_buffer *x, SampleFormat kind, out):
        cdef ptrdiff_t n = x.shape[0] if x != NULL else 0
        cdef ptrdiff_t room = self._complete(self.end + n) - self.next_row
        cdef Py_buffer rows
        cdef bint given = out is not None
        if not given:
            out = np.empty((room, self.engine.program.n_columns), dtype=np.float32)
        self._borrow(out, &rows)
        try:
            if x != NULL and overlap(x, &rows):
                refuse_shared()
            room = min(room, rows.shape[0])
            self._compute(x.buf if x != NULL else NULL, n, kind, <float *>rows.buf, room)
        finally:
            PyBuffer_Release(&rows)
        return room if given else out

    cdef int _compute(
        self, const void *chunk, ptrdiff_t n, SampleFormat kind, float *out, ptrdiff_t room,
        bint brief=False,
    ) except -1:
        """Append n samples and compute `room` rows: without the GIL, unless it is brief."""
        cdef int status
        self.scratch.faults.rows = 0
        if brief:
            status = self._run(chunk, n, kind, out, room)
        else:
            with nogil:
                status = self._run(chunk, n, kind, out, room)
        if status:
            raise MemoryError("no memory for the samples of rows that wait")
        if self.scratch.faults.rows:
            self.engine._warn(self.scratch.faults)
        return 0

    cdef int _run(
        self, const void *chunk, ptrdiff_t n, SampleFormat kind, float *out, ptrdiff_t room
    ) noexcept nogil:
        """Append n samples, in pieces, and compute `room` rows; give -1 if there is no memory."""
        cdef ptrdiff_t taken = 0, piece, ready
        cdef ptrdiff_t goal = self.next_row + room
        while True:
            ready = min(goal, self._complete(self.end))
            out = self._rows(ready, out)
            if taken == n:
                return 0
            piece = self._space(n - taken)
            if piece < 0:
                return -1
            convert(chunk, taken, piece, kind, self.samples + (self.end - self.begin))
            self.end += piece
            taken += piece

    cdef float *_rows(self, ptrdiff_t stop, float *out) noexcept nogil:
        """Compute the rows up to `stop` into out; give the place of the next row."""
        cdef const Program *p = &self.engine.program
        cdef Signal signal
        cdef ptrdiff_t last = self._complete(self.end) if self.flushed else -1
        signal.samples = self.samples
        signal.begin = self.begin
        signal.end = self.end
        while self.next_row < stop:
            if self._side_by_side(&signal, stop, out):
                self.computed += p.kernels.lanes
                self.next_row += p.kernels.lanes
                out += p.kernels.lanes * p.n_columns
                continue
            if p.n_tracks:
                tracked_row(
                    p, &signal, &self.recent, self.next_row, last, &self.computed, out,
                    &self.scratch,
                )
            else:
                compute_row(p, &signal, self.next_row, out, NULL, &self.scratch)
                self.computed += 1
            self.next_row += 1
            out += p.n_columns
        return out

    cdef bint _side_by_side(
        self, const Signal *signal, ptrdiff_t stop, float *out
    ) noexcept nogil:
        """Compute the next rows, one for each lane, if so many are complete; tell whether."""
        cdef const Program *p = &self.engine.program
        cdef const Grid *grid = &p.grid
        cdef ptrdiff_t lanes = p.kernels.lanes, start = self.next_row * grid.hop - grid.left
        cdef ptrdiff_t n = (lanes - 1) * grid.hop + grid.left + grid.right
        cdef Signal readable = signal[0]
        if p.n_abreast == 0 or p.n_tracks or self.next_row + lanes > stop:
            return False
        if start < self.begin or start + n > self.end:  # there is padding among them
            return False
        if p.kernels.first_beyond(self.samples + (start - self.begin), n, LOUD) < n:
            return False
        if self.side_block == NULL:
            self.side_block = new_side_by_side(p, &self.side)
        if self.side_block == NULL:
            return False
        readable.end += grid.hop  # a block has whole hops
        compute_rows(p, &readable, self.next_row, 0, out, NULL, &self.scratch, &self.side)
        return True

    cdef ptrdiff_t _space(self, ptrdiff_t wanted) noexcept nogil:
        """Forget samples that no row needs; give how many of `wanted` may be appended, >= 1.

        It gives -1 if there is no memory; then nothing has changed.
        """
        cdef ptrdiff_t kept = self.end - self.begin
        cdef const Grid *grid = &self.engine.program.grid
        cdef ptrdiff_t needed = self.computed * grid.hop - grid.kept
        cdef ptrdiff_t unneeded = min(needed, self.end) - self.begin
        cdef float *grown
        if self.capacity - kept >= wanted:
            return wanted
        if unneeded > 0:
            kept -= unneeded
            memmove(self.samples, self.samples + unneeded, kept * sizeof(float))
            self.begin += unneeded
        if kept == self.capacity:  # rows wait for room in `out`
            grown = <float *>realloc(
                self.samples, (2 * self.capacity + grid.hop) * sizeof(float))
            if grown == NULL:
                return -1
            self.samples = grown
            self.capacity *= 2
        return min(wanted, self.capacity - kept)


cdef inline void convert(
    const void *chunk, ptrdiff_t begin, ptrdiff_t n, SampleFormat kind, float *y
) noexcept nogil:
    """Copy n samples of a chunk from `begin` on as float; int16 is divided by 32768."""
    cdef ptrdiff_t i
    if kind == FLOAT32:
        memcpy(y, <const float *>chunk + begin, n * sizeof(float))
    elif kind == FLOAT64:
        for i in range(n):
            y[i] = <float>(<const double *>chunk)[begin + i]
    else:
        for i in range(n):
            y[i] = (<const int16_t *>chunk)[begin + i] * <float>(1.0 / 32768)


cdef bint known(dtype, SampleFormat *kind) except -1:
    """Tell the format of a dtype in the machine's byte order: NumPy has one object of each."""
    if dtype is FLOAT32_DTYPE:
        kind[0] = FLOAT32
    elif dtype is INT16_DTYPE:
        kind[0] = INT16
    elif dtype is FLOAT64_DTYPE:
        kind[0] = FLOAT64
    else:
        return False
    return True


cdef object checked_chunk(chunk, SampleFormat *kind):
    """Give the chunk as a contiguous vector of one of three formats, or raise ParameterError."""
    if type(chunk) is NDARRAY and chunk.ndim == 1:  # what a live service sends; no mask
        flags = chunk.flags
        if flags.c_contiguous and flags.aligned and known(chunk.dtype, kind):
            return chunk
    array = as_vector(chunk, "chunk")
    dtype = array.dtype
    kind[0] = INT16 if dtype == np.int16 else FLOAT64 if dtype == np.float64 else FLOAT32
    return array


cdef int check_apart(array, out) except -1:
    """Refuse rows that would be written over the chunk that they are computed from."""
    cdef Py_buffer x, rows
    if out is None:
        return 0
    PyObject_GetBuffer(array, &x, PyBUF_ND | PyBUF_FORMAT)
    try:
        PyObject_GetBuffer(out, &rows, PyBUF_ND | PyBUF_FORMAT)
        try:
            if overlap(&x, &rows):
                refuse_shared()
        finally:
            PyBuffer_Release(&rows)
    finally:
        PyBuffer_Release(&x)
    return 0


cdef int check_values(
    str name, values, const void *samples, ptrdiff_t n, SampleFormat kind
) except -1:
    """Raise ParameterError for NaN, infinity or doubles beyond float's range.

    A message shows the one of `values` that the sample came from.
    """
    cdef ptrdiff_t i = 0
    cdef const double *doubles = <const double *>samples
    if kind == FLOAT32:
        i = kernels.first_beyond(<const float *>samples, n, INFINITY)
    elif kind == FLOAT64:
        while i < n and isfinite(<float>doubles[i]):
            i += 1
    else:
        i = n
    if i < n:
        refuse_sample(name, values, i)
    return 0
