"""The features agree with pyAudioAnalysis' definitions, written here frame by frame."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from helpers.pyaudioanalysis import expected, normalized, signals
from serfast.compat import pyaudioanalysis
from serfast.compat.pyaudioanalysis import MidTermFeatures, ShortTermFeatures
from serfast.errors import ParameterError


@pytest.mark.parametrize(
    ("rate", "window", "step"),
    [(8000, 400, 200), (8000, 178, 90), (16000, 320, 160), (16000, 811, 341), (44100, 882, 1500)],
)
def test_features_are_the_definitions(rate: int, window: int, step: int) -> None:
    worst = 0.0
    for name, signal in signals(rate).items():
        features, names = ShortTermFeatures.feature_extraction(signal, rate, window, step, False)
        wanted = expected(normalized(signal), rate, window, step)
        assert features.shape == wanted.shape == (len(names), wanted.shape[1])
        np.testing.assert_allclose(features, wanted, rtol=0, atol=1e-9, err_msg=name)
        worst = max(worst, float(np.abs(features - wanted).max()))
    print(f"{rate} Hz, {window}/{step}: worst error {worst:.1e}")


def test_blocks_of_frames_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    signal = signals(16000)["speech"]
    whole = ShortTermFeatures.feature_extraction(signal, 16000, 400, 160)[0]
    monkeypatch.setattr(ShortTermFeatures, "BLOCK_SAMPLES", 3 * 400)
    blocks = ShortTermFeatures.feature_extraction(signal, 16000, 400, 160)[0]
    np.testing.assert_allclose(blocks, whole, rtol=0, atol=1e-10)


def test_deltas_are_differences_and_names_are_in_order() -> None:
    signal = signals(16000)["speech"]
    features, names = ShortTermFeatures.feature_extraction(signal, 16000, 800.9, 400.5)
    assert features.shape == (68, 19)
    assert features.dtype == np.float64
    np.testing.assert_array_equal(features[34:, 1:], np.diff(features[:34], axis=1))
    assert not features[34:, 0].any()
    assert names[:8] == [
        *("zcr", "energy", "energy_entropy", "spectral_centroid", "spectral_spread"),
        *("spectral_entropy", "spectral_flux", "spectral_rolloff"),
    ]
    assert (names[8], names[20], names[21], names[33]) == (
        *("mfcc_1", "mfcc_13", "chroma_1", "chroma_std"),
    )
    assert names[34:] == [f"delta {name}" for name in names[:34]]


@pytest.mark.parametrize(("mid", "step"), [(16000, 8000), (3000, 700), (1000, 90000)])
def test_mid_features_are_means_and_deviations(mid: int, step: int) -> None:
    signal = np.random.default_rng(3).normal(size=32000)
    features, short, names = MidTermFeatures.mid_feature_extraction(
        signal, 16000, mid, step, 800, 400
    )
    length, distance = round((mid - 400) / 400), round(step / 400)
    windows = [short[:, i : i + length] for i in range(0, short.shape[1], distance)]
    wanted = np.array([[*w.mean(axis=1), *w.std(axis=1)] for w in windows]).T
    np.testing.assert_array_equal(features, wanted)
    assert features.shape == (136, -(-79 // distance))
    assert names[:2] == ["zcr_mean", "energy_mean"]
    assert (names[67], names[68]) == ("delta chroma_std_mean", "zcr_std")


@pytest.mark.parametrize(
    ("signal", "rate", "window", "step", "message"),
    [
        (np.zeros(0), 16000, 800, 400, r"signal must be at least 800 samples, got 0"),
        (np.zeros(1), 16000, 800, 400, "got 1 samples"),
        (np.zeros(799), 16000, 800, 400, "got 799 samples"),
        (np.zeros((1600, 2)), 16000, 800, 400, "one channel"),
        (np.full(1600, np.nan), 16000, 800, 400, "signal must be finite"),
        (np.zeros(1600, dtype=complex), 16000, 800, 400, "real samples"),
        (np.zeros(1600), 16000, 160, 80, "frame must be of more bins"),
        (np.zeros(1600), 16000, 800, 0.5, "step must be an int >= 1, got 0"),
        (np.zeros(1600), 6000, 800, 400, "sample_rate must be > 68"),
    ],
)
def test_what_has_no_features_is_refused(
    signal: Any, rate: int, window: int, step: float, message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        ShortTermFeatures.feature_extraction(signal, rate, window, step)


@pytest.mark.parametrize(
    ("mid", "step", "message"), [(400, 400, "mid_window"), (8000, 100, "mid_step")]
)
def test_mid_windows_below_a_short_step_are_refused(mid: int, step: int, message: str) -> None:
    with pytest.raises(ParameterError, match=f"{message} in short steps must be an int >= 1"):
        MidTermFeatures.mid_feature_extraction(np.zeros(16000), 16000, mid, step, 800, 400)


def test_a_signal_is_normalised_by_mean_and_peak() -> None:
    signal = signals(16000)["integers"]
    before = signal.copy()
    given = ShortTermFeatures.dc_normalize(signal / 32768)
    np.testing.assert_allclose(given, normalized(signal), rtol=0, atol=1e-15)
    np.testing.assert_array_equal(signal, before)
    with pytest.raises(ParameterError, match="signal must be finite"):
        ShortTermFeatures.dc_normalize([1.0, np.inf])
    with pytest.raises(ParameterError, match="signal must be at least 1 samples"):
        ShortTermFeatures.dc_normalize([])


def test_the_module_has_the_two_names() -> None:
    assert pyaudioanalysis.__all__ == ["MidTermFeatures", "ShortTermFeatures"]
