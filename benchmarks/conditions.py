"""The conditions of a measurement as reports have them: machine, compiler, versions."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from typing import Any

import numpy as np

import serfast
from serfast.bench.machine import machine as facts

__all__ = ["machine", "sentence"]


def machine() -> dict[str, Any]:
    """Give the processor, how busy it is, and what serfast was built with and uses on it."""
    native, about = serfast.native_info(), facts()
    return {
        "cpu": about["cpu"],
        "cores": about["processors"],
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "system": platform.system(),
        "isa": native["in_use"],
        "compiler": native["compiler"],
        "python": platform.python_version(),
        "numpy": np.__version__,
        "serfast": serfast.__version__,
    }


def sentence(machine: Mapping[str, Any]) -> str:
    """Give the conditions as the line above a table."""
    load = "unknown" if machine["load"] is None else f"{machine['load']:.2f}"
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['isa']}, {machine['compiler']}, "
        f"{machine['system']}; Python {machine['python']}, NumPy {machine['numpy']}, "
        f"serfast {machine['serfast']}; load before: {load}"
    )
