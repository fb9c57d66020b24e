"""The arguments --segments and --overlap: statistics of one part of a recording after another."""

from __future__ import annotations

import argparse

from ..corpora.vector_tables import Part
from ..errors import ParameterError
from ..extractor import Extractor
from ..statistics.statistics import Statistics
from ..streaming.sliding_window import SlidingWindow

__all__ = ["Segments", "seconds"]


def seconds(text: str) -> float:
    """Read a duration from the command line, from 0 to a day."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 86400:
        raise argparse.ArgumentTypeError(f"must be seconds from 0 to 86400, got {text!r}")
    return value


class Segments:
    """It gives the statistics of each segment of a recording, as a stream of its rows would.

    Parameters
    ----------
    statistics : Statistics
    extractor : Extractor
    length, overlap : float
        A segment has so many seconds, and the next one begins `overlap` seconds before its end.

    Raises
    ------
    ParameterError
        If a segment has no row, or overlaps the next one wholly.
    """

    def __init__(
        self, statistics: Statistics, extractor: Extractor, length: float, overlap: float
    ) -> None:
        spec = extractor.spec
        self._row = spec.hop_length / spec.sample_rate
        self._window = round(length / self._row)
        self._hop = self._window - round(overlap / self._row)
        if self._window < 1:
            raise ParameterError(f"--segments must be {self._row:g} s or more, got {length:g}")
        if self._hop < 1:
            raise ParameterError(f"--overlap must be less than --segments, got {overlap:g}")
        self._extractor = extractor
        self._statistics = statistics.over(spec.columns, backend=extractor.backend)

    def __call__(self, samples: object, duration: float) -> list[Part]:
        """Give the parts of a recording of that duration [s].

        The rows are those of the whole recording, so a segment knows what came before it. What is
        left at the end is a segment, which ends with the recording and is as long as the others, if
        it is more than half of what they advance by, or all.
        """
        rows = self._extractor(samples)
        sliding = SlidingWindow(self._window, self._hop)
        windows = list(sliding.due(len(rows)))
        rest = sliding.rest(len(rows))
        parts = []
        for start, stop in [*windows, *([rest] if rest else [])]:
            end = min(stop * self._row, duration)
            parts.append(Part(start * self._row, end, self._statistics(rows[start:stop])))
        return parts
