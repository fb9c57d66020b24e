"""It makes one kind of input from one signal after another: rows, a vector, or samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..extractor import Extractor
from ..features.spec import FeatureSpec
from ..statistics.statistics import Statistics
from .classifier import Input
from .embedding_reference import EmbeddingReference
from .inputs import EmbeddedVector, inputs_of, vector_maker

__all__ = ["InputMaker"]

Samples = np.ndarray[Any, np.dtype[np.float32]]


class InputMaker:
    """Makes the classifier's input from one signal after another.

    Training copies and recordings that are predicted go through the same one.

    Parameters
    ----------
    spec : FeatureSpec
    statistics : Statistics or None
        For `kind` "vector" they or an embedding are needed.
    kind : {"vector", "rows", "samples"}
    backend : str or None
    embedding : EmbeddingReference or None
    """

    def __init__(
        self,
        spec: FeatureSpec,
        statistics: Statistics | None,
        kind: Input,
        backend: str | None,
        embedding: EmbeddingReference | None = None,
    ) -> None:
        prepared = statistics.over(spec.columns, backend=backend) if statistics else None
        self._vector = vector_maker(spec, prepared, embedding)
        self._extractor = Extractor(spec, backend)
        self.kind, self.statistics, self.embedding = kind, statistics, embedding

    @property
    def spec(self) -> FeatureSpec:
        """Give the spec of the features."""
        return self._extractor.spec

    @property
    def backend(self) -> str:
        """Give the name of the back end that computes them."""
        return self._extractor.backend

    def __call__(self, y: Samples) -> np.ndarray[Any, Any]:
        """Give the input made from float32 samples at the spec's rate."""
        return inputs_of(y, self.kind, self._extractor, self._vector)

    @property
    def names(self) -> tuple[str, ...]:
        """Give a name for each entry of a vector; none for other inputs."""
        if self.kind != "vector":
            return ()
        names = self.statistics.names(self.spec.columns) if self.statistics else ()
        embedded = self._vector.embedding if isinstance(self._vector, EmbeddedVector) else None
        return names + (embedded.names if embedded else ())
