"""Examples relative to the mean of their speaker in the same condition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from serfast.models.plugin import Examples

__all__ = ["SpeakerMeans", "copies_of"]

Array = np.ndarray[Any, Any]
Codes = np.ndarray[Any, np.dtype[np.intp]]


def copies_of(examples: Examples) -> Codes:
    """Give each example's number of a copy; all altered ones are one if that isn't known."""
    copies = examples.altered if examples.copies is None else examples.copies
    return np.asarray(copies, np.intp)


@dataclass(frozen=True)
class SpeakerMeans:
    """Which examples have a mean in common: those of a speaker in the same condition.

    Parameters
    ----------
    numbers : ndarray of int, shape (n,)
        Examples of the same number have a mean in common.
    """

    numbers: Codes

    @classmethod
    def of_examples(cls, examples: Examples) -> SpeakerMeans:
        """Give those of examples."""
        copies = copies_of(examples)
        speaker, copy = (np.unique(a, return_inverse=True)[1] for a in (examples.speakers, copies))
        return cls(np.asarray(speaker * (copy.max() + 1) + copy, np.intp))

    def among(self, index: Codes) -> SpeakerMeans:
        """Give those of the examples in these places."""
        return SpeakerMeans(self.numbers[index])

    def relative(self, x: Array) -> Array:
        """Give `x`, of shape (n, k), without the mean of each row's speaker and condition."""
        if not len(x):
            return x
        order = np.argsort(self.numbers, kind="stable")
        begins = np.flatnonzero(np.diff(self.numbers[order], prepend=-1))
        sums = np.add.reduceat(x[order], begins, axis=0)
        counts = np.diff(begins, append=len(x))
        means = sums / counts[:, np.newaxis].astype(x.dtype)
        place = np.empty(len(x), np.intp)
        place[order] = np.repeat(np.arange(len(begins)), counts)
        return np.asarray(x - means[place])
