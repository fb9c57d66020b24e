"""Whisper's weights, read from a file of CTranslate2 or from safetensors, with NumPy alone.

CTranslate2's ``model.bin`` is, little-endian: format version (uint32), the model's name, its
revision (uint32), the number of tensors (uint32), the tensors, the number of aliases (uint32) and
pairs of names. A name has its length (uint16, with the closing zero) before it. A tensor is its
name, the number of dimensions (uint8), each of them (uint32), the type (uint8), the number of
bytes (uint32) and the bytes.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np

from serfast.errors import ModelError

__all__ = ["read_checkpoint"]

Array = np.ndarray[Any, np.dtype[np.float32]]

CTRANSLATE2_VERSION = 6
CTRANSLATE2_TYPES = ("<f4", "i1", "<i2", "<i4", "<f2")
SAFETENSORS_TYPES = {"F32": "<f4", "F16": "<f2"}


def read_checkpoint(path: Path) -> dict[str, Array]:
    """Give the encoder's tensors by CTranslate2's names, as float32.

    Parameters
    ----------
    path : Path
        ``model.bin`` of CTranslate2 or ``model.safetensors`` of Hugging Face.

    Raises
    ------
    ModelError
        If it is neither, or has another format version, or ends early.
    """
    data = path.read_bytes()
    try:
        if path.suffix == ".safetensors":
            return _renamed(_safetensors(data))
        return _ctranslate2(data)
    except (struct.error, ValueError, KeyError, IndexError) as error:
        raise ModelError(f"{path.name} must be a whole checkpoint of Whisper: {error}") from error


def _ctranslate2(data: bytes) -> dict[str, Array]:
    place = 0

    def number(kind: str) -> int:
        nonlocal place
        (value,) = struct.unpack_from(f"<{kind}", data, place)
        place += struct.calcsize(kind)
        return int(value)

    def name() -> str:
        nonlocal place
        length = number("H")
        place += length
        return data[place - length : place].rstrip(b"\0").decode()

    version, model, _ = number("I"), name(), number("I")
    if (version, model) != (CTRANSLATE2_VERSION, "WhisperSpec"):
        raise ValueError(f"format 6 of WhisperSpec was expected, got {version} of {model!r:.40}")
    tensors = {}
    for _ in range(number("I")):
        key = name()
        shape = tuple(number("I") for _ in range(number("B")))
        kind, size = CTRANSLATE2_TYPES[number("B")], number("I")
        flat = np.frombuffer(data, kind, size // np.dtype(kind).itemsize, place)
        place += size
        if key.startswith("encoder/"):
            tensors[key] = flat.reshape(shape).astype(np.float32)
    return tensors


def _safetensors(data: bytes) -> dict[str, Array]:
    (size,) = struct.unpack_from("<Q", data)
    head = json.loads(data[8 : 8 + size])
    tensors = {}
    for key, entry in head.items():
        if ".encoder." in f".{key}":
            begin, end = (8 + size + int(offset) for offset in entry["data_offsets"])
            flat = np.frombuffer(data[begin:end], SAFETENSORS_TYPES[entry["dtype"]])
            tensors[key.removeprefix("model.")] = flat.reshape(entry["shape"]).astype(np.float32)
    return tensors


def _renamed(there: dict[str, Array]) -> dict[str, Array]:
    """Give Hugging Face's tensors CTranslate2's names; query, key and value become one."""
    tensors = {"encoder/position_encodings/encodings": there["encoder.embed_positions.weight"]}
    for k in (1, 2):
        for part in ("weight", "bias"):
            tensors[f"encoder/conv{k}/{part}"] = there[f"encoder.conv{k}.{part}"]
    n_layers = 1 + max(int(key.split(".")[2]) for key in there if ".layers." in key)
    for k in range(n_layers):
        old, new = f"encoder.layers.{k}.", f"encoder/layer_{k}/"
        width = len(there[f"{old}self_attn.q_proj.bias"])
        zeros = np.zeros(width, np.float32)  # a key's bias would change nothing
        for part in ("weight", "bias"):
            thirds = [there.get(f"{old}self_attn.{x}_proj.{part}", zeros) for x in "qkv"]
            tensors[f"{new}self_attention/linear_0/{part}"] = np.concatenate(thirds)
            tensors[f"{new}self_attention/linear_1/{part}"] = there[
                f"{old}self_attn.out_proj.{part}"
            ]
            tensors[f"{new}ffn/linear_0/{part}"] = there[f"{old}fc1.{part}"]
            tensors[f"{new}ffn/linear_1/{part}"] = there[f"{old}fc2.{part}"]
        for part, greek in (("weight", "gamma"), ("bias", "beta")):
            norms = {"self_attention": "self_attn_layer_norm", "ffn": "final_layer_norm"}
            for block, norm in norms.items():
                tensors[f"{new}{block}/layer_norm/{greek}"] = there[f"{old}{norm}.{part}"]
    return tensors
