"""Copies per second that each kind of alteration makes of a recording of 3 s.

    python -m benchmarks.augmentation [--peer PYTHON] [--seconds 0.2] [--json FILE]

One process, one thread, 16 kHz; every call draws anew. Times are the process's on its processor.
`--peer` is a Python that has audiomentations installed, and with it pyroomacoustics and
fast-mp3-augment; its transforms of the same kinds are measured after ours in a process of their
own. It shows what a copy costs, not how good it is, and not what reading the files costs: babble,
noises and impulse responses are in memory.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from serfast.audio.augmentation import bound_to, parse_alteration

from . import ROOT
from .conditions import machine, sentence
from .recordings import named, speech, speech_like
from .reports import write
from .tables import markdown, number
from .timing import mean_seconds

RATE, SECONDS = 16000, 3.0
TEXTS = (
    *("speed=1.1", "tempo=1.1", "pitch=2", "gain=-6", "clip=6", "dc=0.05"),
    *("white=20", "noise=20", "brown=20", "hum=20", "clicks=20", "babble=20"),
    *("noises=FOLDER:20", "room=0.2", "room=0.4", "room=0.8:2", "rooms=FOLDER", "reverb=0.5"),
    *("lowpass=4000", "telephone", "mulaw", "gsm", "mp3=32", "opus=12", "loss=10"),
)
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def prepared(folder: Path) -> np.ndarray[Any, Any]:
    """Write signal, noises and impulse responses into a folder, and give the signal."""
    import soundfile  # heavy: the table is made without it

    signal = speech([], SECONDS, RATE)
    np.save(folder / "signal.npy", signal)
    (folder / "noises").mkdir()
    (folder / "rooms").mkdir()
    random = np.random.default_rng(0)
    t = np.arange(round(0.4 * RATE)) / RATE
    response = random.standard_normal(len(t)) * 10 ** (-3 * t / 0.4)
    soundfile.write(folder / "noises" / "noise.wav", 0.1 * random.standard_normal(30 * RATE), RATE)
    soundfile.write(folder / "rooms" / "room.wav", 0.1 * response, RATE)
    return signal


def our_times(signal: np.ndarray[Any, Any], folder: Path, seconds: float) -> dict[str, float]:
    """Give the seconds that a copy takes, by the text of the alteration."""
    voice = speech_like(SECONDS, RATE)
    others = [partial(voice.__getitem__, slice(k, None)) for k in range(6)]
    times = {}
    for text in TEXTS:
        place = folder / text.partition("=")[0]
        alteration = bound_to(parse_alteration(text.replace("FOLDER", str(place))), others)
        random = np.random.default_rng(0)
        call = partial(alteration, signal, RATE, random)
        call()
        times[text] = mean_seconds(call, seconds, time.process_time)
    return times


def peer_times(python: str, folder: Path, seconds: float) -> Mapping[str, Any]:
    """Give what `benchmarks.augmentation_peer` answers."""
    done = subprocess.run(
        [python, "-m", "benchmarks.augmentation_peer", str(folder), str(seconds)],
        cwd=ROOT,
        env={**os.environ, **dict.fromkeys(ONE_THREAD, "1"), "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise SystemExit(f"{python} must have audiomentations: {last}")
    answer: Mapping[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def measured(arguments: argparse.Namespace) -> dict[str, Any]:
    """Give the report: conditions, and seconds a copy."""
    about = machine()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        signal = prepared(folder)
        times = our_times(signal, folder, arguments.seconds)
        peer = peer_times(arguments.peer, folder, arguments.seconds) if arguments.peer else None
    return {"machine": about, "signal": named([]), "times": times, "peer": peer}


def table(report: Mapping[str, Any]) -> str:
    """Show copies per second and milliseconds a copy, and those of the peer where it has any."""
    peer = report["peer"] or {"times": {}, "versions": {}}
    rows = []
    for text, taken in report["times"].items():
        theirs = peer["times"].get(text)
        cells = ["", ""] if not isinstance(theirs, float) else [rate(theirs), lead(taken, theirs)]
        rows.append([f"`{text}`", number(1000 * taken), rate(taken), *cells])
    header = ["alteration", "ms a copy", "copies a second", "audiomentations", "serfast's lead"]
    versions = ", ".join(f"{name} {version}" for name, version in peer["versions"].items())
    conditions = (
        f"{SECONDS:g} s of speech at {RATE // 1000} kHz ({report['signal']}); "
        f"{sentence(report['machine'])}. One thread{'; peer: ' * bool(versions)}{versions}."
    )
    return f"{conditions}\n\n{markdown(header, rows, text=1)}"


def rate(seconds: float) -> str:
    """Give calls per second, with two significant digits where there are more."""
    return f"{float(f'{1 / seconds:.2g}'):.0f}"


def lead(ours: float, theirs: float) -> str:
    """Give how many times as fast ours is."""
    return f"{number(theirs / ours)} ×"


def main() -> None:
    """Print the table; write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--peer", metavar="PYTHON", help="one that has audiomentations")
    parser.add_argument("--seconds", type=float, default=0.2, help="for each kind, at least")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    arguments = parser.parse_args()
    report = measured(arguments)
    write(arguments.json, report)
    print(table(report))


if __name__ == "__main__":
    main()
