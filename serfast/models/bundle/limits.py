"""What a stranger's spec and statistics may ask for, judged before anything is computed.

A bundle's features are computed once as it is loaded (their fingerprint), so a few bytes of JSON
could ask for hours and terabytes. Each limit is far beyond any model of speech. Features of one's
own are bound by patience alone: a FeatureSpec knows no limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._checks import shown
from ...errors import ModelError
from ...features.mel import MelPower
from ...features.order import every_feature
from ...features.spec import FeatureSpec
from ...features.track import MAX_WINDOW
from ...statistics.statistics import Statistics
from .fingerprint import LENGTH

__all__ = ["check_limits", "check_numbers"]

MOST: dict[str, int] = {
    "sample_rate": 1_000_000,
    "hop_length": 2**20,
    "frame_length": 65536,
    "n_fft": 65536,
    "win_length": 65536,
    "n_mels": 1024,
    "n_mfcc": 1024,
    "delta_width": MAX_WINDOW,
}
"""Most of each number, by its name in JSON."""

MAX_FEATURES = 64
MAX_NAMES = 256
"""Most entries of a list of names, and characters of a name."""
MAX_COLUMNS = 16384
MAX_ENTRIES = 10**6
"""Most entries of the statistics' vector."""
MAX_WEIGHTS = 2**23
"""Most weights of all mel filter banks, n_mels × bins."""
MAX_CELLS = 2**25
"""Most rows × columns of the fingerprint's signal."""
MAX_WORK = 2**31
"""Most multiplications, roughly, for the fingerprint's signal: a few seconds."""


def check_numbers(data: Any) -> None:
    """Refuse a spec's or statistics' dictionary with numbers, names or lists beyond all need.

    Before the dataclasses are made of it: making them already makes every column's name.

    Raises
    ------
    ModelError
        Naming the entry, the limit and the value.
    """
    if not isinstance(data, Mapping):
        return
    for key, value in data.items():
        if isinstance(value, (int, float)) and value > MOST.get(key, value):
            raise ModelError(f"{key} in a bundle must be <= {MOST[key]}, got {shown(value)}")
        if isinstance(value, (str, list)):
            _check_length(key, value)
        for item in value if isinstance(value, list) else [value]:
            check_numbers(item)


def check_limits(spec: FeatureSpec, statistics: Statistics | None) -> None:
    """Refuse features that would take too long or too much memory, and a vector too long.

    Raises
    ------
    ModelError
        Naming what is too much, the limit and the value.
    """
    if not isinstance(spec.sample_rate, int):
        raise ModelError(f"sample_rate in a bundle must be whole, got {spec.sample_rate}")
    n_samples = max(LENGTH, 4 * max(spec.frame_lengths))  # of the fingerprint's signal
    rows = n_samples // spec.hop_length + 1
    columns = len(spec.columns)
    every = every_feature(spec.features)
    mels = [feature for feature in every if isinstance(feature, MelPower)]
    per_row = sum(feature.multiplications for feature in spec.features)
    _check("columns", columns, MAX_COLUMNS)
    _check("mel weights", sum(f.n_mels * (f.n_fft // 2 + 1) for f in mels), MAX_WEIGHTS)
    _check("rows × columns of the test signal", rows * columns, MAX_CELLS)
    _check("multiplications for the test signal", rows * per_row, MAX_WORK)
    if statistics is not None:
        series = 2 * columns * (statistics.deltas + 1)  # as if each had voiced ones too
        _check("statistics", len(statistics.functionals) * series, MAX_ENTRIES)


def _check_length(key: str, value: str | list[Any]) -> None:
    weights = key == "window" and isinstance(value, list)
    most = MOST["win_length"] if weights else MAX_FEATURES if key == "features" else MAX_NAMES
    if len(value) > most:
        raise ModelError(f"{key} in a bundle must have at most {most} entries, got {len(value)}")


def _check(what: str, count: int, most: int) -> None:
    if count > most:
        raise ModelError(f"{what} of a bundle must be at most {most}, got {count}")
