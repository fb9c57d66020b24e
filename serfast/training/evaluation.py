"""In an evaluation a classifier is trained without some recordings and then predicts these.

This is done once for every fold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import ParameterError
from ..features.spec import FeatureSpec
from ..models.plugin import Examples, Plugin, Run, fit
from ..models.plugin_calls import calling, load_classifier, probabilities_of
from ..statistics.statistics import Statistics
from .examples import check_made_with
from .folds import Folds, Mask, SpeakerFolds, check_speakers, splits_of
from .metrics import Counts, confusion_matrix, unweighted_average_recall
from .training import bundle_of

__all__ = [
    "Evaluation",
    "Fold",
    "Trainee",
    "check_speakers",
    "evaluate_splits",
    "leave_one_speaker_out",
]


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

    @property
    def uar(self) -> float:
        """Give the unweighted average recall over the classes of the recordings left out."""
        classes = sorted({*self.true, *self.predicted})
        return unweighted_average_recall(confusion_matrix(self.true, self.predicted, classes))


@dataclass(frozen=True)
class Evaluation:
    """An evaluation holds its folds, and gives the figures of all folds together."""

    classes: tuple[str, ...]
    folds: tuple[Fold, ...]
    protocol: str = SpeakerFolds.protocol
    """This line says how the figures were measured."""

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

    def card(self) -> dict[str, Any]:
        """Give the figures in the form that a bundle's card has."""
        return {
            "protocol": self.protocol,
            "uar": round(self.uar, 4),
            "uar_by_speaker": {fold.speaker: round(fold.uar, 4) for fold in self.folds},
            "recordings": int(self.matrix.sum()),
            "classes": list(self.classes),
            "confusion_matrix": self.matrix.tolist(),
            "chosen_by_fold": {fold.speaker: fold.chosen for fold in self.folds},
        }


def leave_one_speaker_out(
    name: str,
    plugin: Plugin,
    examples: Examples,
    spec: FeatureSpec,
    statistics: Statistics | None,
    *,
    run: Run | None = None,
    progress: Callable[[Fold], None] | None = None,
) -> Evaluation:
    """Give the evaluation of a plugin that is trained without each speaker and predicts that one.

    The plugin sees no recording of the speaker left out, and no altered copy of one, before its
    weights are stored. Then it predicts the unaltered recordings one by one, each by itself.

    Parameters
    ----------
    name : str
        The plugin's name.
    plugin : Plugin
    examples : Examples
        They have at least 2 classes and 2 speakers (3 if the plugin itself holds speakers out).
    spec, statistics
        The examples were made with them.
    run : Run, optional
        It holds the seed, the folder and whom to inform; the default has seed 0. The training
        without each speaker has its own folder inside that folder.
    progress : callable, optional
        It is called with each fold when it is done.

    Returns
    -------
    Evaluation

    Raises
    ------
    ParameterError
        If the examples were made with others than `spec` and `statistics`, or there are too few
        speakers or classes; the message names the speaker left out.
    ModelError
        If the plugin fails, or gives anything but probabilities.
    """
    check_made_with(examples, spec, statistics)
    folds = SpeakerFolds()
    splits = splits_of(folds, examples.speakers.tolist(), examples.labels.tolist())
    trainee = Trainee(name, plugin, spec, statistics)
    return evaluate_splits(trainee, examples, folds, splits, run=run, progress=progress)


@dataclass(frozen=True)
class Trainee:
    """A trainee is a plugin with its name, and the spec and statistics of its examples."""

    name: str
    plugin: Plugin
    spec: FeatureSpec
    statistics: Statistics | None


def evaluate_splits(
    trainee: Trainee,
    examples: Examples,
    folds: Folds,
    splits: Sequence[tuple[str, Mask]],
    *,
    run: Run | None = None,
    progress: Callable[[Fold], None] | None = None,
) -> Evaluation:
    """Give the evaluation of a plugin as :func:`leave_one_speaker_out` does, with any folds.

    Parameters
    ----------
    trainee : Trainee
    examples : Examples
    folds : Folds
    splits : sequence of (str, ndarray of bool, shape (len(examples),))
        Each fold has a name, and a mask that is True for the examples left out, altered copies
        included.
    run, progress
        They mean the same as in :func:`leave_one_speaker_out`.
    """
    run = Run() if run is None else run
    names = [name for name, _ in splits]
    done = []
    for k, (name, out) in enumerate(splits):
        training, test = examples.where(~out), examples.where(out & ~examples.altered)
        try:
            fold = _fold(trainee, name, training, test, _part(run, k, names))
        except ParameterError as error:
            n_others = len(set(training.speakers.tolist()))
            left = f"{len(training)} examples of {n_others} speakers left"
            raise ParameterError(f"without {folds.left_out} {name!r} ({left}): {error}") from error
        done.append(fold)
        if progress:
            progress(fold)
    return Evaluation(examples.classes, tuple(done), folds.protocol)


def _fold(trainee: Trainee, name: str, training: Examples, test: Examples, run: Run) -> Fold:
    plugin = trainee.plugin
    with calling(trainee.name, "train"):
        weights = fit(plugin, training, run)
    bundle = bundle_of(trainee.name, weights, training, trainee.spec, trainee.statistics, {})
    classifier = load_classifier(trainee.name, plugin, bundle)
    probabilities = np.array([probabilities_of(classifier, x, trainee.name) for x in test.inputs])
    predicted = tuple(classifier.classes[i] for i in probabilities.argmax(axis=1))
    true = tuple(str(label) for label in test.labels)
    return Fold(name, true, predicted, probabilities, dict(weights.card), classifier.classes)


def _part(run: Run, k: int, names: Sequence[str]) -> Run:
    """Give the run of fold `k`; its progress counts as a part of the whole evaluation's."""

    def tell(share: float, text: str) -> None:
        run.tell((k + share) / len(names), f"without {names[k]}: {text}")

    if run.folder is None:
        return replace(run, tell=tell)
    folder = run.folder / f"without-{k}"  # a speaker's name may not be valid as a file name
    folder.mkdir(exist_ok=True)
    return replace(run, folder=folder, tell=tell)
