"""Support vector machine for serfast: trains with SciPy, infers with NumPy alone."""

from __future__ import annotations

from .plugin import PLUGIN, SvmPlugin

__all__ = ["PLUGIN", "SvmPlugin"]
