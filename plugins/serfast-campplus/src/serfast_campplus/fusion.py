"""One machine for each of several embeddings, and the mean of their scores.

Scores are linear in the vector, and so is their mean. So the result is one machine on all entries,
which serfast-svm loads, adapts to a speaker and doubts like any other. It costs one product.

A single machine on all entries together shares one C and one length between them. Separate
machines err apart: which of both is better on training speakers that were left out is measured in
the README.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from serfast.errors import ParameterError
from serfast.models.plugin import Examples, Weights
from serfast_svm.calibration import fit_logistic
from serfast_svm.checks import held_out_names
from serfast_svm.cross_fitting import cross_fitted
from serfast_svm.scaling import Scaling
from serfast_svm.training import (
    about_known_speakers,
    about_scores,
    codes_of,
    groups_of,
    means_of,
    recall_of,
    trained,
    typical,
)

__all__ = ["check_width", "train_parts"]

Array = np.ndarray[Any, Any]
Tell = Callable[[float, str], None]


def train_parts(
    examples: Examples,
    widths: Sequence[int],
    tell: Tell | None = None,
    *,
    weighted: bool = True,
) -> Weights:
    """Train a machine on each part of the vectors; give the one whose scores are the mean.

    The mean is calibrated again, on scores of speakers that were left out.

    Parameters
    ----------
    examples : Examples
        Their inputs have the shape (n, sum(widths)).
    widths : sequence of int
        Each part has so many entries.
    tell : callable, optional
        It is called as that of a :class:`serfast.models.Run`.
    weighted : bool
        Whether every class weighs the same; else every example does.

    Raises
    ------
    ParameterError
        If the vectors have another length, or serfast-svm refuses the examples.
    """
    x, codes = np.asarray(examples.inputs), codes_of(examples)
    check_width(x.shape[1], widths)
    columns = np.split(x, np.cumsum(widths)[:-1], axis=1)
    parts = [
        trained(replace(examples, inputs=part), _part_of(tell, k, len(columns)), weighted=weighted)
        for k, part in enumerate(columns)
    ]
    answers = np.mean([scores for _, scores in parts], axis=0)
    matrix, offsets = fit_logistic(answers, codes, weighted=weighted)
    scores = answers @ matrix.T + offsets
    groups = groups_of(held_out_names(examples)[1])
    honest = cross_fitted(answers, codes, groups, weighted=weighted)
    arrays = [made.arrays for made, _ in parts]
    beside = np.concatenate([a["weights"] for a in arrays], axis=1) / len(parts)
    weights = (matrix @ beside).astype(np.float32)
    neutral = matrix @ np.mean([a["neutral_scores"] for a in arrays], axis=0) + offsets
    scaling = Scaling.fit(x, codes)
    means = means_of(examples)
    return Weights(
        arrays={
            "weights": weights,
            "intercepts": neutral - weights.astype(np.float64) @ scaling.mean,
            "neutral_scores": neutral,
            **about_scores(scores, codes, examples),
            **about_known_speakers(scores, codes, means, neutral, weighted=weighted),
            **typical(x, scaling),
        },
        card={
            "C": [made.card["C"] for made, _ in parts],
            "held_out_uar": round(recall_of(honest, codes, examples), 4),
        },
    )


def _part_of(tell: Tell | None, k: int, count: int) -> Tell:
    """Give what the training of part `k` calls."""

    def part(share: float, text: str) -> None:
        if tell is not None:
            tell((k + share) / count, f"part {k + 1} of {count}: {text}")

    return part


def check_width(width: int, widths: Sequence[int]) -> None:
    """Raise ParameterError unless vectors have as many entries as the parts together."""
    if width != sum(widths):
        raise ParameterError(
            f"vectors must have {' + '.join(map(str, widths))} entries, got {width}: "
            "--classifier svm takes other embeddings"
        )
