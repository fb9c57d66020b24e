"""CAM++'s weights, read from PyTorch's file with NumPy alone; nothing in it is run.

The file is a zip. ``data.pkl`` in it is a pickle of names and of tensors: each is a call with the
storage's key, an offset, sizes and strides. The numbers lie in ``data/KEY``, little-endian. Only
that call and PyTorch's names of number types are known here; any other name is refused.
"""

from __future__ import annotations

import io
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np

from serfast.errors import ModelError

__all__ = ["read_checkpoint"]

Array = np.ndarray[Any, np.dtype[np.float32]]

TYPES = {"FloatStorage": "<f4", "HalfStorage": "<f2", "LongStorage": "<i8"}


def read_checkpoint(data: bytes, name: str) -> dict[str, Array]:
    """Give the tensors of floats by PyTorch's names, as float32.

    Parameters
    ----------
    data : bytes
        A state dictionary as ``torch.save`` writes it.
    name : str
        What messages call it.

    Raises
    ------
    ModelError
        If it is anything else, or ends early.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inner = next(n for n in archive.namelist() if n.endswith("/data.pkl"))
            state = _Reader(archive, str(Path(inner).parent)).load()
        return {key: value.astype(np.float32) for key, value in state.items() if value.ndim}
    except (
        zipfile.BadZipFile,
        pickle.UnpicklingError,
        StopIteration,
        EOFError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ) as error:
        raise ModelError(f"{name} must be a whole checkpoint of PyTorch: {error!r}") from error


class _Reader(pickle.Unpickler):
    """A reader that knows the names in a state dictionary, and no other ones."""

    def __init__(self, archive: zipfile.ZipFile, folder: str) -> None:
        super().__init__(io.BytesIO(archive.read(f"{folder}/data.pkl")))
        self._archive, self._folder = archive, folder

    def find_class(self, module: str, name: str) -> Any:
        """Give what a name stands for."""
        known: dict[tuple[str, str], Any] = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): _tensor,
            **{("torch", kind): dtype for kind, dtype in TYPES.items()},
        }
        if (module, name) not in known:
            raise pickle.UnpicklingError(f"{module}.{name} isn't part of a state dictionary")
        return known[module, name]

    def persistent_load(self, key: Any) -> Any:
        """Give the numbers of a storage."""
        _, dtype, place, _, _ = key
        return np.frombuffer(self._archive.read(f"{self._folder}/data/{place}"), dtype)


def _tensor(storage: Any, offset: int, size: Any, stride: Any, *_: Any) -> Any:
    """Give a tensor of a storage; a state dictionary's are contiguous."""
    expected = [int(np.prod(size[k + 1 :])) for k in range(len(size))]
    if any(n > 1 and have != want for n, have, want in zip(size, stride, expected, strict=True)):
        raise ValueError(f"strides {expected} were expected, got {stride}")
    return storage[offset : offset + int(np.prod(size))].reshape(size)
