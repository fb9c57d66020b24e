"""The native module for programs that aren't Python: Cython, C, ctypes, cffi; see docs/native.md.

``from serfast cimport native`` finds its functions through this module; C gets the same ones as a
table, declared in ``serfast.h``.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from .backends import NATIVE, is_missing, without_native
from .errors import BackendError

try:
    _engine: Any = importlib.import_module(NATIVE)
except ImportError as error:
    advice = without_native() if is_missing(error) else str(error)
    raise BackendError(f"serfast.native must have the native module: {advice}") from error

__all__ = ["get_include", "library"]

__pyx_capi__: dict[str, object] = vars(_engine)["__pyx_capi__"]
"""Where Cython looks up what native.pxd declares."""


def get_include() -> str:
    """Folder of ``serfast.h``, for ``include_dirs``.

    Examples
    --------
    >>> (Path(get_include()) / "serfast.h").exists()
    True
    """
    return str(Path(__file__).with_name("include"))


def library() -> str:
    """File that exports ``serfast_get_api``, for ``ctypes.CDLL`` or cffi's ``dlopen``.

    Examples
    --------
    >>> import ctypes
    >>> table = ctypes.CDLL(library()).serfast_get_api
    >>> table.restype, table.argtypes = ctypes.c_void_p, [ctypes.c_uint32]
    >>> table(1) is not None
    True
    """
    return str(Path(_engine.__file__))
