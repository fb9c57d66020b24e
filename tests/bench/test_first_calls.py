"""The first calls of a process are timed in their order."""

from __future__ import annotations

from itertools import count

import numpy as np

from serfast.bench.first_calls import first_calls


def test_first_calls_are_timed_in_order() -> None:
    clock = count()
    signal = np.zeros(4000, np.float32)
    times = first_calls(
        lambda serfast: serfast.FeatureSpec(features=[serfast.RMS()]),
        "native",
        signal,
        extractors=2,
        calls=3,
        chunks=[signal[:160]] * 4,
        clock=lambda: float(next(clock)),
    )
    assert times == {
        "import": [1.0],
        "extractor": [1.0] * 2,
        "call": [1.0] * 3,
        "stream": [1.0],
        "chunk": [1.0] * 4,
    }
    assert next(clock) == 2 * (1 + 2 + 3 + 1 + 4), "the clock is read before and after each"
