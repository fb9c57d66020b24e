"""What the default model says of sounds that are no speech: docs/adaptation.md.

    python -m benchmarks.strangers EMODB [--run FOLDER] [--classifier svm]

The default SVM, or another classifier, is trained without each speaker. Its strangeness of that
speaker's recordings, as they are and under every condition of the report, is held against that of
sounds which are made here: the area under the ROC curve, and how many are warned of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import serfast
from serfast.audio.augmentation import bound_to, parse_alteration
from serfast.corpora.recordings import Recording
from serfast.recognizer import Result
from serfast.training import CONDITIONS, Recipe

from .left_out import recognizers, run
from .recordings import SAMPLE
from .tables import markdown

__all__ = ["area", "measured", "sounds", "table"]

RATE = 16000
Array = np.ndarray[Any, np.dtype[np.float64]]


def sounds(seed: int = 0, count: int = 8) -> dict[str, list[Array]]:
    """Give some sounds of 3 s of each kind."""
    random = np.random.default_rng(seed)
    t = np.arange(3 * RATE) / RATE
    kinds: dict[str, list[Array]] = {}
    for _ in range(count):
        f = float(random.uniform(100, 1000))
        noise = random.normal(size=len(t))
        each = {
            "noise floor": 1e-3 * noise,
            "white noise": 0.1 * noise,
            "pink noise": _coloured(noise, 0.5),
            "brown noise": _coloured(noise, 1.0),
            "tones": 0.3 * np.sin(2 * np.pi * f * t),
            "chirps": 0.3 * np.sin(2 * np.pi * (f + 300 * t) * t),
            "modulated tones": 0.3
            * np.sin(2 * np.pi * f * t)
            * (1 + np.sin(2 * np.pi * 4 * t))
            / 2,
            "clicks": 0.5 * (random.random(len(t)) < 0.001),
            "chords": _music(random, t, 0.0),
            "chords and drums": _music(random, t, 0.5),
            "drums": _music(random, t, 50.0),
        }
        for kind, y in each.items():
            kinds.setdefault(kind, []).append(y)
    return kinds


def _coloured(noise: Array, slope: float) -> Array:
    """Give noise whose amplitude falls with this power of the frequency above 50 Hz."""
    spectrum = np.fft.rfft(noise)
    y = np.fft.irfft(spectrum / np.maximum(np.fft.rfftfreq(len(noise), 1 / RATE), 50) ** slope)
    return np.asarray(0.3 * y / np.abs(y).max())


def _music(random: np.random.Generator, t: Array, drums: float) -> Array:
    """Give plucked chords, a new one every half second, and strokes of noise."""
    y = np.zeros(len(t))
    for begin in range(0, len(t), RATE // 2):
        after = t[: len(t) - begin]
        for f in random.choice([110, 131, 147, 165, 196, 220, 262], 3, replace=False):
            for k in range(1, 6):
                y[begin:] += np.sin(2 * np.pi * f * k * after) * np.exp(-2 * after) / (3 * k)
    for begin in range(0, len(t), RATE // 4):
        after = t[: len(t) - begin]
        y[begin:] += drums * random.normal(size=len(after)) * np.exp(-80 * after)
    return np.asarray(0.3 * y / np.abs(y).max())


def area(speech: Sequence[float], others: Sequence[float]) -> float:
    """Give the chance that another sound is stranger than speech: the area under the ROC curve."""
    ordered = np.sort(speech)
    below = np.searchsorted(ordered, others, "left") + np.searchsorted(ordered, others, "right")
    return float(below.mean() / (2 * len(ordered)))


def measured(recordings: Sequence[Recording], folder: Path, recipe: Recipe) -> dict[str, Any]:
    """Measure everything."""
    made = sounds() | {"the synthetic voice of examples/": [serfast.load(SAMPLE, RATE)[0]]}
    conditions = [parse_alteration(text) for text in CONDITIONS]
    speech: dict[str, list[Result]] = {"clean": [], "under conditions": []}
    kinds = [*made, "speech, backwards", "speech, clipped by 30 dB"]
    others: dict[str, list[Result]] = {kind: [] for kind in kinds}
    for name, recognizer in recognizers(recordings, folder, recipe):
        chosen = [recording for recording in recordings if recording.speaker == name]
        signals = [_samples(recording) for recording in chosen]
        speech["clean"] += [recognizer.predict(y, RATE) for y in signals]
        strangers = [r for r in recordings if r.speaker != name]
        readers = [partial(_samples, r) for r in strangers]  # babble is other people's
        for k, condition in enumerate(conditions):
            alter = bound_to(condition, readers)
            for i in range(k % 5, len(signals), 5):  # a fifth of the recordings
                y = alter(signals[i], RATE, np.random.default_rng((11, k, i)))
                speech["under conditions"].append(recognizer.predict(y, RATE))
        for kind, ys in made.items():
            others[kind] += [recognizer.predict(y, RATE) for y in ys]
        others["speech, backwards"] += [recognizer.predict(y[::-1], RATE) for y in signals[::5]]
        clipped = [np.clip(y, *(np.array([-1, 1]) * np.abs(y).max() / 30)) for y in signals[::5]]
        others["speech, clipped by 30 dB"] += [recognizer.predict(y, RATE) for y in clipped]
    known = _strangeness([*speech["clean"], *speech["under conditions"]])
    return {
        "recordings": len(recordings),
        "speech": {kind: _shares(results) for kind, results in speech.items()},
        "others": {
            kind: _shares(results) | {"area": area(known, _strangeness(results))}
            for kind, results in others.items()
        },
    }


def _samples(recording: Recording) -> np.ndarray[Any, np.dtype[np.float32]]:
    return serfast.load(recording.path, RATE)[0]


def _strangeness(results: Sequence[Result]) -> list[float]:
    values = [result.strangeness for result in results]
    if None in values:
        raise SystemExit("the model must tell strangeness: train it again")
    return [value for value in values if value is not None]


def _shares(results: Sequence[Result]) -> dict[str, float]:
    """Give how many were judged, and which shares are strange and uncertain."""
    return {
        "count": len(results),
        "strange": float(np.mean([value > 1 for value in _strangeness(results)])),
        "uncertain": float(np.mean([result.uncertain for result in results])),
    }


def table(results: Mapping[str, Any]) -> str:
    """Give the table of docs/adaptation.md."""
    header = ["sound", "answers", "unlike the training's speech %", "uncertain %", "area under ROC"]
    rows = []
    for kind, shares in {**results["speech"], **results["others"]}.items():
        name = f"speech, {kind}" if kind in results["speech"] else kind
        area_of = f"{shares['area']:.3f}" if "area" in shares else ""
        percents = [f"{100 * shares[key]:.1f}" for key in ("strange", "uncertain")]
        rows.append([name, str(shares["count"]), *percents, area_of])
    return markdown(header, rows, text=1)


if __name__ == "__main__":
    run(__doc__, "strangers", measured, table)
