"""How closely serfast's module and preset agree with pyAudioAnalysis, and how fast all are.

``python -m benchmarks.pyaudioanalysis [RECORDING]``

It needs pyAudioAnalysis with what that imports (its package names none of it): matplotlib, tqdm,
scipy, eyed3, pydub. For one thread, set OPENBLAS_NUM_THREADS=1 before.
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import serfast
from serfast.compat import pyaudioanalysis as ours

RATES = (8000, 16000, 44100)
FRAMES_MS = ((50, 25), (20, 10), (30, 10), (25, 40), (50.7, 21.3))
SPEECH = Path(__file__).resolve().parent.parent / "examples" / "speech.flac"
ROUNDS = 3


def peer(name: str) -> Any:
    """Give a module of pyAudioAnalysis, or stop and say what is missing."""
    try:
        return importlib.import_module(f"pyAudioAnalysis.{name}")
    except ImportError as error:
        raise SystemExit(f"pyAudioAnalysis can't be imported ({error}): install it") from error


def signals(recording: Path, rate: int) -> dict[str, Any]:
    """Give the signals that are compared."""
    rng = np.random.default_rng(0)
    t = np.arange(rate) / rate
    speech = serfast.load(recording, sample_rate=rate)[0][: 2 * rate]
    return {
        "speech": speech,
        "integers": (32767 * speech).astype(np.int16),
        "clipped": np.clip(50 * speech, -1, 1),
        "short": speech[: rate // 19],
        "half silent": np.concatenate([np.zeros(rate // 2), speech[: rate // 2]]),
        "noise": rng.normal(size=rate),
        "tone on a bin": np.sin(2 * np.pi * 440 * t),
        "two tones": np.sin(2 * np.pi * 220.3 * t) + 0.3 * np.sin(2 * np.pi * 1501 * t),
        "silence": np.zeros(rate),
    }


def worst_errors(recording: Path) -> dict[str, float]:
    """Give the largest difference of each signal over rates and frames that both take."""
    theirs = peer("ShortTermFeatures")
    worst: dict[str, float] = {}
    for rate in RATES:
        for name, signal in signals(recording, rate).items():
            for window_ms, step_ms in FRAMES_MS:
                frame = (rate * window_ms / 1000, rate * step_ms / 1000)
                try:
                    expected, names = theirs.feature_extraction(signal, rate, *frame)
                except (ValueError, IndexError):
                    continue  # its chroma fails with fewer bins than semitones
                given = ours.ShortTermFeatures.feature_extraction(signal, rate, *frame)
                if given[1] != names:
                    raise SystemExit(f"other names: {given[1]}")
                error = float(np.abs(given[0] - expected).max())
                worst[name] = max(worst.get(name, 0.0), error)
    return worst


def preset_errors(recording: Path) -> dict[str, float]:
    """Give the largest differences of the preset from the package, by column, with a hiss.

    Without one, digital silence less the mean is constant, and its cepstrum that of rounding.
    """
    loaded = serfast.load(recording, sample_rate=16000)[0]
    speech = loaded + np.random.default_rng(1).normal(0, 1e-4, len(loaded))
    worst: dict[str, float] = {}
    for window_ms, step_ms in FRAMES_MS:
        spec = serfast.presets.pyaudioanalysis(window=window_ms / 1000, step=step_ms / 1000)
        signal = ours.ShortTermFeatures.dc_normalize(speech / 32768)
        given = serfast.Extractor(spec)(signal).T
        frame = (16 * window_ms, 16 * step_ms)
        expected, _ = peer("ShortTermFeatures").feature_extraction(speech, 16000, *frame)
        for name, error in zip(spec.columns, np.abs(given - expected).max(axis=1), strict=True):
            worst[name] = max(worst.get(name, 0.0), float(error))
    return worst


def seconds(function: Callable[[], Any], repeats: int) -> float:
    """Give the shortest time of the process over some calls [s]."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    """Print the errors, then the times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recording", type=Path, nargs="?", default=SPEECH)
    recording = parser.parse_args().recording
    for name, error in worst_errors(recording).items():
        print(f"{name:14} worst error {error:.1e}")
    errors = sorted(preset_errors(recording).items(), key=lambda one: -one[1])
    print("preset, worst:", ", ".join(f"{name} {error:.1e}" for name, error in errors[:6]))
    speech = np.resize(serfast.load(recording, sample_rate=16000)[0], 20 * 16000)
    for window, step in ((800, 400), (400, 160)):
        call = (speech, 16000, window, step)
        theirs, fast = peer("ShortTermFeatures"), ours.ShortTermFeatures
        slow = seconds(lambda: theirs.feature_extraction(*call), ROUNDS)  # noqa: B023
        quick = seconds(lambda: fast.feature_extraction(*call), 3 * ROUNDS)  # noqa: B023
        spec = serfast.presets.pyaudioanalysis(window=window / 16000, step=step / 16000)
        preset = serfast.Extractor(spec)
        rows = seconds(lambda: preset(speech), 3 * ROUNDS)  # noqa: B023
        ratio = slow / quick
        print(f"20 s, {window}/{step}: {1e3 * slow:.0f} ms and {1e3 * quick:.1f} ms: {ratio:.0f} x")
        print(f"  preset {1e3 * rows:.1f} ms: {slow / rows:.0f} x")


if __name__ == "__main__":
    main()
