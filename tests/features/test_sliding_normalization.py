"""Sliding normalisation: Kaldi's windows, laid row by row, and streams with the same bits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import serfast
from helpers import spectral
from helpers.spectral import BACKENDS, HOP, RATE
from serfast.errors import ParameterError


def window_of(t: int, n: int, window: int, least: int, center: bool) -> tuple[int, int]:
    """Give the first row of row t's window of n rows, and the one behind its last row."""
    if center:
        if n <= window:
            return 0, n
        begin = min(max(t - window // 2, 0), n - window)
        return begin, begin + window
    if t < window:
        return 0, min(max(t + 1, least), n)
    return t - window, t + 1


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("deviation", [False, True])
@pytest.mark.parametrize(
    ("window", "least", "center"),
    [(10, 4, False), (600, 100, False), (5, 1, False), (12, 1, True), (7, 1, True), (500, 1, True)],
)
def test_equals_the_moments_of_windows(
    window: int, least: int, center: bool, deviation: bool, backend: str
) -> None:
    fields: dict[str, Any] = {"window": window, "min_window": least, "centered": center}
    mel = serfast.LogMel(n_mels=5)
    made = serfast.SlidingNormalization(mel, **fields, deviation=deviation)
    spec = serfast.FeatureSpec(sample_rate=RATE, hop_length=HOP, features=[mel, made])
    extractor = serfast.Extractor(spec, backend)
    rows = extractor(spectral.Y)
    x = rows[:, :5].astype(np.float64)
    for t in range(len(x)):
        begin, end = window_of(t, len(x), window, least, center)
        expected = x[t] - x[begin:end].mean(axis=0)
        if deviation:
            expected /= np.maximum(x[begin:end].std(axis=0), 1e-5)
        np.testing.assert_allclose(rows[t, 5:], expected, atol=1e-3)
    if backend != "reference":
        stream = extractor.stream()
        parts = [stream.accept(spectral.Y[at : at + 333]) for at in range(0, len(spectral.Y), 333)]
        assert np.array_equal(np.concatenate([*parts, stream.flush()]), rows)


def test_a_row_waits_for_the_rows_that_its_window_may_need() -> None:
    mel = serfast.LogMel(n_mels=3)
    assert serfast.SlidingNormalization(mel, min_window=1).lookahead == 0
    assert serfast.SlidingNormalization(mel).lookahead == 99
    assert serfast.SlidingNormalization(mel, window=300, centered=True).lookahead == 299


def test_bad_fields_are_refused() -> None:
    mel = serfast.LogMel()
    with pytest.raises(ParameterError, match="min_window must be"):
        serfast.SlidingNormalization(mel, window=10, min_window=11)
    with pytest.raises(ParameterError, match="window must be"):
        serfast.SlidingNormalization(mel, window=600, centered=True)
