"""Examples: what a classifier takes of every recording, and of altered copies of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypedDict

import numpy as np

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
    """How examples are made, beside spec and statistics: arguments of both functions here."""

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
    alterations : iterable of Alteration
        For each an altered copy of every recording is added, so that few speakers and rooms stand
        for more; see :mod:`serfast.audio.augmentation`.
    seed : int
        Of what the alterations draw at random.
    backend : str or None
        What computes the features; see :class:`serfast.Extractor`.
    progress : callable, optional
        Called with each recording's path when it is done.

    Returns
    -------
    examples : Examples
        Recording by recording in the order given, first all unaltered ones, then alteration by
        alteration.

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
    """Compute what a classifier takes of signals that are in memory, or come one by one.

    As :func:`make_examples`, with float32 samples at the spec's rate, and a label and a speaker
    for each.
    """
    vector = statistics.over(spec.columns, backend=backend) if statistics else None
    extractor = Extractor(spec, backend)
    changes = list(alterations)
    copies: list[list[np.ndarray[Any, Any]]] = [[] for _ in range(1 + len(changes))]
    for i, y in enumerate(signals):
        copies[0].append(inputs_of(y, kind, extractor, vector))
        for k, change in enumerate(changes):
            random = np.random.default_rng((seed, i, k))
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
    """Give how many columns the rows of the examples have; of other examples, `default`."""
    first = examples.inputs[0]
    is_rows = not isinstance(examples.inputs, np.ndarray) and first.ndim == 2
    return int(first.shape[1]) if is_rows else default


def check_made_with(examples: Examples, spec: FeatureSpec, statistics: Statistics | None) -> None:
    """Check that examples were made with this spec and these statistics, as far as they say.

    Raises
    ------
    ParameterError
        If the examples carry another spec or other statistics, or can't be of these: vectors whose
        entries have other names, or rows or samples if there are statistics.
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
