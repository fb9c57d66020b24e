"""Mel scales and filter banks against librosa; log-mel against its formula."""

from __future__ import annotations

import warnings

import librosa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import serfast
from helpers import signals
from serfast.backends import BACKENDS
from serfast.features.mel import filter_bank, hz_to_mel, mel_to_hz

both = pytest.mark.parametrize("backend", BACKENDS)
HZ = np.array([0.0, 20.0, 440.0, 999.9, 1000.0, 1000.1, 4000.0, 22050.0, 96000.0])


@pytest.mark.parametrize("htk", [False, True])
def test_mel_scales_are_librosas_and_invert(htk: bool) -> None:
    np.testing.assert_allclose(hz_to_mel(HZ, htk), librosa.hz_to_mel(HZ, htk=htk), rtol=1e-12)
    np.testing.assert_allclose(mel_to_hz(hz_to_mel(HZ, htk), htk), HZ, rtol=1e-12, atol=1e-12)


@given(
    rate=st.sampled_from([8000, 11025, 16000, 22050, 44100, 48000, 96000.5]),
    n_fft=st.integers(16, 4096),
    n_mels=st.integers(1, 256),
    low=st.floats(0, 0.5),
    width=st.floats(0.1, 0.5),
    htk=st.booleans(),
    norm=st.sampled_from(["slaney", None]),
)
def test_filter_bank_is_librosas(
    rate: float, n_fft: int, n_mels: int, low: float, width: float, htk: bool, norm: str | None
) -> None:
    edges = {"fmin": low * rate / 2, "fmax": (low + width) * rate / 2, "htk": htk}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        expected = librosa.filters.mel(
            sr=rate, n_fft=n_fft, n_mels=n_mels, norm=norm, dtype=np.float64, **edges
        )
        got = filter_bank(sample_rate=rate, n_fft=n_fft, n_mels=n_mels, mel_norm=norm, **edges)
    np.testing.assert_allclose(got, expected, atol=1e-9 * max(expected.max(), 1e-9))


def test_too_many_bands_for_the_bins_warn_like_librosa() -> None:
    with pytest.warns(UserWarning, match="Empty filters"):
        librosa.filters.mel(sr=16000, n_fft=256, n_mels=128)
    with pytest.warns(UserWarning, match=r"n_mels must be .*, got 128 with \d+ empty bands"):
        filter_bank(sample_rate=16000, n_fft=256, n_mels=128)
    with pytest.warns(UserWarning, match="n_mels must be"):
        serfast.Extractor(serfast.FeatureSpec(features=[serfast.LogMel(n_fft=256, n_mels=128)]))


def test_bands_that_hold_bins_dont_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        filter_bank(sample_rate=16000, n_fft=512, n_mels=40)


def test_slaney_norm_gives_every_band_the_same_area() -> None:
    bank = filter_bank(sample_rate=16000, n_fft=16384, n_mels=20)
    np.testing.assert_allclose(bank.sum(axis=1) * 16000 / 16384, 1, rtol=1e-3)


def extract(y: np.ndarray, backend: str, *features: serfast.PowerSpectrum) -> list[np.ndarray]:
    """Rows of each feature of one spec."""
    spec = serfast.FeatureSpec(features=features)
    rows = serfast.Extractor(spec, backend=backend)(y)
    return np.split(rows, np.cumsum([len(f.columns) for f in features])[:-1], axis=1)


@both
def test_mel_power_is_the_bank_times_the_spectrum(backend: str) -> None:
    y = signals.voice(16000, 4000)
    bank = {"n_mels": 30, "fmin": 100.0, "fmax": 7000.0, "htk": True, "mel_norm": None}
    power, mel = extract(y, backend, serfast.PowerSpectrum(), serfast.MelPower(**bank))
    expected = power @ filter_bank(sample_rate=16000, n_fft=512, **bank).T
    np.testing.assert_allclose(mel, expected, rtol=2e-6)


@both
@pytest.mark.parametrize("log", ["db", "ln"])
@pytest.mark.parametrize("ref", [1.0, 0.02, 1e-12, "max"])
@pytest.mark.parametrize("top_db", [None, 0.0, 30.0])
def test_log_mel_is_the_logarithm_of_mel_power(
    backend: str, log: str, ref: float | str, top_db: float | None
) -> None:
    y = signals.voice(16000, 8000)
    feature = serfast.LogMel(log=log, ref=ref, amin=1e-8, top_db=top_db)
    mel, levels = extract(y, backend, serfast.MelPower(), feature)
    expected = librosa.power_to_db(
        mel.astype(float), ref=np.max if ref == "max" else ref, amin=1e-8, top_db=top_db
    )
    unit = 1.0 if log == "db" else np.log(10) / 10
    np.testing.assert_allclose(levels, expected * unit, rtol=1e-6, atol=2e-5)


@both
def test_natural_logarithm_with_a_floor(backend: str) -> None:
    feature = serfast.LogMel(log="ln", amin=1e-3)
    mel, levels = extract(signals.voice(16000, 8000), backend, serfast.MelPower(), feature)
    assert (mel < 1e-3).any()
    expected = np.log(np.maximum(mel.astype(float), 1e-3))
    np.testing.assert_allclose(levels, expected, rtol=1e-6, atol=2e-6)


@both
@pytest.mark.parametrize(("ref", "expected"), [(1.0, -100.0), (100.0, -120.0), ("max", 0.0)])
def test_silence_is_at_the_floor(backend: str, ref: float | str, expected: float) -> None:
    (levels,) = extract(np.zeros(1000, np.float32), backend, serfast.LogMel(ref=ref, top_db=80.0))
    np.testing.assert_allclose(levels, expected, atol=2e-5)


@both
def test_relative_levels_are_0_at_most(backend: str) -> None:
    (levels,) = extract(signals.noise(4000), backend, serfast.LogMel(ref="max", top_db=20.0))
    assert levels.max() == 0
    assert levels.min() == -20
