"""The SHA-256 of many specs' and signals' rows and statistics, and the instruction set used.

Called in the folder ``tests``:

python -m helpers.row_hashes            prints them as JSON: test_isa.py compares instruction sets
python -m helpers.row_hashes --check    compares them with the recorded ones, and lists those that
                                        aren't recorded yet
python -m helpers.row_hashes --record   records them: where a feature is new, or bits are meant to
                                        change and CHANGELOG.md says so
"""

from __future__ import annotations

import hashlib
import json
import platform
import sys
import warnings
from pathlib import Path

import numpy as np

import serfast
from helpers import signals
from helpers.broad import RATE, broad_specs
from serfast.statistics import functionals

STATISTICS = serfast.Statistics(functionals=(*functionals.FUNCTIONALS, "p33", "ac7"), deltas=3)
LOGARITHMS = serfast.Statistics(
    functionals=("mean",), deltas=0, log=("level",), semitones=("pitch",)
)
SELECTIONS = serfast.Statistics(
    functionals=(),
    selections=[
        serfast.Selection(
            column="pitch",
            functionals=tuple(functionals.SELECTION_FUNCTIONALS),
            rows=rows,
            mask=None if rows == "all" else "level_0",
            threshold=100.0,
            semitones_from=27.5,
            smoothing=3,
            smoothing_skips=True,
        )
        for rows in ("all", "above", "below")
    ],
)
RECORDED = Path(__file__).with_name("row_hashes.json")


def hashes() -> dict[str, str]:
    """Hash what every broad spec gives for noise, something like speech, and clicks."""
    warnings.simplefilter("ignore", UserWarning)
    made = {
        "noise": signals.noise(4000, seed=5),
        "voice": signals.voice(RATE, 6000, seed=6),
        "clicks": signals.synthetic(RATE, 16)["clicks"][:3000],
        "quiet": signals.noise(3000, seed=7, level=1e-6),
    }
    computed = {}
    for spec_name, spec in broad_specs().items():
        extractor = serfast.Extractor(spec)
        for signal_name, y in made.items():
            rows = extractor(y)
            vector = STATISTICS(rows, spec.columns)
            computed[f"{spec_name} {signal_name}"] = hashlib.sha256(rows.tobytes()).hexdigest()
            computed[f"{spec_name} {signal_name} statistics"] = hashlib.sha256(vector).hexdigest()
    columns = [f"{name}_{i}" for name in ("level", "pitch") for i in range(20_000)]
    row = np.random.default_rng(0).uniform(1e-3, 500, size=(1, len(columns) + 1))
    vector = LOGARITHMS(row, [*columns, "aperiodicity"])
    computed["logarithms"] = hashlib.sha256(vector).hexdigest()
    columns = [f"{name}_{i}" for name in ("level", "pitch") for i in range(9)]
    rows = np.random.default_rng(1).uniform(0, 500, size=(400, len(columns)))
    vector = SELECTIONS(rows, columns)
    computed["selections"] = hashlib.sha256(vector).hexdigest()
    return computed


def recorded() -> dict[str, str]:
    """Give the hashes that rows had when they were recorded, on x86-64."""
    content: dict[str, str] = json.loads(RECORDED.read_text())
    return content


def check(computed: dict[str, str], expected: dict[str, str]) -> int:
    """Print the hashes that differ, are missing or new; give 1 if any differ, else 0."""
    different = [name for name, value in expected.items() if computed.get(name) != value]
    isa, machine = serfast.native_info()["in_use"], platform.machine()
    print(f"{len(computed)} hashes on {machine}, {isa}: {len(different)} differ", *different)
    new = [name for name in computed if name not in expected]
    if new:
        print(f"{len(new)} are new:", ", ".join(new))
        print("`python -m helpers.row_hashes --record`, in tests/, records them")
    return int(bool(different))


def main(arguments: list[str]) -> None:
    """Print, check or record the hashes, as the only argument says."""
    computed = hashes()
    if arguments == ["--record"]:
        RECORDED.write_text(json.dumps(computed, indent=1) + "\n")
    elif arguments == ["--check"]:
        sys.exit(check(computed, recorded()))
    else:
        print(json.dumps({"in_use": serfast.native_info()["in_use"], **computed}))


if __name__ == "__main__":
    main(sys.argv[1:])
