"""The contracts' checks use these assertions, which work under ``python -O`` too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..errors import SerfastError

__all__ = ["THREADS", "Inputs", "equal", "raises", "require"]

THREADS = 4
"""The checks use this many threads at a time."""

Inputs = Sequence[np.ndarray[Any, Any]] | np.ndarray[Any, Any]


def equal(a: Inputs, b: Inputs) -> bool:
    """Tell whether two sequences of arrays are equal, bit for bit."""
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def require(condition: bool | np.bool_, message: str) -> None:
    """Raise AssertionError with this message unless the condition holds."""
    if not condition:
        raise AssertionError(message)


@contextmanager
def raises(error: type[SerfastError], what: str) -> Iterator[None]:
    """Require that the block raises this error, and no other."""
    try:
        yield
    except error:
        return
    except Exception as other:
        raise AssertionError(f"{what} must raise {error.__name__}, got {other!r}") from other
    raise AssertionError(f"{what} must raise {error.__name__}, got no error")
