"""Classifier plugins: found by entry point, imported when asked for, one by one.

A distribution announces its classifiers in the entry-point group ``serfast.classifiers``:

    [project.entry-points."serfast.classifiers"]
    svm = "serfast_svm:PLUGIN"

The object named is a :class:`serfast.classifier.Plugin`. Names come from installed metadata, so
listing them runs no plugin's code; nothing is kept, so what is installed later is found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

from .errors import ModelError, UnknownPluginError

if TYPE_CHECKING:
    from .classifier import Plugin

__all__ = ["GROUP", "PluginInfo", "available", "get", "info", "owner"]

GROUP = "serfast.classifiers"

PACKAGE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
"""Names that may stand in a command to copy."""


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


def get(name: str, *, hint: bool = True) -> Plugin:
    """Import the plugin of that name.

    Parameters
    ----------
    name : str
        Of the entry point.
    hint : bool
        Whether to suggest a package if there is none; False for a name that a stranger chose.

    Raises
    ------
    UnknownPluginError
        If no installed distribution offers it, or more than one.
    ModelError
        If it can't be imported (the cause is chained) or isn't a plugin.
    """
    points = [point for point in entry_points(group=GROUP) if point.name == name]
    if not points:
        installed = ", ".join(available()) or "none"
        advice = f"; is there a package for it? try: pip install serfast-{name}"
        raise UnknownPluginError(
            f"classifier must be an installed plugin ({installed}), got {name!r:.80}"
            + (advice if hint and PACKAGE.fullmatch(name) else "")
        )
    if len(points) > 1:
        owners = " and ".join(sorted(_distribution(point)[0] for point in points))
        raise UnknownPluginError(
            f"classifier {name!r} must come from one distribution, got {owners}: uninstall one"
        )
    try:
        plugin = points[0].load()
        fault = _fault(plugin)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a plugin's module may do anything, sys.exit() included
        raise ModelError(
            f"plugin {name!r} of {owner(name)} can't be imported: {type(error).__name__}: {error}"
        ) from error
    if fault:
        raise ModelError(f"plugin {name!r} of {owner(name)} {fault}")
    return plugin  # type: ignore[no-any-return]


def _fault(plugin: Any) -> str | None:
    """Say what makes this object no plugin."""
    from .classifier import Plugin

    if isinstance(plugin, type) or not isinstance(plugin, Plugin):
        members = "input, train, load, default_model"
        return f"must be an object with {members} (serfast.classifier.Plugin), got {plugin!r:.80}"
    if plugin.input not in ("vector", "rows", "samples"):
        return f"must have vector, rows or samples as its input, got {plugin.input!r:.80}"
    return None


def owner(name: str) -> str:
    """Distribution and version that a plugin is of, for messages."""
    points = [point for point in entry_points(group=GROUP) if point.name == name]
    return " ".join(_distribution(points[0])) if points else "no distribution"


def info() -> tuple[PluginInfo, ...]:
    """Describe every installed plugin: name, distribution, version, load error; imports each."""
    owners = sorted((point.name, *_distribution(point)) for point in entry_points(group=GROUP))
    return tuple(PluginInfo(*owner, _error(owner[0])) for owner in owners)


def _distribution(point: EntryPoint) -> tuple[str, str]:
    return (point.dist.name, point.dist.version) if point.dist else ("unknown", "")


def _error(name: str) -> str | None:
    try:
        get(name)
    except (ModelError, UnknownPluginError) as error:
        return str(error)
    return None
