"""A recipe's arguments are checked here; an argument that is None gets the plugin's choice."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .. import _checks as checks
from .. import presets
from ..audio.augmentation import (
    STRONG_COPIES,
    Alteration,
    alteration_text,
    parse_alteration,
)
from ..errors import ParameterError
from ..features.spec import FeatureSpec
from ..models.embedding import Embedding, referenced
from ..models.embedding_reference import EmbeddingReference
from ..models.plugin import Plugin, alterations_for, embedding_for, features_for
from ..models.plugin_calls import calling
from ..statistics.statistics import Statistics

__all__ = [
    "alterations_from",
    "copies_from",
    "embedding_from",
    "features_from",
    "made_folder",
    "options_from",
]


def embedding_from(
    name: str, plugin: Plugin, given: str | EmbeddingReference | None
) -> Embedding | None:
    """Give the embedding asked for, or else the plugin's choice, if it has one.

    Raises
    ------
    ParameterError
        If the plugin takes no vector, or the name breaks its rule.
    UnknownPluginError
        If the embedding isn't installed.
    ModelError
        If it is another one than the reference names, or can't be opened.
    """
    with calling(name, "default_embedding"):
        wanted = embedding_for(plugin) if given is None else given
    if wanted is None:
        return None
    if plugin.input != "vector":
        checks.fail("embedding", f"None for plugin {name!r}, which takes {plugin.input}", wanted)
    return referenced(wanted) if isinstance(wanted, EmbeddingReference) else Embedding(wanted)


def features_from(
    name: str,
    plugin: Plugin,
    spec: FeatureSpec | None,
    statistics: Statistics | None,
    embedding: Embedding | None = None,
) -> tuple[FeatureSpec, Statistics | None]:
    """Give the spec and the statistics asked for; in place of None comes the plugin's choice.

    Beside an embedding there are no statistics unless they are asked for.

    Raises
    ------
    ParameterError
        If one has another type, if the statistics name a column that the spec doesn't have, if
        there are statistics for a plugin that takes no vector, or if the spec has another sample
        rate than the embedding.
    """
    with calling(name, "default_spec"):
        default_spec, default_statistics = features_for(plugin)
    if embedding is not None:
        default_spec = (
            default_spec if statistics is not None else presets.levels(embedding.sample_rate)
        )
        default_statistics = None
    if spec is None:
        spec = default_spec
    elif not isinstance(spec, FeatureSpec):
        checks.fail("spec", "a FeatureSpec", spec)
    elif default_statistics is not None:
        default_statistics = presets.usual_statistics(spec)
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
    if embedding is not None and spec.sample_rate != embedding.sample_rate:
        rule = f"{embedding.sample_rate}, as embedding {embedding.name!r} takes it"
        checks.fail("sample_rate", rule, spec.sample_rate)
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


def copies_from(
    name: str, plugin: Plugin, given: Iterable[Alteration | str] | None, *, choose: bool
) -> tuple[Alteration, ...]:
    """Give the alterations of :func:`alterations_from`, or those that there are to choose from.

    Raises
    ------
    ParameterError
        If there is a choice and `given` are other ones than :data:`STRONG_COPIES`; or if
        :func:`alterations_from` raises it.
    """
    if not choose:
        return alterations_from(name, plugin, given)
    if given is not None and alterations_from(name, plugin, given) != STRONG_COPIES:
        checks.refuse("alterations", "None with choose_copies", "others than there are to choose")
    return STRONG_COPIES


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
