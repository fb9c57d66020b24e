"""Corners that were once wrong: each test fails on the code before its fix."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

import serfast
from serfast.features.spectrum import window_table

NOISE = np.random.default_rng(5).standard_normal(4000).astype(np.float32)


def rows(
    feature: serfast.RMS, y: np.ndarray, backend: str = "native", **grid: object
) -> np.ndarray:
    spec = serfast.FeatureSpec(sample_rate=8000, features=[feature], **grid)
    return serfast.Extractor(spec, backend)(y)


@pytest.mark.parametrize("frame_length", range(4, 33))
@pytest.mark.filterwarnings("ignore:frame_length should hold two periods")
def test_yin_of_tiny_frames(frame_length: int) -> None:
    """Whose FFT is smaller than any that is fast."""
    feature = serfast.YIN(frame_length=frame_length, fmin=8000 / (frame_length - 1.5), fmax=3900)
    native, truth = (rows(feature, NOISE, b, hop_length=7) for b in ("native", "reference"))
    close = np.isclose(native, truth, rtol=1e-4, atol=1e-4).all(axis=1)
    assert close.mean() > 0.99


def test_minus_zero_is_no_crossing() -> None:
    y = np.tile(np.array([0.0, -0.0], np.float32), 100)
    feature = serfast.ZeroCrossingRate(frame_length=16, threshold=-0.0)
    assert not rows(feature, y, hop_length=4).any()


def test_rows_are_not_written_over_the_samples() -> None:
    y = NOISE.copy()
    extractor = serfast.Extractor(
        serfast.FeatureSpec(hop_length=1, features=[serfast.RMS(frame_length=5)])
    )
    with pytest.raises(serfast.ParameterError, match="shares the signal's memory"):
        extractor(y, out=y.reshape(-1, 1))
    assert np.array_equal(y, NOISE)


def test_cached_tables_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        window_table("hann", 64)[:] = 0


def test_a_row_depends_on_its_own_samples_alone() -> None:
    """Not even on an overflow that another feature of the spec meets."""
    y = np.zeros(8000, np.float32)
    y[2000:2100] = np.where(np.arange(100) % 2, 3e38, -3e38)
    wide = serfast.PowerSpectrum(n_fft=4096, preemphasis=1.0, name="wide")
    small = serfast.PowerSpectrum(n_fft=64, win_length=4, preemphasis=0.97)
    both = serfast.FeatureSpec(features=[wide, small])
    alone = serfast.FeatureSpec(features=[small])
    together = serfast.Extractor(both)(y)[:, -33:]
    assert np.array_equal(together, serfast.Extractor(alone)(y), equal_nan=True)


def test_a_range_of_one_lag_is_refused() -> None:
    with pytest.raises(serfast.ParameterError, match="fmin must be at least a sample's period"):
        serfast.FeatureSpec(
            sample_rate=8000,
            features=[serfast.YIN(fmin=470.5882352941176, fmax=470.5882352941177)],
        )


def test_compat_needs_no_import_line() -> None:
    code = "import serfast; print(serfast.compat.librosa.feature.rms.__name__)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "rms\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_samples": "x"}, "n_samples must be an int"),
        ({"n_samples": 100.5}, "n_samples must be an int"),
        ({"hop_length": 0}, "hop_length must be an int >= 1, got 0"),
        ({"frame_lengths": [0]}, "frame_length must be an int >= 1, got 0"),
    ],
)
def test_frame_count_checks(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(serfast.ParameterError, match=message):
        serfast.frame_count(
            **{"n_samples": 9, "hop_length": 3, "frame_lengths": [3], **arguments}  # type: ignore
        )


@pytest.mark.parametrize("value", [10**400, Fraction(1, 2), 1 + 0j, "65", None, True, [65]])
def test_what_is_not_a_number(value: object) -> None:
    with pytest.raises(serfast.ParameterError, match="fmin must be a finite number > 0, got"):
        serfast.YIN(fmin=value)  # type: ignore[arg-type]


def test_windows_that_float32_cannot_hold() -> None:
    with pytest.raises(serfast.ParameterError, match=r"window\[0\] must be"):
        serfast.PowerSpectrum(n_fft=4, window=(1e39,) * 4)
    with pytest.raises(serfast.ParameterError, match="a tuple of a name and numbers"):
        serfast.PowerSpectrum(n_fft=4, window=("kaiser", {}))
    large = serfast.PowerSpectrum(n_fft=4, window=("general_cosine", (1e300, 1.0)))
    with pytest.raises(serfast.ParameterError, match="one with finite weights up to"):
        serfast.Extractor(serfast.FeatureSpec(features=[large]))


def test_nested_json_is_an_error_of_ours() -> None:
    with pytest.raises(serfast.ParameterError, match="spec must be JSON"):
        serfast.FeatureSpec.from_json("[" * 200000)


@pytest.mark.parametrize(
    ("signal", "message"),
    [
        ([[1.0], [1.0, 2.0]], "signal must be one-dimensional numbers"),
        (np.ma.masked_array([1.0, 2.0], mask=[True, False]), "signal must be without masked"),
    ],
)
def test_signals_that_numpy_would_bend(signal: object, message: str) -> None:
    with pytest.raises(serfast.ParameterError, match=message):
        serfast.Extractor(serfast.presets.speech())(signal)


def test_a_large_prime_length_is_planned_at_once() -> None:
    spec = serfast.FeatureSpec(center=False, features=[serfast.PowerSpectrum(n_fft=65537)])
    y = np.resize(NOISE, 65537)
    power = serfast.Extractor(spec)(y)[0]
    truth = np.abs(np.fft.rfft(y.astype(float) * window_table("hann", 65537))) ** 2
    assert np.abs(power - truth).max() / truth.max() < 4e-6
