"""How well a linear machine hears emotions in GeMAPS, of speakers that it doesn't know.

    python -m benchmarks.egemaps_emotions DATA [--set egemaps …] [-o REPORT]

DATA is a labelled corpus that `serfast evaluate` takes, such as EmoDB. Each speaker is left out
once. The parameters are scaled by the other speakers' means and deviations, and C is chosen among
these speakers alone, each of them left out once more. The accuracies at every C are printed beside
it, for comparison with what others chose.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import serfast
from serfast.corpora import find_recordings

from .reports import write

__all__ = ["accuracy", "chosen", "main", "vectors"]

CHOICES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)

Array = np.ndarray[Any, np.dtype[Any]]


def vectors(name: str, paths: Sequence[Path]) -> Array:
    """Give the parameters of each recording, by the preset of that name."""
    spec = getattr(serfast.presets, name)()
    extractor = serfast.Extractor(spec)
    statistics = getattr(serfast.presets, f"{name}_statistics")().over(spec.columns)
    rate = int(spec.sample_rate)
    return np.array([statistics(extractor(serfast.load(path, rate)[0])) for path in paths])


def heard(x: Array, labels: Array, speakers: Array, c: float) -> Array:
    """Give what is heard in each recording by a machine that doesn't know its speaker."""
    answers = labels.copy()
    for speaker in np.unique(speakers):
        out = speakers == speaker
        answers[out] = trained(x[~out], labels[~out], c).predict(x[out])
    return answers


def trained(x: Array, labels: Array, c: float) -> Any:
    """Give a linear support vector machine that scales its input first."""
    from sklearn.pipeline import make_pipeline  # heavy: the vectors are made without it
    from sklearn.preprocessing import StandardScaler  # heavy: as above
    from sklearn.svm import SVC  # heavy: as above

    return make_pipeline(StandardScaler(), SVC(kernel="linear", C=c)).fit(x, labels)


def accuracy(x: Array, labels: Array, speakers: Array, c: float) -> float:
    """Give the share of recordings that are heard rightly, with that C for all."""
    return float((heard(x, labels, speakers, c) == labels).mean())


def chosen(x: Array, labels: Array, speakers: Array) -> float:
    """Give the share that is heard rightly, with a C that the other speakers alone have chosen."""
    right = np.zeros(len(labels), bool)
    for speaker in np.unique(speakers):
        out = speakers == speaker
        rest = x[~out], labels[~out], speakers[~out]
        best = max(CHOICES, key=lambda c: accuracy(*rest, c))
        right[out] = trained(*rest[:2], best).predict(x[out]) == labels[out]
    return float(right.mean())


def main(words: Sequence[str] | None = None) -> None:
    """Print the accuracies of each set, and write them if a path is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--set", nargs="+", default=["egemaps", "gemaps"], dest="sets")
    parser.add_argument("-o", "--output", type=Path)
    arguments = parser.parse_args(words)
    recordings = find_recordings(arguments.data)
    labels = np.array([one.label for one in recordings])
    speakers = np.array([one.speaker for one in recordings])
    report: dict[str, Any] = {"recordings": len(labels), "speakers": len(set(speakers))}
    for name in arguments.sets:
        x = vectors(name, [one.path for one in recordings])
        at = {str(c): round(accuracy(x, labels, speakers, c), 4) for c in CHOICES}
        report[name] = {"chosen": round(chosen(x, labels, speakers), 4), "at": at}
        print(name, report[name])
    write(arguments.output, report)


if __name__ == "__main__":
    main()
