"""Jitter by rows: voices whose jitter is known, unvoiced rows, streams."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import serfast
from helpers.pulses import perturbed, voice_of
from helpers.streams import assert_same_bits

RATE = 16000


def extractor(rate: int = RATE, **fields: Any) -> serfast.Extractor:
    features = [serfast.Jitter(serfast.F0(75, 500), **fields)]
    spec = serfast.FeatureSpec(sample_rate=rate, hop_length=rate // 100, features=features)
    return serfast.Extractor(spec)


def truth(values: np.ndarray) -> list[float]:
    """Give the mean changes of runs of 2, 3 and 5, as shares of the mean."""
    found = [np.abs(np.diff(values)).mean()]
    for size in (3, 5):
        runs = np.lib.stride_tricks.sliding_window_view(values, size)
        found.append(np.abs(runs[:, size // 2] - runs.mean(axis=1)).mean())
    return [float(change / values.mean()) for change in found]


@pytest.mark.parametrize("rate", [8000, 16000, 48000])
@pytest.mark.parametrize("f0", [130, 220])
@pytest.mark.parametrize(("jitter", "shimmer"), [(0.005, 0.03), (0.02, 0.1)])
def test_known_jitter(jitter: float, shimmer: float, f0: float, rate: int) -> None:
    """The mean over the rows is the truth of the pulses."""
    moments, strengths = perturbed(f0, jitter, shimmer, 3.0, seed=1)
    y = voice_of(moments, strengths, rate, int(3.2 * rate)).astype(np.float32)
    rows = extractor(rate, missing_nan=True)(y)
    expected = truth(np.diff(moments))
    found = np.nanmean(rows, axis=0)
    print(f"{rate} Hz, f0 {f0}: off by {np.abs(found / expected - 1).max():.3f}")
    np.testing.assert_allclose(found, expected, rtol=0.05)


def test_rows_without_a_voice_have_none() -> None:
    moments, strengths = perturbed(150, 0.01, 0.05, 0.5, seed=2)
    y = voice_of(moments + 0.5, strengths, RATE, int(1.5 * RATE)).astype(np.float32)
    y += 1e-3 * np.random.default_rng(0).normal(size=len(y)).astype(np.float32)
    f0 = serfast.Extractor(serfast.FeatureSpec(features=[serfast.F0(75, 500)]))(y)[:, 0]
    rows, marked = extractor()(y), extractor(missing_nan=True)(y)
    assert (f0 == 0).sum() > 80
    assert (rows[f0 == 0] == 0).all()
    assert np.isnan(marked[f0 == 0]).all()
    assert (rows[60:95] > 0).all()
    there = np.isfinite(marked)
    assert np.array_equal(rows[there], marked[there])


@pytest.mark.parametrize("chunk", [1, 333, 1600])
def test_streams_have_the_same_bits(chunk: int) -> None:
    moments, strengths = perturbed(180, 0.01, 0.05, 0.3, seed=3)
    y = voice_of(moments, strengths, RATE, 8000).astype(np.float32)
    made = extractor(frame_length=1600)
    stream = made.stream()
    parts = [stream.accept(y[i : i + chunk]) for i in range(0, len(y), chunk)]
    expected = made(y)
    assert (expected[:, 0] > 0).sum() > 20
    assert_same_bits(np.concatenate([*parts, stream.flush()]), expected)
