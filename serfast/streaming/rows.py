"""A generator gives rows from chunks as they come, for a plain loop or one of asyncio."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Generator, Iterable
from typing import Any, overload

import numpy as np

from .. import _checks as checks
from ..backends.stream import Stream
from ..extractor import Extractor
from ..features.spec import FeatureSpec
from ..forking import forks_wait

__all__ = ["feature_rows"]

Row = np.ndarray[Any, np.dtype[np.float32]]


@overload
def feature_rows(
    chunks: Iterable[Any], spec: FeatureSpec | Extractor, *, sample_rate: float | None = None
) -> Generator[Row, None, None]: ...


@overload
def feature_rows(
    chunks: AsyncIterable[Any], spec: FeatureSpec | Extractor, *, sample_rate: float | None = None
) -> AsyncGenerator[Row, None]: ...


def feature_rows(
    chunks: Iterable[Any] | AsyncIterable[Any],
    spec: FeatureSpec | Extractor,
    *,
    sample_rate: float | None = None,
) -> Generator[Row, None, None] | AsyncGenerator[Row, None]:
    """Give the rows of a signal that comes in chunks, each as soon as its samples are there.

    Parameters
    ----------
    chunks : iterable or asynchronous iterable of array_like, shape (n,)
        The chunks are float32, float64 or int16, of any size; together they are the signal.
    spec : FeatureSpec or Extractor
        It says what to compute. Many signals can share the tables of one extractor.
    sample_rate : float or None
        This is the rate of the chunks [Hz], if it differs from the spec's: see
        :meth:`serfast.Extractor.stream`.

    Returns
    -------
    generator, or asynchronous generator if `chunks` is asynchronous
        It gives rows, float32 of shape (n_columns,). Together they are bit for bit what
        ``Extractor(spec)`` gives for the whole signal. Rows that need padding come after the
        last chunk.

    Raises
    ------
    ParameterError
        It is raised at once if spec can't be streamed, sample_rate is bad or chunks can't be
        iterated, and by the generator if a chunk is bad.

    Notes
    -----
    The asynchronous form computes on the event loop itself. A chunk usually holds 10 ms; its rows
    take microseconds, which is less than it costs to hand them to a thread. After every chunk the
    loop's other tasks may run, even if `chunks` never waits. So no task waits longer than one
    chunk takes, about a thousandth of the chunk's duration. Divide chunks of many seconds first.

    Examples
    --------
    >>> import serfast
    >>> spec = serfast.FeatureSpec(features=[serfast.RMS()])
    >>> chunks = [np.ones(100)] * 160
    >>> rows = list(feature_rows(chunks, spec))
    >>> len(rows), rows[50]
    (101, array([1.], dtype=float32))
    >>> async def from_socket():
    ...     for chunk in chunks:
    ...         yield chunk
    >>> async def count():
    ...     return len([row async for row in feature_rows(from_socket(), spec)])
    >>> import asyncio
    >>> asyncio.run(count())
    101
    """
    extractor = spec if isinstance(spec, Extractor) else Extractor(spec)
    stream = extractor.stream(sample_rate=sample_rate)
    if isinstance(chunks, AsyncIterable):
        return _asynchronous(chunks, stream)
    if not isinstance(chunks, Iterable) or isinstance(chunks, (str, bytes, dict)):
        checks.fail("chunks", "an iterable of chunks", chunks)
    return _synchronous(chunks, stream)


def _synchronous(chunks: Iterable[Any], stream: Stream) -> Generator[Row, None, None]:
    for chunk in chunks:
        yield from stream.accept(chunk)
    yield from stream.flush()


async def _asynchronous(chunks: AsyncIterable[Any], stream: Stream) -> AsyncGenerator[Row, None]:
    with forks_wait:
        from asyncio import sleep  # heavy: 20 ms, for asynchronous chunks only

    async for chunk in chunks:
        for row in stream.accept(chunk):
            yield row
        await sleep(0)
    for row in stream.flush():
        yield row
