"""Arrays to and from .npy bytes, for bytes from strangers: the header is judged before the data.

NumPy's own reader allocates what the header promises; here the promise must match the number of
bytes that are there, and only plain numbers may be promised.
"""

from __future__ import annotations

import ast
import io
import math
import re
from typing import Any

import numpy as np

from ...errors import ModelError

__all__ = ["array_bytes", "read_array"]

DTYPES = frozenset(["<f4", "<f8", "<i4", "<i8", "|i1", "|u1", "|b1"])
MAX_DIMENSIONS = 8
MAX_HEADER = 4096
MAX_SIZE = 2**31
MAX_PRODUCT = 2**60
"""NumPy counts bytes in 64 bits, sizes of an empty array included."""
HEADER = re.compile(rb"\x93NUMPY([\x01-\x03])\x00", re.DOTALL)


def array_bytes(array: np.ndarray[Any, Any]) -> bytes:
    """Write an .npy file, little-endian and C-contiguous: the same bytes everywhere."""
    plain = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    if plain.dtype.str not in DTYPES:
        raise ModelError(f"array must be of a dtype in {sorted(DTYPES)}, got {array.dtype}")
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, plain.reshape(array.shape), (1, 0), allow_pickle=False)
    return buffer.getvalue()


def read_array(data: bytes, name: str) -> np.ndarray[Any, Any]:
    """Read the array in an .npy file's bytes; it is read-only.

    Raises
    ------
    ModelError
        If the header is damaged, the dtype isn't a plain number, the size doesn't match the
        number of bytes, or a number is NaN or infinite.
    """
    start, header = _header(data, name)
    dtype = np.dtype(header["descr"])
    shape: tuple[int, ...] = header["shape"]
    promised = math.prod(shape) * dtype.itemsize
    if promised != len(data) - start:
        raise ModelError(
            f"{name} must hold the {promised} bytes that its shape {shape} and dtype {dtype} "
            f"need, got {len(data) - start}"
        )
    array = np.frombuffer(data, dtype, offset=start)
    array = array.reshape(shape, order="F" if header["fortran_order"] else "C")
    if not np.isfinite(array).all():
        raise ModelError(f"{name} must hold finite numbers, got NaN or infinity")
    return array


def _header(data: bytes, name: str) -> tuple[int, dict[str, Any]]:
    """Where the numbers begin, and the header's dictionary, each entry checked."""
    magic = HEADER.match(data)
    if not magic:
        raise ModelError(f"{name} must be an .npy file, got {data[:8]!r} as its first bytes")
    width = 2 if magic[1] == b"\x01" else 4
    start = 8 + width + int.from_bytes(data[8 : 8 + width], "little")
    if start > min(len(data), MAX_HEADER):
        raise ModelError(f"{name} must have its header within {MAX_HEADER} bytes, got {start}")
    try:
        header = ast.literal_eval(data[8 + width : start].decode("latin-1").strip())
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
        raise ModelError(f"{name} must have a readable .npy header: {error}") from error
    if not isinstance(header, dict) or set(header) != {"descr", "fortran_order", "shape"}:
        raise ModelError(f"{name} must have descr, fortran_order and shape, got {header!r:.80}")
    if not isinstance(header["descr"], str) or header["descr"] not in DTYPES:
        raise ModelError(
            f"{name} must have a dtype in {sorted(DTYPES)}, got {header['descr']!r:.80}"
        )
    if not _is_shape(header["shape"]):
        sizes = f"up to {MAX_DIMENSIONS} sizes >= 0 and < 2^31"
        raise ModelError(f"{name} must have {sizes}, got {header['shape']!r:.80}")
    return start, header


def _is_shape(shape: object) -> bool:
    return (
        isinstance(shape, tuple)
        and len(shape) <= MAX_DIMENSIONS
        and all(type(size) is int and 0 <= size < MAX_SIZE for size in shape)
        and math.prod(size for size in shape if size) < MAX_PRODUCT
    )
