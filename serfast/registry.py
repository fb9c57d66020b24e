"""Classifier plugins: found by entry point, imported when asked for, one by one.

A distribution announces its classifiers in the entry-point group ``serfast.classifiers``:

    [project.entry-points."serfast.classifiers"]
    svm = "serfast_svm:PLUGIN"

The object named is a :class:`serfast.classifier.Plugin`. Names come from installed metadata, so
listing them runs no plugin's code; nothing is kept, so what is installed later is found.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from .errors import ModelError, UnknownPluginError

if TYPE_CHECKING:
    from .classifier import Plugin

__all__ = ["GROUP", "PluginInfo", "available", "get", "info"]

GROUP = "serfast.classifiers"
"""The entry-point group."""


@dataclass(frozen=True)
class PluginInfo:
    """One installed plugin: what ``serfast info`` shows of it."""

    name: str
    distribution: str
    version: str
    error: str | None
    """Why it can't be loaded; None if it can."""


def available() -> tuple[str, ...]:
    """List the names of the installed classifier plugins, sorted; imports none of them."""
    return tuple(sorted({point.name for point in entry_points(group=GROUP)}))


def get(name: str) -> Plugin:
    """Import the plugin of that name.

    Raises
    ------
    UnknownPluginError
        If no installed distribution, or more than one, offers it.
    ModelError
        If it can't be imported; the cause is chained.
    """
    points = [point for point in entry_points(group=GROUP) if point.name == name]
    if not points:
        installed = ", ".join(available()) or "none"
        raise UnknownPluginError(
            f"classifier must be an installed plugin ({installed}), got {name!r}; "
            f"is there a package for it? try: pip install serfast-{name}"
        )
    if len(points) > 1:
        owners = " and ".join(sorted(_owner(point)[0] for point in points))
        raise UnknownPluginError(
            f"classifier {name!r} must come from one distribution, got {owners}: uninstall one"
        )
    return _load(points[0])


def info() -> tuple[PluginInfo, ...]:
    """Every installed plugin with its version and load error; imports each."""
    points = sorted(entry_points(group=GROUP), key=lambda point: (point.name, _owner(point)))
    return tuple(PluginInfo(point.name, *_owner(point), _error(point.name)) for point in points)


def _load(point: EntryPoint) -> Plugin:
    try:
        return point.load()  # type: ignore[no-any-return]
    except Exception as error:  # a plugin's module may raise anything: report it, with its cause
        raise ModelError(
            f"plugin {point.name!r} of {' '.join(_owner(point))} can't be imported: "
            f"{type(error).__name__}: {error}"
        ) from error


def _owner(point: EntryPoint) -> tuple[str, str]:
    if point.dist is None:
        return ("unknown", "")
    return (point.dist.name, point.dist.version)


def _error(name: str) -> str | None:
    try:
        get(name)
    except (ModelError, UnknownPluginError) as error:
        return str(error)
    return None
