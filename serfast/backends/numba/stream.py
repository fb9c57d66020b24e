"""A stream keeps samples that later rows need, and counters; it calls the compiled function."""

from __future__ import annotations

from threading import Lock
from typing import Any, NoReturn

import numpy as np

from ... import _checks as checks
from ...audio.samples import as_float32, as_vector, first_nonfinite
from ...errors import SerfastError
from ...features.framing import Grid
from ...features.spec import FeatureSpec
from ..output import check_apart, check_out
from ..stream import Stream

__all__ = ["NumbaStream"]

Rows = np.ndarray[Any, np.dtype[np.float32]]
Samples = np.ndarray[Any, np.dtype[np.float32]]


class NumbaStream(Stream):
    """It has a linear buffer of samples, whose content moves to the front when it is full.

    samples[i] is sample begin + i. Rows are kept as long as tracks of later rows look at them;
    `computed` rows have been computed, without their tracks.
    """

    __slots__ = (
        *("_begin", "_busy", "_computed", "_counts", "_doubles", "_end", "_engine", "_flushed"),
        *("_next", "_recent", "_resampler", "_samples", "_scratch", "_taken"),
    )

    def __init__(self, engine: Any, spec: FeatureSpec) -> None:
        self._begin_with(spec)
        self._engine = engine
        self._samples = np.empty(4 * (engine.grid.kept + engine.grid.right) + 4096, np.float32)
        self._scratch = engine.scratch()
        self._counts = engine.counts()
        self._doubles = engine.doubles()
        self._recent = engine.row_buffer()
        self._resampler: Any = None
        self._busy = Lock()
        self._clear()

    def _clear(self) -> None:
        self._begin = self._end = self._taken = 0
        self._next = self._computed = 0
        self._counts[:] = 0
        self._doubles[:] = self._engine.doubles()
        self._flushed = False

    def __reduce__(self) -> NoReturn:
        raise TypeError("a stream can't be pickled: pickle its extractor and make a new stream")

    @property
    def n_seen(self) -> int:
        return self._end if self._resampler is None else self._taken

    @property
    def n_emitted(self) -> int:
        return self._next

    @property
    def lookahead(self) -> int:
        grid: Grid = self._engine.grid
        return grid.right + grid.ahead * grid.hop_length

    def resample_with(self, resampler: Any) -> None:
        self._resampler = resampler

    def reset(self) -> None:
        self._enter()
        try:
            if self._resampler is not None:
                self._resampler.clear()
            self._clear()
        finally:
            self._busy.release()

    def accept(self, chunk: Any, out: Any = None) -> Any:
        self._enter()
        try:
            if self._flushed:
                raise SerfastError("stream must be reset after flush() before it accepts more")
            samples = _checked(chunk)
            self._check_out(out)
            if out is not None:
                check_apart(np.asarray(chunk), out)
            if self._resampler is not None and len(samples):
                self._taken += len(samples)
                samples = self._resampler.resample_chunk(samples)
            return self._advance(samples, out)
        finally:
            self._busy.release()

    def flush(self, out: Any = None) -> Any:
        self._enter()
        try:
            self._check_out(out)
            rest = np.empty(0, np.float32)
            if self._resampler is not None and self._taken and not self._flushed:
                rest = self._resampler.resample_chunk(rest, last=True)
                none = np.empty((0, self._engine.n_columns), np.float32)
                self._advance(rest, none)  # its rows wait
            self._flushed = True
            return self._advance(rest[:0], out)
        finally:
            self._busy.release()

    def _enter(self) -> None:
        if not self._busy.acquire(blocking=False):
            raise SerfastError(
                "stream must be used by one thread at a time, got two: make one each"
            )

    def _check_out(self, out: Any) -> None:
        if out is not None:
            check_out(out, self._engine.n_columns)

    def _complete(self, end: int) -> int:
        """Give the number of rows that `end` samples allow; after the flush, of all rows."""
        grid: Grid = self._engine.grid
        return grid.rows_after(end, self._flushed)

    def _advance(self, samples: Samples, out: Any) -> Any:
        """Append samples, in pieces, and compute the rows for which there is room."""
        room = self._complete(self._end + len(samples)) - self._next
        rows = np.empty((room, self._engine.n_columns), np.float32) if out is None else out
        room = min(room, len(rows))
        goal, first, taken = self._next + room, self._next, 0
        while True:
            ready = min(goal, self._complete(self._end))
            if ready > self._next:
                self._compute(ready, rows[self._next - first :])
            if taken == len(samples):
                self._engine.warn_of(self._counts)
                return rows if out is None else room
            piece = self._space(len(samples) - taken)
            at = self._end - self._begin
            self._samples[at : at + piece] = samples[taken : taken + piece]
            self._end += piece
            taken += piece

    def _compute(self, stop: int, out: Rows) -> None:
        """Compute the rows up to `stop`; the later rows that their tracks need come first."""
        engine = self._engine
        last = engine.grid.ahead_by(0, 1).rows_after(self._end, self._flushed)
        self._computed = engine.advance(
            engine.tables.program, self._samples, self._begin, self._end, self._next, stop,
            self._computed, last, self._flushed, self._recent, NOTHING_KEPT, self._scratch,
            self._counts, self._doubles.ctypes.data, out,
        )  # fmt: skip
        self._next = stop

    def _space(self, wanted: int) -> int:
        """Forget samples that no row needs; give how many of `wanted` samples may be appended."""
        kept = self._end - self._begin
        if len(self._samples) - kept >= wanted:
            return wanted
        grid = self._engine.grid
        needed = min(self._computed * grid.hop_length - grid.kept, self._end)
        if needed > self._begin:
            unneeded = needed - self._begin
            kept -= unneeded
            self._samples[:kept] = self._samples[unneeded : unneeded + kept]
            self._begin = needed
        if kept == len(self._samples):  # rows wait for room in `out`
            self._samples = np.concatenate([self._samples, np.empty_like(self._samples)])
        return min(wanted, len(self._samples) - kept)


NOTHING_KEPT = np.empty(0, np.float32)


def _checked(chunk: Any) -> Samples:
    """Give a chunk as a vector of float32, or raise ParameterError if it isn't finite numbers."""
    plain = type(chunk) is np.ndarray and chunk.dtype == np.float32 and chunk.ndim == 1
    array = chunk if plain else as_vector(chunk, "chunk")
    samples = as_float32(array)
    if array.dtype != np.int16 and (bad := first_nonfinite(samples)) is not None:
        checks.refuse_sample("chunk", array, bad)
    return samples
