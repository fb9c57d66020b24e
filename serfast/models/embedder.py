"""Here is the contract of an embedder: what a package offers that turns speech into vectors.

A package announces its embedders in the entry-point group ``serfast.embeddings``:

    [project.entry-points."serfast.embeddings"]
    whisper-base-3 = "serfast_whisper:whisper_base_3"

The entry point names a function without arguments that gives an :class:`Embedder`. The function is
called whenever somebody asks for the embedding, so it keeps what is slow to open, for example with
``functools.lru_cache``. Its module imports onnxruntime and the like only inside this function or
later, because ``serfast info`` imports the modules of all packages.

serfast does the rest: it reads and resamples recordings, lengthens short ones and divides long
ones, makes altered copies, trains, stores which embedding a model needs, and refuses another one.
``serfast.testing.check_embedding`` tests whether an embedder keeps the contract.

An embedder whose vectors don't depend on the level of a signal says so by :class:`IgnoresLevel`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np

from ..features.spec import FeatureSpec

__all__ = ["Embedder", "IgnoresLevel", "Samples", "Vectors"]

Samples: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]
Vectors: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]


@runtime_checkable
class Embedder(Protocol):
    """An embedder turns a signal of any length into one vector; threads may share it.

    A front end comes first (features, or the samples themselves), then an encoder, and then
    pooling over time.
    """

    @property
    def names(self) -> tuple[str, ...]:
        """Give a name for each entry of the vector, such as ``mean_0``; all are different."""

    @property
    def sample_rate(self) -> int:
        """Give the sample rate of the signals that it takes [Hz]."""

    @property
    def shortest(self) -> int:
        """Give the least number of samples that it takes, >= 1.

        A shorter signal gets zeros at its end, so that it is so long.
        """

    @property
    def longest(self) -> int:
        """Give the largest number of samples that it takes, >= twice the shortest.

        A longer signal is divided into equal parts. Its vector is the mean of theirs.
        """

    @property
    def spec(self) -> FeatureSpec | None:
        """Give the features that its front end computes; None for one that takes samples."""

    @property
    def licence(self) -> str:
        """Give the licence of the encoder's weights, as an SPDX expression such as "MIT"."""

    @property
    def sha256(self) -> str:
        """Give the SHA-256 of the encoder, as 64 hexadecimal digits.

        It is another one whenever the vectors are others: if the front end or the pooling isn't
        given by the encoder's file, `names` and `spec`, it covers these as well. A model stores it,
        and isn't loaded where it differs.
        """

    def vectors(self, signals: Sequence[Samples], *, threads: int = 1) -> Vectors:
        """Give the vectors of some signals.

        Parameters
        ----------
        signals : sequence of ndarray of float32, shape (n_samples,)
            They are finite, each of `shortest` to `longest` samples at `sample_rate`, with full
            scale at 1. They may be silent, all zeros. There is at least one. They must not be
            changed.
        threads : int
            So many threads may work at a time, >= 1.

        Returns
        -------
        ndarray of float32, shape (len(signals), len(self.names))
            It is finite. A signal's vector depends on this signal alone: neither the others, nor
            their number, nor `threads` changes a bit of it. (So a batch through an encoder with
            dynamic int8 quantisation, whose scale is that of the whole batch, isn't allowed.)
        """


@runtime_checkable
class IgnoresLevel(Protocol):
    """An embedder may have this attribute too."""

    @property
    def ignores_level(self) -> bool:
        """Tell whether a gain changes a vector by rounding alone.

        Then a gain of 16-bit samples is undone before they are resampled
        (:mod:`serfast.audio.pcm`), so that it changes no bit. Without the attribute it isn't.
        """
