"""A model names the embedding that it was trained on, so that no other one takes its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NoReturn

from .._checks import shown
from ..errors import ModelError

__all__ = [
    "JOIN",
    "MAX_DIMENSION",
    "MOST",
    "EmbeddingReference",
    "is_name",
    "is_sha256",
    "parts_of",
]

JOIN = "+"
"""It stands between the names of embeddings whose vectors are joined to one."""
MOST = 8
"""So many embeddings may be joined."""
MAX_DIMENSION = 2**20
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class EmbeddingReference:
    """The name of an embedding, and what tells it from every other one of this name.

    Parameters
    ----------
    name : str
        Embeddings whose vectors are joined have their names joined by ``+``.
    sha256 : str
        It is :attr:`serfast.Embedding.sha256`, 64 hexadecimal digits.
    dimension : int
        The vector has so many entries.

    Raises
    ------
    ModelError
        If one of them breaks its rule.

    Examples
    --------
    >>> reference = EmbeddingReference("whisper-base-3", "0" * 64, 1024)
    >>> EmbeddingReference.from_dict(reference.to_dict()) == reference
    True
    """

    name: str
    sha256: str
    dimension: int

    def __post_init__(self) -> None:
        if not parts_of(self.name):
            _refuse("name", f"that of 1 to {MOST} embeddings, joined by {JOIN}", self.name)
        if not is_sha256(self.sha256):
            _refuse("sha256", "64 hexadecimal digits", self.sha256)
        if type(self.dimension) is not int or not 1 <= self.dimension <= MAX_DIMENSION:
            _refuse("dimension", f"an int from 1 to {MAX_DIMENSION}", self.dimension)

    def to_dict(self) -> dict[str, Any]:
        """Give it as a dictionary that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Any) -> EmbeddingReference:
        """Give the reference that :meth:`to_dict` wrote.

        Raises
        ------
        ModelError
            If it is anything else.
        """
        keys = ("name", "sha256", "dimension")
        if not isinstance(data, Mapping) or set(data) != set(keys):
            raise ModelError(
                f"embedding must be an object with the keys {', '.join(keys)}, got {shown(data)}"
            )
        return cls(**data)


def is_name(name: object) -> bool:
    """Tell whether a value can be the name of an embedding."""
    return isinstance(name, str) and NAME.fullmatch(name) is not None


def is_sha256(value: object) -> bool:
    """Tell whether a value is a SHA-256 in hexadecimal."""
    return isinstance(value, str) and SHA256.fullmatch(value) is not None


def parts_of(name: object) -> tuple[str, ...]:
    """Give the names of the embeddings that a name joins; none if it is no such name.

    Examples
    --------
    >>> parts_of("whisper-base-3+campplus"), parts_of("a+a"), parts_of("a/b")
    (('whisper-base-3', 'campplus'), (), ())
    """
    parts = tuple(name.split(JOIN)) if isinstance(name, str) else ()
    right = all(map(is_name, parts)) and len(set(parts)) == len(parts) <= MOST
    return parts if right else ()


def _refuse(what: str, rule: str, given: object) -> NoReturn:
    raise ModelError(f"{what} of an embedding must be {rule}, got {shown(given, 80)}")
