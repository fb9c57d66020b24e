"""Under what conditions something was measured: machine, compiler, versions, one thread."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMBA")}


def on_one_core() -> None:
    """Stay on one core, where the system can be told so."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def processor() -> str:
    """The processor's name."""
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(": ")[2]
    return platform.processor() or platform.machine()


def machine() -> dict[str, Any]:
    """Processor, how busy it is, and what serfast was built with and uses on it."""
    import serfast

    native = serfast.native_info()
    return {
        "cpu": processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "system": platform.system(),
        "isa": native["in_use"],
        "compiler": native["compiler"],
        "python": platform.python_version(),
        "numpy": np.__version__,
        "serfast": serfast.__version__,
    }


def sentence(machine: Mapping[str, Any]) -> str:
    """The same for the line above a table."""
    load = "unknown" if machine["load"] is None else f"{machine['load']:.2f}"
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['isa']}, {machine['compiler']}, "
        f"{machine['system']}; Python {machine['python']}, NumPy {machine['numpy']}, "
        f"serfast {machine['serfast']}; load before: {load}"
    )


def installed(distribution: str) -> str | None:
    """Version of a distribution, None if it isn't installed."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
