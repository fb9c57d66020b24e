"""Features are sorted here, so that a feature comes after those that it reads."""

from __future__ import annotations

from collections.abc import Iterable

from .. import _checks as checks
from ..errors import ParameterError
from .base import Feature
from .track import BaseTrack

__all__ = ["every_feature", "in_order", "with_sources"]


def every_feature(features: Iterable[Feature]) -> tuple[Feature, ...]:
    """Give the features and those that tracks look at, each once, before the track itself."""
    every: dict[Feature, None] = {}
    for feature in features:
        if isinstance(feature, BaseTrack):
            every.update(dict.fromkeys(every_feature(feature.sources)))
        every[feature] = None
    return tuple(every)


def in_order(features: Iterable[Feature]) -> tuple[Feature, ...]:
    """Give the features in an order in which each comes after those whose columns it reads.

    Raises
    ------
    ParameterError
        If some read each other's columns in a circle.
    """
    waiting = list(features)
    missing = {name for feature in waiting for name in feature.columns}
    ordered: list[Feature] = []
    while waiting:
        blocked = [f for f in waiting if missing.intersection(f.reads)]
        if len(blocked) == len(waiting):
            names = checks.listed(type(feature).__name__ for feature in waiting)
            raise ParameterError(f"features must not read one another in a circle, got {names}")
        ordered += [f for f in waiting if not missing.intersection(f.reads)]
        waiting = blocked
        missing = {name for feature in waiting for name in feature.columns}
    return tuple(ordered)


def with_sources(feature: Feature, among: Iterable[Feature]) -> tuple[Feature, ...]:
    """Give a feature after those whose columns it reads, and these after those that they read.

    Parameters
    ----------
    feature : Feature
    among : iterable of Feature
        The other features are looked for here.

    Returns
    -------
    tuple of Feature
        It has each feature once; the feature itself comes last. Where two have a column of one
        name, the one with more of the columns that are read is taken, or else the first one.

    Examples
    --------
    >>> from serfast.features import RMS
    >>> with_sources(RMS(), [])
    (RMS(name=None, pad_mode=None, frame_length=512),)
    """
    among = tuple(among)
    wanted = set(feature.reads)
    every: list[Feature] = []
    for other in sorted(among, key=lambda one: -len(wanted.intersection(one.columns))):
        if wanted.intersection(other.columns):  # that no other one has given by now
            wanted.difference_update(other.columns)
            every += with_sources(other, among)
    return (*dict.fromkeys(every), feature)
