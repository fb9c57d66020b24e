"""What an alteration is: samples go in, others come out; chance comes from a generator alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np

__all__ = [
    "LARGEST",
    "Alteration",
    "Array",
    "NeedsOthers",
    "Others",
    "Prepares",
    "Samples",
    "finite",
]

Samples = np.ndarray[Any, np.dtype[np.float32]]
Array = np.ndarray[Any, np.dtype[np.float64]]

Others: TypeAlias = Sequence[Callable[[], Samples]]
"""Other recordings at the same rate; each is read when it is called."""

LARGEST = np.finfo(np.float32).max
"""The largest number of float32."""


class Alteration(Protocol):
    """What makes an altered copy of a recording."""

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        """Alter float32 samples (n,), n >= 1; the result may be shorter or longer, not empty."""


@runtime_checkable
class NeedsOthers(Protocol):
    """An alteration that is better with other recordings, or has a part that is."""

    def with_others(self, others: Others) -> Alteration:
        """Give the same alteration, equal to this one, that takes from these recordings."""


@runtime_checkable
class Prepares(Protocol):
    """An alteration that needs files or a library, or has a part that does."""

    def prepare(self, sample_rate: int) -> None:
        """Raise the error now that every call at this rate would raise.

        Raises
        ------
        ParameterError
            If a folder has no recording that can be used.
        ImportError
            If a library is missing or too old; the message says what to install.
        """


def finite(samples: np.ndarray[Any, Any]) -> Samples:
    """Give samples as float32; what is beyond float32's range becomes its largest number."""
    within: Samples = np.clip(samples, -LARGEST, LARGEST).astype(np.float32)
    return within
