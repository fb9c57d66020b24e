"""Two evaluations of the same speakers: which is better, and whether that may be chance."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import default_rng

from .. import _checks as checks
from ..errors import ParameterError

__all__ = ["Comparison", "compare", "figures_of"]

EXACT = 16
"""Up to so many speakers all signs are tried, and above it DRAWS of them."""

DRAWS = 100_000


@dataclass(frozen=True)
class Comparison:
    """How much better the second of two evaluations is, speaker by speaker.

    Parameters
    ----------
    speakers : tuple of str
        Those that both have.
    first, second : tuple of float
        The unweighted average recall of each speaker, 0 to 1.
    difference : float
        The mean of second minus first.
    interval : (float, float)
        Its 95 % interval, by a bootstrap over speakers.
    chance : float
        How often a difference as large comes about if both are equally good (a permutation test
        over the signs of the speakers' differences: Fisher, "The Design of Experiments", 1935,
        section 21).
    pooled : (float, float)
        Each evaluation's recall over all its recordings.
    recall : mapping of str to (float, float)
        The recall of each class that both have.
    """

    speakers: tuple[str, ...]
    first: tuple[float, ...]
    second: tuple[float, ...]
    difference: float
    interval: tuple[float, float]
    chance: float
    pooled: tuple[float, float]
    recall: Mapping[str, tuple[float, float]]


def compare(first: Mapping[str, Any], second: Mapping[str, Any], *, seed: int = 0) -> Comparison:
    """Compare the figures of two evaluations.

    Parameters
    ----------
    first, second : mapping
        What `serfast evaluate -o` writes, or :meth:`Evaluation.card
        <serfast.training.Evaluation.card>` gives.
    seed : int
        What is drawn depends on it.

    Returns
    -------
    Comparison

    Raises
    ------
    ParameterError
        If they are no such figures, have no two speakers in common, or have other classes.

    Warns
    -----
    UserWarning
        They are of other numbers of recordings, so perhaps not of the same ones.

    Examples
    --------
    >>> a = {"uar": 0.5, "uar_by_speaker": {"1": 0.4, "2": 0.6}}
    >>> b = {"uar": 0.7, "uar_by_speaker": {"1": 0.6, "2": 0.8, "3": 0.9}}
    >>> result = compare(a, b)
    >>> round(result.difference, 6), result.chance
    (0.2, 0.5)
    """
    tables = [_by_speaker(one) for one in (first, second)]
    speakers = tuple(sorted(set(tables[0]) & set(tables[1])))
    if len(speakers) < 2:
        rule = "at least 2 that both evaluations have"
        checks.refuse("speakers", rule, checks.listed(speakers) or "none")
    one, two = (np.array([table[name] for name in speakers]) for table in tables)
    differences = two - one
    random = default_rng(checks.integer("seed", seed, 0, 2**63 - 1))
    drawn = random.integers(0, len(speakers), (DRAWS // 10, len(speakers)))
    low, high = np.quantile(differences[drawn].mean(axis=1), [0.025, 0.975])
    recalls = [_recall(figures) for figures in (first, second)]
    _check_alike(first, second)
    return Comparison(
        speakers,
        tuple(one.tolist()),
        tuple(two.tolist()),
        float(differences.mean()),
        (float(low), float(high)),
        _chance(differences, random),
        (float(first["uar"]), float(second["uar"])),
        {name: (recalls[0][name], recalls[1][name]) for name in recalls[0] if name in recalls[1]},
    )


def figures_of(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Give the figures in a file of `serfast evaluate -o`.

    Raises
    ------
    ParameterError
        If the file has no such figures.
    OSError
        If it can't be read.
    """
    figures = checks.json_value(os.fspath(path), checks.small_file(path))
    try:
        _by_speaker(figures)
    except ParameterError as error:
        raise ParameterError(f"{path}: {error}") from error
    assert isinstance(figures, dict)
    return figures


def _by_speaker(figures: Any) -> dict[str, float]:
    table = figures.get("uar_by_speaker") if isinstance(figures, Mapping) else None
    if not isinstance(table, Mapping) or "uar" not in figures:
        checks.refuse("figures", "those that `serfast evaluate -o` writes", checks.shown(figures))
    checks.number("uar", figures["uar"], minimum=0, maximum=1)
    for name, value in table.items():
        checks.number(f"uar of {checks.shown(name)}", value, minimum=0, maximum=1)
    classes = figures.get("classes", [])
    if not isinstance(classes, list) or not all(isinstance(name, str) for name in classes):
        checks.refuse("classes", "a list of names", checks.shown(classes))
    _recall(figures)
    return dict(table)


def _check_alike(first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    """Refuse figures of other classes, and warn of other numbers of recordings."""
    one, two = first.get("classes"), second.get("classes")
    if one is not None and two is not None and sorted(one) != sorted(two):
        rule = f"those of the other evaluation, {checks.listed(one)}"
        checks.refuse("classes", rule, checks.listed(two))
    numbers = [figures.get("recordings") for figures in (first, second)]
    if None not in numbers and numbers[0] != numbers[1]:
        message = f"of other recordings, perhaps: {numbers[0]} are in the one, {numbers[1]} in the"
        warnings.warn(f"{message} other", stacklevel=3)


def _recall(figures: Mapping[str, Any]) -> dict[str, float]:
    """Give the recall of each class, from the confusion matrix if there is one."""
    written = figures.get("confusion_matrix")
    if written is None:
        return {}
    classes = figures.get("classes", [])
    try:
        matrix = np.array(written, float)
    except (TypeError, ValueError):
        matrix = np.empty(0)
    if matrix.shape != (len(classes),) * 2 or not (np.isfinite(matrix) & (matrix >= 0)).all():
        rule = f"{len(classes)} rows of as many numbers >= 0, one for each class"
        checks.refuse("confusion_matrix", rule, checks.shown(written))
    recalls = np.diag(matrix) / np.maximum(1, matrix.sum(axis=1))
    return dict(zip(classes, recalls.tolist(), strict=True))


def _chance(differences: np.ndarray[Any, np.dtype[np.float64]], random: Any) -> float:
    """Give the share of signs of the differences whose mean is as far from 0 as the real one's."""
    n = len(differences)
    if n <= EXACT:
        signs = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
        means = np.abs(signs @ differences)
    else:
        means = np.abs((1 - 2 * random.integers(0, 2, (DRAWS, n))) @ differences)
    return float((means >= abs(differences.sum()) - 1e-12).mean())
