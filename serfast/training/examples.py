"""Here examples are made: the classifier's inputs from recordings and altered copies of them."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from typing import Any, TypedDict

import numpy as np

from .. import _checks as checks
from ..audio.augmentation import COPIES, Alteration
from ..cluster import check_client
from ..corpora.in_order import in_order
from ..corpora.recordings import Recording
from ..errors import ParameterError, SerfastError
from ..features.spec import FeatureSpec
from ..models.classifier import Input
from ..models.embedding_reference import EmbeddingReference
from ..models.input_maker import InputMaker
from ..models.plugin import Examples
from ..statistics.statistics import Statistics
from .cluster_examples import MakerOf, Outcome, made_on
from .copies import CopyMaker, Made, made_of
from .others import others_of_signals, recordings_of_speakers

__all__ = ["assembled", "check_made_with", "examples_of", "make_examples", "texts_of"]

Samples = np.ndarray[Any, np.dtype[np.float32]]
Failed = Callable[[Recording, Exception], None]


class Making(TypedDict):
    """Both functions that make examples take these arguments, beside spec and statistics."""

    kind: Input
    embedding: EmbeddingReference | None
    alterations: tuple[Alteration, ...]
    seed: int
    backend: str


def make_examples(
    recordings: Sequence[Recording],
    spec: FeatureSpec,
    statistics: Statistics | None,
    *,
    kind: Input = "vector",
    embedding: EmbeddingReference | None = None,
    alterations: Iterable[Alteration] = COPIES,
    seed: int = 0,
    backend: str | None = None,
    threads: int = 1,
    progress: Callable[[os.PathLike[str]], None] | None = None,
    failed: Failed | None = None,
    doubted: Callable[[str], object] | None = None,
    client: Any = None,
) -> Examples:
    """Read recordings and give the examples made from them.

    Parameters
    ----------
    recordings : sequence of Recording
        There must be at least one.
    spec : FeatureSpec
    statistics : Statistics or None
        For `kind` "vector" they or an embedding are needed.
    kind : {"vector", "rows", "samples"}
        The classifier takes inputs of this kind.
    embedding : EmbeddingReference or None
        Its vector is the one of `kind` "vector", or stands behind the statistics.
    alterations : iterable of Alteration
        Each adds an altered copy of every recording, so that few speakers and rooms stand for
        more; see :mod:`serfast.audio.augmentation`. One that needs other recordings, as babble
        does, gets those of the same speaker, so that leaving out a speaker leaves out the voice.
    seed : int
        Random alterations depend on it.
    backend : str or None
        It computes the features; see :class:`serfast.Extractor`.
    threads : int
        So many recordings are worked on at a time; the examples don't depend on it.
    progress : callable, optional
        It is called with each recording's path when that one is done.
    failed : callable, optional
        It is called with each recording that can't be used and the error. That recording is left
        out. Without it the first such recording's error is raised.
    doubted : callable, optional
        It is called with the text of each warning about a recording, too.
    client : distributed.Client, optional
        The workers of this Dask cluster make the examples, which are the same. They see the
        recordings under the same paths.

    Returns
    -------
    examples : Examples
        They stand in the order of the recordings: first all unaltered ones, then the copies by
        the first alteration, and so on.

    Raises
    ------
    ParameterError, AudioError
        If an argument breaks its rule or a recording can't be read, or none of them.

    Warns
    -----
    UserWarning
        A recording is silent, shorter than a frame, or ends before a part of it does; it is named.
    """
    if not recordings:
        raise ParameterError("recordings must be at least 1, got none")
    if kind == "vector" and statistics is None and embedding is None:
        raise ParameterError("statistics must be given for kind 'vector', got None")
    checks.integer("threads", threads, minimum=1)
    inputs = InputMaker(spec, statistics, kind, backend, embedding)
    maker = CopyMaker(inputs, alterations, seed)
    if client is None:
        outcomes = _made_here(maker, recordings, threads, progress)
    else:
        made_by = (inputs.spec, statistics, kind, inputs.backend, embedding)
        maker_of = MakerOf(*made_by, maker.alterations, seed)
        outcomes = (one for one in made_on(check_client(client), maker_of, recordings, progress))
    kept, store = [], _Store(maker, len(recordings))
    with closing(outcomes):
        for recording, outcome in zip(recordings, outcomes, strict=True):
            if isinstance(outcome, Made):
                kept.append(recording)
                store.add(outcome.copies)
                for doubt in outcome.doubts:
                    warnings.warn(doubt, stacklevel=2)
                    if doubted is not None:
                        doubted(doubt)
            elif failed is None:
                raise outcome
            else:
                failed(recording, outcome)
    if not kept:
        raise ParameterError(f"recordings must hold one that can be used, got {len(recordings)}")
    return store.examples(
        [r.label for r in kept], [r.speaker for r in kept], texts_of([r.text for r in kept])
    )


def _made_here(
    maker: CopyMaker,
    recordings: Sequence[Recording],
    threads: int,
    progress: Callable[[os.PathLike[str]], None] | None,
) -> Generator[Outcome, None, None]:
    """Give what is made of each recording, or the error, in their order."""
    others = recordings_of_speakers(recordings, int(maker.inputs.spec.sample_rate))

    def outcome(i: int) -> Outcome:
        try:
            return made_of(maker, recordings[i], i, others(i))
        except (SerfastError, OSError) as error:
            return error

    for i, result in _worked(outcome, len(recordings), threads):
        yield result()
        if progress:
            progress(recordings[i].path)


def examples_of(
    signals: Iterable[Samples],
    labels: Sequence[str],
    speakers: Sequence[str],
    spec: FeatureSpec,
    statistics: Statistics | None,
    *,
    kind: Input = "vector",
    embedding: EmbeddingReference | None = None,
    alterations: Iterable[Alteration] = COPIES,
    seed: int = 0,
    backend: str | None = None,
) -> Examples:
    """Give the examples made from signals that are in memory, or that come one by one.

    It works like :func:`make_examples`. Each signal is float32 samples at the spec's rate, and
    has a label and a speaker. Where signals come one by one, an alteration that needs others has
    none.
    """
    maker = CopyMaker(InputMaker(spec, statistics, kind, backend, embedding), alterations, seed)
    store = _Store(maker, len(labels))
    others = others_of_signals(signals, speakers)
    for i, y in enumerate(signals):
        store.add(maker(y, i, others(i)))
    return store.examples(labels, speakers, texts_of([None] * len(labels)))


def texts_of(texts: Sequence[str | None]) -> list[str]:
    """Give what is said in each recording; where that isn't known, something that no other says.

    Examples
    --------
    >>> texts_of(["a01", None, "a01"])
    ['a01', 'recording 2', 'a01']
    """
    return [f"recording {k}" if text is None else text for k, text in enumerate(texts, 1)]


def _worked(
    work: Callable[[int], Outcome], count: int, threads: int
) -> Iterator[tuple[int, Callable[[], Outcome]]]:
    """Give each place with a function that gives the result of the work on it, or its error."""
    if threads == 1:
        yield from ((i, partial(work, i)) for i in range(count))
        return
    with closing(in_order(work, range(count), threads)) as results:  # type: ignore[type-var]
        yield from ((i, future.result) for i, future in results)


class _Store:
    """What is made of one signal after another.

    Vectors are stored as float32, each in the place in which it stays: a large corpus has no room
    in memory for two arrays of them.
    """

    def __init__(self, maker: CopyMaker, most: int) -> None:
        self._inputs, self._n_copies = maker.inputs, 1 + len(maker.alterations)
        self._most = most
        self._count = 0
        self._copies: list[Sequence[np.ndarray[Any, Any]]] = []
        self._vectors = np.empty((0, 0, 0), np.float32)

    def add(self, copies: Sequence[np.ndarray[Any, Any]]) -> None:
        """Add the copies of the next signal."""
        i = self._count
        if i == self._most:
            checks.fail("labels", "one for each signal", self._most)
        self._count += 1
        if self._inputs.kind != "vector":
            self._copies.append(copies)
            return
        if not i:
            self._vectors = np.empty((len(copies), self._most, len(copies[0])), np.float32)
        with np.errstate(over="ignore"):  # an infinite entry is refused by who can't use it
            for k, copy in enumerate(copies):
                self._vectors[k, i] = copy

    def examples(
        self, labels: Sequence[str], speakers: Sequence[str], texts: Sequence[str]
    ) -> Examples:
        """Give the examples: the unaltered ones first, then alteration by alteration."""
        flat = [copies[k] for k in range(self._n_copies) for copies in self._copies]
        x = self._together() if self._inputs.kind == "vector" else flat
        return assembled(self._inputs, x, self._n_copies, labels, speakers, texts)

    def _together(self) -> np.ndarray[Any, Any]:
        """Give the vectors as one array, without the places of signals that failed."""
        n_copies, most, size = self._vectors.shape
        flat = self._vectors.reshape(n_copies * most, size)
        if self._count < most:
            for k in range(1, n_copies):
                flat[k * self._count : (k + 1) * self._count] = self._vectors[k, : self._count]
        return flat[: n_copies * self._count]


def assembled(
    inputs: InputMaker,
    x: Sequence[np.ndarray[Any, Any]] | np.ndarray[Any, Any],
    n_copies: int,
    labels: Sequence[str],
    speakers: Sequence[str],
    texts: Sequence[str],
) -> Examples:
    """Give examples of what was made: all recordings first, then alteration by alteration."""
    n = len(x) // n_copies
    is_vector = inputs.kind == "vector"
    return Examples(
        inputs=x,
        labels=np.array(list(labels) * n_copies),
        speakers=np.array(list(speakers) * n_copies),
        altered=np.arange(n * n_copies) >= len(labels),
        copies=np.arange(n * n_copies) // max(n, 1),
        texts=np.array(list(texts) * n_copies),
        names=inputs.names,
        spec=inputs.spec,
        statistics=inputs.statistics if is_vector else None,
        embedding=inputs.embedding if is_vector else None,
        backend=inputs.backend,
    )


def _column_count(examples: Examples, default: int) -> int:
    """Give the number of columns if the examples are rows, else give `default`."""
    first = examples.inputs[0]
    is_rows = not isinstance(examples.inputs, np.ndarray) and first.ndim == 2
    return int(first.shape[1]) if is_rows else default


def check_made_with(
    examples: Examples,
    spec: FeatureSpec,
    statistics: Statistics | None,
    embedding: EmbeddingReference | None = None,
) -> None:
    """Check that examples were made with these, as far as it is known.

    Raises
    ------
    ParameterError
        If the examples carry another spec, other statistics or another embedding, if their vectors
        have entries of other names, or if there are statistics and the examples are rows or
        samples.
    """
    if examples.spec is not None:
        if spec != examples.spec:
            checks.fail("spec", f"that of the examples, {checks.shown(examples.spec)}", spec)
    elif (n := len(spec.columns)) != (there := _column_count(examples, n)):
        checks.refuse("spec", f"one of {there} columns, as the examples' rows have", str(n))
    if embedding != examples.embedding:
        rule = f"that of the examples, {checks.shown(examples.embedding)}"
        checks.fail("embedding", rule, embedding)
    if examples.statistics is not None or examples.embedding is not None:
        if statistics != examples.statistics:
            rule = f"those of the examples, {checks.shown(examples.statistics)}"
            checks.fail("statistics", rule, statistics)
    elif statistics is not None and not isinstance(examples.inputs, np.ndarray):
        checks.fail("statistics", "None for examples that are no vectors", statistics)
    elif examples.names and (
        statistics is None or statistics.names(spec.columns) != examples.names
    ):
        checks.fail("statistics", "those that the examples' entries are named by", statistics)
