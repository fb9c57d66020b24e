"""Statistics with every functional and every transform, and rows for them."""

from __future__ import annotations

import numpy as np

from serfast.statistics import functionals
from serfast.statistics.statistics import Statistics

EVERY = (*functionals.FUNCTIONALS, "p0", "p1", "p33", "p50", "p100", "ac1", "ac7", "ac99")

EVERYTHING = Statistics(
    functionals=EVERY,
    deltas=3,
    delta_width=7,
    log=("rms",),
    relative=("rms", "mel", "mel_1"),
    semitones=("f0",),
    voiced=("mel", "f0", "rms"),
    voiced_deltas=2,
    trim_db=30,
)
ALL_COLUMNS = ("rms", *(f"mel_{i}" for i in range(9)), "f0", "aperiodicity")


def plausible_rows(n: int, seed: int) -> np.ndarray:
    """Rows of ALL_COLUMNS, some of them silent or unvoiced, in steps, so that values are tied."""
    random = np.random.default_rng(seed)
    rows = random.integers(-40, 40, size=(n, len(ALL_COLUMNS))) / 8
    rows[:, 0] = np.abs(rows[:, 0]) * random.choice([1e-4, 1], size=n)
    rows[:, -2] = random.uniform(60, 600, size=n)
    rows[:, -1] = random.uniform(0, 1, size=n)
    return rows.astype(np.float32)
