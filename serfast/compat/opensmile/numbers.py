"""The numbers of a mono signal: the rows and the vector that openSMILE gives."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from ...extractor import Extractor
from ...presets.egemaps_opensmile import parts
from ...presets.opensmile_statistics import (
    egemaps_opensmile_statistics,
    gemaps_opensmile_statistics,
    part_statistics,
)
from ...statistics.prepared import PreparedStatistics
from ...statistics.statistics import Statistics

__all__ = ["descriptor_names", "descriptors", "functional_names", "functionals", "shortest"]

Array = np.ndarray[Any, np.dtype[np.float32]]

SPECTRAL = {
    "Loudness_sma3": "loudness",
    "alphaRatio_sma3": "alpha_ratio",
    "hammarbergIndex_sma3": "hammarberg_index",
    "slope0-500_sma3": "spectral_slope_0_500",
    "slope500-1500_sma3": "spectral_slope_500_1500",
    "spectralFlux_sma3": "spectral_flux",
    **{f"mfcc{k}_sma3": f"mfcc_{k}" for k in range(1, 5)},
}
"""The descriptors of short frames, smoothed over three rows."""

VOICE = {
    "F0semitoneFrom27.5Hz_sma3nz": "subharmonic_semitones",
    "jitterLocal_sma3nz": "jitter_local",
    "shimmerLocaldB_sma3nz": "shimmer_local_db",
    "HNRdBACF_sma3nz": "subharmonic_hnr",
    "logRelF0-H1-H2_sma3nz": "subharmonic_h1_h2",
    "logRelF0-H1-A3_sma3nz": "subharmonic_h1_a3",
    **{
        f"F{i}{name}_sma3nz": f"{column}{i}"
        for i in (1, 2, 3)
        for name, column in (
            ("frequency", "bandlimited_f"),
            ("bandwidth", "bandlimited_b"),
            ("amplitudeLogRelF0", "subharmonic_a"),
        )
    },
}
"""The others, smoothed over those of three rows that aren't 0."""

EXTENDED = {"spectralFlux_sma3", *(f"mfcc{k}_sma3" for k in range(1, 5))}
"""GeMAPS lacks these descriptors."""

BANDWIDTHS = {"F2bandwidth_sma3nz", "F3bandwidth_sma3nz"}
"""These are descriptors of eGeMAPSv02 alone."""


class Prepared(NamedTuple):
    """What is made once for a sample rate."""

    short: Extractor
    long: Extractor
    columns: tuple[str, ...]


class Functionals(NamedTuple):
    """What is made once for a set."""

    everywhere: Statistics
    others: Statistics
    names: tuple[str, ...]


@lru_cache(maxsize=16)
def prepared(sample_rate: float) -> Prepared:
    """Give the extractors of 20 ms and of 60 ms, and the columns of both."""
    short, long = (Extractor(spec) for spec in parts(sample_rate))
    return Prepared(short, long, (*short.columns, *long.columns))


@lru_cache(maxsize=2)
def chosen(extended: bool) -> Functionals:
    """Give the statistics of both tables, and all names in the published order."""
    whole = egemaps_opensmile_statistics() if extended else gemaps_opensmile_statistics()
    names = [name for one in whole.selections for name in one.names]
    return Functionals(*part_statistics(extended), tuple(names))


class Ready(NamedTuple):
    """What is made once for a sample rate and a set."""

    everywhere: PreparedStatistics
    others: PreparedStatistics
    order: Any


@lru_cache(maxsize=32)
def statistics_of(sample_rate: float, extended: bool) -> Ready:
    """Give the statistics of both tables, and the place of each published functional among them."""
    ready, functional = prepared(sample_rate), chosen(extended)
    given = (
        *functional.everywhere.names(ready.short.columns),
        *functional.others.names(ready.columns),
    )
    return Ready(
        functional.everywhere.over(ready.short.columns),
        functional.others.over(ready.columns),
        np.array([given.index(name) for name in functional.names]),
    )


def shortest(sample_rate: float) -> int:
    """Give the number of samples of the shortest signal that has a row."""
    return max(prepared(sample_rate).long.spec.frame_lengths)


def rows_of(signal: Any, sample_rate: float) -> tuple[Array, Array]:
    """Give the rows of 20 ms, and all columns of the rows that have 60 ms."""
    ready = prepared(sample_rate)
    short, long = ready.short(signal), ready.long(signal)
    return short, np.concatenate([short[: len(long)], long], axis=1)


def functional_names(extended: bool) -> tuple[str, ...]:
    """Give the published names of the functionals."""
    return chosen(extended).names


def functionals(signal: Any, sample_rate: float, extended: bool) -> Array:
    """Give the functionals of a signal that has a row at least."""
    ready = statistics_of(sample_rate, extended)
    short, both = rows_of(signal, sample_rate)
    values = np.concatenate([ready.everywhere(short), ready.others(both)])[ready.order]
    return np.asarray(values, dtype=np.float32)


def descriptor_names(extended: bool, bandwidths: bool) -> tuple[str, ...]:
    """Give the published names of the low-level descriptors."""
    return tuple(
        name
        for name in (*SPECTRAL, *VOICE)
        if (extended or name not in EXTENDED) and (bandwidths or name not in BANDWIDTHS)
    )


def descriptors(signal: Any, sample_rate: float, names: tuple[str, ...]) -> Array:
    """Give the smoothed low-level descriptors, and one row more that repeats the voice's last."""
    ready = prepared(sample_rate)
    short, both = rows_of(signal, sample_rate)
    n = len(both) + 1
    result = np.empty((n, len(names)), dtype=np.float32)
    for i, name in enumerate(names):
        if name in SPECTRAL:
            values = smoothed(short[:, ready.columns.index(SPECTRAL[name])])
        else:
            values = smoothed_nonzero(both[:, ready.columns.index(VOICE[name])])
        result[: len(values), i] = values[:n]
        result[len(values) :, i] = values[-1]
    return result


def _neighbours(x: Array) -> tuple[Array, Array]:
    """Give the row before and the row behind each one; the first and the last stand again."""
    return np.concatenate([x[:1], x[:-1]]), np.concatenate([x[1:], x[-1:]])


def smoothed(x: Array) -> Array:
    """Give the means over three rows."""
    before, behind = _neighbours(x.astype(np.float64))
    return np.asarray((before + x + behind) / 3, dtype=np.float32)


def smoothed_nonzero(x: Array) -> Array:
    """Give the means over those of three rows that aren't 0; a zero stays one."""
    before, behind = _neighbours(x.astype(np.float64))
    count = (before != 0).astype(int) + (x != 0) + (behind != 0)
    mean = (before + x + behind) / np.maximum(count, 1)
    return np.where(x != 0, mean, 0).astype(np.float32)
