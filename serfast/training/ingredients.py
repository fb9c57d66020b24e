"""A recipe's arguments are checked here; an argument that is None gets the plugin's choice."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .. import _checks as checks
from ..audio.augmentation import Alteration, alteration_text, parse_alteration
from ..errors import ParameterError
from ..features.spec import FeatureSpec
from ..models.plugin import Plugin, alterations_for, features_for
from ..models.plugin_calls import calling
from ..statistics.statistics import Statistics

__all__ = ["alterations_from", "features_from", "made_folder", "options_from"]


def features_from(
    name: str, plugin: Plugin, spec: FeatureSpec | None, statistics: Statistics | None
) -> tuple[FeatureSpec, Statistics | None]:
    """Give the spec and the statistics asked for; in place of None comes the plugin's choice.

    Raises
    ------
    ParameterError
        If one has another type, if the statistics name a column that the spec doesn't have, or if
        there are statistics for a plugin that takes no vector.
    """
    with calling(name, "default_spec"):
        default_spec, default_statistics = features_for(plugin)
    if spec is None:
        spec = default_spec
    elif not isinstance(spec, FeatureSpec):
        checks.fail("spec", "a FeatureSpec", spec)
    elif default_statistics is not None:
        default_statistics = Statistics()
    if statistics is None:
        statistics = default_statistics
    elif not isinstance(statistics, Statistics):
        checks.fail("statistics", "a Statistics", statistics)
    elif plugin.input != "vector":
        checks.fail(
            "statistics", f"None for plugin {name!r}, which takes {plugin.input}", statistics
        )
    if statistics is not None:
        statistics.names(spec.columns)
    return spec, statistics


def alterations_from(
    name: str, plugin: Plugin, given: Iterable[Alteration | str] | None
) -> tuple[Alteration, ...]:
    """Give the alterations asked for, or the plugin's choice.

    Raises
    ------
    ParameterError
        If one isn't an alteration, or has no text form, so that JSON can't hold it. The plugin's
        own choice may be of any kind.
    """
    with calling(name, "default_alterations"):
        default = tuple(alterations_for(plugin))
    if given is None:
        return default
    if isinstance(given, str) or not isinstance(given, Iterable):
        checks.fail("alterations", "a sequence of alterations", given)
    alterations = tuple(given)
    if alterations == default:
        return default
    texts = (item if isinstance(item, str) else alteration_text(item) for item in alterations)
    return tuple(parse_alteration(text) for text in texts)


def options_from(
    given: Mapping[str, Any] | Iterable[tuple[str, Any]],
) -> tuple[tuple[str, str], ...]:
    """Give options sorted by name, with every value as text.

    Raises
    ------
    ParameterError
        If they aren't pairs of a name and a text or number.
    """
    try:
        options = dict(given)
    except (TypeError, ValueError):
        checks.fail("options", "a mapping of names to text or numbers", given)
    for name, value in options.items():
        if not isinstance(name, str) or type(value) not in (str, int, float):
            checks.fail("options", "a mapping of names to text or numbers", {name: value})
    return tuple(sorted((name, str(value)) for name, value in options.items()))


def made_folder(path: str | os.PathLike[str]) -> Path:
    """Give the folder of a run; it is made if it doesn't exist.

    Raises
    ------
    ParameterError
        If it isn't a folder and can't be made.
    """
    folder = Path(path)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise ParameterError(f"run must be a folder, got {folder}: {error.strerror}") from error
    return folder
