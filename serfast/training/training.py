"""Training turns examples into a model bundle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..features.spec import FeatureSpec
from ..models.bundle.bundle import Bundle
from ..models.plugin import (
    Examples,
    Plugin,
    Run,
    TakesBound,
    TakesSharpness,
    Weights,
    fit,
    options_of,
)
from ..models.plugin_calls import calling
from ..statistics.statistics import Statistics
from .examples import check_made_with

__all__ = ["bundle_of", "train"]


def train(
    name: str,
    plugin: Plugin,
    examples: Examples,
    spec: FeatureSpec,
    statistics: Statistics | None,
    *,
    run: Run | None = None,
    card: dict[str, Any] | None = None,
    chosen: Mapping[str, Any] | None = None,
    certain_above: float | None = None,
    sharpness: float | None = None,
) -> Bundle:
    """Train a plugin's classifier on all examples; give the model bundle.

    Parameters
    ----------
    name : str
        The plugin's name.
    plugin : Plugin
    examples : Examples
        They come from :func:`make_examples`.
    spec, statistics
        The examples were made with them. (:meth:`serfast.training.Recipe.train` passes its own.)
    run : Run, optional
        It holds the seed, the folder and whom to inform; the default has seed 0.
    card : dict, optional
        The bundle's card holds this too (anything that JSON can hold).
    chosen : mapping, optional
        The card holds this beside what the plugin chose.
    certain_above : float, optional
        The bound of certain answers, as an evaluation gave it (`Evaluation.certain_above`). A
        plugin that takes none (:class:`serfast.models.plugin.TakesBound`) has its own, or none.
    sharpness : float, optional
        How sharp the probabilities should be, as the evaluation that gave `certain_above` found
        it (`Evaluation.sharpness`); for a :class:`serfast.models.plugin.TakesSharpness`.

    Returns
    -------
    bundle : Bundle
        Its card says, beside `card`, what was trained on and what the plugin chose.

    Raises
    ------
    ParameterError
        If the examples were made with another spec or other statistics, or the plugin refuses
        them.
    ModelError
        If the plugin fails, or gives what a bundle can't hold.
    """
    check_made_with(examples, spec, statistics, examples.embedding)
    run = Run() if run is None else run
    with calling(name, "train"):
        weights = fit(plugin, examples, run)
        if certain_above is not None and isinstance(plugin, TakesBound):
            weights = plugin.with_bound(weights, certain_above)
        if sharpness is not None and isinstance(plugin, TakesSharpness):
            weights = plugin.with_sharpness(weights, sharpness)
        options = options_of(plugin)
    about = {
        "recordings": int((~examples.altered).sum()),
        "altered_copies": int(examples.altered.sum()),
        "speakers": sorted(set(examples.speakers.tolist())),
        "seed": run.seed,
        "chosen": {**weights.card, **(chosen or {})},
        **({"options": options} if options else {}),
    }
    return bundle_of(name, weights, examples, spec, statistics, {"training": about, **(card or {})})


def bundle_of(
    name: str,
    weights: Weights,
    examples: Examples,
    spec: FeatureSpec,
    statistics: Statistics | None,
    card: dict[str, Any],
) -> Bundle:
    """Give a bundle of the weights that a plugin trained on these examples.

    Raises
    ------
    ParameterError
        If the examples were made with another spec or other statistics.
    """
    check_made_with(examples, spec, statistics, examples.embedding)
    return Bundle(
        plugin=name,
        classes=examples.classes,
        spec=spec,
        statistics=statistics,
        embedding=examples.embedding,
        backend=examples.backend,
        arrays=weights.arrays,
        files=weights.files,
        card=card,
    )
