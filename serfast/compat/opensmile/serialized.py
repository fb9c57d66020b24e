"""A Smile as a dictionary and as YAML, with the methods that audobject gives opensmile-python's."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ... import _checks as checks
from ..._version import __version__

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Serialized"]

CLASS = "$serfast.compat.opensmile.Smile"
HIDDEN = ("loglevel", "logfile", "segment", "keep_nat", "num_workers", "multiprocessing", "verbose")
"""These arguments change no number, and are left out."""


class Serialized(ABC):
    """It has the arguments on which the numbers depend, as plain values."""

    @property
    @abstractmethod
    def arguments(self) -> dict[str, Any]:
        """Give the arguments on which the numbers depend, as JSON has them."""

    @property
    def hidden_arguments(self) -> list[str]:
        """Give the names of the arguments that are left out."""
        return list(HIDDEN)

    @property
    def id(self) -> str:
        """Give an identifier that is the same for the same arguments."""
        text = self.to_yaml_s(include_version=False)
        return str(uuid.UUID(hashlib.sha256(text.encode()).hexdigest()[:32]))

    @property
    def short_id(self) -> str:
        """Give the last eight characters of the identifier."""
        return self.id[-8:]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Serialized) and self.arguments == other.arguments

    def __hash__(self) -> int:
        return hash(self.id)

    def to_dict(self, *, include_version: bool = True, flatten: bool = False) -> dict[str, Any]:
        """Give the arguments under the name of the class, or alone with `flatten`."""
        if flatten:
            return _flat(self.arguments)
        return {f"{CLASS}=={__version__}" if include_version else CLASS: self.arguments}

    def to_yaml_s(self, *, include_version: bool = True) -> str:
        """Give :meth:`to_dict` as YAML, in which each argument has its line."""
        ((name, values),) = self.to_dict(include_version=include_version).items()
        return f"{name}:\n" + "".join(f"  {k}: {json.dumps(v)}\n" for k, v in values.items())

    def to_yaml(self, path_or_stream: Any, *, include_version: bool = True) -> None:
        """Write :meth:`to_yaml_s` to a file."""
        text = self.to_yaml_s(include_version=include_version)
        if hasattr(path_or_stream, "write"):
            path_or_stream.write(text)
            return
        if not isinstance(path_or_stream, (str, os.PathLike)):
            checks.fail("path_or_stream", "a path or an open file", path_or_stream)
        with open(path_or_stream, "w", encoding="utf-8") as file:
            file.write(text)

    @classmethod
    def from_dict(cls, d: Any) -> Self:
        """Make what :meth:`to_dict` gave, of any version."""
        if not isinstance(d, Mapping) or len(d) != 1:
            checks.fail("d", f"what to_dict gives, {{'{CLASS}==…': {{…}}}}", d)
        ((name, values),) = d.items()
        if str(name).partition("==")[0] != CLASS or not isinstance(values, Mapping):
            checks.fail("d", f"what to_dict gives, {{'{CLASS}==…': {{…}}}}", d)
        return cls(**values)


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """Give the elements of lists as entries of their own: channels.0, channels.1."""
    entries: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, list):
            entries |= {f"{name}.{i}": one for i, one in enumerate(value)}
        elif not isinstance(value, dict):
            entries[name] = value
    return entries
