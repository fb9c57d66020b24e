"""An ONNX model without its large tensors, which stay in the file.

A model that onnxruntime reads as a whole lies in memory three times while it is opened: the
messages that the file holds, the tensors made of them, and the layout in which products take them.
A tensor that is external data is mapped instead. Its pages are the system's, every process shares
them, and they are unmapped once the other layout is made. Here each large tensor of a model becomes
external data, whose place is the model's own file.
"""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..errors import ModelError
from .wire import Field, WireError, encoded, fields

__all__ = ["LEAST", "TENSORS", "OnnxModel", "read_model"]

TENSORS = "session.model_external_initializers_file_folder_path"
"""onnxruntime's option that names the folder in which external data lie."""

LEAST = 8192
"""Tensors with fewer bytes stay in the model: a mapping costs time, and a page or two more."""

GRAPH, TENSOR = 7, 5
RAW, EXTERNAL_DATA, DATA_LOCATION = 9, 13, 14
KEY, VALUE = 1, 2
EXTERNAL = 1
"""Numbers of fields, and one of an enumeration (onnx.proto)."""


class OnnxModel(NamedTuple):
    """A model whose file is needed to run it."""

    graph: bytes
    """The model; its large tensors are external data in the file."""
    folder: str
    """The folder in which the file lies: the value of onnxruntime's option :data:`TENSORS`.

    It is empty if the model holds all of its tensors.
    """
    sha256: str
    """Of the whole file."""


def read_model(path: Path, look: Callable[[memoryview], None] | None = None) -> OnnxModel:
    """Give the model in a file without its large tensors.

    onnxruntime (1.21 or later) finds them if its option :data:`TENSORS` names the folder. A tensor
    that begins where its numbers aren't aligned is mapped as well: every processor that onnxruntime
    runs on reads such numbers. The file must not be written to while a session uses it; to be
    replaced by another one it may be.

    onnxruntime takes names in UTF-8. A model whose path is in another encoding keeps its tensors.

    Parameters
    ----------
    path : Path
        The file. Links are followed: onnxruntime opens nothing outside of the folder.
    look : callable, optional
        It is given all bytes first, and may refuse what a stranger put there. Without it the file
        is trusted.

    Raises
    ------
    ModelError
        If it isn't an ONNX model.
    OSError
        If it can't be read.
    """
    there = path.resolve()
    is_utf8 = _is_utf8(str(there))
    with there.open("rb") as file:
        try:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            if look is not None:
                look(memoryview(data))
            graph = _without_tensors(memoryview(data), there.name if is_utf8 else "")
        except ModelError:
            raise
        except ValueError as error:  # an empty file can't be mapped
            raise ModelError(f"{path.name} must be an ONNX model: {error}") from error
        digest = hashlib.sha256(data).hexdigest()
        if not is_utf8:
            return OnnxModel(data[:], "", digest)
        return OnnxModel(graph, str(there.parent), digest)


def _is_utf8(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:  # Python has surrogates for bytes that are no UTF-8
        return False
    return True


def _without_tensors(model: memoryview, name: str) -> bytes:
    """Give the bytes of the model with a place in the file `name` for each large tensor."""
    begin, graphs = _address(model), 0
    parts = []
    for part in fields(model):
        if part.number != GRAPH:
            parts.append(bytes(part.whole))
            continue
        graphs += 1
        inner = [
            encoded(TENSOR, _placed(one, begin, name)) if one.number == TENSOR else one.whole
            for one in fields(_bytes_of(part))
        ]
        parts.append(encoded(GRAPH, b"".join(inner)))
    if not graphs:
        raise WireError("there is no graph")
    return b"".join(parts)


def _placed(tensor: Field, begin: int, name: str) -> bytes:
    """Give a tensor's message, with the place of its bytes instead of them if there are many."""
    parts = list(fields(_bytes_of(tensor)))
    raw = [_bytes_of(part) for part in parts if part.number == RAW]
    there = {part.number for part in parts}
    if len(raw) != 1 or len(raw[0]) < LEAST or there & {EXTERNAL_DATA, DATA_LOCATION}:
        return bytes(_bytes_of(tensor))
    place = {"location": name, "offset": _address(raw[0]) - begin, "length": len(raw[0])}
    entries = [
        encoded(EXTERNAL_DATA, encoded(KEY, key.encode()) + encoded(VALUE, str(value).encode()))
        for key, value in place.items()
    ]
    rest = [bytes(part.whole) for part in parts if part.number != RAW]
    return b"".join([*rest, *entries, encoded(DATA_LOCATION, EXTERNAL)])


def _bytes_of(field: Field) -> memoryview:
    if isinstance(field.value, int):
        raise WireError(f"field {field.number} must hold bytes, got a number")
    return field.value


def _address(view: memoryview) -> int:
    return int(np.frombuffer(view, np.uint8).__array_interface__["data"][0])
