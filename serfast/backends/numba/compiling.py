"""How functions of this package are compiled: strictly, without the GIL, and kept on disk.

Functions marked `kernel` or `part` are called by compiled ones; `compiled` makes the one function
that Python calls, for fixed types and at once, and keeps its machine code in Numba's cache.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba import njit

__all__ = ["compiled", "kernel", "part"]

STRICT = {"nogil": True, "error_model": "numpy", "fastmath": False}
"""Every operation is rounded by itself; a division by zero is infinite rather than an exception."""

INSIDE = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, **STRICT}

kernel: Any = njit(**INSIDE)
"""Decorator: a function that compiled functions call."""

part: Any = njit(inline="always", **INSIDE)
"""Decorator: a function that is compiled as part of its caller alone.

Compiled by itself, it would be optimised once more, with all that it calls.
"""


CONSTANTS = (
    "backends/custom/faults.py",
    "backends/custom/signatures.py",
    "features/framing.py",
)
"""Modules of serfast outside of this package whose constants are compiled in."""


def _source_digest() -> str:
    """SHA-256 of this package's sources and of those that it takes constants from."""
    digest, here = hashlib.sha256(), Path(__file__).parent
    elsewhere = [here.parents[1] / name for name in CONSTANTS]
    for path in [*sorted(here.glob("*.py")), *elsewhere]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def compiled(function: Callable[..., Any], signature: Any) -> Callable[..., Any]:
    """`function` as machine code for one signature: from the cache, or compiled now and kept.

    Numba compiles anew when the function's own file has changed, but doesn't look at the files of
    what it calls: so the function gets a name that all of them go into, and the cache's files are
    called after it.

    Warns
    -----
    UserWarning
        If there is no folder where it can be kept: then every process compiles for itself.
    """
    function.__qualname__ = f"{function.__name__}_{_source_digest()[:16]}"
    try:
        made = njit(signature, cache=True, **STRICT)(function)
    except RuntimeError as error:
        if "no locator available" not in str(error):
            raise
        warnings.warn(
            "compiled code can't be kept, so every process compiles for some seconds: neither "
            "serfast's folder nor the user's cache is writable; set NUMBA_CACHE_DIR to one that is",
            stacklevel=2,
        )
        made = njit(signature, **STRICT)(function)
    result: Callable[..., Any] = made
    return result
