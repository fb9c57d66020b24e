"""An embedding turns recordings into vectors by the encoder of an installed package."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .. import _checks as checks
from ..audio.samples import as_samples
from ..errors import ModelError
from . import embeddings
from .embedder import Embedder, IgnoresLevel, Samples, Vectors
from .embedding_reference import JOIN, MOST, EmbeddingReference, parts_of
from .plugin_calls import calling
from .recording import samples_and_gain, samples_of

__all__ = ["NO_FILES", "Embedding", "referenced"]

NO_FILES: Mapping[str, bytes] = {}

LOUDEST = 1e3
"""What is louder than so many times full scale may have no finite vector, which is its fault."""


class Embedding:
    """An embedding: a recording goes in, one vector comes out.

    Parameters
    ----------
    name : str
        The name of an installed embedding (``serfast info`` lists them). Names with ``+`` between
        them stand for one vector after the other, as in ``"whisper-base-3+mine"``; all take
        the same sample rate.
    files : mapping of str to bytes
        Members of a bundle, which may carry encoders that take the place of installed ones.

    Raises
    ------
    UnknownPluginError
        If no package offers it; the message says what to install.
    ModelError
        If its package can't be imported or opened.
    ParameterError
        If the name breaks its rule, or joined embeddings have different sample rates.

    Notes
    -----
    It is immutable, and threads may share it. A pickle holds the name; where it is read, the
    embedding must have the same SHA-256.

    A recording that is shorter than the encoder takes gets zeros at its end. A longer one is
    divided into the least number of equal parts, and its vector is the mean of theirs. So an hour
    needs no more memory than the longest part.

    Examples
    --------
    >>> import serfast
    >>> embedding = serfast.Embedding("whisper-base-3")          # doctest: +SKIP
    >>> embedding("speech.wav").shape                            # doctest: +SKIP
    (1024,)
    """

    __slots__ = ("_name", "_parts", "_reference")

    def __init__(self, name: str, *, files: Mapping[str, bytes] = NO_FILES) -> None:
        if not (names := parts_of(name)):
            rule = f"a name, or up to {MOST} different ones joined by {JOIN!r}"
            checks.fail("embedding", rule, name)
        self._name = name
        self._parts: tuple[tuple[str, Embedder], ...] = tuple(
            (one, embeddings.carried(files, one) or embeddings.get(one)) for one in names
        )
        rates = {one: embedder.sample_rate for one, embedder in self._parts}
        if len(set(rates.values())) > 1:
            checks.fail("embedding", "joined of those that take the same sample rate", rates)
        self._reference = EmbeddingReference(name, self._hash(), len(self.names))

    def __reduce__(self) -> tuple[Any, ...]:
        return referenced, (self._reference,)

    def __repr__(self) -> str:
        return f"<Embedding {self._name!r}: {self.dimension} entries, {self.sample_rate} Hz>"

    @property
    def name(self) -> str:
        """Give the name by which it was asked for."""
        return self._name

    @property
    def names(self) -> tuple[str, ...]:
        """Give a name for each entry of the vector, which begins with that of the embedding."""
        return tuple(f"{one}.{entry}" for one, part in self._parts for entry in part.names)

    @property
    def dimension(self) -> int:
        """Give the number of entries of the vector."""
        return self._reference.dimension

    @property
    def sample_rate(self) -> int:
        """Give the sample rate that the encoder takes [Hz]; a call resamples to it."""
        return self._parts[0][1].sample_rate

    @property
    def ignores_level(self) -> bool:
        """Tell whether a gain changes a vector by rounding alone."""
        parts = (part for _, part in self._parts)
        return all(isinstance(part, IgnoresLevel) and part.ignores_level for part in parts)

    @property
    def licence(self) -> str:
        """Give the licence of the weights; joined embeddings have one after the other."""
        return " AND ".join(dict.fromkeys(part.licence for _, part in self._parts))

    @property
    def sha256(self) -> str:
        """Give what tells it from every other embedding of its name.

        It is the SHA-256 of all that the vectors depend on: the encoder's own SHA-256, the front
        end's features, the sample rate, and the names and lengths that the embedder gives.
        """
        return self._reference.sha256

    @property
    def encoders(self) -> dict[str, str]:
        """Give the SHA-256 of each encoder by the name of its embedding."""
        return {one: part.sha256 for one, part in self._parts}

    @property
    def reference(self) -> EmbeddingReference:
        """Give what a model stores of it."""
        return self._reference

    def __call__(self, y: Any, sample_rate: float | None = None) -> Vectors:
        """Give the vector of one recording.

        Parameters
        ----------
        y : array_like of float32, float64 or int16, shape (n,) or (n, n_channels); path; bytes
            Samples in [-1, 1], or 16-bit PCM; n >= 1. Channels are averaged. Or a recording as
            :func:`serfast.load` takes it: a path, a file's content, a binary file object.
        sample_rate : int, optional
            It is that of samples [Hz]. A recording has its own.

        Returns
        -------
        ndarray of float32, shape (dimension,)

        Raises
        ------
        ParameterError
            If y is empty, not finite or of another shape or dtype, if sample_rate is missing for
            samples or given for a recording, or breaks its rule.
        AudioError
            If a recording can't be read.
        ModelError
            If the encoder fails, or gives anything but a finite vector.
        """
        if self.ignores_level:
            samples, _ = samples_and_gain(y, sample_rate, self.sample_rate)
        else:
            samples = samples_of(y, sample_rate, self.sample_rate)
        vector: Vectors = self.vectors([samples])[0]
        return vector

    def vectors(self, signals: Sequence[Any], *, threads: int = 1) -> Vectors:
        """Give the vectors of some signals, which are at the embedding's sample rate.

        Parameters
        ----------
        signals : sequence of array_like of float32, float64 or int16, shape (n,)
            n >= 1.
        threads : int
            So many threads may work at a time, >= 1. The vectors are the same, bit for bit.

        Returns
        -------
        ndarray of float32, shape (len(signals), dimension)

        Raises
        ------
        ParameterError, ModelError
            As for a call.
        """
        checks.integer("threads", threads)
        checked = [as_samples(signal, f"signals[{i}]") for i, signal in enumerate(signals)]
        if not checked:
            return np.zeros((0, self.dimension), np.float32)
        return np.hstack([_vectors(*part, checked, threads) for part in self._parts])

    def _hash(self) -> str:
        """Give the SHA-256 of all that the vectors depend on."""
        about = [
            {
                "encoder": part.sha256,
                "names": list(part.names),
                "sample_rate": part.sample_rate,
                "lengths": [part.shortest, part.longest],
                "spec": None if part.spec is None else part.spec.to_dict(),
            }
            for _, part in self._parts
        ]
        return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()


def referenced(reference: EmbeddingReference, files: Mapping[str, bytes] = NO_FILES) -> Embedding:
    """Give the embedding that a model or a recipe names; a bundle's files may carry its encoder.

    Raises
    ------
    UnknownPluginError
        If no package offers it; the message says what to install.
    ModelError
        If the installed one is another than the model's.
    """
    embedding = Embedding(reference.name, files=files)
    if embedding.reference != reference:
        owners = ", ".join(embeddings.owner(one) for one in parts_of(reference.name))
        raise ModelError(
            f"embedding {reference.name!r} must be the one with the SHA-256 "
            f"{reference.sha256[:16]}… and {reference.dimension} entries that the model was "
            f"trained on, got {embedding.sha256[:16]}… and {embedding.dimension} of {owners}: "
            "install the version that the model was trained with, or train the model again"
        )
    return embedding


def _vectors(name: str, embedder: Embedder, signals: Sequence[Samples], threads: int) -> Vectors:
    """Give one embedder's vectors: of short signals lengthened, of long ones in parts."""
    parts = [_parts(signal, embedder.shortest, embedder.longest) for signal in signals]
    flat = [part for each in parts for part in each]
    with calling(name, "vectors", "embedding", embeddings.owner):
        given = embedder.vectors(flat, threads=threads)
    wanted = (len(flat), len(embedder.names))
    if not isinstance(given, np.ndarray) or given.dtype != np.float32 or given.shape != wanted:
        about = f"{given.dtype} {given.shape}" if isinstance(given, np.ndarray) else given
        raise ModelError(
            f"vectors of embedding {name!r} of {embeddings.owner(name)} must be float32 of shape "
            f"{wanted}, got {checks.shown(about)}"
        )
    vectors = np.empty((len(signals), wanted[1]), np.float32)
    start = 0
    for i, each in enumerate(parts):
        vectors[i] = given[start : start + len(each)].mean(axis=0, dtype=np.float64)
        start += len(each)
        if not np.isfinite(vectors[i]).all():
            _refuse(name, signals[i])
    return vectors


def _parts(signal: Samples, shortest: int, longest: int) -> list[Samples]:
    """Divide a signal into the least number of equal parts that an embedder takes."""
    if len(signal) < shortest:
        return [np.pad(signal, (0, shortest - len(signal)))]
    return np.array_split(signal, math.ceil(len(signal) / longest))


def _refuse(name: str, signal: Samples) -> None:
    """Say whether it is a signal's fault or an encoder's that a vector isn't finite."""
    peak = float(np.abs(signal).max())
    if peak > LOUDEST:
        rule = "small enough for a finite vector (full scale is 1)"
        checks.refuse("signal", rule, f"a peak of {peak:g}")
    raise ModelError(
        f"vectors of embedding {name!r} of {embeddings.owner(name)} must be finite, got NaN or "
        "infinity"
    )
