"""How fast recordings are computed, for each feature and for the whole row."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection
from itertools import count
from typing import Any

from ..extractor import Extractor
from ..features.base import Feature
from ..features.spec import FeatureSpec
from .laps import laps
from .settings import Settings

__all__ = ["throughput", "works"]

LAP = 0.02
"""Seconds that the recordings of one lap take at least."""

WHOLE = "whole row"


def works(spec: FeatureSpec) -> dict[str, FeatureSpec]:
    """Give the specs that are measured by name: each feature of a spec alone, then all of them.

    Examples
    --------
    >>> from serfast import MFCC, RMS
    >>> list(works(FeatureSpec(features=[RMS(frame_length=400), MFCC()])))
    ['RMS, 400', 'MFCC, 512, 13 columns', 'whole row']
    """
    alone: dict[str, FeatureSpec] = {}
    for feature in spec.features:
        alone[_unused(_label(feature), alone)] = dataclasses.replace(spec, features=(feature,))
    return {**alone, WHOLE: spec}


def _label(feature: Feature) -> str:
    """Name a feature by its class, frame length and number of columns."""
    columns = len(feature.columns)
    several = f", {columns} columns" if columns > 1 else ""
    return f"{type(feature).__name__}, {feature.length}{several}"


def _unused(label: str, used: Collection[str]) -> str:
    """Give the label, with a number if it is in use already."""
    numbered = (f"{label} ({n})" for n in count(2))
    return label if label not in used else next(name for name in numbered if name not in used)


def throughput(settings: Settings, work: str) -> dict[str, Any]:
    """Measure one of the works, in all threads at once.

    Returns
    -------
    dict
        ``us_per_row``: median time of a call [µs] over the rows of all threads together;
        ``times_real_time``; ``columns``; ``waited``.
    """
    spec = works(settings.spec)[work]
    extractor = Extractor(spec, settings.backend)
    sound = settings.recording()
    alone = laps(lambda: extractor(sound), 0, least=3).median
    # there are so many signals that starting the threads takes no time beside them
    signals = [sound] * (settings.threads * math.ceil(LAP / alone))
    measured = laps(lambda: extractor.map(signals, threads=settings.threads), settings.seconds)
    rows = spec.frame_count(len(sound)) * len(signals)
    return {
        "columns": len(spec.columns),
        "us_per_row": 1e6 * measured.median / rows,
        "times_real_time": len(sound) * len(signals) / spec.sample_rate / measured.median,
        "waited": measured.waited if settings.threads == 1 else 0.0,
    }
