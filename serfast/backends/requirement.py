"""Numba is imported here, if it is installed and can be used."""

from __future__ import annotations

import importlib
from typing import Any

from ..forking import forks_wait

__all__ = ["require_numba"]

MINIMUM = (0, 60)
"""It is the first Numba that works with NumPy 2, which serfast needs."""


def require_numba() -> Any:
    """Give the imported module of Numba.

    Raises
    ------
    ImportError
        If it is missing, too old or switched off; the message says what to do.
    """
    try:
        with forks_wait:
            numba: Any = importlib.import_module("numba")
    except ImportError as error:
        missing = isinstance(error, ModuleNotFoundError) and error.name == "numba"
        what = "it needs Numba" if missing else f"Numba doesn't load ({error})"
        raise ImportError(f"{what}: pip install 'serfast[numba]'") from error
    if tuple(int(part) for part in numba.__version__.split(".")[:2]) < MINIMUM:
        wanted = ".".join(map(str, MINIMUM))
        raise ImportError(
            f"numba must be >= {wanted} (the first for NumPy 2), got {numba.__version__}: "
            "pip install --upgrade 'serfast[numba]'"
        )
    if numba.config.DISABLE_JIT:
        raise ImportError("NUMBA_DISABLE_JIT must be unset")
    return numba
