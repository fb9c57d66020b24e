"""librosa's names for serfast's exceptions."""

from __future__ import annotations

from ....errors import ParameterError
from ....errors import SerfastError as LibrosaError

__all__ = ["LibrosaError", "ParameterError"]
