"""Which statistics noise, rooms and telephones break: the table of docs/robustness.md.

    python -m benchmarks.steadiness EMODB

For every entry of the default vector: the correlation, over the recordings, of its value with that
of the same recordings altered. 1: nothing changes but scale and offset; 0: nothing is left of it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import serfast
from serfast.audio.augmentation import parse_alteration
from serfast.presets import speech, speech_statistics

from . import RESULTS
from .reports import write
from .tables import markdown

__all__ = ["correlations", "group_of", "measured", "table"]

CONDITIONS = {
    "noise 20 dB": "noise=20",
    "noise 10 dB": "noise=10",
    "room 0.5 s": "room=0.5",
    "telephone": "telephone",
    "Opus": "opus=12",
}
"""Name and text of each condition."""

BANDS = 64
RATE = 16000
Array = np.ndarray[Any, np.dtype[np.float64]]


def correlations(clean: Array, altered: Array) -> Array:
    """Give the correlation of each column with its altered self; 0 if one is constant."""
    a, b = clean - clean.mean(axis=0), altered - altered.mean(axis=0)
    size = np.sqrt(np.square(a).sum(axis=0) * np.square(b).sum(axis=0))
    return np.asarray(np.divide((a * b).sum(axis=0), size, out=np.zeros(len(size)), where=size > 0))


def group_of(name: str) -> tuple[str, str]:
    """Give what an entry is a statistic of, and which one it is."""
    column, _, functional = name.partition(".")
    stem, _, number = column.rpartition("_")
    if stem == "logmel":
        third = (
            "low" if int(number) < BANDS / 3 else "high" if int(number) >= 2 * BANDS / 3 else "mid"
        )
        return f"log-mel, {third} bands", functional.rpartition(".")[2]
    if stem == "mfcc":
        return "mfcc_0" if number == "0" else "MFCC", functional.rpartition(".")[2]
    return column, functional.rpartition(".")[2] or functional


def measured(paths: Sequence[Path]) -> dict[str, Any]:
    """Measure everything."""
    extractor = serfast.Extractor(speech())
    vector = speech_statistics().over(extractor.spec.columns)
    names = speech_statistics().names(extractor.spec.columns)
    signals = [serfast.load(path, RATE)[0] for path in paths]
    clean = np.stack([vector(extractor(y)) for y in signals])
    groups = [group_of(name) for name in names]
    result: dict[str, Any] = {"recordings": len(paths), "columns": {}, "functionals": {}}
    for k, (condition, text) in enumerate(CONDITIONS.items()):
        alter = parse_alteration(text)
        altered = np.stack(
            [
                vector(extractor(alter(y, RATE, np.random.default_rng((13, k, i)))))
                for i, y in enumerate(signals)
            ]
        )
        r = correlations(clean, altered)
        for part, kind in enumerate(("columns", "functionals")):
            for name in dict.fromkeys(group[part] for group in groups):
                chosen = [
                    value for value, group in zip(r, groups, strict=True) if group[part] == name
                ]
                result[kind].setdefault(name, {})[condition] = float(np.median(chosen))
    return result


def table(results: dict[str, Any]) -> str:
    """Give the two tables, the steadiest first."""
    parts = []
    for kind, header in (("columns", "statistics of"), ("functionals", "functional")):
        rows = sorted(results[kind].items(), key=lambda item: -sum(item[1].values()))
        cells = [[name, *(f"{by[c]:.2f}" for c in CONDITIONS)] for name, by in rows]
        parts.append(markdown([header, *CONDITIONS], cells, text=1))
    return "\n\n".join(parts)


def main() -> None:
    """Measure and keep the results."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("corpus", type=Path, help="folder of EmoDB's recordings")
    results = measured(sorted(parser.parse_args().corpus.glob("*.wav")))
    write(RESULTS / "steadiness.json", results)
    print(table(results))


if __name__ == "__main__":
    main()
