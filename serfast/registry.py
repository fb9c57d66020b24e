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


@dataclass(frozen=True)
class PluginInfo:
    """One installed plugin; `error` is why it can't be loaded, None if it can."""

    name: str
    distribution: str
    version: str
    error: str | None


def available() -> tuple[str, ...]:
    """List the names of the installed classifier plugins, sorted; imports none of them."""
    return tuple(sorted({point.name for point in entry_points(group=GROUP)}))


def get(name: str) -> Plugin:
    """Import the plugin of that name.

    Raises UnknownPluginError if no installed distribution offers it, or more than one, and
    ModelError, with the cause chained, if it can't be imported.
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
    try:
        return points[0].load()  # type: ignore[no-any-return]
    except Exception as error:  # a plugin's module may raise anything: report it, with its cause
        raise ModelError(
            f"plugin {name!r} of {' '.join(_owner(points[0]))} can't be imported: "
            f"{type(error).__name__}: {error}"
        ) from error


def info() -> tuple[PluginInfo, ...]:
    """Describe every installed plugin: name, distribution, version, load error; imports each."""
    owners = sorted((point.name, *_owner(point)) for point in entry_points(group=GROUP))
    return tuple(PluginInfo(*owner, _error(owner[0])) for owner in owners)


def _owner(point: EntryPoint) -> tuple[str, str]:
    return (point.dist.name, point.dist.version) if point.dist else ("unknown", "")


def _error(name: str) -> str | None:
    try:
        get(name)
    except (ModelError, UnknownPluginError) as error:
        return str(error)
    return None
