"""Model bundles: everything a classifier needs, in one zip file (or folder), and no code.

``model.json`` says what the model is: the format's version, the plugin that reads the weights, the
classes, the FeatureSpec and its fingerprint, the Statistics, how it was trained and measured, and
the SHA-256 of every other member. Beside it lie the plugin's weights: ``.npy`` arrays, and whatever
other files the plugin reads itself. Nothing is unpickled and nothing is unpacked to disk, so a
bundle from a stranger can be wrong, but it can't run anything.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ...backends import chosen
from ...errors import ModelError
from ...features.spec import FeatureSpec
from ...files import replacing
from ...statistics.statistics import Statistics
from ..embedding_reference import EmbeddingReference
from .archive import read_members, zip_bytes
from .fingerprint import fingerprint, sample
from .manifest import (
    CARD,
    FORMAT,
    SAMPLE,
    about_of,
    check_rows,
    check_sums,
    embedding_of,
    features_of,
    is_name,
    sha256,
)
from .npy import array_bytes, read_array

__all__ = ["FORMAT", "Bundle"]

PLUGIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
MAX_CLASSES = 1024


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """A model as data.

    Parameters
    ----------
    plugin : str
        Name of the classifier plugin that made it and can read it: up to 64 of letters, digits,
        '.', '_' and '-'.
    classes : tuple of str
        The classes, in the order of the probabilities; at least two, all different, printable.
    spec : FeatureSpec
        The features that the model was trained on.
    statistics : Statistics or None
        How rows become the vector that a "vector" classifier takes; None for other inputs, and
        where an embedding alone gives the vector.
    embedding : EmbeddingReference or None
        The embedding whose vector a "vector" classifier takes, behind the statistics' if there are
        any.
    backend : str or None
        What computed the features in training; None: the default, as for
        :class:`serfast.Extractor`.
    arrays : mapping of str to ndarray
        Weights; ``arrays["weights"]`` is the member ``weights.npy``.
    files : mapping of str to bytes
        Members of other kinds, by their whole name.
    card : dict
        How the model was trained and measured: anything JSON can hold.

    Raises
    ------
    ModelError
        If the plugin's name, a class or an array's name breaks its rule.
    ParameterError
        If there is no such back end.

    Examples
    --------
    >>> import numpy as np, serfast
    >>> spec = serfast.FeatureSpec(features=[serfast.RMS()])
    >>> bundle = Bundle(plugin="svm", classes=("calm", "loud"), spec=spec, statistics=None,
    ...                 arrays={"weights": np.zeros((2, 1))})
    >>> bundle.array("weights", (2, 1)).shape
    (2, 1)
    """

    plugin: str
    classes: tuple[str, ...]
    spec: FeatureSpec
    statistics: Statistics | None = None
    embedding: EmbeddingReference | None = None
    backend: str | None = None
    arrays: Mapping[str, np.ndarray[Any, Any]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    card: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = self.classes
        object.__setattr__(self, "backend", chosen(self.backend))
        if SAMPLE in self._names():
            raise ModelError(f"arrays and files must have other names than {SAMPLE}")
        if not isinstance(self.plugin, str) or not PLUGIN_NAME.fullmatch(self.plugin):
            rule = "up to 64 letters, digits, '.', '_', '-'"
            raise ModelError(f"plugin must be {rule}, got {self.plugin!r:.80}")
        if not all(map(is_name, names)):
            raise ModelError(f"classes must be printable names, got {names!r:.80}")
        if len(names) > MAX_CLASSES:
            raise ModelError(f"classes must be at most {MAX_CLASSES}, got {len(names)}")
        if len(set(names)) < 2 or len(set(names)) != len(names):
            raise ModelError(f"classes must be at least 2 different names, got {names!r:.80}")

    def _names(self) -> set[str]:
        return {*(f"{name}.npy" for name in self.arrays), *self.files}

    @property
    def vector_size(self) -> int:
        """Give the number of entries of the vector that a "vector" classifier takes.

        Raises
        ------
        ModelError
            If there are neither statistics nor an embedding.
        """
        if self.statistics is None and self.embedding is None:
            raise ModelError(
                f"statistics in the bundle must be given for the plugin {self.plugin}, got null, "
                "and no embedding"
            )
        names = self.statistics.names(self.spec.columns) if self.statistics else ()
        return len(names) + (self.embedding.dimension if self.embedding else 0)

    def array(self, name: str, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
        """Give the array of that name as float64, which must have this shape.

        Raises
        ------
        ModelError
            If it isn't there or its shape or dtype is another.
        """
        if name not in self.arrays:
            raise ModelError(f"bundle must have the member {name}.npy, got {sorted(self.arrays)}")
        array = self.arrays[name]
        if array.shape != shape or array.dtype.kind != "f":
            raise ModelError(
                f"{name}.npy must be float of shape {shape}, got {array.dtype} {array.shape}"
            )
        return array.astype(np.float64)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the zip file, whole or not at all; equal bundles give equal bytes.

        A file that is there is replaced and keeps its permissions; if it is a link, what it leads
        to is written.

        Raises
        ------
        ModelError
            If it can't be written, or holds what a bundle can't.
        """
        target = Path(path)
        data = self.to_bytes()
        try:
            with replacing(target) as temporary:
                temporary.write_bytes(data)
        except (OSError, ValueError) as error:  # ValueError: a null byte
            exists = os.path.isdir(target.parent)
            reason = (
                getattr(error, "strerror", str(error)) if exists else "give a folder that exists"
            )
            raise ModelError(f"{target}: bundle can't be written: {reason}") from error
        return target

    def to_bytes(self) -> bytes:
        """Give the bytes of the zip file.

        Raises
        ------
        ModelError
            If it holds what a bundle can't.
        """
        return zip_bytes(self._members())

    def _members(self) -> dict[str, bytes]:
        members = {f"{name}.npy": array_bytes(array) for name, array in self.arrays.items()}
        members |= self.files
        members[SAMPLE] = array_bytes(sample(self.spec, self.backend))
        about = {
            "format": FORMAT,
            "plugin": self.plugin,
            "classes": list(self.classes),
            "spec": self.spec.to_dict(),
            "backend": self.backend,
            "fingerprint": fingerprint(self.spec, self.backend),
            "statistics": self.statistics.to_dict() if self.statistics else None,
            **self._embedding(),
            "card": dict(self.card),
            "sha256": {name: sha256(members[name]) for name in sorted(members)},
        }
        try:
            text = json.dumps(about, indent=1, ensure_ascii=False, allow_nan=False).encode()
        except (TypeError, ValueError, RecursionError) as error:
            raise ModelError(f"card must be what JSON can hold: {error}") from error
        features_of(about_of(text), str(self.backend))  # what can't be loaded isn't saved
        return {CARD: text + b"\n", **members}

    def _embedding(self) -> dict[str, Any]:
        """Give the entry of model.json that a model without an embedding doesn't have."""
        return {"embedding": self.embedding.to_dict()} if self.embedding else {}

    def identity(self) -> str:
        """Give a text that tells this model from every other: a SHA-256 in hexadecimal.

        It is of the plugin, the classes, the features and the weights; the card doesn't matter. It
        takes about a millisecond a megabyte.
        """
        members = {f"{name}.npy": array_bytes(array) for name, array in self.arrays.items()}
        members |= self.files
        about = {
            "plugin": self.plugin,
            "classes": list(self.classes),
            "spec": self.spec.to_dict(),
            "statistics": self.statistics.to_dict() if self.statistics else None,
            **self._embedding(),
            "sha256": {name: sha256(members[name]) for name in sorted(members)},
        }
        return sha256(json.dumps(about, sort_keys=True).encode())

    @classmethod
    def load(cls, path: str | os.PathLike[str], backend: str | None = None) -> Bundle:
        """Read the bundle in a zip file or a folder, with everything checked.

        Parameters
        ----------
        path : path
        backend : str or None
            What will compute the features; None: the default, as for :class:`serfast.Extractor`.
            The native one must give the very rows that it gave in training; between back ends
            they must agree as closely as docs/backends.md says.

        Raises
        ------
        ModelError
            If it is missing, damaged, too big, newer than this serfast, not what its checksums
            say, asks for features beyond all need, or was made for others than this serfast
            computes. The message begins with `path`.
        BackendError
            If the back end can't be loaded.
        """
        try:
            return cls._load(Path(path), chosen(backend))
        except (ModelError, MemoryError) as error:
            raise ModelError(
                f"{os.fsdecode(path)}: {str(error) or 'needs too much memory'}"
            ) from error

    @classmethod
    def from_bytes(cls, data: bytes, backend: str | None = None) -> Bundle:
        """Read the bundle in a zip file's bytes, with everything checked.

        Parameters and errors as of :meth:`load`.
        """
        return cls._load(bytes(data), chosen(backend))

    @classmethod
    def _load(cls, source: Path | bytes, backend: str) -> Bundle:
        members = read_members(source)
        about = about_of(members.pop(CARD, None))
        check_sums(members, about["sha256"])
        spec, statistics = features_of(about, backend)
        check_rows(spec, about, members.pop(SAMPLE, None), backend)
        arrays = {n[:-4]: read_array(b, n) for n, b in members.items() if n.endswith(".npy")}
        return cls(
            plugin=about["plugin"],
            classes=tuple(about["classes"]),
            spec=spec,
            statistics=statistics,
            embedding=embedding_of(about),
            backend=about["backend"],
            arrays=arrays,
            files={n: data for n, data in members.items() if not n.endswith(".npy")},
            card=about["card"],
        )
