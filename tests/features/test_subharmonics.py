"""Candidates of F0 hold against tones with harmonics, and the formulas in NumPy and SciPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

import serfast
from serfast.features.subharmonics import spline_weights

RATE = 16000


def rows_of(signal: Any, **fields: Any) -> Any:
    spec = serfast.FeatureSpec(
        sample_rate=RATE,
        center=False,
        features=[serfast.SubharmonicCandidates(frame_length=960, **fields)],
    )
    return serfast.Extractor(spec)(np.asarray(signal, np.float32))


def harmonics(f0: float, n_samples: int = 8000, highest: float = 4000) -> Any:
    t = np.arange(n_samples) / RATE
    return sum(np.cos(2 * np.pi * k * f0 * t) / k for k in range(1, int(highest / f0) + 1)) / 10


@pytest.mark.parametrize("f0", [70.0, 110.3, 180.0, 271.5, 440.0])
def test_the_first_candidate_is_the_fundamental_of_a_tone_with_harmonics(f0: float) -> None:
    rows = rows_of(harmonics(f0))
    np.testing.assert_allclose(rows[:, 0], f0, rtol=0.012)
    assert (rows[:, 6] > 0.7).all()


def test_silence_has_no_candidate_and_no_level() -> None:
    assert not rows_of(np.zeros(3000)).any()


def test_the_level_is_that_of_the_frame_under_its_window() -> None:
    noise = np.random.default_rng(3).normal(0, 0.1, 960)
    window = np.exp(-((np.arange(960) - 959 / 2) ** 2) / 2 / (0.4 * 959 / 2) ** 2)
    expected = np.sqrt(np.mean((noise * window) ** 2))
    np.testing.assert_allclose(rows_of(noise)[0, 12], expected, rtol=1e-5)


def test_the_weights_are_those_of_scipys_natural_spline() -> None:
    generator = np.random.default_rng(4)
    x = np.cumsum(generator.uniform(0.1, 1, 30))
    values, at = generator.normal(size=30), np.linspace(x[0], x[-1], 77)
    expected = CubicSpline(x, values, bc_type="natural")(at)
    weights = spline_weights(x, at, np.zeros(77, int), 30)
    np.testing.assert_allclose(weights @ values, expected, atol=1e-12)


def test_weights_of_a_window_are_part_of_all() -> None:
    """On the axis of a long transform, far more points than a band has."""
    x = np.log2(np.arange(1, 600))
    at = np.linspace(x[0], x[-1], 101)
    middle = np.searchsorted(x, at)
    every = CubicSpline(x, np.eye(599), bc_type="natural")(at)
    padded = np.pad(every, ((0, 0), (20, 20)))  # there are no values outside
    weights = spline_weights(x, at, middle - 20, 40)
    expected = [row[m : m + 40] for row, m in zip(padded, middle, strict=True)]
    np.testing.assert_allclose(weights, expected, atol=1e-12)


def summed_harmonics(frame: Any) -> tuple[Any, Any]:
    """Give S(f) and f by the formulas, with the whole spline in float64."""
    window = np.exp(-((np.arange(960) - 959 / 2) ** 2) / 2 / (0.4 * 959 / 2) ** 2)
    m = np.abs(np.fft.rfft(frame * window, 1024))
    padded = np.r_[-1, m, -1]
    peaks = (padded[1:-1] > padded[:-2]) & (padded[1:-1] > padded[2:])
    kept = np.where(np.convolve(peaks, np.ones(5), "same") > 0, m, 0)
    smooth = np.convolve(kept, [0.25, 0.5, 0.25], "same")
    n, octaves = 513, np.log2(8000 / 25)
    at = np.log2(25) + np.arange(n) * octaves / (n - 1)
    hz = np.arange(1, n) * RATE / 1024
    h = np.maximum(CubicSpline(np.log2(hz), smooth[1:], bc_type="natural")(at), 0)
    h *= 0.5 + np.arctan(3 * ((np.arange(n) + 2) * octaves / n + np.log2(25 / 32.5))) / np.pi
    total = np.zeros(n)
    for k in range(1, 16):
        shift = int(n / octaves * np.log2(k))
        total[: n - shift] += 0.85 ** (k - 1) * h[shift:] / 15
    return total, at


def test_candidates_are_the_peaks_of_the_formula() -> None:
    signal = harmonics(147.0, 960) + np.random.default_rng(5).normal(0, 0.01, 960)
    total, at = summed_harmonics(signal)
    inner = total[1:-1]
    tops = 1 + np.flatnonzero((inner > total[:-2]) & (inner > total[2:]))
    tops = tops[np.argsort(-total[tops])][:6]
    before, here, after = total[tops - 1], total[tops], total[tops + 1]
    p = (before - after) / 2 / (before - 2 * here + after)
    hz = 2 ** (at[tops] + p * (at[1] - at[0]))
    height = here - (before - after) * p / 4
    inside = (hz >= 55) & (hz <= 1000)
    hz, height = hz[inside], height[inside]
    best = int(np.argmax(height))
    hz[[0, best]], height[[0, best]] = hz[[best, 0]], height[[best, 0]]
    row = rows_of(signal)[0]
    np.testing.assert_allclose(row[: len(hz)], hz, rtol=2e-4)
    np.testing.assert_allclose(row[6 : 6 + len(hz)], 1 - total.mean() / height, atol=2e-4)


def test_a_gain_changes_the_level_alone() -> None:
    signal = harmonics(130.0) + np.random.default_rng(6).normal(0, 0.003, 8000)
    loud, quiet = rows_of(signal), rows_of(signal / 4)
    np.testing.assert_array_equal(loud[:, :12], quiet[:, :12])
    np.testing.assert_allclose(loud[:, 12], 4 * quiet[:, 12], rtol=1e-6)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"n_fft": 1000}, "n_fft must be a power of two >= 64, got 1000"),
        ({"power": 2.0}, "power must be 1.0 for magnitudes, got 2.0"),
        ({"fmin": 20.0}, "fmin must be a finite number > 25, got 20.0"),
    ],
)
def test_bad_fields_are_refused(fields: Any, message: str) -> None:
    with pytest.raises(serfast.ParameterError) as caught:
        serfast.FeatureSpec(features=[serfast.SubharmonicCandidates(**fields)])
    assert str(caught.value) == message
