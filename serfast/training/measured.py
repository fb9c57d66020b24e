"""The figures of an evaluation are written as JSON here, with the setup that was measured."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from .. import _checks as checks
from ..audio.augmentation import alteration_text
from ..errors import ParameterError
from ..models import registry
from ..models.bundle.fingerprint import fingerprint
from ..models.plugin import alterations_for, options_of
from .condition_figures import figures_in
from .evaluation import Evaluation
from .recipe import Recipe
from .sharpness import RANGE

__all__ = ["bound_in", "measured_card", "read_measured", "setup_of", "sharpness_in"]


def setup_of(recipe: Recipe) -> dict[str, Any]:
    """Give the setup that a measurement belongs to, because figures are true for one setup only.

    The features' fingerprint stands there instead of the spec, and every option of the plugin has
    its value there. The seed isn't part of the setup.
    """
    plugin = recipe.load_plugin()
    default = tuple(alterations_for(plugin))
    chooses = recipe.choose_copies
    others = recipe.alterations if recipe.alterations != default and not chooses else ()
    options = options_of(plugin)
    return {
        "plugin": recipe.plugin,
        "fingerprint": fingerprint(recipe.spec, recipe.backend),
        "statistics": recipe.statistics.to_dict() if recipe.statistics else None,
        **({"embedding": recipe.embedding.to_dict()} if recipe.embedding else {}),
        "plain": not recipe.alterations and default != (),
        **({"choose_copies": True} if chooses else {}),
        **({"alter": list(map(alteration_text, others))} if others else {}),
        **({"options": options} if options else {}),
    }


def measured_card(evaluation: Evaluation, recipe: Recipe) -> dict[str, Any]:
    """Give the figures of an evaluation and their setup, in the form that a bundle's card has."""
    return {**evaluation.card(), "setup": setup_of(recipe)}


def read_measured(path: str | os.PathLike[str], recipe: Recipe) -> dict[str, Any]:
    """Give the figures in a file from :func:`measured_card`; they must be of this recipe's setup.

    Raises
    ------
    ParameterError
        If the file has no such figures, or figures of another setup.
    OSError
        If the file can't be read.
    """
    try:
        figures = json.loads(checks.small_file(path))
    except (ValueError, RecursionError) as error:
        raise ParameterError(f"{path} must be JSON: {error}") from error
    if not isinstance(figures, dict) or not isinstance(figures.get("setup"), dict):
        raise ParameterError(f"{path} must be written by `serfast evaluate -o`")
    uar = figures.get("uar")
    if not isinstance(uar, float | int) or not 0 <= uar <= 1:
        raise ParameterError(f"uar in {path} must be from 0 to 1, got {uar!r:.80}")
    bound_in(figures)
    sharpness_in(figures)
    try:
        figures_in(figures)
    except ParameterError as error:
        raise ParameterError(f"conditions in {path}: {error}") from error
    setup, measured = setup_of(recipe), _with_later_options(figures["setup"], recipe)
    for key in (*setup, *measured):
        if (value := measured.get(key)) != (wanted := setup.get(key)):
            raise ParameterError(
                f"{key} in {path} must be that of the training, {wanted!r:.60}, got {value!r:.60}: "
                "evaluate with the same arguments"
            )
    return figures


def _with_later_options(setup: Mapping[str, Any], recipe: Recipe) -> dict[str, Any]:
    """Give a setup with the defaults of options that the plugin has got since it was measured."""
    defaults, written = options_of(registry.get(recipe.plugin)), setup.get("options", {})
    if not defaults or not isinstance(written, Mapping):
        return dict(setup)
    return {**setup, "options": {**defaults, **written}}


def bound_in(figures: Mapping[str, Any]) -> float | None:
    """Give the bound of certain answers in what :func:`measured_card` gave; None without one.

    Raises
    ------
    ParameterError
        If what stands there is no such bound.
    """
    return _number_in(figures, "certain", "above", 0, 1)


def sharpness_in(figures: Mapping[str, Any]) -> float | None:
    """Give the sharpness of probabilities in what :func:`measured_card` gave; None without one.

    Raises
    ------
    ParameterError
        If what stands there is no such number.
    """
    return _number_in(figures, "calibration", "sharpness", *RANGE)


def _number_in(
    figures: Mapping[str, Any], part: str, name: str, minimum: float, maximum: float
) -> float | None:
    """Give a number that stands in a part of figures, if it does, and see that it is in range."""
    numbers = figures.get(part, {})
    if not isinstance(numbers, Mapping):
        checks.fail(part, "a mapping", numbers)
    number = numbers.get(name)
    if number is None:
        return None
    return checks.number(f"{part} {name}", number, minimum=minimum, maximum=maximum)
