"""F0 and voicing: synthetic voices, laryngographs, the hidden Markov model in NumPy, bad input."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest

import serfast
from helpers.streams import assert_same_bits
from helpers.voices import glide, spoken
from serfast.errors import ParameterError

RATE = 16000
HOP = 160


@cache
def extractor(backend: str = "native", rate: int = RATE, **fields: Any) -> serfast.Extractor:
    hop = round(rate / 100)
    spec = serfast.FeatureSpec(
        sample_rate=rate, hop_length=hop, features=[serfast.F0(**{"fmax": 600.0, **fields})]
    )
    return serfast.Extractor(spec, backend)


def rows_of(y: np.ndarray, rate: int = RATE, **fields: Any) -> np.ndarray:
    return extractor(rate=rate, **fields)(y.astype(np.float32)).astype(np.float64)


def phrases(low: float, high: float, rate: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A second of voice between hisses and pauses, three times, over noise; F0 of each row."""
    random = np.random.default_rng(seed)
    y, f0 = [], []
    for _ in range(3):
        course = glide(low, high, rate)
        hiss = 0.03 * np.diff(random.normal(size=rate // 4 + 1))
        y += [np.zeros(rate // 4), spoken(course, rate), hiss]
        f0 += [np.zeros(rate // 4), course, np.zeros(rate // 4)]
    signal = np.concatenate(y)
    signal += 3e-4 * random.normal(size=len(signal))
    hop = round(rate / 100)
    return signal, np.concatenate(f0)[::hop]


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
@pytest.mark.parametrize(("low", "high"), [(60, 120), (90, 180), (180, 360), (300, 500)])
def test_voices_of_known_f0(low: float, high: float, rate: int) -> None:
    """Every row but for the 40 ms around the borders, to a few cents."""
    y, true = phrases(low, high, rate, seed=int(low) + rate)
    found = rows_of(y, rate)[: len(true), 0]
    borders = np.flatnonzero(np.diff(true > 0))
    inside = np.abs(np.arange(len(true))[:, np.newaxis] - borders).min(axis=1) > 4
    voiced = inside & (true > 0)
    missed = np.mean(found[voiced] == 0)
    false = np.mean(found[inside & (true == 0)] > 0)
    cents = np.abs(1200 * np.log2(np.maximum(found[voiced], 1) / true[voiced]))
    print(f"{low} to {high} Hz at {rate}: missed {missed:.4f}, false {false:.4f}, "
          f"median {np.median(cents):.1f} cents, gross {np.mean(cents > 316):.4f}")  # fmt: skip
    assert missed <= 0.01
    assert false <= 0.01
    assert np.mean(cents > 316) <= 0.005
    assert np.median(cents) <= 10


@pytest.fixture(scope="module")
def laryngographs(lacking: Callable[[str], NoReturn]) -> list[tuple[np.ndarray, int, np.ndarray]]:
    """Samples, rate, and F0 every 15 ms, from a laryngograph."""
    folder = Path(os.environ.get("SERFAST_DATA", "")) / "f0"
    if "SERFAST_DATA" not in os.environ or not any(folder.glob("*.f0ref")):
        lacking("laryngographs not found: SERFAST_DATA must hold f0 (see docs/data.md)")
    recordings = []
    for path in sorted(folder.glob("*.f0ref")):
        y, rate = serfast.load(path.with_suffix(".wav"), sample_rate=None)
        recordings.append((y, int(rate), np.array(path.read_text("utf-8").split(), float)))
    return recordings


def test_errors_against_laryngographs(
    laryngographs: list[tuple[np.ndarray, int, np.ndarray]],
) -> None:
    """Gross and voicing errors, the fine error, and how far the voicing is a probability."""
    found, true = [], []
    for y, rate, f0 in laryngographs:
        spec = serfast.FeatureSpec(
            sample_rate=rate, hop_length=round(0.015 * rate), features=[serfast.F0(50, 500)]
        )
        found.append(serfast.Extractor(spec)(y)[: len(f0)].astype(np.float64))
        true.append(f0[: len(found[-1])])
    (estimate, voicing), f0 = np.concatenate(found).T, np.concatenate(true)
    both = (estimate > 0) & (f0 > 0)
    ratio = estimate[both] / f0[both]
    gross = np.abs(ratio - 1) > 0.2
    fine = np.median(np.abs(1200 * np.log2(ratio[~gross])))
    errors = np.mean((estimate > 0) != (f0 > 0))
    print(f"gross {100 * gross.mean():.2f} %, voicing {100 * errors:.2f} %, fine {fine:.1f} cents")
    assert gross.mean() <= 0.007
    assert errors <= 0.045
    assert fine <= 15
    for low in (0.0, 0.25, 0.5, 0.75):
        there = (voicing >= low) & (voicing < low + 0.25 if low < 0.75 else voicing <= 1)
        share = np.mean(f0[there] > 0)
        print(f"voicing {low:.2f}…: mean {voicing[there].mean():.3f}, voiced {share:.3f}")
        assert abs(share - voicing[there].mean()) <= 0.2
    likely = (voicing > 0.7) & (voicing < 0.9)
    assert abs(np.mean(f0[likely] > 0) - 0.8) <= 0.05


def test_the_voicing_is_the_markov_models() -> None:
    """Forward and backward over the rows of the lag, with matrices."""
    y, _ = phrases(90, 180, RATE, 1)
    y = y[: 2 * RATE].astype(np.float32)
    features = [serfast.F0(lag=5), serfast.F0Path(serfast.F0Candidates(frame_length=720), lag=3)]
    rows = serfast.Extractor(serfast.FeatureSpec(features=features))(y).astype(np.float64)
    voicing, octaves, strength, level = rows[:, 1], rows[:, 3], rows[:, 4], rows[:, 5]
    change = (1 - np.exp(-0.13)) / 2
    move = np.array([[1 - change, change], [change, 1 - change]])
    jumps = np.abs(np.diff(octaves))
    forward = np.array([0.5, 0.5])
    for t in range(len(rows)):
        backward = np.ones(2)
        end = min(t + 2, len(rows) - 1)
        for u in range(end, t - 1, -1):
            d = max([*jumps[max(u - 1, 0) : u], *jumps[u : min(u + 1, end)], 0.0])
            weak = max(0.3 - strength[u], 0)
            z = 1.1 + 5.7 * strength[u] - 20 * weak + 0.2 * level[u] - 7 * min(d, 0.8)
            odds = np.exp(np.clip(z if octaves[u] > 0 else -20, -30, 30) * 10 / 15)
            seen = np.array([odds, 1])
            if u > t:
                backward = move @ (seen * backward)
                backward /= backward.sum()
        forward = seen * (forward if t == 0 else move.T @ forward)
        forward /= forward.sum()
        both = forward * backward
        assert voicing[t] == pytest.approx(both[0] / both.sum(), abs=2e-5)
    assert 0.2 < np.mean(voicing > 0.5) < 0.8


def test_the_threshold_and_nan_are_as_asked() -> None:
    y, _ = phrases(90, 180, RATE, 2)
    usual, strict, missing = (
        rows_of(y, **fields) for fields in ({}, {"threshold": 0.9999}, {"unvoiced_nan": True})
    )
    for rows, threshold in ((usual, 0.6), (strict, 0.9999), (missing, 0.6)):
        np.testing.assert_array_equal(rows[:, 1], usual[:, 1])
        np.testing.assert_array_equal(rows[:, 0] > 0, rows[:, 1] >= threshold)
    assert np.isnan(missing[usual[:, 0] == 0, 0]).all()
    assert not np.isnan(missing[usual[:, 0] > 0]).any()
    assert (strict[:, 0] > 0).sum() < (usual[:, 0] > 0).sum()


@pytest.mark.parametrize("backend", ["numba", "reference"])
def test_nan_that_was_asked_for_is_no_fault(backend: str) -> None:
    y = np.zeros(1600, np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = extractor(backend, unvoiced_nan=True)(y)
    assert np.isnan(rows[:, 0]).all()


def test_lags_are_rows_and_the_usual_one_is_100_ms() -> None:
    for rate, hop, lag in ((16000, 160, 10), (20000, 300, 7), (48000, 240, 20), (8000, 8, 100)):
        spec = serfast.FeatureSpec(
            sample_rate=rate, hop_length=hop, features=[serfast.Delta(serfast.F0(), width=3)]
        )
        assert spec.lookahead == lag + 1
        assert serfast.FeatureSpec.from_json(spec.to_json()) == spec
        assert json.loads(spec.to_json())["features"][0]["feature"]["lag"] == lag
    for lag in (0, 1, 2, 3, 13):
        assert serfast.FeatureSpec(features=[serfast.F0(lag=lag)]).lookahead == lag


def test_a_stream_with_lag_0_gives_a_row_with_its_frame() -> None:
    y, _ = phrases(90, 180, RATE, 3)
    stream = extractor(lag=0).stream()
    assert len(stream.accept(y[: 360 + 5 * HOP].astype(np.float32))) == 6


def test_the_whole_recordings_path_is_that_of_the_longest_lag() -> None:
    y = phrases(90, 180, RATE, 4)[0][: 2 * RATE].astype(np.float32)
    assert_same_bits(extractor(whole=True)(y), extractor(lag=1000)(y))
    assert not np.array_equal(extractor(whole=True)(y), extractor()(y))
    with pytest.raises(ParameterError, match="use whole=False, with a lag in rows"):
        extractor(whole=True).stream()


def rest(y: np.ndarray) -> np.ndarray:
    """The rows whose frames lie within the signal."""
    return rows_of(y)[6:-6]


@pytest.mark.parametrize("hz", [50.5, 100.0, 333.0, 595.0])
def test_tones_in_the_range_are_voices(hz: float) -> None:
    rows = rest(0.1 * np.sin(2 * np.pi * hz * np.arange(RATE) / RATE))
    assert np.abs(rows[:, 0] / hz - 1).max() < (6e-3 if hz < 60 else 3e-3)  # few periods
    assert rows[:, 1].min() > 0.9


@pytest.mark.parametrize("hz", [700.0, 1500.0, 5000.0])
def test_tones_above_the_range_are_subharmonics_or_nothing(hz: float) -> None:
    f0 = rest(0.1 * np.sin(2 * np.pi * hz * np.arange(RATE) / RATE))[:, 0]
    n_periods = hz / f0[f0 > 0]
    assert np.abs(n_periods - np.round(n_periods)).max(initial=0) < 0.1


@pytest.mark.parametrize("name", ["silence", "constant", "click", "noise", "hiss"])
def test_what_is_no_voice_is_unvoiced(name: str) -> None:
    noise = 0.1 * np.random.default_rng(5).normal(size=2 * RATE)
    click = np.zeros(RATE)
    click[RATE // 2] = 0.9
    made = {"silence": np.zeros(RATE), "constant": np.full(RATE, 0.3), "click": click,
            "noise": noise, "hiss": np.diff(noise)}  # fmt: skip
    rows = rest(made[name])
    share = np.mean(rows[:, 0] > 0)
    print(f"{name}: {share:.4f} of the rows voiced")
    assert share <= 0.02


def test_clipping_a_voice_changes_little() -> None:
    y, true = phrases(90, 180, RATE, 6)
    clipped = np.clip(y, -0.05, 0.05)
    found = rows_of(clipped)[: len(true), 0]
    both = (found > 0) & (true > 0)
    assert both.sum() > 0.9 * (true > 0).sum()
    assert np.mean(np.abs(found[both] / true[both] - 1) > 0.2) < 0.01


def test_of_two_voices_the_stronger_is_followed() -> None:
    n = 2 * RATE
    y = spoken(np.full(n, 210.0), RATE) + 0.2 * spoken(np.full(n, 130.0), RATE, (700, 1200, 2600))
    f0 = rest(y)[:, 0]
    assert np.mean(np.abs(f0 / 210 - 1) < 0.03) > 0.95


@pytest.mark.parametrize("rate", [8000, 16000, 96000])
@pytest.mark.parametrize("n_samples", [1, 320])
def test_short_recordings_have_rows(rate: int, n_samples: int) -> None:
    y = 0.1 * np.sin(np.arange(n_samples))
    rows = rows_of(y, rate)
    assert len(rows) == 1 + n_samples // round(rate / 100)
    assert np.isfinite(rows).all()


def test_ten_thousand_random_signals_are_finite() -> None:
    """Of any level, with steps, silences and tones in them."""
    random = np.random.default_rng(7)
    run = extractor()
    for _ in range(10_000):
        n = int(random.integers(1, 1200))
        y = 10.0 ** random.uniform(-9, 4) * random.normal(size=n)
        y *= random.integers(0, 2, size=n) if random.integers(2) else 1
        y += random.integers(2) * np.sin(random.uniform(0, 3) * np.arange(n))
        rows = run(y.astype(np.float32))
        assert np.isfinite(rows).all()
        assert (rows[:, 1] >= 0).all()
        assert (rows[:, 1] <= 1).all()
        assert ((rows[:, 0] == 0) | ((rows[:, 0] > 48) & (rows[:, 0] < 630))).all()


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"fmin": 300.0, "fmax": 200.0}, "fmin must be < 200 Hz"),
        ({"fmax": 9000.0}, "fmax must be <= 8000 Hz"),
        ({"lag": -1}, "lag must be"),
        ({"lag": 1001}, "lag must be"),
        ({"lag": 3, "whole": True}, "lag must be None for whole=True"),
        ({"threshold": 1.5}, "threshold must be"),
        ({"frame_length": 400}, "frame_length must be >= 480"),
    ],
)
def test_what_cant_be_is_refused(fields: dict[str, Any], rule: str) -> None:
    with pytest.raises(ParameterError, match=rule):
        extractor(**fields)
