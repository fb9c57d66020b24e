"""Stream: push chunks of any size, get the rows that they complete. The only mutable object."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ._engine import Engine, StreamState
from .errors import BackendError, ParameterError
from .spec import FeatureSpec

__all__ = ["Latency", "Stream"]

Rows = np.ndarray[Any, np.dtype[np.float32]]


class Latency(NamedTuple):
    """How long after its own moment a row comes out."""

    samples: int
    """Row t is given as soon as sample ``t * hop_length + samples - 1`` has been accepted."""
    seconds: float
    """The same in seconds."""


class Stream(StreamState):
    """The features of a signal that is still arriving; made by :meth:`serfast.Extractor.stream`.

    Rows are computed as soon as their samples are there, by the function that a batch uses: the
    rows of all chunks and of the flush together are bit for bit what the extractor gives for the
    whole signal, however it is divided.

    Private state: one thread at a time. Different streams don't touch each other, whichever
    extractor they come from. After a fork, parent and child each have a stream of their own.

    Examples
    --------
    >>> import serfast
    >>> extractor = serfast.Extractor(serfast.FeatureSpec(features=[serfast.RMS()]))
    >>> stream = extractor.stream()
    >>> stream.latency
    Latency(samples=256, seconds=0.016)
    >>> chunk = np.ones(400, dtype=np.float32)
    >>> stream.accept(chunk).shape, stream.accept(chunk).shape, stream.flush().shape
    ((1, 1), (3, 1), (2, 1))
    """

    __slots__ = ("_spec",)

    def __init__(self, engine: Engine, spec: FeatureSpec) -> None:
        self._spec = spec

    @property
    def spec(self) -> FeatureSpec:
        """What is computed."""
        return self._spec

    @property
    def columns(self) -> tuple[str, ...]:
        """Name of every column of the rows."""
        return self._spec.columns

    @property
    def latency(self) -> Latency:
        """How long after its own moment a row comes out."""
        samples = self.lookahead
        return Latency(samples, samples / self._spec.sample_rate)


def make_stream(spec: FeatureSpec, engine: object) -> Stream:
    """A stream for a spec, if it can be streamed.

    Raises
    ------
    ParameterError
        If a feature needs the whole signal, or padding mirrors what hasn't arrived yet.
    BackendError
        If the back end can't stream.
    """
    for feature in spec.whole_signal:
        raise ParameterError(
            f"features of a stream must not depend on the whole signal, got {feature!r}: use "
            "top_db=None and a number as ref (a stream can't know the loudest band to come)"
        )
    if spec.center:
        for feature in spec.features:
            if (feature.pad_mode or spec.pad_mode) == "reflect":
                raise ParameterError(
                    "pad_mode of a stream must be 'constant' or 'edge', got 'reflect': the end "
                    "can't be mirrored before it is known; center=False needs no padding"
                )
    if not isinstance(engine, Engine):
        raise BackendError("backend of a stream must be 'native': the reference has no streams")
    return Stream(engine, spec)
