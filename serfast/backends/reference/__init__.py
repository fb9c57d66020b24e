"""The reference back end: every formula in NumPy and float64. Slow, obvious, the truth in tests.

Each stage has a page of its own: the formula in its docstring and little else; no stage knows
another's tricks. Only the rows are rounded, once, to float32.
"""

from .engine import prepare
from .statistics import prepare_vector

__all__ = ["prepare", "prepare_vector"]
