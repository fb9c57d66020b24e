"""Trackers of F0, ours and others', that `benchmarks.pitch` compares.

Each takes samples, their rate [Hz] and moments [s], and gives F0 [Hz] at these, 0 where unvoiced.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

import serfast

from .child import installed

__all__ = ["FMAX", "FMIN", "STEP", "TRACKERS", "Array", "Tracker", "available"]

Array: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
Tracker: TypeAlias = Callable[[Array, int, Array], Array]

FMIN, FMAX = 50.0, 500.0
"""F0 is searched for in this range [Hz]."""

STEP = 0.005
"""Trackers that let one choose give a value so often [s]."""

FRAME = 0.064
"""The frames of YIN, pYIN and aubio [s]: the power of two that is about this long."""


def nearest(values: Array, at: Array, times: Array) -> Array:
    """Give the values of a tracker, at the moments `at`, that are nearest to `times`."""
    places = np.clip(np.searchsorted(at, times), 1, max(len(at) - 1, 1))
    before = times - at[places - 1] <= at[np.minimum(places, len(at) - 1)] - times
    return np.asarray(values[np.minimum(places - before, len(at) - 1)])


def frame_length(rate: int) -> int:
    """Give the power of two that is next to 64 ms."""
    return int(2 ** round(np.log2(FRAME * rate)))


@lru_cache(maxsize=32)
def extractor(kind: str, rate: int) -> serfast.Extractor:
    """Give ours: the tracker, the tracker that decides at once, or YIN."""
    yin = serfast.YIN(frame_length=frame_length(rate), fmin=FMIN, fmax=FMAX)
    feature = {
        "F0": serfast.F0(FMIN, FMAX),
        "F0, lag=0": serfast.F0(FMIN, FMAX, lag=0),
        "YIN": yin,
    }[kind]
    hop = round(STEP * rate)
    return serfast.Extractor(
        serfast.FeatureSpec(sample_rate=rate, hop_length=hop, features=(feature,))
    )


def ours(kind: str) -> Tracker:
    """Give one of ours; YIN is voiced where the aperiodicity is below 0.3."""

    def track(y: Array, rate: int, times: Array) -> Array:
        run = extractor(kind, rate)
        rows = run(y.astype(np.float32)).astype(np.float64)
        f0 = np.where(rows[:, 1] < 0.3, rows[:, 0], 0) if kind == "YIN" else rows[:, 0]
        return nearest(f0, np.asarray(run.spec.times(len(f0))), times)

    return track


def praat(y: Array, rate: int, times: Array) -> Array:
    """Praat's pitch by autocorrelation."""
    import parselmouth  # optional: only this comparison needs it

    sound = parselmouth.Sound(y, rate)
    pitch = sound.to_pitch_ac(time_step=STEP, pitch_floor=FMIN, pitch_ceiling=FMAX)
    return nearest(pitch.selected_array["frequency"], pitch.xs(), times)


def pyin(y: Array, rate: int, times: Array) -> Array:
    """Librosa's pYIN."""
    import librosa  # optional: as above

    hop = round(STEP * rate)
    settings: dict[str, Any] = {"fmin": FMIN, "fmax": FMAX, "sr": rate, "hop_length": hop}
    f0, voiced, _ = librosa.pyin(y, frame_length=frame_length(rate), **settings)
    at = np.arange(len(f0)) * hop / rate
    return nearest(np.where(voiced, np.nan_to_num(f0), 0), at, times)


@lru_cache(maxsize=1)
def network() -> Any:
    """Give the detector of swift-f0."""
    from swift_f0 import SwiftF0  # optional: as above

    return SwiftF0()


def swift(y: Array, rate: int, times: Array) -> Array:
    """Track with swift-f0, voiced from a confidence of 0.5 on."""
    result = network().detect(y.astype(np.float32), rate, fmin=FMIN, fmax=FMAX)
    at = np.asarray(result.timestamps, np.float64)
    there = nearest(np.asarray(result.confidence, np.float64), at, times) >= 0.5
    return np.asarray(np.where(there, np.interp(times, at, result.pitch_hz), 0))


def aubio(y: Array, rate: int, times: Array) -> Array:
    """Track with aubio's yinfast, voiced where the confidence is above 0.5.

    The confidence of its usual method, yinfft, says nothing of voicing: at any threshold half of
    the moments are wrong.
    """
    import aubio as peer  # optional: as above

    hop, length = round(STEP * rate), frame_length(rate)
    detector = peer.pitch("yinfast", length, hop, rate)
    detector.set_unit("Hz")
    samples = np.pad(y, (0, length)).astype(np.float32)
    pitches, sure = [], []
    for start in range(0, len(samples) - hop, hop):
        pitches.append(float(detector(samples[start : start + hop])[0]))
        sure.append(detector.get_confidence())
    f0 = np.where((np.array(sure) > 0.5) & (np.array(pitches) >= FMIN), pitches, 0)
    f0 = np.where(f0 <= FMAX, f0, 0)
    at = ((np.arange(len(f0)) + 1) * hop - length / 2) / rate  # the frame ends with the samples
    return nearest(f0, at, times)


TRACKERS: dict[str, tuple[str, Tracker]] = {
    "serfast F0": ("serfast", ours("F0")),
    "serfast F0, lag=0": ("serfast", ours("F0, lag=0")),
    "serfast YIN < 0.3": ("serfast", ours("YIN")),
    "Praat, autocorrelation": ("praat-parselmouth", praat),
    "librosa pYIN": ("librosa", pyin),
    "swift-f0": ("swift-f0", swift),
    "aubio yinfast": ("aubio", aubio),
}
"""By name: the distribution that has it, and the tracker."""


def available() -> dict[str, Tracker]:
    """Give the trackers whose distribution is installed."""
    return {name: track for name, (package, track) in TRACKERS.items() if installed(package)}
