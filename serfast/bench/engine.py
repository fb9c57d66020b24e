"""What computes in a process with these settings: versions and instruction set."""

from __future__ import annotations

import platform
from typing import Any

import numpy as np

from .. import backends
from .._version import __version__
from .settings import Settings

__all__ = ["engine"]


def engine(settings: Settings) -> dict[str, Any]:
    """Give the versions and the instruction set.

    Raises
    ------
    BackendError, ImportError
        If the back end or the instruction set isn't there.
    """
    backends.get(settings.backend)
    native = settings.backend == "native"
    return {
        "serfast": __version__,
        "python": f"{platform.python_version()} ({platform.python_implementation()})",
        "numpy": np.__version__,
        "isa": backends.native_info()["in_use"] if native else None,
    }
