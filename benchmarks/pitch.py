"""How well trackers of F0 do against laryngographs, in what a voice and a line may be like.

    python -m benchmarks.pitch DATA [--without NAME …]

DATA holds the folder f0 with NAME.wav and NAME.f0ref: a line every 15 ms with F0 [Hz], 0 where
unvoiced. A moment is voiced or unvoiced for both or it is a voicing error (share of all moments);
of those that both call voiced, more than 20 % off is a gross error, and the others give the median
fine error in cents. Low and high voices are recordings of the man and of the woman, played at 0.6
and at 1.7 times their speed. Times are of the process, for a minute of the recordings.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import serfast
from serfast.audio.resampling import resample

from . import RESULTS
from .child import installed
from .conditions import machine, sentence
from .pitch_trackers import FMAX, FMIN, TRACKERS, Array, Tracker, available
from .reports import write
from .tables import markdown, number

__all__ = ["CONDITIONS", "Recording", "errors", "main", "measured", "read", "table"]

EVERY = 0.015
"""The laryngograph has a value so often [s]."""

MINUTE = 60.0


class Recording(NamedTuple):
    """A recording has samples, their rate [Hz], moments [s] and F0 [Hz] at these."""

    name: str
    y: Array
    rate: int
    times: Array
    f0: Array


def read(folder: Path) -> list[Recording]:
    """Read all recordings of a folder."""
    recordings = []
    for path in sorted(folder.glob("*.f0ref")):
        y, rate = serfast.load(path.with_suffix(".wav"), sample_rate=None)
        f0 = np.array(path.read_text("utf-8").split(), dtype=np.float64)
        times = np.asarray(EVERY * np.arange(len(f0)), np.float64)
        recordings.append(Recording(path.stem, y.astype(np.float64), int(rate), times, f0))
    if not recordings:
        raise SystemExit(f"{folder} must hold NAME.f0ref and NAME.wav: see benchmarks/pitch.py")
    return recordings


def noisy(db: float) -> Callable[[Recording], Recording]:
    """Give what adds pink noise, so many decibels below the recording's mean power."""

    def change(recording: Recording) -> Recording:
        random = np.random.default_rng([*recording.name.encode()])
        spectrum = np.fft.rfft(random.standard_normal(len(recording.y)))
        spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
        noise = np.fft.irfft(spectrum, len(recording.y))
        level = np.sqrt(np.mean(recording.y**2) / np.mean(noise**2)) * 10 ** (-db / 20)
        return recording._replace(y=recording.y + level * noise)

    return change


def telephone(recording: Recording) -> Recording:
    """Give what a telephone line leaves: 300 to 3400 Hz, at 8 kHz, without delay."""
    y = resample(recording.y.astype(np.float32), recording.rate, 8000).astype(np.float64)
    spectrum, hz = np.fft.rfft(y), np.fft.rfftfreq(len(y), 1 / 8000)
    edges = np.clip((hz - 250) / 100, 0, 1) * np.clip((3500 - hz) / 200, 0, 1)
    return recording._replace(y=np.fft.irfft(spectrum * edges, len(y)), rate=8000)


def played_at(speed: float, names: str) -> Callable[[Recording], Recording | None]:
    """Give what plays those whose names begin so at another speed, and leaves out the others."""

    def change(recording: Recording) -> Recording | None:
        if not recording.name.startswith(names):
            return None
        f0 = speed * recording.f0
        within = f0 <= FMAX
        rate, times = round(speed * recording.rate), recording.times / speed
        return recording._replace(rate=rate, times=times[within], f0=f0[within])

    return change


CONDITIONS: dict[str, Callable[[Recording], Recording | None]] = {
    "clean": lambda recording: recording,
    "pink noise, 20 dB": noisy(20),
    "pink noise, 10 dB": noisy(10),
    "telephone": telephone,
    "low voice": played_at(0.6, "rl"),
    "high voice": played_at(1.7, "sb"),
}


def errors(estimates: Sequence[Array], true: Sequence[Array]) -> dict[str, float]:
    """Give the shares of gross and of voicing errors [%], and the median fine error [cents]."""
    f, g = np.concatenate(estimates), np.concatenate(true)
    both = (f > 0) & (g > 0)
    ratio = f[both] / g[both]
    gross = np.abs(ratio - 1) > 0.2
    return {
        "gross": float(100 * gross.mean()) if both.any() else 0.0,
        "voicing": float(100 * ((f > 0) != (g > 0)).mean()),
        "fine": float(np.median(np.abs(1200 * np.log2(ratio[~gross])))) if both.any() else 0.0,
    }


def milliseconds(track: Tracker, recordings: Sequence[Recording]) -> float:
    """Give the process time for a minute of these recordings [ms]."""
    rate = recordings[0].rate
    y = np.concatenate([recording.y for recording in recordings if recording.rate == rate])
    y = np.tile(y, 1 + int(MINUTE * rate) // len(y))[: int(MINUTE * rate)]
    times = np.asarray(EVERY * np.arange(int(MINUTE / EVERY)), np.float64)
    track(y[:rate], rate, times[:10])  # what is made only once
    begin = time.process_time()
    track(y, rate, times)
    return 1000 * (time.process_time() - begin)


def measured(folder: Path, without: Sequence[str] = ()) -> dict[str, Any]:
    """Give the report: conditions, and each tracker's errors and time."""
    recordings = read(folder)
    trackers = {name: track for name, track in available().items() if name not in without}
    report: dict[str, Any] = {
        "machine": machine(),
        "versions": {package: installed(package) for package, _ in TRACKERS.values()},
        "recordings": [recording.name for recording in recordings],
        "errors": {},
        "milliseconds": {name: milliseconds(t, recordings) for name, t in trackers.items()},
    }
    for condition, change in CONDITIONS.items():
        altered = [one for one in map(change, recordings) if one is not None]
        for name, track in trackers.items() if altered else ():
            estimates = [track(one.y, one.rate, one.times) for one in altered]
            by = report["errors"].setdefault(name, {})
            by[condition] = errors(estimates, [one.f0 for one in altered])
    return report


def table(report: Mapping[str, Any]) -> str:
    """Show gross and voicing errors [%] and the fine error [cents] by tracker and condition."""
    conditions = list(next(iter(report["errors"].values())))
    rows = []
    for name, by in report["errors"].items():
        cells = [
            f"{by[c]['gross']:.2f} / {by[c]['voicing']:.1f} / {by[c]['fine']:.0f}"
            for c in conditions
        ]
        rows.append([name, *cells, number(report["milliseconds"][name])])
    versions = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    about = (
        f"Gross errors [%] / voicing errors [%] / median fine error [cents], of "
        f"{len(report['recordings'])} recordings with a laryngograph, every 15 ms; search "
        f"{FMIN:g}–{FMAX:g} Hz; times for a minute, one process. {sentence(report['machine'])}; "
        f"{versions}."
    )
    return f"{about}\n\n{markdown(['tracker', *conditions, 'ms a minute'], rows, text=1)}"


def main() -> None:
    """Measure, keep the results, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("data", type=Path, help="the folder that holds f0/")
    parser.add_argument(
        "--without", nargs="+", default=[], choices=TRACKERS, help="leave these trackers out"
    )
    parser.add_argument("--json", type=Path, default=RESULTS / "pitch.json", metavar="FILE")
    arguments = parser.parse_args()
    report = measured(arguments.data / "f0", arguments.without)
    write(arguments.json, report)
    print(table(report))


if __name__ == "__main__":
    main()
