"""Here a classifier's input is made from a recording: samples, rows or a vector."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias, cast

import numpy as np

from .. import _checks as checks
from ..errors import ModelError, ParameterError
from ..extractor import Extractor
from ..features.spec import FeatureSpec
from ..statistics.statistics import PreparedStatistics, Statistics
from .bundle.bundle import Bundle
from .classifier import Classifier
from .embedding import NO_FILES, Embedding, referenced
from .embedding_reference import EmbeddingReference
from .plugin_calls import calling

__all__ = [
    "QUIET",
    "EmbeddedVector",
    "VectorMaker",
    "doubt_of",
    "inputs_of",
    "vector_maker",
    "vector_of",
]

Vector: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

QUIET = 1e-3
"""Peak below which a recording counts as silence: -60 dB of full scale."""


class EmbeddedVector:
    """It makes a vector with an embedding in it: statistics first, if there are any.

    It is immutable, so threads may share it.

    Parameters
    ----------
    embedding : Embedding
    statistics : PreparedStatistics or None
        They turn rows into the first part of the vector; None: the embedding's vector is all.
    """

    __slots__ = ("_statistics", "embedding")

    def __init__(self, embedding: Embedding, statistics: PreparedStatistics | None) -> None:
        self.embedding, self._statistics = embedding, statistics

    @property
    def needs_rows(self) -> bool:
        """Tell whether there are statistics, which are made of rows."""
        return self._statistics is not None

    @property
    def ignores_level(self) -> bool:
        """Tell whether the level of a recording has no part in the vector."""
        return self._statistics is None and self.embedding.ignores_level

    def __call__(self, samples: np.ndarray[Any, Any], rows: np.ndarray[Any, Any] | None) -> Vector:
        """Give the vector of samples at the embedding's rate, and of their rows if needed."""
        embedded: Vector = self.embedding.vectors([samples])[0].astype(np.float64)
        if self._statistics is None:
            return embedded
        return np.concatenate([self._statistics(rows), embedded])


VectorMaker: TypeAlias = "PreparedStatistics | EmbeddedVector"
"""It makes the vector: statistics of rows alone, or what an embedding has a part in."""


def inputs_of(
    samples: np.ndarray[Any, Any],
    kind: str,
    extractor: Extractor,
    vector: VectorMaker | None,
) -> np.ndarray[Any, Any]:
    """Make the input of this `kind` from samples, for training and for prediction alike.

    `vector` makes the vector, see :meth:`serfast.Statistics.over` and :class:`EmbeddedVector`.
    """
    if kind == "samples":
        return samples
    if kind not in ("rows", "vector"):
        checks.fail("kind", "vector, rows or samples", kind)
    if kind == "vector" and isinstance(vector, EmbeddedVector) and not vector.needs_rows:
        return vector(samples, None)
    rows = extractor(samples)
    if not np.isfinite(rows).all():
        peak = f"a peak of {np.abs(samples).max():g}"
        checks.refuse("signal", "small enough for finite features (full scale is 1)", peak)
    if kind == "rows":
        return rows
    if vector is None:
        checks.fail("vector", "given for kind 'vector'", vector)
    return vector(samples, rows) if isinstance(vector, EmbeddedVector) else vector(rows)


def doubt_of(samples: np.ndarray[Any, Any], frame: int, gain: float = 1.0) -> str | None:
    """Say why an answer about these samples times `gain` is hardly one; None if nothing is odd.

    `frame` is the length of the longest frame.
    """
    if gain * max(samples.max(), -samples.min()) < QUIET:
        return f"has no sample above {QUIET:g} of full scale: the answer says nothing"
    if len(samples) < frame:
        return f"has {len(samples)} samples, less than a frame of {frame}: hardly an answer"
    return None


def vector_of(
    classifier: Classifier, bundle: Bundle, backend: str | None = None
) -> VectorMaker | None:
    """Give what makes the classifier's vector; None if it takes none.

    Raises
    ------
    UnknownPluginError
        If the embedding that the bundle names isn't installed.
    ModelError
        If it is another one, or the bundle has neither statistics nor an embedding.
    """
    if classifier.input != "vector":
        return None
    if bundle.statistics is None and bundle.embedding is None:
        raise ModelError(
            "statistics in the bundle must be given for a vector classifier, or an embedding"
        )
    statistics = None
    if bundle.statistics is not None:
        with calling(bundle.plugin, "uses"):
            uses = getattr(classifier, "uses", None)
        statistics = _statistics_of(bundle, uses, backend)
    return vector_maker(bundle.spec, statistics, bundle.embedding, bundle.files)


def vector_maker(
    spec: FeatureSpec,
    statistics: PreparedStatistics | None,
    reference: EmbeddingReference | None,
    files: Mapping[str, bytes] = NO_FILES,
) -> VectorMaker | None:
    """Give what makes a vector of samples at the spec's rate; None if nothing is to make it.

    A bundle's files may carry the encoder.

    Raises
    ------
    UnknownPluginError
        If the embedding isn't installed.
    ModelError
        If it is another one, or takes another sample rate than the spec has.
    """
    if reference is None:
        return statistics
    embedding = referenced(reference, files)
    if spec.sample_rate != embedding.sample_rate:
        raise ModelError(
            f"sample_rate of the spec must be that of embedding {embedding.name!r}, "
            f"{embedding.sample_rate}, got {spec.sample_rate}"
        )
    return EmbeddedVector(embedding, statistics)


def _statistics_of(bundle: Bundle, uses: Any, backend: str | None) -> PreparedStatistics:
    """Give a bundle's statistics, of which only those that the classifier uses are computed."""
    statistics = cast(Statistics, bundle.statistics)
    if bundle.embedding is not None and isinstance(uses, np.ndarray):
        if uses.shape != (size := (bundle.vector_size,)):
            raise ModelError(
                f"uses must be of shape {size}, got shape {uses.shape} (plugin {bundle.plugin!r})"
            )
        uses = uses[: len(uses) - bundle.embedding.dimension]
    try:
        return statistics.over(bundle.spec.columns, uses=uses, backend=backend)
    except ParameterError as error:
        raise ModelError(f"{error} (plugin {bundle.plugin!r})") from error
