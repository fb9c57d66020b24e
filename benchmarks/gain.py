"""How far a gain moves what a model says: docs/embeddings.md.

    python -m benchmarks.gain FOLDER [--classifier whisper] [--every 3] [--rate 48000]

Each recording is predicted as it is, and times -30, -20, -10 and 10 dB in float32; as a whole, and
as a stream of windows of 1 s, whatever their level. With ``--rate`` it is resampled first, and
rounded to 16 bits again.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import serfast
from serfast.audio import resample
from serfast.corpora import find_recordings

__all__ = ["GAINS_DB", "Moves", "moves"]

GAINS_DB = (-30, -20, -10, 10)
CLASSIFIERS = ("svm", "onnx", "whisper", "campplus", "whisper-campplus")

Samples = np.ndarray[Any, np.dtype[np.float32]]
Answer = Mapping[str, float]


class Moves(NamedTuple):
    """What gains did to some answers."""

    answers: int
    same: int
    """So many answers are the same to the bit."""
    labels: int
    """So many labels are others."""
    largest: float
    """The largest move of a probability."""

    def __str__(self) -> str:
        return f"{self.answers} | {self.same} | {self.labels} | {self.largest:.1e}"


def moves(
    recognizer: serfast.Recognizer, signals: Sequence[Samples], sample_rate: int, *, stream: bool
) -> Moves:
    """Compare the answers about each signal with those about it times the gains."""
    count = same = labels = 0
    largest = 0.0
    for y in signals:
        expected = _answers(recognizer, y, sample_rate, stream)
        for gain_db in GAINS_DB:
            louder = y * np.float32(10 ** (gain_db / 20))
            answers = _answers(recognizer, louder, sample_rate, stream)
            for a, b in zip(expected, answers, strict=True):
                count += 1
                same += a == b
                labels += max(a, key=a.__getitem__) != max(b, key=b.__getitem__)
                largest = max(largest, *(abs(a[name] - b[name]) for name in a))
    return Moves(count, same, labels, largest)


def _answers(
    recognizer: serfast.Recognizer, y: Samples, sample_rate: int, stream: bool
) -> list[Answer]:
    if not stream:
        return [recognizer.predict(y, sample_rate).probabilities]
    running = recognizer.stream(sample_rate=sample_rate, window=1.0, gate_db=None)
    return [event.probabilities for event in running.accept(y) + running.flush()]


def main() -> None:
    """Print a table for the command line's recordings."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gain", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--classifier", action="append", choices=CLASSIFIERS)
    parser.add_argument("--every", type=int, default=3, help="take every n-th recording")
    parser.add_argument("--rate", type=int, help="resample to this rate [Hz]")
    chosen = parser.parse_args()
    signals = []
    for recording in find_recordings(chosen.folder)[:: chosen.every]:
        y, rate = serfast.load(recording.path)
        if chosen.rate:
            y, rate = resample(y, rate, chosen.rate), chosen.rate
        signals.append((np.rint(32767 * y / max(1, np.abs(y).max())) / 32768).astype(np.float32))
    print("| model | | answers | the same to the bit | other labels | largest move |")
    print("|---|---|---:|---:|---:|---:|")
    for name in chosen.classifier or CLASSIFIERS:
        for stream in (False, True):
            moved = moves(serfast.Recognizer(name), signals, rate, stream=stream)
            print(f"| {name} | {'stream' if stream else 'whole'} | {moved} |", flush=True)


if __name__ == "__main__":
    main()
