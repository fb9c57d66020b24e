"""Classifier plugins: found by entry point, imported when asked for, one by one.

A distribution announces its classifiers in the entry-point group ``serfast.classifiers``:

    [project.entry-points."serfast.classifiers"]
    svm = "serfast_svm:PLUGIN"

The object named is a :class:`serfast.models.Plugin`. Names come from installed metadata, so
listing them runs no plugin's code; nothing is kept, so what is installed later is found.
"""

from __future__ import annotations

import re
from typing import Any

from .. import entry_points as entries
from .._checks import shown
from ..entry_points import PluginInfo
from ..errors import UnknownPluginError
from .plugin import Plugin

__all__ = ["GROUP", "PluginInfo", "available", "get", "info", "owner"]

GROUP = "serfast.classifiers"

PACKAGE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
"""Names that may stand in a command to copy."""


def available() -> tuple[str, ...]:
    """List the names of the installed classifier plugins, sorted; imports none of them."""
    return entries.names(GROUP)


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
    points = entries.points(GROUP, name)
    if not points:
        installed = ", ".join(available()) or "none"
        advice = f"; is there a package for it? try: pip install serfast-{name}"
        raise UnknownPluginError(
            f"classifier must be an installed plugin ({installed}), got {name!r:.80}"
            + (advice if hint and PACKAGE.fullmatch(name) else "")
        )
    point = entries.only("classifier", points)
    return entries.load("plugin", point, _fault)  # type: ignore[no-any-return]


def _fault(plugin: Any) -> str | None:
    """Say what makes this object no plugin."""
    if isinstance(plugin, type) or not isinstance(plugin, Plugin):
        members = "input, train, load, default_model"
        return f"must be an object with {members} (serfast.models.Plugin), got {shown(plugin, 80)}"
    if plugin.input not in ("vector", "rows", "samples"):
        return f"must have vector, rows or samples as its input, got {shown(plugin.input, 80)}"
    return None


def owner(name: str) -> str:
    """Distribution and version that a plugin is of, for messages."""
    points = entries.points(GROUP, name)
    return entries.owner(points[0]) if points else "no distribution"


def info() -> tuple[PluginInfo, ...]:
    """Describe every installed plugin: name, distribution, version, load error; imports each."""
    return entries.info(GROUP, get)
