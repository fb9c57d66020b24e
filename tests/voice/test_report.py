"""The voice report: Praat's on speech, voices whose jitter and shimmer are known, bad input."""

from __future__ import annotations

import math
import warnings
from pathlib import Path

import numpy as np
import pytest

import serfast
from helpers.praat import praats
from helpers.pulses import perturbed, voice_of
from serfast.errors import AudioError, ParameterError
from serfast.voice import VoiceReport

RATE = 16000
COMPARED = (
    "jitter_local", "jitter_rap", "jitter_ppq5", "shimmer_local", "shimmer_local_db",
    "shimmer_apq3", "shimmer_apq5", "hnr", "mean_f0", "n_periods",
)  # fmt: skip


@pytest.fixture(scope="module")
def compared(emodb: Path) -> dict[str, np.ndarray]:
    """The measures of recordings: Praat's, ours, and ours with Praat's F0."""
    rows: dict[str, list[list[float]]] = {"praat": [], "ours": [], "ours with its f0": []}
    for path in sorted(emodb.glob("**/*.wav"))[5::7]:
        y, _ = serfast.load(path, sample_rate=RATE)
        expected, f0 = praats(y)
        rows["praat"].append(expected)
        for name, given in (("ours", None), ("ours with its f0", f0)):
            report = serfast.voice_report(y, RATE, f0=given)
            rows[name].append([getattr(report, field) for field in COMPARED])
    return {name: np.array(values) for name, values in rows.items()}


@pytest.mark.parametrize("name", COMPARED)
@pytest.mark.parametrize("whose", ["ours", "ours with its f0"])
def test_it_is_praats_on_speech(name: str, whose: str, compared: dict[str, np.ndarray]) -> None:
    i = COMPARED.index(name)
    expected, found = compared["praat"][:, i], compared[whose][:, i]
    r = np.corrcoef(found, expected)[0, 1]
    apart = np.abs(found / expected - 1)
    print(f"{name}, {whose}: r {r:.4f}, median {np.median(apart):.3f}, worst {apart.max():.3f}")
    assert len(expected) >= 50
    if whose == "ours":  # where the two trackers differ, they measure other periods
        assert r >= (0.85 if name == "jitter_ppq5" else 0.93)
        assert np.median(apart) <= 0.12
    else:
        assert r >= 0.97
        assert np.median(apart) <= 0.04
    if name == "hnr":
        assert r >= 0.98
        assert np.median(np.abs(found - expected)) <= 0.5


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
@pytest.mark.parametrize("f0", [90, 120, 220])
@pytest.mark.parametrize(("jitter", "shimmer"), [(0.005, 0.03), (0.02, 0.1)])
def test_known_jitter_and_shimmer(jitter: float, shimmer: float, f0: float, rate: int) -> None:
    """The truth is that of the pulses: mean changes over mean values."""
    moments, strengths = perturbed(f0, jitter, shimmer, 3.0, seed=1)
    report = serfast.voice_report(voice_of(moments, strengths, rate, int(3.2 * rate)), rate)
    for values, found in (
        (np.diff(moments), (report.jitter_local, report.jitter_rap, report.jitter_ppq5)),
        (strengths, (report.shimmer_local, report.shimmer_apq3, report.shimmer_apq5)),
    ):
        truth = [np.abs(np.diff(values)).mean()]
        for size in (3, 5):
            runs = np.lib.stride_tricks.sliding_window_view(values, size)
            truth.append(np.abs(runs[:, size // 2] - runs.mean(axis=1)).mean())
        expected = np.array(truth) / values.mean()
        print(f"{rate} Hz, f0 {f0}: off by {np.abs(np.array(found) / expected - 1).max():.3f}")
        np.testing.assert_allclose(found, expected, rtol=0.08 if rate == 8000 else 0.05)
    decibels = np.abs(20 * np.log10(strengths[1:] / strengths[:-1])).mean()
    assert report.shimmer_local_db == pytest.approx(decibels, rel=0.05)
    assert report.n_periods == pytest.approx(len(moments) - 1, abs=4)
    assert report.mean_f0 == pytest.approx(1 / np.diff(moments).mean(), rel=2e-3)


def test_a_steady_voice_has_almost_none() -> None:
    moments, strengths = perturbed(117.3, 0.0, 0.0, 2.0, seed=0)
    report = serfast.voice_report(voice_of(moments, strengths, RATE, int(2.2 * RATE)), RATE)
    assert report.jitter_local < 5e-4
    assert report.shimmer_local < 2e-3
    assert report.hnr > 25


def made(name: str, rate: int) -> np.ndarray:
    t = np.arange(rate // 2) / rate
    click = np.zeros(rate // 2)
    click[rate // 5] = 1.0
    return {
        "one sample": np.array([0.5]),
        "20 ms": np.sin(2 * np.pi * 120 * t[: rate // 50]),
        "silence": np.zeros(rate // 2),
        "a constant": np.full(rate // 2, 0.3),
        "a click": click,
        "noise": np.random.default_rng(0).normal(size=rate // 2),
        "a tone at fmin": np.sin(2 * np.pi * 75 * t),
        "a tone at fmax": np.sin(2 * np.pi * 600 * t),
        "a tone above": np.sin(2 * np.pi * 900 * t),
        "clipping": np.clip(9 * np.sin(2 * np.pi * 130 * t), -1, 1),
        "two voices": np.sin(2 * np.pi * 110 * t) ** 9 + np.sin(2 * np.pi * 173 * t) ** 9,
    }[name]


@pytest.mark.parametrize("rate", [8000, 16000, 96000])
@pytest.mark.parametrize(
    "name",
    ["one sample", "20 ms", "silence", "a constant", "a click", "noise", "a tone at fmin",
     "a tone at fmax", "a tone above", "clipping", "two voices"],
)  # fmt: skip
def test_whatever_is_heard_gives_numbers_or_nan(name: str, rate: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = serfast.voice_report(made(name, rate), rate)
    assert all(isinstance(value, (int, float)) for value in report)
    assert not any(math.isinf(value) for value in report)
    if name in ("one sample", "silence", "a constant"):
        assert report[:2] == (0, 0.0)
        assert all(math.isnan(value) for value in report[2:])
    if name == "clipping":
        assert report.mean_f0 == pytest.approx(130, rel=0.01)
        assert report.jitter_local < 1e-3


def test_integers_are_pcm() -> None:
    moments, strengths = perturbed(140.0, 0.01, 0.02, 1.0, seed=2)
    y = voice_of(moments, strengths, RATE, 18000)
    pcm = np.round(y * 32768).astype(np.int16)
    exact = serfast.voice_report(y, RATE)
    np.testing.assert_allclose(serfast.voice_report(pcm, RATE), exact, rtol=0.02)
    assert isinstance(exact, VoiceReport)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"fmin": 600.0}, r"^fmin must be < 600 Hz \(fmax\), got 600\.0$"),
        ({"fmin": 10.0}, r"^fmin must be a finite number >= 40, got 10\.0$"),
        ({"fmax": 2000.0}, r"^fmax must be a finite number <= 1000, got 2000\.0$"),
        ({"sample_rate": 100}, r"^sample_rate must be a finite number >= 4000 "),
        ({"f0": [-1.0]}, r"^f0 must be 0, NaN, or 10 to 4000 Hz .*, got -1\.0$"),
        ({"f0": [0.0, 1e30]}, r"^f0 must be 0, NaN, or 10 to 4000 Hz .*, got 1e\+30$"),
        ({"f0": [1e-30]}, r"^f0 must be 0, NaN, or 10 to 4000 Hz .*, got 1e-30$"),
        ({"f0": [np.inf]}, r"^f0 must be 0, NaN, or 10 to 4000 Hz "),
        ({"f0": np.zeros(99)}, r"^f0 must be at most 11 numbers, one for every 10 ms, got .* \(99"),
        ({"f0": ["a"]}, r"^f0 must be at most 11 numbers, one for every 10 ms, got dtype <U1"),
        ({"f0": [[1], [1, 2]]}, r"^f0 must be one-dimensional numbers, got "),
    ],
)
def test_bad_arguments_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        serfast.voice_report(np.zeros(1600), **{"sample_rate": RATE, **arguments})


@pytest.mark.parametrize(
    "y",
    [
        np.zeros((2, 5)),
        np.array(["a"]),
        np.zeros(9, bool),
        np.array([0, np.nan]),
        np.array([0, 1e39]),
    ],
)
def test_bad_samples_are_refused(y: np.ndarray) -> None:
    with pytest.raises(AudioError, match=r"^y must be (an?|within) "):
        serfast.voice_report(y, RATE)


def test_a_ragged_list_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"^y must be one-dimensional numbers, got "):
        serfast.voice_report([[1.0], [1.0, 2.0]], RATE)  # type: ignore[list-item]


@pytest.mark.parametrize("f0", [10.0, 4000.0])
def test_any_f0_that_is_taken_comes_to_an_end(f0: float) -> None:
    y = np.random.default_rng(3).normal(size=RATE // 10)
    report = serfast.voice_report(y, RATE, f0=np.full(11, f0))
    assert 0 <= report.n_periods <= RATE // 10
