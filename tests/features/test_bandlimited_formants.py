"""Band-limited formants hold against the formulas in NumPy: transform, autocorrelation, roots."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.linalg import solve_toeplitz

import serfast


def formants_of(frame: Any, sample_rate: float, negated: bool) -> list[tuple[float, float]]:
    """Give frequency and bandwidth of three formants, by an inverse transform and `numpy.roots`."""
    length = len(frame)
    n_fft = 1 << (length - 1).bit_length()
    offset = (n_fft - length) // 2
    window = 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(length) / (length - 1))
    padded = np.zeros(n_fft)
    padded[offset : offset + length] = frame * window
    spectrum = np.fft.fft(padded)
    n_out = round(length / sample_rate * 11000)
    k, n = np.arange(n_out // 2), np.arange(n_out)
    waves = np.exp(2j * np.pi * np.outer(n * sample_rate / 11000, k) / n_fft)
    y = 2 / n_fft * (waves @ spectrum[: len(k)]).real
    r = np.array([y[: n_out - lag] @ y[lag:] for lag in range(12)])
    a = np.r_[1, solve_toeplitz(r[:11], -r[1:])]
    roots = np.roots(np.r_[1, -a[1:]] if negated else a)
    roots = roots[roots.imag > 1e-9]
    hz, width = np.angle(roots) * 5500 / np.pi, np.abs(np.log(np.abs(roots))) * 11000 / np.pi
    inside = (hz >= 50) & (hz <= 5450)
    pairs = sorted(zip(hz[inside], width[inside], strict=True))[:3]
    return pairs + [(0.0, 0.0)] * (3 - len(pairs))


def vowel(sample_rate: float, n_samples: int) -> Any:
    """Give pulses through three resonances, and some noise."""
    generator = np.random.default_rng(8)
    out = generator.normal(0, 1e-3, n_samples)
    out[:: round(sample_rate / 120)] += 1
    for hz, width in ((500, 80), (1500, 120), (2500, 160)):
        radius = np.exp(-np.pi * width / sample_rate)
        b, c = 2 * radius * np.cos(2 * np.pi * hz / sample_rate), -(radius**2)
        for i in range(2, n_samples):
            out[i] += b * out[i - 1] + c * out[i - 2]
    return out / np.abs(out).max() / 2


@pytest.mark.parametrize("negated", [False, True])
@pytest.mark.parametrize("sample_rate", [8000, 16000, 22050, 11025])
def test_it_agrees_with_the_formulas(sample_rate: int, negated: bool) -> None:
    hop, length = round(sample_rate / 100), round(0.02 * sample_rate)
    signal = vowel(sample_rate, 40 * hop).astype(np.float32)
    feature = serfast.BandlimitedFormants(
        frame_length=length, roots="negated" if negated else "predictor"
    )
    spec = serfast.FeatureSpec(
        sample_rate=sample_rate, hop_length=hop, center=False, features=[feature]
    )
    rows = serfast.Extractor(spec)(signal)
    expected = [
        np.ravel(formants_of(signal[hop * t : hop * t + length], sample_rate, negated))
        for t in range(len(rows))
    ]
    apart = np.abs(rows - expected) / (np.abs(expected) + 100)
    assert np.median(apart) < 1e-3
    assert np.mean(apart < 0.02) > 0.95


@pytest.mark.parametrize(("sample_rate", "frame_length"), [(5500, 256), (4000, 200), (32000, 641)])
def test_frames_of_other_lengths_agree_with_the_matrix(sample_rate: int, frame_length: int) -> None:
    """The transforms have as many bins as the formula, where the frame has fewer than y too."""
    feature = serfast.BandlimitedFormants(frame_length=frame_length)
    assert len(feature.transforms(sample_rate)) == 2
    spec = serfast.FeatureSpec(
        sample_rate=sample_rate, hop_length=frame_length, center=False, features=[feature]
    )
    signal = vowel(sample_rate, 30 * frame_length).astype(np.float32)
    rows, expected = (serfast.Extractor(spec, b)(signal) for b in ("native", "reference"))
    apart = np.abs(rows - expected) / (np.abs(expected) + 100)
    assert (expected > 0).mean() > 0.5
    assert np.median(apart) < 1e-3
    assert np.mean(apart < 0.02) > 0.9


def test_the_predictors_lower_roots_are_the_resonances_of_a_vowel() -> None:
    spec = serfast.FeatureSpec(
        sample_rate=16000, center=False, features=[serfast.BandlimitedFormants()]
    )
    rows = serfast.Extractor(spec)(vowel(16000, 8000).astype(np.float32))
    middle = np.median(rows[5:], axis=0)
    np.testing.assert_allclose(middle[[0, 2]], [500, 1500], rtol=0.06)


def test_silence_has_no_formants() -> None:
    spec = serfast.FeatureSpec(
        sample_rate=16000, center=False, features=[serfast.BandlimitedFormants()]
    )
    assert not serfast.Extractor(spec)(np.zeros(2000, np.float32)).any()


def test_bad_fields_are_refused() -> None:
    with pytest.raises(serfast.ParameterError, match="roots must be one of"):
        serfast.BandlimitedFormants(roots="mirrored")
    with pytest.raises(serfast.ParameterError, match="frame_length must be an int"):
        serfast.BandlimitedFormants(frame_length=2)
