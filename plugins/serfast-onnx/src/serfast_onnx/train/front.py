"""The front: from the extractor's rows to what a network learns from, all by the training set.

Beside relative levels, RMS is left out: it is in the rows for a stream's energy gate, and a network
that doesn't hear it doesn't change with gain. No relative level is deeper than 45 dB below the
mean: further down a codec leaves holes where a room leaves none, and the rounding of the spectrum
shows, which differs from gain to gain. Without relative levels RMS becomes its logarithm. YIN's two
columns become how voiced a row is, v = 1 - aperiodicity within 0 to 1, and v times the logarithm
of the pitch over 180 Hz, so that the pitch of an unvoiced row says nothing. Then every column is
centred and scaled by the training set's mean and deviation, and what is further out than six
deviations is no further (digital silence, a click).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from serfast import RMS, YIN, FeatureSpec, RelativeLevel

from .writer import Graph

__all__ = ["LIMIT", "Front"]

Array = np.ndarray[Any, np.dtype[np.float32]]

FLOOR = 1e-5  # -100 dB of full scale
DEEPEST = -45.0  # [dB]
LIMIT = 6.0
PITCH = 180.0  # [Hz]: between the voices of men and women


@dataclass(frozen=True)
class Front:
    """Fixed scaling in front of a network.

    Parameters
    ----------
    parts : tuple of (str, int, int)
        What to do with columns `begin` to `end` - 1: "linear", "level", "log", "pitch" or
        "unheard".
    mean, deviation : ndarray of float32, shape (n_heard,)
        They center and scale each column that the network gets: mean and standard deviation over
        the rows of the training set, once they have been treated as `parts` says.
    """

    parts: tuple[tuple[str, int, int], ...]
    mean: Array
    deviation: Array

    @property
    def n_columns(self) -> int:
        """How many columns rows have."""
        return self.parts[-1][2]

    @property
    def n_heard(self) -> int:
        """How many of them the network gets."""
        return len(self.mean)

    @property
    def heard(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which of the rows' columns the network gets, shape (n_columns,)."""
        return np.concatenate(
            [np.full(end - begin, kind != "unheard") for kind, begin, end in self.parts]
        )

    @property
    def voicing(self) -> int | None:
        """Give the index of the voicing among the columns that the network gets, or None."""
        unheard = 0
        for kind, begin, end in self.parts:
            if kind == "pitch":
                return end - 1 - unheard
            unheard += end - begin if kind == "unheard" else 0
        return None

    @classmethod
    def fit(cls, rows: Sequence[Array], spec: FeatureSpec | None) -> Front:
        """Fit the scaling to the rows of a training set.

        Parameters
        ----------
        rows : sequence of ndarray of float32, shape (n_rows, n_columns)
        spec : FeatureSpec or None
            What the columns are; None: all of them linear.
        """
        n_columns = rows[0].shape[1]
        parts = _parts(spec, n_columns)
        every = np.concatenate([_formed(x, parts) for x in rows]).astype(np.float64)
        deviation = every.std(axis=0)
        deviation[deviation < 1e-6] = 1.0  # a constant column stays 0
        return cls(parts, every.mean(axis=0).astype(np.float32), deviation.astype(np.float32))

    def __call__(self, rows: Array) -> Array:
        """Scale rows of shape (n_rows, n_columns)."""
        x = _formed(rows, self.parts)
        scaled: Array = np.clip((x - self.mean) / self.deviation, -LIMIT, LIMIT)
        return scaled

    def write(self, graph: Graph, rows: str) -> str:
        """Write it into a graph: rows (1, time, n_columns) to (1, n_heard, time)."""
        pieces = [x for part in self.parts for x in self._pieces(graph, rows, *part)]
        x = pieces[0]
        if len(pieces) > 1:
            x = graph.add("Concat", *pieces, attributes={"axis": 2})
        x = graph.add("Sub", x, graph.constant(self.mean))
        x = graph.add("Div", x, graph.constant(self.deviation))
        x = graph.add("Clip", x, graph.constant(-LIMIT), graph.constant(LIMIT))
        return graph.add("Transpose", x, attributes={"perm": [0, 2, 1]})

    def _pieces(self, graph: Graph, rows: str, kind: str, begin: int, end: int) -> tuple[str, ...]:
        if kind == "unheard":
            return ()
        if kind == "linear":
            return (_columns(graph, rows, begin, end),)
        if kind == "level":
            return (graph.add("Max", _columns(graph, rows, begin, end), graph.constant(DEEPEST)),)
        if kind == "log":
            level = graph.add("Max", _columns(graph, rows, begin, end), graph.constant(FLOOR))
            return (graph.add("Log", level),)
        periodic = graph.add("Sub", graph.constant(1.0), _columns(graph, rows, end - 1, end))
        voiced = graph.add("Clip", periodic, graph.constant(0.0), graph.constant(1.0))
        f0 = graph.add("Max", _columns(graph, rows, begin, begin + 1), graph.constant(1.0))
        height = graph.add("Sub", graph.add("Log", f0), graph.constant(np.log(PITCH)))
        return graph.add("Mul", height, voiced), voiced


def _formed(rows: Array, parts: tuple[tuple[str, int, int], ...]) -> Array:
    """Rows with levels and pitches in other units, without what is unheard; not yet scaled."""
    x = np.array(rows, np.float32)
    heard = np.ones(x.shape[1], bool)
    for kind, begin, end in parts:
        part = x[:, begin:end]
        if kind == "unheard":
            heard[begin:end] = False
        if kind == "level":
            np.maximum(part, np.float32(DEEPEST), out=part)
        if kind == "log":
            part[:] = np.log(np.maximum(part, np.float32(FLOOR)))
        if kind == "pitch":
            voiced = np.clip(1 - part[:, 1], 0, 1)
            height = np.log(np.maximum(part[:, 0], 1)) - np.float32(np.log(PITCH))
            part[:, 0] = height * voiced
            part[:, 1] = voiced
    return x[:, heard]


def _columns(graph: Graph, rows: str, begin: int, end: int) -> str:
    return graph.add("Slice", rows, graph.integers(begin), graph.integers(end), graph.integers(2))


def _parts(spec: FeatureSpec | None, n_columns: int) -> tuple[tuple[str, int, int], ...]:
    """Runs of columns that are treated alike."""
    if spec is None:
        return (("linear", 0, n_columns),)
    parts: list[tuple[str, int, int]] = []
    begin = 0
    is_relative = any(isinstance(feature, RelativeLevel) for feature in spec.features)
    kinds = {RMS: "unheard" if is_relative else "log", RelativeLevel: "level", YIN: "pitch"}
    for feature in spec.features:
        kind = kinds.get(type(feature), "linear")
        end = begin + len(feature.columns)
        if kind == "linear" and parts and parts[-1][0] == "linear":
            parts[-1] = ("linear", parts[-1][1], end)
        else:
            parts.append((kind, begin, end))
        begin = end
    return tuple(parts)
