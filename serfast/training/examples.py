"""Here examples are made: the classifier's inputs from recordings and altered copies of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypedDict

import numpy as np
from numpy.random import default_rng

from .. import _checks as checks
from ..audio.augmentation import SPEEDS, Alteration
from ..audio.reading import load
from ..corpora.recordings import Recording
from ..errors import ParameterError
from ..extractor import Extractor
from ..features.spec import FeatureSpec
from ..models.classifier import Input
from ..models.inputs import inputs_of
from ..models.plugin import Examples
from ..statistics.statistics import Statistics

__all__ = ["check_made_with", "examples_of", "make_examples"]

Samples = np.ndarray[Any, np.dtype[np.float32]]


class Making(TypedDict):
    """Both functions that make examples take these arguments, beside spec and statistics."""

    kind: Input
    alterations: tuple[Alteration, ...]
    seed: int
    backend: str


def make_examples(
    recordings: Sequence[Recording],
    spec: FeatureSpec,
    statistics: Statistics | None,
    *,
    kind: Input = "vector",
    alterations: Iterable[Alteration] = SPEEDS,
    seed: int = 0,
    backend: str | None = None,
    progress: Callable[[os.PathLike[str]], None] | None = None,
) -> Examples:
    """Read recordings and give the examples made from them.

    Parameters
    ----------
    recordings : sequence of Recording
        There must be at least one.
    spec : FeatureSpec
    statistics : Statistics or None
        They are needed for `kind` "vector".
    kind : {"vector", "rows", "samples"}
        The classifier takes inputs of this kind.
    alterations : iterable of Alteration
        Each adds an altered copy of every recording, so that few speakers and rooms stand for
        more; see :mod:`serfast.audio.augmentation`.
    seed : int
        Random alterations depend on it.
    backend : str or None
        It computes the features; see :class:`serfast.Extractor`.
    progress : callable, optional
        It is called with each recording's path when that one is done.

    Returns
    -------
    examples : Examples
        They stand in the order of the recordings: first all unaltered ones, then the copies by
        the first alteration, and so on.

    Raises
    ------
    ParameterError, AudioError
        If an argument breaks its rule or a recording can't be read.
    """
    if not recordings:
        raise ParameterError("recordings must be at least 1, got none")
    if kind == "vector" and statistics is None:
        raise ParameterError("statistics must be given for kind 'vector', got None")

    def signals() -> Iterator[Samples]:
        for recording in recordings:
            yield load(recording.path, spec.sample_rate)[0]
            if progress:
                progress(recording.path)

    return examples_of(
        signals(),
        [r.label for r in recordings],
        [r.speaker for r in recordings],
        spec,
        statistics,
        kind=kind,
        alterations=alterations,
        seed=seed,
        backend=backend,
    )


def examples_of(
    signals: Iterable[Samples],
    labels: Sequence[str],
    speakers: Sequence[str],
    spec: FeatureSpec,
    statistics: Statistics | None,
    *,
    kind: Input = "vector",
    alterations: Iterable[Alteration] = SPEEDS,
    seed: int = 0,
    backend: str | None = None,
) -> Examples:
    """Give the examples made from signals that are in memory, or that come one by one.

    It works like :func:`make_examples`. Each signal is float32 samples at the spec's rate, and
    has a label and a speaker.
    """
    vector = statistics.over(spec.columns, backend=backend) if statistics else None
    extractor = Extractor(spec, backend)
    changes = list(alterations)
    copies: list[list[np.ndarray[Any, Any]]] = [[] for _ in range(1 + len(changes))]
    for i, y in enumerate(signals):
        copies[0].append(inputs_of(y, kind, extractor, vector))
        for k, change in enumerate(changes):
            random = default_rng((seed, i, k))
            altered = change(y, int(spec.sample_rate), random)
            copies[1 + k].append(inputs_of(altered, kind, extractor, vector))
    flat = [x for inputs in copies for x in inputs]
    return Examples(
        inputs=np.stack(flat) if kind == "vector" else flat,
        labels=np.array(list(labels) * len(copies)),
        speakers=np.array(list(speakers) * len(copies)),
        altered=np.arange(len(flat)) >= len(labels),
        names=statistics.names(spec.columns) if statistics and kind == "vector" else (),
        spec=spec,
        statistics=statistics if kind == "vector" else None,
        backend=extractor.backend,
    )


def _column_count(examples: Examples, default: int) -> int:
    """Give the number of columns if the examples are rows, else give `default`."""
    first = examples.inputs[0]
    is_rows = not isinstance(examples.inputs, np.ndarray) and first.ndim == 2
    return int(first.shape[1]) if is_rows else default


def check_made_with(examples: Examples, spec: FeatureSpec, statistics: Statistics | None) -> None:
    """Check that examples were made with this spec and these statistics, as far as it is known.

    Raises
    ------
    ParameterError
        If the examples carry another spec or other statistics, if their vectors have entries of
        other names, or if there are statistics and the examples are rows or samples.
    """
    if examples.spec is not None:
        if spec != examples.spec:
            checks.fail("spec", f"that of the examples, {checks.shown(examples.spec)}", spec)
    elif (n := len(spec.columns)) != (there := _column_count(examples, n)):
        checks.refuse("spec", f"one of {there} columns, as the examples' rows have", str(n))
    if examples.statistics is not None:
        if statistics != examples.statistics:
            rule = f"those of the examples, {checks.shown(examples.statistics)}"
            checks.fail("statistics", rule, statistics)
    elif statistics is not None and not isinstance(examples.inputs, np.ndarray):
        checks.fail("statistics", "None for examples that are no vectors", statistics)
    elif examples.names and (
        statistics is None or statistics.names(spec.columns) != examples.names
    ):
        checks.fail("statistics", "those that the examples' entries are named by", statistics)
