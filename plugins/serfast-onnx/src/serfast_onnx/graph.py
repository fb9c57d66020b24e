"""What an ONNX file holds, looked at before onnxruntime reads it.

A graph is data, but data can name files (external tensors), addresses in memory (onnxruntime's own
kind of external tensors) and operators of libraries. None of that belongs into a bundle, so every
tensor and every node is visited, in subgraphs and functions too, and refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

import numpy as np

from serfast.errors import ModelError
from serfast.models.wire import Field, WireError, fields

__all__ = ["DOMAINS", "Summary", "inspect"]

DOMAINS = frozenset({"", "ai.onnx", "ai.onnx.ml", "com.microsoft"})
"""Domains of operators that onnxruntime has built in."""

MAX_FIELDS = 2_000_000
"""Most fields of a file: seconds of looking. A tensor's numbers are one field."""

MESSAGES: dict[str, dict[int, str]] = {
    "model": {7: "graph", 8: "opset", 14: "metadata", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 9: "opset", 11: "attribute"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "metadata": {},
    "tensor": {},
    "opset": {},
}
"""Field numbers of the messages within messages (onnx.proto)."""

GRAPH, OPSET_DOMAIN, OPSET_VERSION, FUNCTION_DOMAIN = 7, 1, 2, 10
OPERATOR, NODE_DOMAIN = 4, 7
TENSOR_TYPE, TENSOR_FLOATS, TENSOR_NAME, TENSOR_RAW, TENSOR_DOUBLES = 2, 4, 8, 9, 10
EXTERNAL_DATA, DATA_LOCATION = 13, 14
METADATA_KEY = 1
SESSION_OPTIONS = "ort_config"
"""Metadata that onnxruntime takes for options if ORT_LOAD_CONFIG_FROM_MODEL is 1."""
FLOATS = {1: "<f4", 10: "<f2", 11: "<f8"}
"""Tensor types whose raw bytes may hold NaN."""


class Summary(NamedTuple):
    """What was found."""

    opset: int
    """Version of ONNX's own operators."""
    domains: frozenset[str]
    """Of all operators used."""


def inspect(data: bytes | memoryview, name: str) -> Summary:
    """Look through the file of that name.

    Raises
    ------
    ModelError
        If it isn't an ONNX model; a tensor's data lie outside of it; a tensor has NaN; an
        operator isn't built in; or it brings options for onnxruntime.
    """
    opsets: dict[str, int] = {}
    used: dict[str, str] = {}
    function_domains: set[str] = set()
    has_graph = False
    try:
        for kind, message in _messages(memoryview(data)):
            if kind == "tensor":
                _check_tensor(message, name)
            elif kind == "node":
                used.setdefault(_text(message, NODE_DOMAIN), _text(message, OPERATOR))
            elif kind == "function":
                function_domains.add(_text(message, FUNCTION_DOMAIN))
            elif kind == "opset":
                version = _last(message, OPSET_VERSION, 0)
                opsets[_text(message, OPSET_DOMAIN)] = version if isinstance(version, int) else 0
            elif kind == "metadata" and _text(message, METADATA_KEY) == SESSION_OPTIONS:
                _refuse(name, "no session options", f"the metadata {SESSION_OPTIONS!r}")
            has_graph = has_graph or kind == "graph"
    except WireError as error:
        raise ModelError(f"{name} must be an ONNX model, got other bytes: {error}") from error
    if not has_graph:
        raise ModelError(f"{name} must be an ONNX model, got bytes without a graph")
    for domain in sorted(set(used) - DOMAINS - function_domains):
        _refuse(name, "operators that onnxruntime has built in", f"{used[domain]} of {domain!r}")
    opset = opsets.get("", opsets.get("ai.onnx", 0))
    return Summary(opset, frozenset(used))


def _messages(data: memoryview) -> Iterator[tuple[str, list[Field]]]:
    """Every message of a known kind, with its fields."""
    waiting = [("model", data)]
    left = MAX_FIELDS
    while waiting:
        kind, message = waiting.pop()
        message_fields = []
        for field in fields(message):
            message_fields.append(field)
            left -= 1
            if not left:
                raise WireError(f"more than {MAX_FIELDS} fields")
        inner = MESSAGES[kind]
        waiting += [
            (inner[f.number], f.value)
            for f in message_fields
            if f.number in inner and isinstance(f.value, memoryview)
        ]
        yield kind, message_fields


def _check_tensor(message: list[Field], file: str) -> None:
    label = f"tensor {_text(message, TENSOR_NAME)!r:.80}"
    numbers = {field.number for field in message}
    if EXTERNAL_DATA in numbers or _last(message, DATA_LOCATION, 0) != 0:
        where = [bytes(f.value) for f in message if f.number == EXTERNAL_DATA and _is_bytes(f)]
        shown = b" ".join(where).decode("utf-8", "replace")
        _refuse(file, "its tensors inside of it", f"external data for {label}: {shown!r:.120}")
    kind = _last(message, TENSOR_TYPE, 0)
    dtype = FLOATS.get(kind) if isinstance(kind, int) else None
    for field in message:
        stored = {TENSOR_RAW: dtype, TENSOR_FLOATS: "<f4", TENSOR_DOUBLES: "<f8"}.get(field.number)
        if stored and _is_bytes(field) and _has_nan(field.value, stored):
            _refuse(file, "numbers in its tensors", f"NaN in {label}")


def _has_nan(data: Any, dtype: str) -> bool:
    """Whether there is a NaN; a remainder that is no number is onnxruntime's to refuse."""
    whole = len(data) - len(data) % np.dtype(dtype).itemsize
    return bool(np.isnan(np.frombuffer(data[:whole], dtype)).any())


def _is_bytes(field: Field) -> bool:
    return isinstance(field.value, memoryview)


def _last(message: list[Field], number: int, default: Any) -> Any:
    """Value of the last field of that number, which is the one that counts."""
    return next((f.value for f in reversed(message) if f.number == number), default)


def _text(message: list[Field], number: int) -> str:
    value = _last(message, number, b"")
    return "" if isinstance(value, int) else bytes(value).decode("utf-8", "replace")


def _refuse(file: str, rule: str, given: str) -> NoReturn:
    raise ModelError(f"{file} must have {rule}, got {given}")
