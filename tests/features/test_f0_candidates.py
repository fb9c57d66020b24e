"""Candidates of F0: tones of known frequency, the formula in NumPy, and bad input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import serfast
from helpers.spectral import BACKENDS
from helpers.voices import spoken
from serfast.errors import ParameterError

RATE = 16000
every_backend = pytest.mark.parametrize("backend", BACKENDS)


def rows_of(y: np.ndarray, backend: str = "native", rate: int = RATE, **fields: Any) -> np.ndarray:
    feature = serfast.F0Candidates(**fields)
    spec = serfast.FeatureSpec(sample_rate=rate, hop_length=rate // 100, features=[feature])
    return serfast.Extractor(spec, backend)(y.astype(np.float32)).astype(np.float64)


@every_backend
@pytest.mark.parametrize("hz", [51.0, 97.3, 240.0, 587.0])
def test_a_tone_is_its_strongest_candidate(hz: float, backend: str) -> None:
    """With a strength of 1, and its subharmonics beside it."""
    rows = rows_of(0.2 * np.sin(2 * np.pi * hz * np.arange(8000) / RATE), backend)[4:-4]
    f0, strength = rows[:, :6], rows[:, 6:12]
    best = f0[np.arange(len(f0)), strength.argmax(axis=1)]
    n_periods = hz / best
    error = np.abs(n_periods / np.round(n_periods) - 1)
    print(f"{hz} Hz, {backend}: worst {error.max():.1e}, strength {strength.max():.4f}")
    few = hz < 60  # periods in a frame, whose mean isn't the tone's then
    assert error.max() < (5e-3 if few else 2e-3)
    assert np.abs(strength.max(axis=1) - 1).max() < (0.2 if few else 0.02)
    there = np.abs(f0 / hz - 1).min(axis=1)
    assert there.max() < (5e-3 if few else 3e-3)
    np.testing.assert_allclose(rows[:, 12], 20 * np.log10(0.2 / np.sqrt(2)), atol=3)


def test_strengths_are_the_autocorrelation_over_the_windows() -> None:
    """At the lags of the candidates, straight from the definition."""
    random = np.random.default_rng(3)
    y = (spoken(np.full(4000, 120.0), RATE) + 0.05 * random.normal(size=4000)).astype(np.float32)
    t, length = 12, 720
    frame = y[t * 160 - length // 2 :][:length].astype(np.float64)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    x = (frame - frame.mean()) * window
    lags = np.arange(length)
    r = np.array([x[: length - k] @ x[k:] for k in lags])
    w = np.array([window[: length - k] @ window[k:] for k in lags[:322]]) / (window @ window)
    smooth = np.convolve(np.append(r[1], r), [0.25, 0.5, 0.25], mode="valid")[:322]
    curve = smooth / smooth[0] / w
    peaks = [k for k in range(26, 321) if 0 < curve[k] > curve[k - 1] and curve[k] >= curve[k + 1]]
    peaks = sorted(sorted(peaks, key=lambda k: -curve[k] * (1 - 0.2 * k / 320))[:6])
    fits = [np.polyfit([-1, 0, 1], curve[k - 1 : k + 2], 2) for k in peaks]
    shifts = [-b / (2 * a) for a, b, _ in fits]
    row = rows_of(y)[t]
    expected = [RATE / (k + s) for k, s in zip(peaks, shifts, strict=True)]
    np.testing.assert_allclose(row[:6], expected, rtol=1e-4)
    heights = [np.polyval(fit, s) for fit, s in zip(fits, shifts, strict=True)]
    np.testing.assert_allclose(row[6:12], heights, atol=1e-4)


def test_the_level_is_that_of_the_weaker_side() -> None:
    """Where a tone begins, and where it ends."""
    y = np.zeros(8000)
    y[2400:5600] = 0.1 * np.sin(2 * np.pi * 200 * np.arange(3200) / RATE)
    level = rows_of(y)[:, 12]
    assert level[14] < -85 < -24 < level[16]
    assert level[34] > -24 > -85 > level[36]


def test_high_frequencies_have_little_level() -> None:
    random = np.random.default_rng(0)
    hiss = np.diff(random.normal(size=8001)) / np.sqrt(2)
    assert np.median(rows_of(0.1 * hiss)[:, 12]) < -35  # -20 dB in all


@every_backend
@pytest.mark.parametrize("y", [np.zeros(3000), np.full(3000, 0.5), np.zeros(1)])
def test_silence_and_constants_have_no_candidate(y: np.ndarray, backend: str) -> None:
    rows = rows_of(np.asarray(y), backend)[3:-3]
    assert (rows[:, 6:12] < 0.01).all()


@pytest.mark.parametrize("rate", [8000, 11025, 44100, 48000, 96000])
def test_frames_have_the_same_time_at_every_rate(rate: int) -> None:
    feature = serfast.F0Candidates(fmin=60)
    (fitted,) = serfast.FeatureSpec(sample_rate=rate, features=[feature]).features
    assert fitted.length == pytest.approx(2.25 * rate / 60, abs=1.01)
    y = 0.2 * np.sin(2 * np.pi * 150 * np.arange(rate // 4) / rate)
    f0 = rows_of(y, rate=rate)[6:-6, :6]
    assert np.abs(f0 / 150 - 1).min(axis=1).max() < 2e-3


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"fmin": 300, "fmax": 300}, "fmin must be < 300 Hz"),
        ({"fmin": 0}, "fmin must be"),
        ({"fmax": 8001}, "fmax must be <= 8000 Hz"),
        ({"n_candidates": 0}, "n_candidates must be"),
        ({"n_candidates": 17}, "n_candidates must be"),
        ({"frame_length": 400}, "frame_length must be >= 480, one and a half periods of fmin"),
    ],
)
def test_what_cant_be_is_refused(fields: dict[str, Any], rule: str) -> None:
    with pytest.raises(ParameterError, match=rule):
        rows_of(np.zeros(100), **fields)
