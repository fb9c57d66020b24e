"""The reference back end computes every formula with NumPy in float64; tests take it as the truth.

It is slow and simple. Each stage has a file with the formula in its docstring and little else. Only
the rows are rounded, once, to float32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._lazy import lazily

if TYPE_CHECKING:
    from .engine import prepare
    from .pyin import prepare_pyin
    from .statistics import prepare_vector

__all__ = ["prepare", "prepare_pyin", "prepare_vector"]

_NAMES = {"prepare": "engine", "prepare_pyin": "pyin", "prepare_vector": "statistics"}
__getattr__, __dir__ = lazily(__name__, _NAMES)  # statistics need `functionals` alone
