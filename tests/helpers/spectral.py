"""The tests of spectral features share this: a signal, its spectra in float64, comparisons."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import serfast
from helpers import signals

RATE, N_FFT, HOP = 16000, 512, 160
BACKENDS = ("native", "numba", "reference")


def signal() -> np.ndarray:
    """Give a gliding harmonic tone, noise, a click, and silence: 3 s."""
    random = np.random.default_rng(11)
    t = np.arange(RATE) / RATE
    phase = 2 * np.pi * (110 * t + 60 * t**2)
    tone = sum(np.sin(h * phase) / h for h in range(1, 12)) * 0.2
    noise = random.normal(size=RATE) * np.linspace(1e-4, 0.3, RATE)
    quiet = np.zeros(RATE)
    quiet[9000] = 0.7
    return np.concatenate([tone, noise, quiet]).astype(np.float32)


def spectrum_of(y: np.ndarray, power: float = 1.0) -> np.ndarray:
    """|FFT| ** power of centred frames under a Hann window, zeros around them; bins × rows."""
    padded = np.pad(y.astype(np.float64), N_FFT // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N_FFT) / N_FFT)
    return np.abs(np.fft.rfft(frames * window, axis=1)).T ** power


Y = signal()
MAGNITUDE = spectrum_of(Y)
SPECTRA = {1.0: MAGNITUDE, 2.0: MAGNITUDE**2}
"""The spectra are here by the power of |FFT|."""
FREQUENCIES = np.arange(N_FFT // 2 + 1) * RATE / N_FFT


def rows(
    *features: serfast.features.Feature, backend: str = "native", y: np.ndarray = Y
) -> np.ndarray:
    """Give the features' rows, on the grid of the spectra above."""
    spec = serfast.FeatureSpec(sample_rate=RATE, hop_length=HOP, features=features)
    return serfast.Extractor(spec, backend=backend)(y)


def speech(emodb: Path) -> np.ndarray:
    """Give a man's and a woman's speech, one second each."""
    return np.concatenate([*signals.speech(emodb, RATE).values()])


def worst(actual: np.ndarray, expected: np.ndarray, scale: np.ndarray | float = 0.0) -> float:
    """Give the largest difference, relative to the larger of the expected value and `scale`."""
    size = np.maximum(np.abs(expected), scale)
    difference = np.abs(actual - expected)
    return float(np.max(np.divide(difference, size, out=np.zeros_like(size), where=size > 0)))


def assert_close(
    feature: serfast.SpectrumFeature,
    backend: str,
    expected: np.ndarray,
    limit: float,
    scale: np.ndarray | float = 0.0,
) -> np.ndarray:
    """Compare the one column of a feature with expected values, and give it.

    The limit is a share of the expected value, or of `scale` if that is larger; half of the rows
    must be within 1e-6. The worst case is printed.
    """
    actual = rows(feature, backend=backend)[:, 0]
    error = worst(actual, expected, scale)
    middle = np.median(np.abs(actual - expected) / np.maximum(np.maximum(expected, scale), 1e-30))
    label = f"{feature.columns[0]}, power {feature.power:g}, {backend}"
    print(f"{label}: median {middle:.1e}, worst {error:.1e} <= {limit:g}")
    assert actual.shape == expected.shape
    assert middle <= 1e-6
    assert error <= limit
    assert np.ptp(expected) > 0.1 * expected.max()  # it isn't constant
    return actual


def assert_finite_at_odd_sizes(cls: type[serfast.SpectrumFeature], backend: str) -> None:
    """Check that frames of 2, 3 and 441 samples give finite numbers, for extreme signals too."""
    impulse = np.zeros(900, np.float32)
    impulse[450] = 1
    for n_fft in (2, 3, 441):
        spec = serfast.FeatureSpec(features=[cls(n_fft=n_fft)], hop_length=50)
        extractor = serfast.Extractor(spec, backend=backend)
        for y in (np.zeros(900, np.float32), np.full(900, -1, np.float32), Y[20000:20900], impulse):
            values = extractor(y)
            assert values.shape == (spec.frame_count(900), len(spec.columns))
            assert np.isfinite(values).all(), (n_fft, y[0])
