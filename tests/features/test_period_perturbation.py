"""The perturbation of periods: pulses whose periods are known, other formulas, bad input."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import numpy as np
import pytest

import serfast
from helpers import signals
from helpers.pulses import perturbed, voice_of
from helpers.streams import assert_same_bits
from serfast.errors import ParameterError
from serfast.features.period_measures import MEASURES, mean_changes
from serfast.models.bundle.agreement import excess
from serfast.voice import jitter, peak_amplitudes, period_marks, shimmer

RATE = 16000
JITTER, SHIMMER = slice(1, 4), slice(4, 8)


@cache
def extractor(rate: int = RATE, backend: str = "native", **fields: Any) -> serfast.Extractor:
    feature = serfast.PeriodPerturbation(**{"fmin": 75.0, **fields})
    spec = serfast.FeatureSpec(sample_rate=rate, hop_length=rate // 100, features=[feature])
    return serfast.Extractor(spec, backend)


def rows_of(y: np.ndarray, rate: int = RATE, **fields: Any) -> np.ndarray:
    return extractor(rate, **fields)(np.asarray(y, np.float32)).astype(np.float64)


@pytest.mark.parametrize("rate", [16000, 44100])
@pytest.mark.parametrize("f0", [130.0, 240.0])
def test_a_row_is_what_the_parts_of_the_voice_report_give(f0: float, rate: int) -> None:
    """The marks of `period_marks` in 60 ms, and `jitter` and `shimmer` of these."""
    moments, strengths = perturbed(f0, 0.01, 0.05, 0.5, seed=3)
    y = voice_of(moments, strengths, rate, int(0.6 * rate))
    rows = rows_of(y, rate)
    contour = np.full(61, f0)
    marks = period_marks(y, rate, contour, rate / 100)
    errors = []
    for t in range(15, 45):
        near = marks[np.abs(marks - t * rate / 100) <= 0.03 * rate]
        amplitudes, at = peak_amplitudes(y, near, 1.0, 0.02 * rate)
        expected = [*jitter(near, 1.0, 0.02 * rate), *shimmer(amplitudes, at, 1.0, 0.02 * rate)]
        errors.append(rows[t, 1:8] / expected - 1)
        assert rows[t, 0] == pytest.approx(rate / np.diff(near).mean(), rel=0.01)
    assert np.abs(np.median(errors, axis=0)).max() < 0.01
    assert np.median(np.abs(errors), axis=0).max() < 0.08  # another mark at an end of the window


def test_changes_of_runs() -> None:
    """Runs don't go over a pair that isn't joined."""
    random = np.random.default_rng(0)
    values = random.uniform(90, 110, 12)
    joined = np.ones(12)
    joined[4] = 0
    out = np.zeros(3)
    mean_changes(values, joined, 12, out)
    for found, size in zip(out, (2, 3, 5), strict=True):
        runs = [values[i : i + size] for i in range(13 - size) if not i <= 4 < i + size - 1]
        middles = [run[-1] - run[0] if size == 2 else run[size // 2] - run.mean() for run in runs]
        assert found == pytest.approx(np.abs(middles).mean())
    mean_changes(values, np.zeros(12), 12, out)
    assert out.tolist() == [-1, -1, -1]


def test_both_octaves_are_marked_where_both_are_likely() -> None:
    """Pulses that are strong and weak in turn have a period, and half of it."""
    moments = 0.02 + np.arange(100) / 200
    strengths = np.where(np.arange(100) % 2, 0.2, 0.1)
    rows = rows_of(voice_of(moments, strengths, RATE, 8000))[10:40]
    first, second = rows[:, :MEASURES], rows[:, MEASURES:]
    np.testing.assert_allclose(first[:, 0], 100, rtol=0.01)
    np.testing.assert_allclose(second[:, 0], 200, rtol=0.01)
    assert rows[:, [1, MEASURES + 1]].max() < 2e-3
    assert first[:, SHIMMER].max() < 0.02
    assert (second[:, SHIMMER] == -1).all()  # neighbours that differ by 2 don't count


def test_a_multiple_is_not_marked_again() -> None:
    moments, strengths = perturbed(220, 0.005, 0.02, 0.4, seed=0)
    rows = rows_of(voice_of(moments, strengths, RATE, 7000))[10:36]
    np.testing.assert_allclose(rows[:, 0], 220, rtol=0.01)
    assert (rows[:, MEASURES] == 0).all()


def ending(seed: int) -> np.ndarray:
    """A frame of a voice that ends at once; noise is left, whose power is 1e-8 of it or so."""
    random = np.random.default_rng(seed)
    f0, t = random.uniform(100, 300), np.arange(1280) / RATE
    noise = 10.0 ** -random.uniform(3.5, 4.5)
    y = np.zeros(1280)
    for k in range(1, 8):
        y += np.sin(2 * np.pi * k * f0 * t + random.uniform(0, 6)) / k
    end = 640 + int(random.integers(10, 200))
    y[end:] = 0
    y += noise * random.normal(size=1280)
    for part in (y[:end], y[end:]):  # else what is left of the noise is the frame's mean
        part -= part.mean()
    return y.astype(np.float32)


@pytest.mark.parametrize("backend", ["native", "numba"])
def test_periods_before_a_sudden_end_are_those_of_sums_in_double(backend: str) -> None:
    """What a loud sample leaves by rounding when it goes isn't the energy of what follows it."""
    feature = serfast.PeriodPerturbation(frame_length=1280)
    spec = serfast.FeatureSpec(sample_rate=RATE, center=False, features=[feature])
    computed = serfast.Extractor(spec, backend)
    reference = serfast.Extractor(spec, "reference")
    for seed in (*range(8), 1578, 2017):  # of these two all jitter was 0
        expected = reference(ending(seed))
        assert excess(feature, computed(ending(seed)), expected) <= 1, seed


@pytest.mark.parametrize("chunk", [1, 37, 160, 4000])
def test_streams_have_the_same_bits(chunk: int) -> None:
    y = signals.voice(RATE, 4000, seed=1)
    stream = extractor().stream()
    parts = [stream.accept(y[i : i + chunk]) for i in range(0, len(y), chunk)]
    assert_same_bits(np.concatenate([*parts, stream.flush()]), extractor()(y))


def bad(name: str, rate: int) -> np.ndarray:
    t = np.arange(rate // 4) / rate
    click = np.zeros(rate // 4)
    click[rate // 9] = 1.0
    return {
        "one sample": np.array([0.5]),
        "silence": np.zeros(rate // 4),
        "a constant": np.full(rate // 4, 0.3),
        "a click": click,
        "noise": np.random.default_rng(0).normal(size=rate // 4),
        "loud noise": 1e38 * np.random.default_rng(0).uniform(-1, 1, rate // 4),
        "faint noise": 1e-38 * np.random.default_rng(0).normal(size=rate // 4),
        "a tone at fmin": np.sin(2 * np.pi * 75 * t),
        "a tone at fmax": np.sin(2 * np.pi * 600 * t),
        "a tone above": np.sin(2 * np.pi * 900 * t),
        "clipping": np.clip(9 * np.sin(2 * np.pi * 130 * t), -1, 1),
        "alternating": np.where(np.arange(rate // 4) % 2, 1.0, -1.0),
    }[name]


@pytest.mark.parametrize("rate", [8000, 16000, 96000])
@pytest.mark.parametrize(
    "name",
    ["one sample", "silence", "a constant", "a click", "noise", "loud noise", "faint noise",
     "a tone at fmin", "a tone at fmax", "a tone above", "clipping", "alternating"],
)  # fmt: skip
def test_whatever_is_heard_gives_numbers(name: str, rate: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = rows_of(bad(name, rate), rate)
    assert np.isfinite(rows).all()
    assert ((rows[:, 1:8] >= 0) | (rows[:, 1:8] == -1)).all()
    if name in ("one sample", "silence", "a constant"):
        inside = rows if name != "a constant" else rows[6:-6]  # zeros stand around it
        assert (inside[:, [0, MEASURES]] == 0).all()
        assert (inside[:, 1:8] == -1).all()
    if name == "clipping":
        np.testing.assert_allclose(rows[8:17, 0], 130, rtol=0.01)
        assert rows[8:17, JITTER].max() < 2e-3
        assert rows[8:17, SHIMMER].max() < 0.2  # dB, and shares


def test_random_signals_give_numbers() -> None:
    random = np.random.default_rng(4)
    for _ in range(300):
        n = int(random.integers(1, 3000))
        y = random.normal(size=n) * 10.0 ** random.uniform(-20, 10)
        y *= np.sin(np.arange(n) * random.uniform(0, 0.2)) ** int(random.integers(0, 9))
        assert np.isfinite(rows_of(y)).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"fmin": 600.0}, r"^fmin must be < 600 Hz \(fmax\), got 600\.0$"),
        ({"fmin": 10.0}, r"^fmin must be a finite number >= 20, got 10\.0$"),
        ({"fmax": 3000.0}, r"^fmax must be a finite number > 0 and <= 2000, got 3000\.0$"),
        ({"frame_length": 3}, r"^frame_length must be an int "),
    ],
)
def test_bad_fields_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        serfast.PeriodPerturbation(**arguments)


@pytest.mark.parametrize(
    ("rate", "arguments", "message"),
    [
        (2000, {}, r"^fmax must be <= 500 Hz \(a quarter of the sample rate\), got 600\.0$"),
        (16000, {"frame_length": 900}, r"^frame_length must be >= 960 \(three periods of fmin, "),
        (768000, {}, r"^sample_rate must be a finite number <= 384000, got 768000"),
    ],
)
def test_what_a_rate_forbids_is_refused(rate: int, arguments: dict[str, Any], message: str) -> None:
    feature = serfast.PeriodPerturbation(**arguments)
    with pytest.raises(ParameterError, match=message):
        serfast.FeatureSpec(sample_rate=rate, features=[feature])


def test_the_usual_frame_is_filled_in() -> None:
    spec = serfast.FeatureSpec(sample_rate=8000, features=[serfast.PeriodPerturbation(fmin=100.0)])
    assert spec.features[0].length == 560
