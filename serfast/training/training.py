"""Training: examples become a model bundle."""

from __future__ import annotations

from typing import Any

from ..features.spec import FeatureSpec
from ..models.bundle.bundle import Bundle
from ..models.plugin import Examples, Plugin, Run, Weights, fit, options_of
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
) -> Bundle:
    """Train a plugin's classifier on all examples.

    Parameters
    ----------
    name : str
        The plugin's name.
    plugin : Plugin
    examples : Examples
        As :func:`make_examples` gives them.
    spec, statistics
        What they were made with; :class:`serfast.training.Recipe` brings its own.
    run : Run, optional
        Seed, folder and whom to tell how it goes; by default seed 0.
    card : dict, optional
        What else the bundle shall say of the model (anything JSON can hold).

    Returns
    -------
    bundle : Bundle
        Its card has, beside `card`, what was trained on and what the plugin says it chose.

    Raises
    ------
    ParameterError
        If the examples were made with others than `spec` and `statistics`, or the plugin refuses
        them.
    ModelError
        If the plugin fails, or gives what a bundle can't hold.
    """
    check_made_with(examples, spec, statistics)
    run = Run() if run is None else run
    with calling(name, "train"):
        weights = fit(plugin, examples, run)
        options = options_of(plugin)
    about = {
        "recordings": int((~examples.altered).sum()),
        "altered_copies": int(examples.altered.sum()),
        "speakers": sorted(set(examples.speakers.tolist())),
        "seed": run.seed,
        "chosen": dict(weights.card),
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
    """Bundle the weights that a plugin trained on these examples.

    Raises
    ------
    ParameterError
        If the examples were made with others than `spec` and `statistics`.
    """
    check_made_with(examples, spec, statistics)
    return Bundle(
        plugin=name,
        classes=examples.classes,
        spec=spec,
        statistics=statistics,
        backend=examples.backend,
        arrays=weights.arrays,
        files=weights.files,
        card=card,
    )
