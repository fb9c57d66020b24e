"""pYIN's steps: the reference beside formulas, and the native ones beside the reference."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import serfast
from helpers import signals
from serfast import backends
from serfast.program.pyin import LOG_OF_NOTHING, PyinTables, RunPyin


def tables(**changes: Any) -> PyinTables:
    """Parameters for 16 kHz."""
    parameters: dict[str, Any] = {
        "frame_length": 1024,
        "hop_length": 160,
        "min_lag": 26,
        "max_lag": 247,
        "n_thresholds": 100,
        "beta_parameters": (2.0, 18.0),
        "boltzmann_parameter": 2.0,
        "no_trough_prob": 0.01,
        "n_states": 60,
        "width": 11,
        "switch_prob": 0.01,
        "transition_min_prob": None,
    }
    return PyinTables(**{**parameters, **changes})


def runs(**changes: Any) -> tuple[RunPyin, RunPyin]:
    """The native one and the reference."""
    program = tables(**changes).program()
    return backends.get_pyin("native")(program), backends.get_pyin("reference")(program)


def given_scores(n_frames: int, n: int, seed: int, most: int = 4) -> tuple[np.ndarray, ...]:
    """Counts, states, scores and quiet of a recording of chance."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, most + 1, n_frames).astype(np.int32)
    chosen = [rng.choice(n, count, replace=False) for count in counts]
    states = np.concatenate(chosen).astype(np.int32)
    scores = np.log(rng.uniform(0.01, 0.5, len(states)))
    # some frames are voiced for certain, many in a row
    quiet = np.where(np.arange(n_frames) % 50 < 20, LOG_OF_NOTHING, rng.uniform(-9, -4, n_frames))
    return counts, states, scores, quiet


@pytest.mark.parametrize("backend", ["native", "reference"])
def test_a_tone_has_one_likely_candidate(backend: str) -> None:
    run = backends.get_pyin(backend)(tables().program())
    x = np.sin(2 * np.pi * np.arange(8000) / 80.0)  # 200 Hz
    counts, periods, probabilities = run.candidates(x, 40)
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    assert len(counts) == 40
    best = [probabilities[i : i + n].argmax() + i for i, n in zip(first, counts, strict=True)]
    np.testing.assert_allclose(periods[best], 80, rtol=5e-3)  # the frame ends in zeros
    assert probabilities[best].min() > 0.6


@pytest.mark.parametrize("backend", ["native", "reference"])
def test_the_shares_of_a_threshold_are_a_boltzmann_distribution(backend: str) -> None:
    """Two troughs of d' below a single threshold: 1 to exp(-2)."""
    run = backends.get_pyin(backend)(tables(n_thresholds=1, beta_parameters=(1.0, 1.0)).program())
    x = np.sin(2 * np.pi * np.arange(4000) / 100.0)
    counts, periods, probabilities = run.candidates(x, 10)
    assert set(counts.tolist()) == {2}
    np.testing.assert_allclose(periods[:2], [100, 200], rtol=0.02)
    expected = np.array([1, np.exp(-2)]) / (1 + np.exp(-2))
    np.testing.assert_allclose(probabilities.reshape(-1, 2), np.tile(expected, (10, 1)), rtol=1e-12)


@pytest.mark.parametrize("backend", ["native", "reference"])
def test_silence_has_no_candidate(backend: str) -> None:
    run = backends.get_pyin(backend)(tables().program())
    counts, periods, probabilities = run.candidates(np.zeros(3000), 10)
    assert (counts.tolist(), len(periods), len(probabilities)) == ([0] * 10, 0, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"hop_length": 1024},
        {"hop_length": 3000},
        {"hop_length": 7, "max_lag": 100},
        {"frame_length": 249},
        {"frame_length": 256, "hop_length": 128},
        {"min_lag": 1, "max_lag": 2},
        {"min_lag": 5, "max_lag": 31, "n_thresholds": 1},
        {"n_thresholds": 999, "beta_parameters": (18.0, 2.0), "boltzmann_parameter": 0.1},
        {"no_trough_prob": 0.0},
    ],
)
@pytest.mark.parametrize("kind", ["voice", "noise", "quiet end"])
def test_native_candidates_are_the_references(changes: dict[str, Any], kind: str) -> None:
    native, reference = runs(**changes)
    x = signals.noise(9000) if kind == "noise" else signals.voice(16000, 9000)
    x = x.astype(np.float64)
    if kind == "quiet end":
        x[4000:] = 1e-4 * x[:5000]
    n_frames = min(40, 1 + 9000 // native_hop(changes))
    ours, theirs = (run.candidates(x, n_frames) for run in (native, reference))
    assert np.array_equal(ours[0], theirs[0])
    np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-7)
    np.testing.assert_allclose(ours[2], theirs[2], rtol=1e-11)


def native_hop(changes: dict[str, Any]) -> int:
    return int(changes.get("hop_length", 160))


def test_chunks_of_frames_dont_show() -> None:
    """More frames than are computed at a time give what their parts give."""
    run, _ = runs(frame_length=64, hop_length=4, min_lag=4, max_lag=31)
    x = signals.voice(16000, 20_000).astype(np.float64)
    whole = run.candidates(x, 4900)
    parts = [run.candidates(x[4 * t :], n) for t, n in ((0, 3000), (3000, 1900))]
    for together, pieces in zip(whole, zip(*parts, strict=True), strict=True):
        assert np.array_equal(together, np.concatenate(pieces))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"n_states": 2, "width": 1},
        {"n_states": 37, "width": 12},
        {"n_states": 64, "width": 1},
        {"n_states": 33, "width": 33},
        {"switch_prob": 0.0},
        {"switch_prob": 1.0},
        {"switch_prob": 0.5},
        {"transition_min_prob": 1e-3},
        {"transition_min_prob": 1e-9},
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_native_paths_are_the_references(changes: dict[str, Any], seed: int) -> None:
    native, reference = runs(**changes)
    n = int(changes.get("n_states", 60))
    scores = given_scores(300, n, seed, most=min(n, 4))
    assert np.array_equal(native.path(*scores), reference.path(*scores))


def test_a_path_is_the_best_of_all() -> None:
    """Every path of four frames through two voiced and two unvoiced states is tried."""
    program = tables(n_states=2, width=1, switch_prob=0.3).program()
    counts = np.array([1, 2, 0, 1], dtype=np.int32)
    states = np.array([0, 0, 1, 1], dtype=np.int32)
    scores = np.log([0.5, 0.1, 0.6, 0.7])
    quiet = np.log([0.25, 0.15, 0.5, 0.15])
    score = np.full((4, 4), LOG_OF_NOTHING)
    score[[0, 1, 1, 3], states] = scores
    score[:, 2:] = quiet[:, np.newaxis]
    move = np.full((4, 4), LOG_OF_NOTHING)
    for i in range(4):
        move[i, i], move[i, (i + 2) % 4] = np.log(0.7), np.log(0.3)
    paths = np.stack(np.meshgrid(*[np.arange(4)] * 4, indexing="ij"), axis=-1).reshape(-1, 4)
    total = score[np.arange(4), paths].sum(axis=1) + move[paths[:, :-1], paths[:, 1:]].sum(axis=1)
    for backend in ("native", "reference"):
        path = backends.get_pyin(backend)(program).path(counts, states, scores, quiet)
        assert path.tolist() == paths[total.argmax()].tolist()


def test_of_equal_paths_that_of_the_lower_states() -> None:
    for run in runs():
        silence = np.zeros(9, dtype=np.int32), np.zeros(0, dtype=np.int32), np.zeros(0)
        assert run.path(*silence, np.full(9, -4.0)).tolist()[-1] >= 60, "unvoiced"
        assert len(set(run.path(*silence, np.full(9, LOG_OF_NOTHING)).tolist())) == 1


def test_a_long_path_is_followed_back_block_by_block() -> None:
    """Of 70000 frames no more than 65536 are kept here; the reference keeps them all."""
    native, reference = runs(n_states=40, width=5)
    scores = given_scores(70_000, 40, 5)
    assert np.array_equal(native.path(*scores), reference.path(*scores))


PROGRAM = """
import hashlib, sys
sys.path.insert(0, {tests!r})
from backends.reference.test_pyin import digest
print(digest())
"""


def digest() -> str:
    """SHA-256 of everything that the native one gives."""
    native, _ = runs()
    x = signals.voice(16000, 16000).astype(np.float64)
    made = [*native.candidates(x, 90), native.path(*given_scores(300, 60, 0))]
    return hashlib.sha256(b"".join(part.tobytes() for part in made)).hexdigest()


@pytest.mark.parametrize("isa", serfast.native_info()["available"])
def test_the_bits_are_the_same_on_every_instruction_set(isa: str) -> None:
    tests = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    environment = {**os.environ, "SERFAST_ISA": isa, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", PROGRAM.format(tests=tests)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == digest(), done.stderr
