"""Support vector machine for serfast: trains with scikit-learn, infers with NumPy alone."""

from __future__ import annotations

from .plugin import PLUGIN, SvmPlugin

__all__ = ["PLUGIN", "SvmPlugin"]
