"""Classifier plugins: found by entry point, imported when asked for, one by one.

A distribution announces its classifiers in the entry-point group ``serfast.classifiers``:

    [project.entry-points."serfast.classifiers"]
    svm = "serfast_svm:PLUGIN"

The object named is a :class:`serfast.models.Plugin`. Names come from installed metadata, so
listing them runs no plugin's code; nothing is kept, so what is installed later is found.
"""

from __future__ import annotations

from typing import Any

from .. import entry_points as entries
from ..entry_points import PluginInfo
from ..errors import UnknownPluginError
from .plugin import Plugin

__all__ = ["GROUP", "PluginInfo", "available", "get", "how_to_install", "info", "owner"]

GROUP = "serfast.classifiers"

OURS = ("ensemble", "onnx", "svm")
"""The plugins in serfast's repository."""


def available() -> tuple[str, ...]:
    """List the names of the installed classifier plugins, sorted; imports none of them."""
    return entries.names(GROUP)


def how_to_install(name: str) -> str:
    """Say how one of our plugins is had."""
    return f"in a copy of serfast's repository: pip install ./plugins/serfast-{name}"


def get(name: str, *, hint: bool = True) -> Plugin:
    """Import the plugin of that name.

    Parameters
    ----------
    name : str
        Of the entry point.
    hint : bool
        Whether to say how to install it if it is one of ours; False for a name that a stranger
        chose.

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
        raise UnknownPluginError(
            f"classifier must be an installed plugin ({installed}), got {name!r:.80}"
            + (f"; {how_to_install(name)}" if hint and name in OURS else "")
        )
    point = entries.only("classifier", points)
    return entries.load("plugin", point, _fault)  # type: ignore[no-any-return]


def _fault(plugin: Any) -> str | None:
    """Say what makes this object no plugin."""
    if isinstance(plugin, type) or not isinstance(plugin, Plugin):
        members = "input, train, load, default_model"
        return f"must be an object with {members} (serfast.models.Plugin), got {plugin!r:.80}"
    if plugin.input not in ("vector", "rows", "samples"):
        return f"must have vector, rows or samples as its input, got {plugin.input!r:.80}"
    return None


def owner(name: str) -> str:
    """Distribution and version that a plugin is of, for messages."""
    points = entries.points(GROUP, name)
    return entries.owner(points[0]) if points else "no distribution"


def info() -> tuple[PluginInfo, ...]:
    """Describe every installed plugin: name, distribution, version, load error; imports each."""
    return entries.info(GROUP, get)
