"""What a stranger's spec and statistics may ask for, judged before anything is computed.

A bundle's features are computed once as it is loaded (their fingerprint), so a few bytes of JSON
could ask for hours and terabytes. Each limit is far beyond any model of speech. A FeatureSpec by
itself has only bounds of memory: what somebody asks for in a program of their own, they get.

The numbers, names and lists are judged as they stand in JSON; then each feature's columns; then the
spec as a whole. Each step costs no more than the one before allows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._checks import shown
from ...errors import ModelError
from ...features.mel import MelPower
from ...features.mfcc import MFCC
from ...features.order import every_feature
from ...features.spec import FeatureSpec, feature_from_dict
from ...features.track import MAX_WINDOW
from ...statistics.statistics import Statistics
from .fingerprint import LENGTH
from .windows import check_window

__all__ = ["check_columns", "check_limits", "check_numbers", "check_statistics"]

MOST: dict[str, float] = {
    "sample_rate": 1_000_000,
    "hop_length": 2**20,
    "sample_scale": 1e9,
    "frame_length": 65536,
    "n_fft": 65536,
    "win_length": 65536,
    "n_mels": 1024,
    "n_mfcc": 1024,
    "delta_width": MAX_WINDOW,
}
"""Each number, by its name in JSON, may have at most this magnitude."""

MAX_INT = 65536
"""Every other int may have at most this magnitude; packages' features have them too."""
MAX_FLOAT = 1e30
"""Every other float may have at most this magnitude."""
MAX_FEATURES = 64
"""There may be at most this many features; those that tracks look at count too."""
MAX_NESTED = 8
"""At most this many tracks may lie inside each other."""
MAX_NAMES = 256
"""A list of names has at most this many entries, and a name as many characters."""
MAX_COLUMNS = 16384
"""There may be at most this many columns; those that only tracks look at count too."""
MAX_CHARACTERS = 2**20
"""The names of all columns have at most this many characters."""
MAX_ENTRIES = 10**6
"""The statistics' vector has at most this many entries."""
MAX_ENTRY_CHARACTERS = 2**26
"""The names of these entries have at most this many characters."""
MAX_SAMPLES = 2**20
"""One frame of every feature has at most this many samples: tables grow with them."""
MAX_WEIGHTS = 2**23
"""All mel filter banks have at most this many weights, and so have all cosine transforms."""
MAX_CELLS = 2**25
"""The fingerprint's signal gives at most this many rows × columns."""
MAX_WORK = {"native": 2**31, "numba": 2**28, "reference": 2**28}
"""The fingerprint's signal takes at most this many multiplications, roughly: some seconds.

Others than the native one call Python functions for some features, or compile them.
"""


def check_numbers(data: Any) -> None:
    """Refuse a spec's or statistics' dictionary with numbers, names or lists beyond all need.

    Raises
    ------
    ModelError
        Naming the entry, the limit and the value.
    """
    features, level = 0, [data]
    for _ in range(MAX_NESTED + 2):
        level = [one for one in level if isinstance(one, Mapping)]
        features += sum("type" in one for one in level)
        _check("features", features, MAX_FEATURES)
        level = [inner for one in level for inner in _checked_items(one)]
    if any(isinstance(one, Mapping) for one in level):
        raise ModelError(f"features of a bundle must be nested at most {MAX_NESTED} deep")


def _checked_items(data: Mapping[str, Any]) -> list[Any]:
    """Give a dictionary's values and the entries of its lists, each checked by its name."""
    items: list[Any] = []
    for key, value in data.items():
        _check_length("key", key, MAX_NAMES)
        if key == "window":
            check_window(value)
            continue
        _check_length(key, value, MAX_FEATURES if key == "features" else MAX_NAMES)
        items += value if isinstance(value, list) else [value]
        for item in value if isinstance(value, list) else [value]:
            _check_item(key, item)
    return items


def _check_item(key: str, item: Any) -> None:
    if isinstance(item, list):
        raise ModelError(f"{key} in a bundle must hold no lists in a list, got {shown(item)}")
    _check_length(key, item, MAX_NAMES)
    if isinstance(item, (int, float)):
        most = MOST.get(key, MAX_INT if isinstance(item, int) else MAX_FLOAT)
        if not -most <= item <= most:
            bound = f"<= {most}" if item > 0 else f">= -{most}"
            raise ModelError(f"{key} in a bundle must be {bound}, got {shown(item)}")


def _check_length(key: str, value: Any, most: int) -> None:
    if isinstance(value, (str, list)) and len(value) > most:
        key = shown(key, 80).strip("'")
        raise ModelError(f"{key} in a bundle must have at most {most} entries, got {len(value)}")
    if isinstance(value, str) and not value.isprintable():
        raise ModelError(f"names in a bundle must be printable, got {shown(value)}")


def check_columns(data: Any) -> None:
    """Refuse a spec's dictionary whose features have too many columns, or too long names of them.

    The features are made one by one, so that no more names are made than one of them has.

    Raises
    ------
    ModelError
        Naming the limit and the number.
    ParameterError, UnknownPluginError
        If a feature can't be made.
    """
    features = data.get("features") if isinstance(data, Mapping) else None
    columns = characters = 0
    for item in features if isinstance(features, list) else []:
        for feature in every_feature([feature_from_dict(item)]):
            names = feature.columns
            columns, characters = columns + len(names), characters + sum(map(len, names))
            _check("columns", columns, MAX_COLUMNS)
            _check("characters of columns", characters, MAX_CHARACTERS)


def check_limits(spec: FeatureSpec, backends: tuple[str, ...]) -> None:
    """Refuse features that would take one of these back ends too long, or too much memory.

    Raises
    ------
    ModelError
        Naming what is too much, the limit and the value.
    """
    if not isinstance(spec.sample_rate, int):
        raise ModelError(f"sample_rate in a bundle must be whole, got {spec.sample_rate}")
    n_samples = max(LENGTH, 4 * max(spec.frame_lengths))  # of the fingerprint's signal
    rows = n_samples // spec.hop_length + 1
    every = every_feature(spec.features)
    columns = sum(len(feature.columns) for feature in every)
    mels = [feature for feature in every if isinstance(feature, MelPower)]
    cosines = [feature for feature in every if isinstance(feature, MFCC)]
    per_row = sum(feature.multiplications for feature in spec.features)
    work = min(MAX_WORK[backend] for backend in backends)
    _check("samples of frames", sum(feature.length for feature in every), MAX_SAMPLES)
    _check("mel weights", sum(f.n_mels * (f.n_fft // 2 + 1) for f in mels), MAX_WEIGHTS)
    _check("cosine weights", sum(f.n_mels * f.n_mfcc for f in cosines), MAX_WEIGHTS)
    _check("rows × columns of the test signal", rows * columns, MAX_CELLS)
    _check("multiplications for the test signal", rows * per_row, work)


def check_statistics(statistics: Statistics, columns: tuple[str, ...]) -> None:
    """Refuse a vector that is too long, or whose names are.

    Raises
    ------
    ModelError
        Naming what is too much, the limit and the value.
    """
    times = 2 * (statistics.deltas + 1)  # as if each column had voiced ones too
    selected = sum(len(one.functionals) for one in statistics.selections)  # as if of every column
    per_column = len(statistics.functionals) * times + selected
    entries = per_column * len(columns)
    characters = per_column * sum(map(len, columns))
    _check("statistics", entries, MAX_ENTRIES)
    _check("characters of the statistics' names", characters, MAX_ENTRY_CHARACTERS)


def _check(what: str, count: int, most: int) -> None:
    if count > most:
        raise ModelError(f"{what} of a bundle must be at most {most}, got {count}")
