# A queue of rows: samples go in, and their rows stay until they are popped.
#
# It is made for callers that take each row alone, as those of kaldi-native-fbank do. Rows are
# computed straight into blocks of memory, so that a row costs a caller no array of its own but a
# view of the block.

import numpy as np

from serfast.backends.row_queue import real_numbers, refuse_frame

cimport cython
from cpython.buffer cimport (
    PyBUF_FORMAT,
    PyBUF_ND,
    PyBUF_WRITABLE,
    PyBuffer_Release,
    PyObject_GetBuffer,
)
from cpython.object cimport PyObject
from cpython.sequence cimport PySequence_GetItem
from libc.stdlib cimport free, malloc

cdef extern from "Python.h":
    PyObject *list_item "PyList_GET_ITEM"(object numbers, Py_ssize_t i)
    bint is_float "PyFloat_CheckExact"(PyObject *item)
    double float_value "PyFloat_AS_DOUBLE"(PyObject *item)

cdef enum:
    BLOCK_ROWS = 32
    BRIEF_ROWS = 2


cdef class RowQueue:
    """It takes samples in pieces and keeps their rows; serfast.backends.row_queue documents it."""

    cdef StreamState stream
    cdef list blocks          # arrays of BLOCK_ROWS rows; the last one is filled at `tail`
    cdef float *tail          # the place of the next row
    cdef ptrdiff_t first      # the number of the first block's first row
    cdef ptrdiff_t popped     # rows before this one are gone
    cdef ptrdiff_t ready      # rows so far, those that were popped among them
    cdef double rate, shift
    cdef bint finished

    def __init__(self, StreamState stream not None, double rate, double shift):
        if self.stream is not None:  # another thread may be writing rows
            raise TypeError(f"{type(self).__name__}.__init__ must be called once")
        self.stream = stream
        self.blocks = []
        self.tail = NULL
        self.first = self.popped = self.ready = 0
        self.rate, self.shift = rate, shift
        self.finished = False

    def __reduce__(self):
        raise TypeError("an online feature can't be pickled: pickle its options")

    @property
    def dim(self):
        """Give the number of columns."""
        return self._made().engine.program.n_columns

    @property
    def frame_shift_in_seconds(self):
        """Give the time from a row to the next one [s]."""
        return self.shift

    @property
    def num_frames_ready(self):
        """Give the number of rows so far; those that were popped count."""
        return self.ready

    @cython.binding(True)
    def accept_waveform(self, sampling_rate, waveform):
        """Take the next samples, and compute the rows that they complete."""
        cdef Py_buffer x
        cdef SampleFormat kind
        if type(waveform) is list:
            with cython.critical_section(waveform):
                if self._take_list(sampling_rate, waveform):
                    return
        if type(waveform) is not NDARRAY or not borrow(waveform, &x, &kind):
            waveform = real_numbers(waveform)
            if not borrow(waveform, &x, &kind):
                raise TypeError(f"waveform must be real numbers, got {type(waveform).__name__}")
        try:
            self._take(sampling_rate, x.buf, x.shape[0], kind, waveform)
        finally:
            PyBuffer_Release(&x)

    @cython.binding(True)
    def input_finished(self):
        """End the signal; frames that reach past its end are computed if edges aren't snipped."""
        cdef StreamState stream = self._made()
        stream._enter()
        try:
            self.finished = stream.flushed = True
            self._compute(NULL, 0, FLOAT32)
        finally:
            stream._leave()

    @cython.binding(True)
    def is_last_frame(self, frame):
        """Tell whether this is the last row of a signal that has ended."""
        return self.finished and frame == self.ready - 1

    @cython.binding(True)
    def get_frame(self, Py_ssize_t frame):
        """Give a row, shape (dim,)."""
        cdef ptrdiff_t place
        with cython.critical_section(self):
            if not self.popped <= frame < self.ready:
                refuse_frame(frame, self.popped, self.ready)
            place = frame - self.first
            return PySequence_GetItem(self.blocks[place // BLOCK_ROWS], place % BLOCK_ROWS)

    @cython.binding(True)
    def pop(self, Py_ssize_t n):
        """Forget the first n rows that are left; the others keep their numbers."""
        cdef ptrdiff_t unneeded
        with cython.critical_section(self):
            self.popped += min(max(n, 0), self.ready - self.popped)
            # the last block stays: rows may be written into it
            unneeded = (self.popped - self.first) // BLOCK_ROWS
            if unneeded and unneeded >= len(self.blocks):
                unneeded = len(self.blocks) - 1
            if unneeded:
                del self.blocks[:unneeded]
                self.first += unneeded * BLOCK_ROWS

    cdef StreamState _made(self):
        """Give the stream, unless a subclass left out its __init__."""
        if self.stream is None:
            raise TypeError(f"{type(self).__name__}.__init__ must be called before its methods")
        return self.stream

    cdef bint _take_list(self, sampling_rate, list numbers) except -1:
        """Take a list of floats; give False if it holds anything else."""
        cdef Py_ssize_t n = len(numbers), i
        cdef PyObject *item
        cdef float *samples = <float *>malloc(n * sizeof(float) + 1)
        if samples == NULL:
            raise MemoryError("no memory for the samples of a list")
        try:
            for i in range(n):
                item = list_item(numbers, i)
                if not is_float(item):
                    return False
                samples[i] = <float>float_value(item)
            self._take(sampling_rate, samples, n, FLOAT32, numbers)
        finally:
            free(samples)
        return True

    cdef int _take(
        self, sampling_rate, const void *samples, ptrdiff_t n, SampleFormat kind, waveform
    ) except -1:
        """Take samples of one of the formats; `waveform` is what a message shows of them."""
        cdef StreamState stream = self._made()
        if n == 0:
            return 0
        if <double>sampling_rate != self.rate:
            raise ValueError(
                f"sampling_rate must be that of the options, {self.rate:g}, got {sampling_rate!r}"
            )
        stream._enter()
        try:
            if self.finished:
                raise RuntimeError("accept_waveform was called after input_finished")
            check_values("waveform", waveform, samples, n, kind)
            self._compute(samples, n, kind)
        finally:
            stream._leave()
        return 0

    cdef int _compute(self, const void *samples, ptrdiff_t n, SampleFormat kind) except -1:
        """Give the stream as many samples at a time as fill a block with rows."""
        cdef StreamState stream = self.stream
        cdef const Program *p = &stream.engine.program
        cdef ptrdiff_t size = 8 if kind == FLOAT64 else sizeof(float)
        cdef ptrdiff_t room, piece, waiting, rows
        while True:
            room = self._room()
            piece = min(n, room * p.grid.hop)
            waiting = stream._complete(stream.end + piece) - stream.next_row
            rows = min(waiting, room)
            # another thread that waits for the GIL would have it for longer than these rows take
            stream._compute(samples, piece, kind, self.tail, rows, rows <= BRIEF_ROWS)
            self.tail += rows * p.n_columns
            self.ready += rows
            n -= piece
            if n == 0 and rows == waiting:
                return 0
            samples = <const char *>samples + piece * size

    cdef ptrdiff_t _room(self) except -1:
        """Give how many rows fit into the last block, after a new one if it was full."""
        cdef ptrdiff_t filled
        with cython.critical_section(self):
            filled = self.ready - self.first
            if filled == BLOCK_ROWS * len(self.blocks):
                self.blocks.append(new_block(self.stream.engine.program.n_columns, &self.tail))
            return BLOCK_ROWS * len(self.blocks) - filled


cdef object new_block(ptrdiff_t n_columns, float **rows):
    """Give an array for rows, and the place of the first one."""
    cdef Py_buffer view
    block = np.empty((BLOCK_ROWS, n_columns), np.float32)
    PyObject_GetBuffer(block, &view, PyBUF_ND | PyBUF_WRITABLE)
    rows[0] = <float *>view.buf  # the caller keeps the block alive
    PyBuffer_Release(&view)
    return block


cdef bint borrow(waveform, Py_buffer *x, SampleFormat *kind) except -1:
    """Borrow the memory of a contiguous vector of floats or doubles; False if it is none."""
    try:
        PyObject_GetBuffer(waveform, x, PyBUF_ND | PyBUF_FORMAT)
    except (BufferError, ValueError):
        return False
    if x.ndim == 1 and x.format[0] in b"fd" and <uintptr_t>x.buf % x.itemsize == 0:
        kind[0] = FLOAT32 if x.format[0] == c"f" else FLOAT64
        return True
    PyBuffer_Release(x)
    return False
