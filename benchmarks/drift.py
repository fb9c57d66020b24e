"""How far a network's steps move away from the whole recording: docs/onnx.md.

    python -m benchmarks.drift EMODB [--classifier onnx] [--minutes 60]

The recordings of the folder, one after the other and again from the first one on, are one long
utterance. A state that a step changes is rounded once a step; the whole recording is summed at
once. It takes some tens of seconds.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

import serfast
from serfast.models.classifier import StreamingClassifier
from serfast.streaming.steps import Steps

from .tables import markdown

__all__ = ["differences", "main"]

MINUTES = (1, 10, 20, 30, 60)

Array = np.ndarray[Any, Any]


def differences(classifier: StreamingClassifier, rows: Array, lengths: list[int]) -> list[float]:
    """Give the largest difference of a probability between steps and whole, at each length.

    Lengths are numbers of rows. Rows are repeated from the first one on where there are fewer.
    """
    rows = np.tile(rows, (-(-max(lengths) // len(rows)), 1))[: max(lengths)]
    steps, gaps = Steps(classifier).accept(rows), []
    for n in lengths:
        whole = classifier.predict_proba(rows[:n])
        gaps.append(float(np.abs(whole - steps[n // classifier.stride - 1]).max()))
    return gaps


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("corpus", type=Path, help="folder of recordings")
    parser.add_argument("--classifier", default="onnx", help="plugin or bundle (default: onnx)")
    parser.add_argument("--minutes", type=int, default=max(MINUTES), help="most (default: 60)")
    arguments = parser.parse_args()
    recognizer = serfast.Recognizer(arguments.classifier)
    classifier, spec = recognizer.classifier, recognizer.spec
    if not isinstance(classifier, StreamingClassifier):
        parser.error(f"--classifier {arguments.classifier} must take steps")
    extractor = serfast.Extractor(spec)
    paths = [one.path for one in serfast.corpora.find_recordings(arguments.corpus)]
    signals = [serfast.load(path, sample_rate=int(spec.sample_rate))[0] for path in paths]
    rows = extractor(np.concatenate(signals))
    minutes = [m for m in MINUTES if m <= arguments.minutes] or [arguments.minutes]
    lengths = [round(60 * m * spec.sample_rate / spec.hop_length) for m in minutes]
    gaps = differences(classifier, rows, lengths)
    table = [[str(m), f"{d:.0e}"] for m, d in zip(minutes, gaps, strict=True)]
    print(markdown(["minutes", "largest difference of a probability"], table))


if __name__ == "__main__":
    main()
