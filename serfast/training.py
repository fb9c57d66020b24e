"""Training: labelled recordings become examples, examples a model bundle."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from . import _checks as checks
from ._calls import calling
from .bundle import Bundle
from .classifier import Examples, Input, Plugin, Weights
from .corpus import Recording
from .errors import ParameterError
from .extractor import Extractor
from .recognizer import inputs_of
from .spec import FeatureSpec
from .statistics import Statistics

__all__ = ["SPEEDS", "bundle_of", "make_examples", "train"]

SPEEDS = (2 ** (-2 / 12), 2 ** (-1 / 12), 2 ** (1 / 12), 2 ** (2 / 12))
"""Speeds of the altered copies: one and two semitones down and up."""

SPEED_UNIT = 1_000_000
"""Sample rates are whole numbers, so a speed is rounded to 1e-6."""


def make_examples(
    recordings: Sequence[Recording],
    spec: FeatureSpec,
    statistics: Statistics | None,
    *,
    kind: Input = "vector",
    speeds: Iterable[float] = SPEEDS,
    backend: str = "native",
    progress: Callable[[os.PathLike[str]], None] | None = None,
) -> Examples:
    """Read recordings and compute what a classifier takes of each.

    Parameters
    ----------
    recordings : sequence of Recording
        At least one.
    spec : FeatureSpec
    statistics : Statistics or None
        Needed for `kind` "vector".
    kind : {"vector", "rows", "samples"}
        What the classifier takes.
    speeds : iterable of float
        For each an altered copy of every recording is added, played that much faster: tempo,
        pitch and formants move together (Ko et al., "Audio augmentation for speech recognition",
        Interspeech 2015), so that few speakers stand for more. 0.5 to 2.
    backend : str
        What computes the features.
    progress : callable, optional
        Called with each recording's path when it is done.

    Returns
    -------
    examples : Examples
        Recording by recording in the order given, first all unaltered ones, then speed by speed.

    Raises
    ------
    ParameterError, AudioError
        If an argument breaks its rule or a recording can't be read.
    """
    from .audio import load

    factors = [checks.number("speeds", s, minimum=0.5, maximum=2) for s in speeds]
    if not recordings:
        raise ParameterError("recordings must be at least 1, got none")
    if kind == "vector" and statistics is None:
        raise ParameterError("statistics must be given for kind 'vector', got None")
    vector = statistics.over(spec.columns, backend=backend) if statistics else None
    extractor = Extractor(spec, backend)
    copies: list[list[np.ndarray[Any, Any]]] = [[] for _ in range(1 + len(factors))]
    for recording in recordings:
        y, _ = load(recording.path, spec.sample_rate)  # type: ignore[arg-type]
        for inputs, factor in zip(copies, [1.0, *factors], strict=True):
            inputs.append(inputs_of(_faster(y, factor), kind, extractor, vector))
        if progress:
            progress(recording.path)
    flat = [x for inputs in copies for x in inputs]
    return Examples(
        inputs=np.stack(flat) if kind == "vector" else flat,
        labels=np.array([r.label for r in recordings] * len(copies)),
        speakers=np.array([r.speaker for r in recordings] * len(copies)),
        altered=np.arange(len(flat)) >= len(recordings),
        names=statistics.names(spec.columns) if statistics and kind == "vector" else (),
    )


def train(
    name: str,
    plugin: Plugin,
    examples: Examples,
    spec: FeatureSpec,
    statistics: Statistics | None,
    *,
    seed: int = 0,
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
        What they were made with.
    seed : int
        Of whatever the plugin draws at random.
    card : dict, optional
        What else the bundle shall say of the model (anything JSON can hold).

    Returns
    -------
    bundle : Bundle
        Its card has, beside `card`, what was trained on and what the plugin says it chose.

    Raises
    ------
    ParameterError
        If the plugin refuses the examples.
    ModelError
        If the plugin fails, or gives what a bundle can't hold.
    """
    with calling(name, "train"):
        weights = plugin.train(examples, seed=seed)
    about = {
        "recordings": int((~examples.altered).sum()),
        "altered_copies": int(examples.altered.sum()),
        "speakers": sorted(set(examples.speakers.tolist())),
        "seed": seed,
        "chosen": dict(weights.card),
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
    """Bundle the weights that a plugin trained on these examples."""
    return Bundle(
        plugin=name,
        classes=examples.classes,
        spec=spec,
        statistics=statistics,
        arrays=weights.arrays,
        files=weights.files,
        card=card,
    )


def _faster(y: np.ndarray[Any, Any], factor: float) -> np.ndarray[Any, Any]:
    """Play the signal `factor` times as fast."""
    if factor == 1:
        return y
    from .audio import resample

    return resample(y, round(SPEED_UNIT * factor), SPEED_UNIT)
