"""Parts of tables are computed here: of files and of signals, by several threads."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from ... import _checks as checks
from ...errors import AudioError, AudioWarning
from . import log, tables
from .recordings import read
from .signals import with_channels

__all__ = ["Part", "PartMaker"]

Part = tuple[Any, Any, Any, Any]
"""The file or None, the start and the end of each row [s], and the values."""


class PartMaker:
    """It makes the parts of a table out of files or of signals.

    Parameters
    ----------
    values : callable
        It takes samples of shape (n_channels, n_samples) and their rate, and gives the values.
    whole : bool
        If True, there is one row a part; if False, one every 10 ms.
    text_rate : int or None
        Text of digits alone is a moment in samples of this rate; None takes the signal's.
    segment : object or None
        Its method ``process_signal`` gives an index of the segments of a signal.
    keep_nat : bool
        If True, a part of a file whose end isn't given ends with NaT.
    num_workers, verbose, logged
        They say how many threads work, whether progress is printed, and where it is logged.
    """

    def __init__(
        self,
        values: Callable[[Any, float], Any],
        *,
        whole: bool,
        text_rate: int | None,
        segment: Any,
        keep_nat: bool,
        num_workers: int | None,
        verbose: bool,
        logged: log.Log,
    ) -> None:
        if segment is not None and not callable(getattr(segment, "process_signal", None)):
            checks.fail("segment", "None, or have process_signal as audinterface.Segment", segment)
        if num_workers is not None:
            checks.integer("num_workers", num_workers)
        self.values, self.whole, self.text_rate = values, whole, text_rate
        self.segment, self.keep_nat = segment, checks.boolean("keep_nat", keep_nat)
        self.num_workers, self.verbose = num_workers, checks.boolean("verbose", verbose)
        self.log = logged

    def of_files(self, jobs: list[Any], root: str | None, skip: bool) -> list[Part]:
        """Give the parts of files: each job is a file, a start and an end.

        With `skip`, a file that can't be read is left out, with a warning.
        """

        def one(job: Any) -> Any:
            file, start, end = job
            if not isinstance(file, (str, bytes, os.PathLike)):
                checks.fail("file", "a path", file)
            name = os.fsdecode(file)
            try:
                signal, rate = read(Path(root, name) if root is not None else file)
                return self.of_signal(signal, rate, name, start, end, self.keep_nat)
            except AudioError as error:
                if not skip:
                    raise
                return error

        return self._in_order(one, jobs, "files")

    def of_segments(self, jobs: list[Any], signal: Any, rate: float) -> list[Part]:
        """Give the parts of one signal: each job is a file or None, a start and an end."""
        return self._in_order(lambda job: self.of_signal(signal, rate, *job), jobs, "segments")

    def _in_order(self, one: Callable[[Any], Any], jobs: list[Any], what: str) -> list[Part]:
        """Do the jobs in several threads, and give their parts in the order of the jobs."""
        parts: list[Part] = []
        with ThreadPoolExecutor(self.num_workers or os.cpu_count() or 1) as pool:
            for i, made in enumerate(pool.map(one, jobs), 1):
                if isinstance(made, AudioError):
                    self.log.write(log.LEFT_OUT, f"a file is left out: {made}")
                    warnings.warn(f"a file is left out: {made}", AudioWarning, stacklevel=5)
                else:
                    parts += made
                if self.verbose:
                    _show(i, len(jobs), what)
        if self.verbose and jobs:
            print(file=sys.stderr)
        return parts

    def of_signal(
        self,
        signal: Any,
        rate: float,
        file: Any = None,
        start: Any = None,
        end: Any = None,
        keep_nat: bool = False,
    ) -> list[Part]:
        """Give the part of a signal from `start` to `end`, or those of its segments there."""
        checks.number("sampling_rate", rate, above=0)
        samples = with_channels(signal)
        if not samples.shape[1]:
            checks.refuse("signal", "at least 1 sample", "none")
        if self.segment is not None:
            index = self.segment.process_signal(samples, rate, file=file, start=start, end=end)
            segments = [(start, end) for _, start, end in tables.entries(index)]
        else:
            segments = [(start, end)]
        return [self._part(samples, rate, file, *times, keep_nat) for times in segments]

    def _part(
        self, samples: Any, rate: float, file: Any, start: Any, end: Any, keep_nat: bool
    ) -> Part:
        text_rate = self.text_rate or rate
        begin = tables.seconds("start", start, text_rate)
        stop = tables.seconds("end", end, text_rate)
        endless = keep_nat and stop is None
        duration = samples.shape[1] / rate
        begin = 0.0 if begin is None else begin
        stop = duration if stop is None else min(stop, duration)
        if not begin < stop:
            checks.refuse("start", f"before the end ({stop:g} s)", f"{begin:g} s")
        values = self.values(samples[:, round(begin * rate) : round(stop * rate)], rate)
        starts, ends = tables.index_of(len(values), begin, stop, self.whole)
        if endless:
            ends[-1] = np.nan
        self.log.write(log.DONE, f"{file or 'a signal'}: {begin:g} s to {stop:g} s")
        return file, starts, ends, values


def _show(done: int, n: int, what: str) -> None:
    """Print how far the work is; a bar of 20 characters stands before the numbers."""
    bar = "#" * (20 * done // n)
    print(f"\r|{bar:<20}| {done} of {n} {what}", end="", file=sys.stderr, flush=True)
