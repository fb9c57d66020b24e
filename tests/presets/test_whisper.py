"""Whisper's log-mel: its formula, and what a stream has of it."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from benchmarks import conformance_formulas as formulas  # it is no installed package
from helpers import signals
from serfast import presets
from serfast.errors import ParameterError


def expected(y: np.ndarray, n_mels: int) -> np.ndarray:
    """Give (max(log10 S, largest - 8) + 4) / 4 of all rows but the last."""
    y = np.asarray(y, np.float64)
    padded = np.concatenate([y[200:0:-1], y, y[-2:-202:-1]])
    window = np.sin(np.pi * np.arange(400) / 400) ** 2
    frames = [padded[i : i + 400] * window for i in range(0, len(padded) - 400 + 1, 160)][:-1]
    bands = np.abs(np.fft.rfft(frames)) ** 2 @ formulas.slaney_bank(16000, 400, n_mels).T
    logarithm = np.log10(np.maximum(bands, 1e-10))
    return (np.maximum(logarithm, logarithm.max() - 8) + 4) / 4


@pytest.mark.parametrize("backend", ["native", "numba", "reference"])
@pytest.mark.parametrize("n_mels", [80, 128])
def test_formula(n_mels: int, backend: str) -> None:
    y = signals.voice(16000, 8000, seed=5)
    rows = serfast.Extractor(presets.whisper(n_mels), backend)(y)
    assert rows.shape == (50, n_mels)
    assert np.abs(rows - expected(y, n_mels)).max() < 1e-4


def test_rows_are_clamped_eight_below_the_largest() -> None:
    y = np.concatenate([signals.noise(4000, seed=6), np.zeros(4000, np.float32)])
    rows = serfast.Extractor(presets.whisper())(y)
    assert rows.max() - rows.min() == pytest.approx(2, abs=1e-6)


def test_causal_rows_are_the_same_inside() -> None:
    """Only rows at the ends see padding, and noise has no band far below the largest."""
    y = signals.noise(8000, seed=7)
    whole = serfast.Extractor(presets.whisper())(y)
    extractor = serfast.Extractor(presets.whisper(causal=True))
    stream = extractor.stream()
    parts = [stream.accept(y[i : i + 777]) for i in range(0, len(y), 777)] + [stream.flush()]
    rows = np.concatenate(parts)
    assert rows.tobytes() == extractor(y).tobytes()
    assert rows[2:-2].tobytes() == whole[2:-2].tobytes()
    assert not np.array_equal(rows[0], whole[0])


def test_a_stream_needs_causal() -> None:
    with pytest.raises(ParameterError, match="use top_db=None"):
        serfast.Extractor(presets.whisper()).stream()


def test_bad_input() -> None:
    with pytest.raises(ParameterError, match=r"^n_mels must be one of 80, 128, got 64$"):
        presets.whisper(64)
    for n in (0, 1, 159):
        with pytest.raises(ParameterError, match=r"^signal must"):
            serfast.Extractor(presets.whisper())(np.zeros(n, np.float32))
    assert serfast.Extractor(presets.whisper())(np.zeros(160, np.float32)).shape == (1, 80)
