"""The predictions of an evaluation, and the figures that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .bootstrap import LEVEL, FigureIntervals, figure_intervals
from .calibration import BINS, ReliabilityCurve, expected_calibration_error, reliability_curve
from .condition_figures import ConditionFigures
from .conditions import CLEAN, Condition
from .folds import SpeakerFolds
from .metrics import (
    Counts,
    class_scores,
    confusion_matrix,
    unweighted_average_recall,
    weighted_f1,
)

__all__ = ["Evaluation", "Fold", "UnderCondition"]

CROSS_FITTED = (
    "the bound is chosen by the answers of all folds, under all conditions; the shares are those "
    "that the bound of all other folds keeps of each fold's answers, and that are right of these"
)
"""How a bound of certain answers was chosen and measured."""


CROSS_SHARPENED = (
    "the sharpness is fitted to the answers of all folds, under all conditions; the errors are of "
    "each fold's answers sharpened as those of all other folds told"
)
"""How a sharpness of probabilities was fitted and measured."""


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
    sharpness: float | None = None
    """A model trained on all recordings has its probabilities sharpened so, if it takes that.

    The folds' probabilities are then sharpened as the other folds' answers told
    (:func:`serfast.models.sharpened`).
    """
    left_out: str = SpeakerFolds.left_out
    """This is what a fold leaves out, in one word."""

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

    @property
    def weighted_f1(self) -> float:
        """Give the mean F1 of the classes, weighted by their numbers of recordings, 0 to 1."""
        return weighted_f1(self.matrix)

    @property
    def speakers(self) -> tuple[str, ...]:
        """Give the speakers whose recordings were predicted, sorted."""
        return tuple(sorted({who for fold in self.folds for who in _speakers(fold)}))

    @property
    def drawn(self) -> str:
        """Give the word for what intervals are drawn over: speakers, or one speaker's folds."""
        return SpeakerFolds.left_out if len(self.speakers) > 1 else self.left_out

    def uar_interval(self, *, draws: int = 1000, seed: int = 0) -> tuple[float, float]:
        """Give the 95 % interval of :attr:`uar` by a bootstrap over speakers.

        See :meth:`intervals`.
        """
        return self.intervals(draws=draws, seed=seed).uar

    def intervals(self, *, draws: int = 1000, seed: int = 0) -> FigureIntervals:
        """Give the 95 % intervals of the figures by a bootstrap over speakers.

        If there is one speaker alone, it is over the folds. See
        :func:`serfast.training.figure_intervals`.
        """
        return figure_intervals(list(self._matrices().values()), draws=draws, seed=seed)

    def _matrices(self) -> dict[str, Counts]:
        """Give the confusion matrix of each speaker, or of each fold of a single speaker."""
        by_fold = len(self.speakers) < 2
        answers: dict[str, tuple[list[str], list[str]]] = {}
        for fold in self.folds:
            names = (fold.speaker,) * len(fold.true) if by_fold else _speakers(fold)
            for name, true, predicted in zip(names, fold.true, fold.predicted, strict=True):
                lists = answers.setdefault(name, ([], []))
                lists[0].append(true)
                lists[1].append(predicted)
        return {
            name: confusion_matrix(*lists, self.classes) for name, lists in sorted(answers.items())
        }

    @property
    def reliability(self) -> ReliabilityCurve:
        """Give how often answers are right beside what they state, of all predictions pooled.

        See :func:`serfast.training.reliability_curve`.
        """
        return reliability_curve(*_certainties([self]))

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
            "weighted_f1": round(self.weighted_f1, 4),
            **self._interval_card(),
            "uar_by_speaker": {
                name: round(unweighted_average_recall(matrix), 4)
                for name, matrix in self._matrices().items()
            },
            "recordings": int(self.matrix.sum()),
            "speakers": list(self.speakers),
            "classes": list(self.classes),
            "confusion_matrix": self.matrix.tolist(),
            "calibration": self._calibration_card(),
            "chosen_by_fold": {fold.speaker: fold.chosen for fold in self.folds},
        }
        if self.certain_above is not None:
            card["certain"] = self._certain_card()
        if under := self.conditions:
            card["conditions"] = [one.figures.to_dict() for one in under]
        return card

    @property
    def can_draw(self) -> bool:
        """Tell whether a bootstrap has more than one speaker, or recording, to draw from."""
        return len(self._matrices()) > 1

    def _interval_card(self) -> dict[str, Any]:
        """Give the intervals of the figures; nothing if there is nothing to draw from."""
        if (n := len(self._matrices())) < 2:
            return {}
        uar, weighted, recall = self.intervals()
        intervals = {
            "over": f"{n} {self.drawn}s",
            "level": LEVEL,
            "uar": _rounded(uar),
            "weighted_f1": _rounded(weighted),
            "recall": {
                name: _rounded(one)
                for name, one in zip(self.classes, recall, strict=True)
                if one is not None
            },
        }
        return {"intervals": intervals}

    def _calibration_card(self) -> dict[str, Any]:
        """Give the calibration error, and the curve's bins that have answers."""
        curve = self.reliability
        rows = zip(*(values.tolist() for values in curve), strict=True)
        card: dict[str, Any] = {"clean": round(self.expected_calibration_error, 4), "bins": BINS}
        if self.sharpness is not None:
            card["sharpness"] = self.sharpness
            card["protocol"] = CROSS_SHARPENED
        if self.measured_under:
            card["mixed"] = round(self.mixed_calibration_error, 4)
        card["curve"] = [
            {"answers": n, "probability": round(p, 4), "right": round(share, 4)}
            for n, p, share in rows
            if n
        ]
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
            interval=evaluation.uar_interval() if evaluation.can_draw else None,
            recall=evaluation.recall,
            ece=evaluation.expected_calibration_error,
            kept=share,
            right_of_kept=right,
        )


def _calibration_error(evaluations: list[Evaluation]) -> float:
    return expected_calibration_error(*_certainties(evaluations))


def _certainties(
    evaluations: list[Evaluation],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Give the largest probability of each answer, and whether the answer is right."""
    folds = [fold for evaluation in evaluations for fold in evaluation.folds if fold.true]
    certainty = np.concatenate([fold.certainty for fold in folds])
    return certainty, np.concatenate([fold.right for fold in folds])


def _speakers(fold: Fold) -> tuple[str, ...]:
    """Give the speaker of each of a fold's recordings."""
    return fold.speakers or (fold.speaker,) * len(fold.true)


def _rounded(interval: tuple[float, float]) -> list[float]:
    return [round(share, 4) for share in interval]
