"""The predictions of an evaluation, and the figures that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .bootstrap import recall_interval
from .condition_figures import ConditionFigures
from .conditions import CLEAN, Condition
from .folds import SpeakerFolds
from .metrics import (
    BINS,
    Counts,
    class_scores,
    confusion_matrix,
    expected_calibration_error,
    unweighted_average_recall,
)

__all__ = ["Evaluation", "Fold", "UnderCondition"]

CROSS_FITTED = (
    "the bound is chosen by the answers of all folds, under all conditions; the shares are those "
    "that the bound of all other folds keeps of each fold's answers, and that are right of these"
)
"""How a bound of certain answers was chosen and measured."""


@dataclass(frozen=True)
class Fold:
    """A fold holds the predictions for the recordings left out, by a model trained without them."""

    speaker: str
    """This speaker was left out; other folds than :class:`SpeakerFolds` have their names here."""
    true: tuple[str, ...]
    predicted: tuple[str, ...]
    probabilities: np.ndarray[Any, Any]
    """It is float64 of shape (n, n_classes): a row for each recording, a column for each class."""
    chosen: dict[str, Any]
    """The plugin says that it chose this."""
    classes: tuple[str, ...] = ()
    """These are the classes of the recordings trained on, sorted.

    A class that only recordings left out have is missing here.
    """
    speakers: tuple[str, ...] = ()
    """Each recording has its speaker here; without any, `speaker` is that of all of them."""
    certain: tuple[bool, ...] | None = None
    """Of each recording, whether the model is certain of its answer; None if it doesn't say."""
    conditions: tuple[Fold, ...] = ()
    """The same recordings under each condition, predicted by the same model."""

    @property
    def uar(self) -> float:
        """Give the unweighted average recall over the classes of the recordings left out."""
        classes = sorted({*self.true, *self.predicted})
        return unweighted_average_recall(confusion_matrix(self.true, self.predicted, classes))

    @property
    def right(self) -> NDArray[np.bool_]:
        """Tell of each recording whether its class was predicted."""
        return np.array([t == p for t, p in zip(self.true, self.predicted, strict=True)], bool)

    @property
    def certainty(self) -> NDArray[np.float64]:
        """Give the largest probability of each recording."""
        largest: NDArray[np.float64] = self.probabilities.max(axis=1)
        return largest


@dataclass(frozen=True)
class Evaluation:
    """An evaluation holds its folds, and gives the figures of all folds together."""

    classes: tuple[str, ...]
    folds: tuple[Fold, ...]
    protocol: str = SpeakerFolds.protocol
    """This line says how the figures were measured."""
    measured_under: tuple[Condition, ...] = ()
    """The conditions of every fold's `conditions`, in the same order."""
    certain_above: float | None = None
    """A model trained on all recordings takes this bound, if the evaluation gave one.

    The folds' `certain` is then by bounds that the other folds' answers gave
    (:func:`serfast.training.certainty.with_bound`).
    """

    @property
    def matrix(self) -> Counts:
        """Give the confusion matrix over all folds: rows are true, columns predicted classes."""
        true = [label for fold in self.folds for label in fold.true]
        predicted = [label for fold in self.folds for label in fold.predicted]
        return confusion_matrix(true, predicted, self.classes)

    @property
    def uar(self) -> float:
        """Give the unweighted average recall over the recordings of all folds together, 0 to 1."""
        return unweighted_average_recall(self.matrix)

    @property
    def recall(self) -> dict[str, float]:
        """Give the recall of each class, 0 to 1; it is 0 for a class without recordings."""
        return dict(zip(self.classes, class_scores(self.matrix).recall.tolist(), strict=True))

    def uar_interval(self, *, draws: int = 1000, seed: int = 0) -> tuple[float, float]:
        """Give the 95 % interval of :attr:`uar` by a bootstrap over speakers.

        See :func:`serfast.training.bootstrap.recall_interval`.
        """
        by_speaker: dict[str, tuple[list[str], list[str]]] = {}
        for fold in self.folds:
            speakers = fold.speakers or (fold.speaker,) * len(fold.true)
            for who, true, predicted in zip(speakers, fold.true, fold.predicted, strict=True):
                answers = by_speaker.setdefault(who, ([], []))
                answers[0].append(true)
                answers[1].append(predicted)
        matrices = [
            confusion_matrix(true, predicted, self.classes)
            for _, (true, predicted) in sorted(by_speaker.items())
        ]
        return recall_interval(matrices, draws=draws, seed=seed)

    @property
    def expected_calibration_error(self) -> float:
        """Give the calibration error of all predictions pooled.

        See :func:`serfast.training.expected_calibration_error`.
        """
        return _calibration_error([self])

    @property
    def kept(self) -> tuple[float, float] | None:
        """Give the share of answers of which the models are certain, and the accuracy of these.

        It is None if a model doesn't say when it is certain. Without any such answer the
        accuracy is 0.
        """
        masks = [fold.certain for fold in self.folds if fold.certain is not None]
        if len(masks) < len(self.folds):
            return None
        mask = np.concatenate(masks).astype(bool)
        right = np.concatenate([fold.right for fold in self.folds])[mask]
        return float(mask.mean()), float(right.mean()) if len(right) else 0.0

    @property
    def conditions(self) -> tuple[UnderCondition, ...]:
        """Give the evaluations under all conditions, the first of them clean; empty if none.

        A condition that could be made of no recording is missing.
        """
        if not self.measured_under:
            return ()
        clean = Evaluation(self.classes, self.folds, self.protocol)
        altered = [
            Evaluation(
                self.classes, tuple(fold.conditions[k] for fold in self.folds), self.protocol
            )
            for k in range(len(self.measured_under))
        ]
        pairs = zip((CLEAN, *self.measured_under), (clean, *altered), strict=True)
        return tuple(
            UnderCondition(condition, evaluation)
            for condition, evaluation in pairs
            if any(fold.true for fold in evaluation.folds)
        )

    @property
    def mixed_calibration_error(self) -> float:
        """Give the calibration error of the predictions under all conditions together.

        Without conditions it is that of the recordings as they are.
        """
        return _calibration_error([one.evaluation for one in self.conditions] or [self])

    def card(self) -> dict[str, Any]:
        """Give the figures in the form that a bundle's card has."""
        card = {
            "protocol": self.protocol,
            "uar": round(self.uar, 4),
            "uar_by_speaker": {fold.speaker: round(fold.uar, 4) for fold in self.folds},
            "recordings": int(self.matrix.sum()),
            "classes": list(self.classes),
            "confusion_matrix": self.matrix.tolist(),
            "chosen_by_fold": {fold.speaker: fold.chosen for fold in self.folds},
        }
        if self.certain_above is not None:
            card["certain"] = self._certain_card()
        if under := self.conditions:
            card["calibration"] = {
                "clean": round(self.expected_calibration_error, 4),
                "mixed": round(self.mixed_calibration_error, 4),
                "bins": BINS,
            }
            card["conditions"] = [one.figures.to_dict() for one in under]
        return card

    def _certain_card(self) -> dict[str, Any]:
        """Give the bound, and which share of answers other folds' bounds keep, clean and mixed."""
        card: dict[str, Any] = {"above": self.certain_above, "protocol": CROSS_FITTED}
        clean = Evaluation(self.classes, self.folds)
        every = [one.evaluation for one in self.conditions] or [clean]
        mixed = Evaluation(self.classes, tuple(fold for one in every for fold in one.folds))
        for name, evaluation in (("clean", clean), ("mixed", mixed)):
            share, right = evaluation.kept or (0.0, 0.0)
            card[name] = {"kept": round(share, 4), "right_of_kept": round(right, 4)}
        return card


@dataclass(frozen=True)
class UnderCondition:
    """How the models of an evaluation predicted their held-out recordings under one condition."""

    condition: Condition
    evaluation: Evaluation

    @property
    def figures(self) -> ConditionFigures:
        """Give the figures of this condition; the interval takes some milliseconds each time."""
        condition, evaluation = self.condition, self.evaluation
        share, right = evaluation.kept or (None, None)
        return ConditionFigures(
            name=condition.name,
            group=condition.group,
            alter=condition.text,
            trained=condition.trained,
            recordings=int(evaluation.matrix.sum()),
            uar=evaluation.uar,
            interval=evaluation.uar_interval(),
            recall=evaluation.recall,
            ece=evaluation.expected_calibration_error,
            kept=share,
            right_of_kept=right,
        )


def _calibration_error(evaluations: list[Evaluation]) -> float:
    folds = [fold for evaluation in evaluations for fold in evaluation.folds if fold.true]
    certainty = np.concatenate([fold.certainty for fold in folds])
    return expected_calibration_error(certainty, np.concatenate([fold.right for fold in folds]))
