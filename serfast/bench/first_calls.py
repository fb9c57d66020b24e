"""A fresh process waits for the import, the first extractor, the first call and the first chunk.

This file is used as a module, and also as the text of a program that runs where nothing has been
imported before. So it needs the standard library alone. It has no line ``from __future__``, because
such a line would have to be the first one of the program.
"""

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

__all__ = ["first_calls"]


def first_calls(
    make_spec: Callable[[Any], Any],
    backend: str,
    signal: Any,
    *,
    extractors: int = 1,
    calls: int = 1,
    chunks: Sequence[Any] = (),
    clock: Callable[[], float] = perf_counter,
) -> dict[str, list[float]]:
    """Import serfast, make extractors, call the last one, and feed a stream; time each step.

    Parameters
    ----------
    make_spec : function
        It takes the module serfast and gives a FeatureSpec. Its time counts for the extractor.
    backend : str
        What computes.
    signal : ndarray
        Samples of each call. NumPy is loaded before, so the import of serfast doesn't count it.
    extractors, calls : int
        How many extractors are made one after the other, and how often the last one is called.
    chunks : sequence of ndarray
        What the stream is fed with, one after the other. Without any no stream is made.
    clock : function
        It gives the time [s].

    Returns
    -------
    dict of lists
        Durations in order [s]: ``import``, ``extractor``, ``call``, ``stream``, ``chunk``.
    """
    times: dict[str, list[float]] = {
        name: [] for name in ("import", "extractor", "call", "stream", "chunk")
    }
    begin = clock()
    import serfast  # heavy: this import is what is measured

    times["import"].append(clock() - begin)
    for _ in range(extractors):
        begin = clock()
        extractor = serfast.Extractor(make_spec(serfast), backend)
        times["extractor"].append(clock() - begin)
    for _ in range(calls):
        begin = clock()
        extractor(signal)
        times["call"].append(clock() - begin)
    if chunks:
        begin = clock()
        stream = extractor.stream()
        times["stream"].append(clock() - begin)
    for chunk in chunks:
        begin = clock()
        stream.accept(chunk)
        times["chunk"].append(clock() - begin)
    return times
