"""The drop-in's pYIN beside the installed librosa's, and what librosa's own tests say of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import librosa
import numpy as np
import pytest

import serfast.compat.librosa as ours
from helpers import signals
from helpers import tolerances as tol
from helpers.parity_report import Measured
from serfast.compat.librosa._installed import BEFORE_1
from serfast.compat.librosa.core import _pitch

Array = np.ndarray[Any, Any]

RATE = 16000
VOICE: dict[str, Any] = {
    "fmin": 65,
    "fmax": 600,
    "sr": RATE,
    "frame_length": 1024,
    "hop_length": 160,
}

pytestmark = pytest.mark.filterwarnings("ignore:.*two periods:UserWarning")


def chirp(fmin: float, fmax: float, n: int = RATE // 2) -> Array:
    """A sweep whose frequency rises steadily."""
    t = np.arange(n) / RATE
    return np.sin(2 * np.pi * (fmin * t + (fmax - fmin) * t**2 / (2 * t[-1])))


SIGNALS: dict[str, Array] = {
    "voice": signals.voice(RATE, 8000),
    "noise": signals.noise(6000),
    "tone": np.sin(2 * np.pi * 220 / RATE * np.arange(6000)),
    "chirp": chirp(80, 500),
    "two voices": signals.voice(RATE, 6000, 1) + signals.voice(RATE, 7000, 2)[1000:],
    "clicks": signals.clicks(RATE),
    "constant": np.ones(4000),
    "silence": np.zeros(4000),
}

GRID: list[dict[str, Any]] = [
    {},
    {"frame_length": 600},
    {"frame_length": 2048, "hop_length": None},
    *({"hop_length": hop} for hop in (64, 333, 1024)),
    {"hop_length": 2000, "max_transition_rate": 10},
    *({"fmin": fmin, "fmax": fmax} for fmin, fmax in ((40, 200), (150, 8000), (65.4, 523.3))),
    *({"n_thresholds": n} for n in (1, 10, 37)),
    *({"beta_parameters": pair} for pair in ((1, 18), (2, 34 / 3), (18, 2), (1, 1))),
    *({"boltzmann_parameter": fall} for fall in (0.1, 8)),
    *({"resolution": step} for step in (0.3, 0.2, 1)),
    *({"max_transition_rate": rate} for rate in (0, 5, 100)),
    *({"switch_prob": share} for share in (0, 0.5, 1)),
    *({"no_trough_prob": share} for share in (0, 0.3)),
    {"center": False},
    *({"pad_mode": mode} for mode in ("reflect", "edge", "wrap", "mean")),
    {"fill_na": None},
    {"fill_na": -1.0},
]


def compare(y: Array, arguments: dict[str, Any], measured: Measured) -> None:
    """Ask both; F0 and the flags must be equal."""
    actual, expected = ours.pyin(y, **arguments), librosa.pyin(y, **arguments)
    for mine, theirs in zip(actual, expected, strict=True):
        assert (mine.shape, mine.dtype) == (theirs.shape, theirs.dtype)
    limit = tol.PYIN if y.dtype == np.float64 else tol.PYIN_FLOAT32
    error = float(np.max(np.abs(actual[2] - expected[2]), initial=0))
    measured.add(limit, error, "compat")
    assert error <= limit.limit
    assert np.array_equal(actual[1], expected[1])
    assert np.array_equal(actual[0], expected[0], equal_nan=True)


@pytest.mark.parametrize("arguments", GRID, ids=str)
def test_voice(arguments: dict[str, Any], measured: Measured) -> None:
    compare(SIGNALS["voice"].astype(np.float64), {**VOICE, **arguments}, measured)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", SIGNALS)
def test_signals(name: str, dtype: Any, measured: Measured) -> None:
    compare(SIGNALS[name].astype(dtype), VOICE, measured)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("speaker", signals.SPEECH)
def test_speech(speaker: str, dtype: Any, emodb: Path, measured: Measured) -> None:
    compare(signals.speech(emodb, RATE)[speaker].astype(dtype), VOICE, measured)


def test_defaults(measured: Measured) -> None:
    y = signals.voice(22050, 22050)
    compare(y.astype(np.float64), {"fmin": 65, "fmax": 2093}, measured)


def test_certainty_is_a_tie() -> None:
    """With no_trough_prob=1 every frame is voiced for certain, but for the rounding of a sum.

    The unvoiced states then score the logarithm of that rounding error, or of 0, so that librosa's
    path is decided by the order in which BLAS adds. The probabilities are equal; only they are
    compared.
    """
    y = signals.noise(6000).astype(np.float64)
    actual, expected = (package.pyin(y, no_trough_prob=1, **VOICE) for package in (ours, librosa))
    np.testing.assert_allclose(actual[2], expected[2], rtol=1e-15)
    assert np.abs(expected[2] - 1).max() < 1e-15


# ---- what librosa's own tests say ----------------------------------------------------------------


@pytest.mark.parametrize("frequency", [110, 220, 440, 880])
def test_a_tone_is_found(frequency: float) -> None:
    y = np.sin(2 * np.pi * frequency / 22050 * np.arange(22050))
    f0, voiced, _ = ours.pyin(y, fmin=110, fmax=1000, center=False)
    assert voiced.all()
    np.testing.assert_allclose(np.log2(f0), np.log2(frequency), rtol=0, atol=1e-2)


def test_channels_have_paths_of_their_own() -> None:
    tones = [np.sin(2 * np.pi * f / 22050 * np.arange(11025)) for f in (220, 440, 660)]
    y = np.stack([[tones[0], tones[1]], [tones[2], 0 * tones[0]]])
    together = ours.pyin(y, fmin=110, fmax=1000)
    assert together[0].shape == (2, 2, 1 + 11025 // 512)
    for i, j in np.ndindex(2, 2):
        alone = ours.pyin(y[i, j], fmin=110, fmax=1000)
        for mine, one in zip(together, alone, strict=True):
            assert np.array_equal(mine[i, j], one, equal_nan=True)
    assert ours.pyin(y[:0], fmin=110, fmax=1000)[0].shape == (0, 2, 1 + 11025 // 512)


def test_a_chirp_is_followed() -> None:
    y = chirp(220, 640, RATE)
    f0, voiced, _ = ours.pyin(y, fmin=110, fmax=880, sr=RATE, center=False)
    middle = (512 * np.arange(len(f0)) + 1024) / RATE
    truth = 220 + (640 - 220) * middle
    assert voiced.all()
    np.testing.assert_allclose(np.log2(f0), np.log2(truth), rtol=0, atol=2e-2)


def test_silence_and_noise_are_unvoiced() -> None:
    for y in (np.zeros(22050), signals.noise(22050)):
        f0, voiced, probability = ours.pyin(y, fmin=110, fmax=880)
        assert not voiced.any()
        assert np.isnan(f0).all()
        assert probability.max() <= 0.5


def test_voice_between_pauses() -> None:
    y = np.zeros(3 * RATE)
    y[RATE : 2 * RATE] = signals.voice(RATE, RATE) + np.sin(2 * np.pi * np.arange(RATE) / 100)
    _, voiced, _ = ours.pyin(y, **VOICE)
    edges = np.flatnonzero(np.diff(voiced.astype(int)))
    np.testing.assert_allclose(edges * 0.01, [1, 2], atol=0.05)


# ---- what isn't librosa's ------------------------------------------------------------------------


def pruned(search: Any, least: float) -> Any:
    """librosa's search without the moves that are less probable."""

    def without(log_prob: Array, log_trans: Array, log_p_init: Array) -> Any:
        known = np.where(log_trans >= np.log(least), log_trans, -np.inf)
        return search(log_prob, known, log_p_init)

    return without


@pytest.mark.parametrize(("least", "rule"), [(0.5, "None or <="), (-1, "")])
def test_a_least_probability_that_leaves_no_move_is_refused(least: float, rule: str) -> None:
    with pytest.raises(ours.ParameterError, match=f"^transition_min_prob must be {rule}"):
        _pitch.pyin(SIGNALS["voice"], transition_min_prob=least, **VOICE)


@pytest.mark.parametrize("least", [1e-9, 1e-4, 1e-3])
def test_rare_moves_can_be_left_out_as_in_librosa_1(
    least: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """librosa 1.0 passes by the moves below it; 0.11 does when their logarithm is infinite."""
    theirs: dict[str, Any] = {}
    if BEFORE_1:
        monkeypatch.setattr(librosa.sequence, "_viterbi", pruned(librosa.sequence._viterbi, least))
    else:
        theirs["transition_min_prob"] = least
    for y in (SIGNALS["chirp"], SIGNALS["voice"].astype(np.float64)):
        # more semitones a frame make the moves rarer
        arguments = {**VOICE, "fill_na": None, "max_transition_rate": 80}
        actual = _pitch.pyin(y, transition_min_prob=least, **arguments)
        expected = librosa.pyin(y, **theirs, **arguments)
        assert np.array_equal(actual[0], expected[0])
        assert np.array_equal(actual[1], expected[1])


@pytest.mark.parametrize("backend", ["numba", "reference"])
def test_every_back_end(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    y = signals.voice(RATE, 8000)
    native = ours.pyin(y, **VOICE)
    monkeypatch.setenv("SERFAST_BACKEND", backend)
    for mine, other in zip(ours.pyin(y, **VOICE), native, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-6)


def test_a_short_recording() -> None:
    assert ours.pyin(np.ones(1), fmin=65, fmax=600, sr=RATE)[0].shape == (1,)
    assert ours.pyin(np.ones(1024), **{**VOICE, "center": False})[0].shape == (1,)


def test_every_random_signal_gives_finite_numbers() -> None:
    rng = np.random.default_rng(0)
    for scale in (1e-30, 1e-9, 1.0, 1e30):
        for _ in range(5):
            y = scale * rng.standard_normal(3000) * (rng.random(3000) < rng.random())
            f0, _, probability = ours.pyin(y, fill_na=None, **VOICE)
            assert np.isfinite(f0).all()
            assert np.all((probability >= 0) & (probability <= 1))
