"""Balanced sampling: as many examples of each class, however many there are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from .._checks import fail, integer

__all__ = ["balanced_sample"]


def balanced_sample(labels: ArrayLike, n: int, random: Generator) -> NDArray[np.intp]:
    """Give the places of about `n` examples, of each class as many.

    A class that has fewer is repeated: each example as often as it goes, and some of them, drawn
    at random, once more. Of a class that has more some are drawn, none twice.

    Parameters
    ----------
    labels : array_like, shape (n_examples,)
        Each example has its class.
    n : int
        So many in all, >= 1, rounded down to a multiple of the number of classes; of each class
        at least one.
    random : numpy.random.Generator
        What is drawn depends on it.

    Returns
    -------
    ndarray of int, shape (n,)
        They are in ascending order.

    Raises
    ------
    ParameterError
        If there is no example, or `n` breaks its rule.

    Examples
    --------
    >>> places = balanced_sample(["a", "a", "a", "b"], 4, np.random.default_rng(0))
    >>> [["a", "a", "a", "b"][k] for k in places]
    ['a', 'a', 'b', 'b']
    """
    array: np.ndarray[Any, Any] = np.asarray(labels)
    if array.ndim != 1 or not len(array):
        fail("labels", "at least 1, in one dimension", labels)
    classes, codes = np.unique(array, return_inverse=True)
    each = max(1, integer("n", n) // len(classes))
    places: list[NDArray[np.intp]] = []
    for code in range(len(classes)):
        members = np.flatnonzero(codes == code)
        whole, rest = divmod(each, len(members))
        places += [np.tile(members, whole), random.choice(members, rest, replace=False)]
    return np.sort(np.concatenate(places))
