"""The reference back end computes every formula with NumPy in float64; tests take it as the truth.

It is slow and simple. Each stage has a file with the formula in its docstring and little else. Only
the rows are rounded, once, to float32.
"""

from .engine import prepare
from .pyin import prepare_pyin
from .statistics import prepare_vector

__all__ = ["prepare", "prepare_pyin", "prepare_vector"]
