"""Functions of this package are compiled strictly, without the GIL, and are kept on disk.

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
"""It decorates a function that compiled functions call."""

part: Any = njit(inline="always", **INSIDE)
"""It decorates a function that is compiled only as a part of its caller.

If it were compiled by itself, it would be optimised once more, with all that it calls.
"""


CONSTANTS = (
    "backends/custom/faults.py",
    "backends/custom/signatures.py",
    "features/framing.py",
)
"""These modules outside of this package have constants that are compiled in."""


def _source_digest() -> str:
    """Give the SHA-256 of this package's sources and of those that it takes constants from."""
    digest, here = hashlib.sha256(), Path(__file__).parent
    elsewhere = [here.parents[1] / name for name in CONSTANTS]
    for path in [*sorted(here.glob("*.py")), *elsewhere]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def compiled(function: Callable[..., Any], signature: Any) -> Callable[..., Any]:
    """Give `function` as machine code for one signature: from the cache, or compiled now and kept.

    Numba compiles again when the function's file has changed, but it doesn't look at the files of
    functions that are called. So the function gets a name that contains a hash of all these files,
    and Numba names the cache's files after it. To compile takes some seconds, to load much less.

    Warns
    -----
    UserWarning
        If there is no folder in which it can be kept. Then every process compiles it again.
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
