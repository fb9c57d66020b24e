"""The features agree with pyAudioAnalysis' definitions, written here frame by frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import serfast
from helpers.pages import ROOT
from serfast.compat import pyaudioanalysis
from serfast.compat.pyaudioanalysis import MidTermFeatures, ShortTermFeatures
from serfast.errors import ParameterError

EPS = np.finfo(float).eps
SPEECH: Path = ROOT / "examples" / "speech.flac"


def entropy_of_tenths(power: Any) -> float:
    size = len(power) // 10
    total = power.sum() + EPS
    shares = [power[i * size : (i + 1) * size].sum() / total for i in range(10)]
    return float(-sum(p * np.log2(p + EPS) for p in shares))


def bands_of(magnitude: Any, rate: float) -> list[float]:
    """The edges are Slaney's; the bin k is taken for the frequency k · rate / len(magnitude)."""
    edges = [133.33 + i * 200 / 3 for i in range(13)]
    edges += [edges[12] * 1.0711703**i for i in range(1, 30)]
    n = len(magnitude)
    sums = []
    for low, middle, high in zip(edges, edges[1:], edges[2:], strict=False):
        total = 0.0
        for k in range(int(low * n / rate) + 1, int(high * n / rate) + 1):
            f = k * rate / n
            below = k <= int(middle * n / rate)
            slope = (f - low) / (middle - low) if below else (high - f) / (high - middle)
            total += magnitude[k] * slope * 2 / (high - low)
        sums.append(total)
    return sums


def chroma_of(power: Any, rate: float) -> Any:
    n = len(power)
    semitone = [round(12 * np.log2((k + 1) * rate / (2 * n) / 27.5)) for k in range(n)]
    last = {s % n: k for k, s in enumerate(semitone)}
    chroma = np.zeros(12)
    for place, k in last.items():
        # The division is by the size of another semitone.
        chroma[place % 12] += power[k] / semitone.count(semitone[semitone[place]])
    return chroma / (power.sum() or EPS)


def row_of(frame: Any, before: Any, rate: float) -> tuple[Any, Any]:
    n = len(frame) // 2
    magnitude = np.abs(np.fft.rfft(frame))[:n] / n
    before = magnitude if before is None else before
    power = magnitude**2
    f = np.arange(1, n + 1) * rate / (2 * n)
    mass = magnitude.sum() or 1.0
    centroid = (f * magnitude).sum() / mass
    spread = np.sqrt(((f - centroid) ** 2 * magnitude).sum() / mass)
    change = magnitude / (magnitude + EPS).sum() - before / (before + EPS).sum()
    above = np.flatnonzero(np.cumsum(power) + EPS > 0.9 * power.sum())
    logs = np.log10(np.array(bands_of(magnitude, rate)) + EPS)
    angle = np.pi / 40 * (np.arange(40) + 0.5)
    mfcc = [np.sqrt((2 if j else 1) / 40) * (logs * np.cos(j * angle)).sum() for j in range(13)]
    chroma = chroma_of(power, rate)
    row = [
        np.abs(np.diff(np.sign(frame))).sum() / 2 / (len(frame) - 1),
        (frame**2).mean(),
        entropy_of_tenths(frame**2),
        centroid / (rate / 2),
        spread / (rate / 2),
        entropy_of_tenths(power),
        (change**2).sum(),
        above[0] / n,
        *mfcc,
        *chroma,
        chroma.std(),
    ]
    return np.array(row), magnitude


def expected(signal: Any, rate: float, window: int, step: int) -> Any:
    x = np.asarray(signal, dtype=float) / 32768
    x = x - x.mean()
    x = x / (np.abs(x).max() + 1e-10)
    rows, before = [], None
    for start in range(0, len(x) - window + 1, step):
        row, before = row_of(x[start : start + window], before, rate)
        rows.append(row)
    return np.array(rows).T


def signals(rate: int) -> dict[str, Any]:
    rng = np.random.default_rng(7)
    t = np.arange(rate // 2) / rate
    speech = serfast.load(SPEECH, sample_rate=rate)[0][: rate // 2]
    return {
        "speech": speech,
        "integers": (32767 * speech).astype(np.int16),
        "clipped": np.clip(50 * speech, -1, 1),
        "noise": rng.normal(size=rate // 2),
        "tones": np.sin(2 * np.pi * 441.3 * t) + 0.2 * np.sin(2 * np.pi * 2013.7 * t),
        "behind the tenths": np.sin(2 * np.pi * 0.4993 * np.arange(rate // 2)),
        "silence": np.zeros(rate // 2),
        "constant": np.full(rate // 2, 3),
        "half silent": np.concatenate([np.zeros(rate // 4), speech[: rate // 4]]),
    }


@pytest.mark.parametrize(
    ("rate", "window", "step"),
    [(8000, 400, 200), (8000, 178, 90), (16000, 320, 160), (16000, 811, 341), (44100, 882, 1500)],
)
def test_features_are_the_definitions(rate: int, window: int, step: int) -> None:
    worst = 0.0
    for name, signal in signals(rate).items():
        features, names = ShortTermFeatures.feature_extraction(signal, rate, window, step, False)
        wanted = expected(signal, rate, window, step)
        assert features.shape == wanted.shape == (len(names), wanted.shape[1])
        np.testing.assert_allclose(features, wanted, rtol=0, atol=1e-9, err_msg=name)
        worst = max(worst, float(np.abs(features - wanted).max()))
    print(f"{rate} Hz, {window}/{step}: worst error {worst:.1e}")


def test_blocks_of_frames_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    signal = signals(16000)["speech"]
    whole = ShortTermFeatures.feature_extraction(signal, 16000, 400, 160)[0]
    monkeypatch.setattr(ShortTermFeatures, "BLOCK_SAMPLES", 3 * 400)
    blocks = ShortTermFeatures.feature_extraction(signal, 16000, 400, 160)[0]
    np.testing.assert_allclose(blocks, whole, rtol=0, atol=1e-12)


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
        (np.zeros(0), 16000, 800, 400, r"signal must be at least a window \(800 samples\), got 0"),
        (np.zeros(1), 16000, 800, 400, "got 1 samples"),
        (np.zeros(799), 16000, 800, 400, "got 799 samples"),
        (np.zeros((1600, 2)), 16000, 800, 400, "one channel"),
        (np.full(1600, np.nan), 16000, 800, 400, "signal must be finite"),
        (np.zeros(1600, dtype=complex), 16000, 800, 400, "real samples"),
        (np.zeros(1600), 16000, 160, 80, "window must be of more bins"),
        (np.zeros(1600), 16000, 800, 0.5, "step must be an int >= 1, got 0"),
        (np.zeros(1600), 6000, 800, 400, "sampling_rate must be > 68"),
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


def test_the_module_has_the_two_names() -> None:
    assert pyaudioanalysis.__all__ == ["MidTermFeatures", "ShortTermFeatures"]
