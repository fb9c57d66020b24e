"""Classifier plugins are found by their entry points, and each is imported only when asked for.

A distribution announces its classifiers in the entry-point group ``serfast.classifiers``:

    [project.entry-points."serfast.classifiers"]
    svm = "serfast_svm:PLUGIN"

The entry point names a :class:`serfast.models.Plugin`. The names come from installed metadata, so
listing them runs no plugin's code. No list is kept, so a plugin that is installed later is found.
"""

from __future__ import annotations

from typing import Any

from .. import _checks as checks
from .. import entry_points as entries
from .._checks import shown
from ..entry_points import PluginInfo
from ..errors import UnknownPluginError
from .plugin import Plugin

__all__ = ["GROUP", "PluginInfo", "available", "get", "how_to_install", "info", "owner"]

GROUP = "serfast.classifiers"

OURS = {
    **{name: name for name in ("campplus", "ensemble", "onnx", "sklearn", "svm", "whisper")},
    "whisper-campplus": "campplus",
}
"""The plugins in serfast's repository, with the end of the name of each one's package."""


def available() -> tuple[str, ...]:
    """Give the names of the installed classifier plugins, sorted, without importing any."""
    return entries.names(GROUP)


def how_to_install(name: str) -> str:
    """Say how one of our plugins is had."""
    return f"in a copy of serfast's repository: pip install ./plugins/serfast-{OURS[name]}"


def get(name: str, *, hint: bool = True) -> Plugin:
    """Give the plugin of that name; it is imported first.

    Parameters
    ----------
    name : str
        This is the name of the entry point.
    hint : bool
        If it is one of ours, the message says how it is had. False turns that off, for a name that
        a stranger chose.

    Raises
    ------
    UnknownPluginError
        If no installed distribution offers it, or more than one.
    ModelError
        If it can't be imported (the cause is chained) or isn't a plugin.

    Notes
    -----
    The first call costs the import of the plugin. Every call looks at the installed metadata.
    """
    points = entries.points(GROUP, name)
    if not points:
        installed = ", ".join(available()) or "none"
        similar = checks.similar(name, available())
        raise UnknownPluginError(
            f"classifier must be an installed plugin ({installed}), got {name!r:.80}"
            + (similar or (f"; {how_to_install(name)}" if hint and name in OURS else ""))
        )
    point = entries.only("classifier", points)
    return entries.load("plugin", point, _fault)  # type: ignore[no-any-return]


def _fault(plugin: Any) -> str | None:
    """Say why this object is no plugin, or give None if it is one."""
    if isinstance(plugin, type) or not isinstance(plugin, Plugin):
        members = "input, train, load, default_model"
        return f"must be an object with {members} (serfast.models.Plugin), got {shown(plugin, 80)}"
    if plugin.input not in ("vector", "rows", "samples"):
        return f"must have vector, rows or samples as its input, got {shown(plugin.input, 80)}"
    return None


def owner(name: str) -> str:
    """Give the distribution and version that a plugin belongs to, for messages."""
    points = entries.points(GROUP, name)
    return entries.owner(points[0]) if points else "no distribution"


def info() -> tuple[PluginInfo, ...]:
    """Give name, distribution, version and load error of each plugin; this imports all of them."""
    return entries.info(GROUP, get)
