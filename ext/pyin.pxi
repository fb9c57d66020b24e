# From the Python tables of pYIN (serfast.program.pyin) to the C structs of pyin.pxd, and calls of it.

import numpy as np

from libc.math cimport HUGE_VAL
from libc.stdint cimport int32_t
from libc.stdlib cimport calloc, free, malloc

from kernels cimport SERFAST_LAGS, SERFAST_STATES
from pyin cimport Candidates, Path, Scores, Work, find_candidates, find_path

cdef ptrdiff_t CHUNK = 4096             # frames that find_candidates has at a time
cdef ptrdiff_t KEPT_BYTES = 1 << 26     # of values of frames, for the way back


cdef int fill_candidates(Arena arena, Candidates *p, program) except -1:
    p.kernels = kernels
    p.length, p.hop = program.frame_length, program.hop_length
    p.min_lag, p.max_lag = program.min_lag, program.max_lag
    p.n_hops, p.rest = p.length // p.hop, p.length % p.hop
    p.n_products = (p.max_lag + SERFAST_LAGS) // SERFAST_LAGS * SERFAST_LAGS
    p.n_thresholds = len(program.thresholds)
    p.thresholds, p.prior = arena.doubles(program.thresholds), arena.doubles(program.prior)
    p.below, p.above = arena.doubles(program.below), arena.doubles(program.above)
    p.decay, p.share = arena.doubles(program.decay), arena.doubles(program.share)
    p.no_trough = program.no_trough
    return 0


cdef double *moves_of(Arena arena, const Path *p, scores) except NULL:
    """Lay the moves out as best_moves reads them; beyond the last state they are nobody's."""
    moves = np.full((p.width, p.padded), -np.inf)
    moves[:, : p.n] = scores
    return arena.doubles(moves.reshape(p.width, -1, SERFAST_STATES).swapaxes(0, 1))


cdef int fill_path(Arena arena, Path *p, program) except -1:
    stay, turn, center = program.stay, program.turn, -program.first
    p.kernels = kernels
    p.width, p.n = stay.shape
    p.first = program.first
    p.padded = (p.n + SERFAST_STATES - 1) // SERFAST_STATES * SERFAST_STATES
    p.apart = p.padded + (p.width + SERFAST_STATES - 1) // SERFAST_STATES * SERFAST_STATES
    p.stay, p.turn = moves_of(arena, p, stay), moves_of(arena, p, turn)
    p.stay_to, p.turn_to = arena.doubles(stay.T), arena.doubles(turn.T)
    target = np.arange(p.n)[:, np.newaxis] - p.first - np.arange(p.width)
    there = (target >= 0) & (target < p.n)
    p.turn_from = arena.doubles(
        np.where(there, turn[np.arange(p.width), np.where(there, target, 0)], -np.inf))
    p.start, p.missing, p.far = program.start, program.missing, program.far
    p.easiest = max(stay.max(), turn.max())
    p.straight = min(stay[center].min(), turn[center].min())
    return 0


cdef void *address(values, ptrdiff_t size, ptrdiff_t itemsize) except? NULL:
    """Give the address of a contiguous array of `size` numbers, which the caller keeps alive."""
    cdef Py_buffer view
    PyObject_GetBuffer(values, &view, PyBUF_ND | PyBUF_FORMAT)
    PyBuffer_Release(&view)
    if view.ndim != 1 or view.itemsize != itemsize or view.shape[0] != size:
        raise ValueError(f"an array must hold {size} contiguous numbers of {itemsize} bytes")
    return view.buf


cdef double *doubles_of(values, ptrdiff_t size) except? NULL:
    return <double *>address(values, size, sizeof(double))


cdef int32_t *ints_of(values, ptrdiff_t size) except? NULL:
    return <int32_t *>address(values, size, sizeof(int32_t))


cdef class PyinEngine:
    """It is the tables of pYIN made ready to run; see serfast.program.pyin.RunPyin."""

    cdef Candidates frames
    cdef Path states
    cdef Arena arena

    def __cinit__(self, program):
        self.arena = Arena()
        fill_candidates(self.arena, &self.frames, program.candidates)
        fill_path(self.arena, &self.states, program.path)

    def __reduce__(self):
        raise TypeError("a PyinEngine can't be pickled: pickle the PyinProgram")

    def candidates(self, samples, ptrdiff_t n_frames):
        cdef Candidates *p = &self.frames
        cdef ptrdiff_t t, n, most = CHUNK * ((p.max_lag - p.min_lag) // 2 + 1)
        # add_hop goes on to the end of the hop that the last frame ends in, and then further
        cdef ptrdiff_t size = (n_frames + p.n_hops) * p.hop + 2 * p.n_products
        x = np.zeros(size)
        n = min(size, len(samples))
        x[:n] = samples[:n]
        counts = np.empty(n_frames, dtype=np.int32)
        periods, probabilities = np.empty(most), np.empty(most)
        chunks = []
        for t in range(0, n_frames, CHUNK):
            n = self._chunk(
                doubles_of(x, size) + t * p.hop, counts[t : t + CHUNK],
                doubles_of(periods, most), doubles_of(probabilities, most))
            chunks.append((periods[:n].copy(), probabilities[:n].copy()))
        periods, probabilities = (np.concatenate(parts) for parts in zip(*chunks))
        return counts, periods, probabilities

    cdef ptrdiff_t _chunk(
        self, const double *samples, counts, double *periods, double *probabilities
    ) except -1:
        cdef Candidates *p = &self.frames
        cdef ptrdiff_t n_frames = len(counts), lags = p.max_lag - p.min_lag + 1, result
        cdef int32_t *numbers = ints_of(counts, n_frames)
        cdef ptrdiff_t n_doubles = (2 * (p.n_hops + 1) + 3) * p.n_products + 2 * lags
        cdef double *block = <double *>calloc(n_doubles, sizeof(double))
        cdef int32_t *ints = <int32_t *>malloc((2 * lags + p.n_thresholds + 1) * sizeof(int32_t))
        cdef Work w
        if block == NULL or ints == NULL:
            free(block)
            free(ints)
            raise MemoryError("no memory for the candidates of pYIN")
        w.sums, w.products = block, block + 2 * (p.n_hops + 1) * p.n_products
        w.end, w.difference = w.products + p.n_products, w.products + 3 * p.n_products
        w.weights = w.difference + lags
        w.troughs, w.levels, w.counts = ints, ints + lags, ints + 2 * lags
        with nogil:
            result = find_candidates(p, samples, n_frames, &w, numbers, periods, probabilities)
            free(block)
            free(ints)
        return result

    def path(self, counts, states, scores, quiet):
        cdef Path *p = &self.states
        cdef Scores s
        s.n_frames, s.counts = len(counts), ints_of(counts, len(counts))
        s.states, s.scores = ints_of(states, len(states)), doubles_of(scores, len(states))
        s.quiet = doubles_of(quiet, s.n_frames)
        cdef ptrdiff_t size = 2 * p.apart, kept = KEPT_BYTES // (size * sizeof(double))
        kept = min(max(kept, 64), s.n_frames)
        cdef ptrdiff_t n_blocks = (s.n_frames + kept - 1) // kept
        rows = np.empty((kept + 1) * size + p.apart - p.padded)
        peaks, before, score = np.empty(kept + 1), np.empty(n_blocks * size), np.empty(p.n)
        first, path = np.empty(n_blocks, dtype=np.intp), np.empty(s.n_frames, dtype=np.int32)
        cdef double *row = doubles_of(rows, len(rows)) + p.apart - p.padded
        cdef double *peak = doubles_of(peaks, kept + 1)
        cdef double *ahead = doubles_of(before, len(before))
        cdef double *with_score = doubles_of(score, p.n)
        cdef ptrdiff_t *firsts = <ptrdiff_t *>address(
            first, n_blocks, sizeof(ptrdiff_t))
        cdef int32_t *chosen = ints_of(path, s.n_frames)
        with nogil:
            find_path(p, &s, kept, with_score, row, peak, ahead, firsts, chosen)
        return path
