"""Installed packages can offer features by name, so that a spec with them can be stored.

A distribution announces each in the entry-point group ``serfast.features``, under the name of its
class:

    [project.entry-points."serfast.features"]
    SpectralSlope = "serfast_spectral:SpectralSlope"

JSON holds that name and the distribution's. No list is kept, so a package that is installed later
is found.
"""

from __future__ import annotations

from typing import Any

from .. import _checks as checks
from .. import entry_points as entries
from ..entry_points import PluginInfo
from ..errors import ParameterError, UnknownPluginError
from .base import Feature
from .catalogue import FEATURES
from .computed import Function

__all__ = ["GROUP", "available", "get", "info", "package_of"]

GROUP = "serfast.features"


def available() -> tuple[str, ...]:
    """Give the names of the features that installed packages offer, without importing any."""
    return entries.names(GROUP)


def get(name: str, package: str | None = None) -> type[Function]:
    """Give the feature class of that name; its package is imported first.

    Parameters
    ----------
    name : str
        This is the name of the entry point and of the class.
    package : str or None
        The feature must come from this distribution; None allows any.

    Raises
    ------
    UnknownPluginError
        If the distribution isn't installed or doesn't offer it, or another one does.
    ModelError
        If it can't be imported (the cause is chained) or isn't a feature class.
    """
    points = entries.points(GROUP, name)
    owners = {entries.distribution(point)[0] for point in points}
    if not points or package not in (None, *owners):
        source = f"the package {checks.shown(package)}" if package else "an installed package"
        raise UnknownPluginError(
            f"feature {checks.shown(name)} must come from {source}, which isn't installed or "
            f"doesn't offer it{_elsewhere(name, owners)}"
        )
    point = entries.only("feature", points)
    return entries.load("feature", point, lambda item: _fault(item, name))  # type: ignore[no-any-return]


def _elsewhere(name: str, owners: set[str]) -> str:
    """Give a sentence on who has a feature of that name, and how a spec with it is written."""
    if name in FEATURES:
        power = getattr(FEATURES[name].example(), "power", None)
        fields = "its fields" if power is None else f'"power": {power} or what else its fields are'
        return f'; {name} is built into serfast now: leave "package" out, and take {fields}'
    return f"; {' and '.join(sorted(owners))} offers one of that name" if owners else ""


def package_of(cls: type[Feature]) -> str:
    """Give the distribution that offers a feature.

    Raises
    ------
    ParameterError
        If none does: the feature can be used, but a spec with it can't be stored.
    UnknownPluginError, ModelError
        If two do, or it can't be imported.
    """
    name = cls.__name__
    points = entries.points(GROUP, name)
    if not points or get(name) is not cls:
        raise ParameterError(
            f"features of a stored spec must be offered by an installed package (entry-point group "
            f"{GROUP!r}, see docs/custom-features.md), got {name} of the module {cls.__module__}"
        )
    return entries.distribution(points[0])[0]


def info() -> tuple[PluginInfo, ...]:
    """Give name, distribution, version and load error of every feature; all are imported."""
    return entries.info(GROUP, get)


def _fault(item: Any, name: str) -> str | None:
    """Say why this object is no feature of that name, or give None if it is one."""
    if not (isinstance(item, type) and issubclass(item, Function)):
        return f"must be a FrameFeature or SpectrumFeature class, got {item!r:.80}"
    if item.__name__ != name or name in FEATURES:
        return f"must be a class of that name, and not a built-in feature's, got {item!r:.80}"
    return None
