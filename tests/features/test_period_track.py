"""Which periods count: those of the decided F0, or none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import serfast
from helpers.praat import RATE, praats
from helpers.pulses import perturbed, voice_of
from serfast.errors import ParameterError
from serfast.features.period_marks import CANDIDATES
from serfast.features.period_measures import MEASURES
from serfast.features.period_track import write_chosen

BEFORE = 2
"""F0 has so many columns."""


def row(f0: float, first: float, second: float) -> np.ndarray:
    """A row of F0 and its voicing, and of two candidates, whose columns say which they are."""
    values = np.arange(BEFORE + CANDIDATES * MEASURES, dtype=np.float32)[np.newaxis]
    values[0, [0, BEFORE, BEFORE + MEASURES]] = f0, first, second
    return values


@pytest.mark.parametrize(
    ("f0", "first", "second", "chosen"),
    [(100, 101, 200, 0), (100, 200, 99, 0), (100, 90, 105, 1), (100, 130, 50, None),
     (100, 205, 0, 0), (100, 50, 0, None), (100, 0, 205, None),
     (0, 100, 100, None), (np.nan, 100, 100, None), (100, 0, 0, None)],
)  # fmt: skip
def test_the_nearest_is_chosen(f0: float, first: float, second: float, chosen: int | None) -> None:
    out = np.full(3, -2, np.float32)
    write_chosen(row(f0, first, second), 0, 1, 0.0, out)
    expected = [0, 0, 0] if chosen is None else BEFORE + chosen * MEASURES + 1 + np.arange(3)
    assert out.tolist() == list(expected)


def test_what_could_not_be_measured_is_missing() -> None:
    values = row(100, 100, 0)
    values[0, BEFORE + 3] = -1
    out = np.zeros(3, np.float32)
    write_chosen(values, 0, 1, np.nan, out)
    assert out[:2].tolist() == [3, 4]
    assert np.isnan(out[2])


def test_jitter_and_shimmer_share_their_sources() -> None:
    f0 = serfast.F0(75, 500)
    spec = serfast.FeatureSpec(features=[serfast.Jitter(f0), serfast.Shimmer(f0)])
    both = [set(feature.sources) for feature in spec.features]  # type: ignore[attr-defined]
    assert both[0] == both[1]
    assert serfast.FeatureSpec.from_json(spec.to_json()) == spec
    assert spec.lookahead == 10


@pytest.mark.parametrize("at", [0, 8000])
def test_an_overflow_is_forgotten(at: int) -> None:
    """Samples of 10²⁵ are in some frames; no row behind them has anything of it."""
    moments, strengths = perturbed(150, 0.01, 0.05, 1.4, seed=5)
    y = voice_of(moments, strengths, RATE, 24000).astype(np.float32)
    loud = y.copy()
    loud[at : at + 100] = 1e25
    made = serfast.Extractor(serfast.FeatureSpec(features=[serfast.PeriodPerturbation(fmin=75.0)]))
    rows, expected = made(loud), made(y)
    assert np.isfinite(rows).all()
    assert np.array_equal(rows[(at + 100) // 160 + 5 :], expected[(at + 100) // 160 + 5 :])
    assert np.isfinite(means(loud)).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"feature": serfast.YIN()}, r"^feature must be F0 or SubharmonicF0, got YIN"),
        ({"feature": serfast.F0(10, 500)}, r"^fmin must be a finite number >= 20, got 10"),
        ({"frame_length": 0}, r"^frame_length must be an int "),
        ({"missing_nan": 1}, r"^missing_nan must be "),
    ],
)
def test_bad_fields_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        serfast.FeatureSpec(features=[serfast.Jitter(**arguments)])


F0 = serfast.F0(75, 600)
MEASURED = (*serfast.Jitter().columns, *serfast.Shimmer().columns)


def means(y: np.ndarray) -> np.ndarray:
    """Give the mean of each column over the rows that have a value."""
    tracks = [serfast.Jitter(F0, missing_nan=True), serfast.Shimmer(F0, missing_nan=True)]
    rows = serfast.Extractor(serfast.FeatureSpec(features=tracks))(y.astype(np.float32))
    counts = np.maximum(np.isfinite(rows).sum(axis=0), 1)
    return np.asarray(np.nansum(rows.astype(np.float64), axis=0) / counts)


@pytest.fixture(scope="module")
def speech(emodb: Path) -> np.ndarray:
    """Ours and Praat's measures of recordings, shape (n, 2, 7)."""
    both = []
    for path in sorted(emodb.glob("**/*.wav"))[5::7]:
        y, _ = serfast.load(path, sample_rate=RATE)
        both.append([means(y), praats(y)[0][:7]])
    return np.array(both)


@pytest.fixture(scope="module")
def vowels() -> np.ndarray:
    """The same of sustained voices."""
    random, both = np.random.default_rng(0), []
    for i in range(20):
        jitter, shimmer = 0.03 * random.uniform(0.05, 1), 0.1 * random.uniform(0.05, 1)
        made = perturbed(random.uniform(90, 280), jitter, shimmer, 1.0, seed=i)
        y = voice_of(*made, RATE, int(1.2 * RATE))
        y += 1e-4 * random.normal(size=len(y))
        both.append([means(y), praats(y)[0][:7]])
    return np.array(both)


def compare(pairs: np.ndarray, name: str, kind: str) -> float:
    ours, theirs = pairs[:, :, MEASURED.index(name)].T
    there = (ours > 0) & np.isfinite(theirs)  # apq5 of low voices is missing
    r = float(np.corrcoef(ours[there], theirs[there])[0, 1])
    apart = np.abs(ours[there] / theirs[there] - 1)
    print(f"{name}, {kind}: r {r:.3f}, median {np.median(apart):.3f}, of {there.sum()}")
    assert there.sum() >= 12
    return r


@pytest.mark.parametrize("name", MEASURED)
def test_means_are_praats_on_speech(name: str, speech: np.ndarray) -> None:
    assert len(speech) >= 50
    assert compare(speech, name, "speech") >= (0.93 if name == "jitter_local" else 0.85)


@pytest.mark.parametrize("name", MEASURED)
def test_means_are_praats_on_sustained_voices(name: str, vowels: np.ndarray) -> None:
    assert compare(vowels, name, "vowels") >= 0.95
