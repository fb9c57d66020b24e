"""Training: every member by a recipe of its own; a stack by held-out speakers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from serfast.errors import ParameterError
from serfast.models.bundle.bundle import Bundle
from serfast.models.plugin import Examples, Run
from serfast.training import Recipe

from .pooling import Pool, fit_stack

__all__ = ["MemberTraining", "SpeakerParts", "part_of", "train_members", "train_stack"]

PARTS = 8
"""Most parts that speakers are left out in."""


@dataclass(frozen=True)
class MemberTraining:
    """A member's recipe with the examples that it learns from."""

    recipe: Recipe
    examples: Examples

    def bundle(self, run: Run) -> Bundle:
        """Train on all examples."""
        return self.recipe.train_on(self.examples, folder=run.folder, tell=run.tell)


class SpeakerParts:
    """Folds (:class:`serfast.training.Folds`) that leave out several speakers at once."""

    left_out = "part"
    protocol = f"speakers left out in at most {PARTS} parts"

    def split(
        self, speakers: Sequence[str], labels: Sequence[str]
    ) -> list[tuple[str, np.ndarray[Any, np.dtype[np.bool_]]]]:
        """Give each part with the mask of its speakers' recordings; every speaker is in one."""
        names = sorted(set(speakers))
        if len(names) < 2:
            raise ParameterError(f"speakers must be at least 2 to stack, got {names}")
        parts = [names[i::PARTS] for i in range(min(PARTS, len(names)))]
        return [("+".join(part), np.isin(np.array(speakers), part)) for part in parts]


def train_members(recipes: Sequence[Recipe], samples: Examples) -> list[MemberTraining]:
    """Prepare every member's examples, of samples that aren't altered.

    Raises
    ------
    ParameterError
        If a member works at another sample rate than the samples have.
    """
    for recipe in recipes:
        rate = recipe.spec.sample_rate
        if samples.spec is not None and samples.spec.sample_rate != rate:
            raise ParameterError(
                f"sample_rate must be that of member {recipe.plugin!r}, {rate}, got "
                f"{samples.spec.sample_rate}"
            )
    labels, speakers = samples.labels.tolist(), samples.speakers.tolist()
    return [MemberTraining(r, r.examples_of(samples.inputs, labels, speakers)) for r in recipes]


def train_stack(
    members: Sequence[MemberTraining], samples: Examples, run: Run
) -> tuple[Pool, np.ndarray[Any, Any]]:
    """Learn the stack from predictions of speakers that the members weren't trained on.

    The array, of shape (n_classes, n_classes), has the mean of its scores of each true class.

    Raises
    ------
    ParameterError
        If there is one speaker only.
    """
    folds, classes = SpeakerParts(), samples.classes
    splits = folds.split(samples.speakers.tolist(), samples.labels.tolist())
    probabilities = np.zeros((len(samples), len(members), len(classes)))
    for m, member in enumerate(members):
        part = part_of(run, member.recipe.plugin, m, len(members))
        evaluation = member.recipe.evaluate_on(
            member.examples, folds, folder=part.folder, tell=part.tell
        )
        for fold, (_, out) in zip(evaluation.folds, splits, strict=True):
            rows = np.zeros((len(fold.true), len(classes)))
            rows[:, [classes.index(name) for name in fold.classes]] = fold.probabilities
            probabilities[out, m] = rows
    codes = np.searchsorted(classes, samples.labels)
    pool = fit_stack(probabilities, codes)
    scores = np.array([pool.scores(one) for one in probabilities])
    return pool, np.array([scores[codes == code].mean(axis=0) for code in range(len(classes))])


def part_of(run: Run, name: str, number: int, count: int) -> Run:
    """Give the circumstances of one of `count` trainings, as a part of the whole."""

    def tell(share: float, text: str) -> None:
        run.tell((number + share) / count, f"{name}: {text}")

    folder = None
    if run.folder is not None:
        folder = run.folder / name
        folder.mkdir(exist_ok=True)
    return replace(run, folder=folder, tell=tell)
