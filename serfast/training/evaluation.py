"""Evaluation: leave one speaker out, so that nobody is judged by a model that knows their voice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import ParameterError
from ..features.spec import FeatureSpec
from ..models.plugin import Examples, Plugin, Run, fit
from ..models.plugin_calls import calling, load_classifier, probabilities_of
from ..statistics.statistics import Statistics
from .metrics import Counts, confusion_matrix, unweighted_average_recall
from .training import bundle_of

__all__ = ["Evaluation", "Fold", "check_speakers", "leave_one_speaker_out"]

PROTOCOL = (
    "leave one speaker out; everything (scaling, choice, calibration) by the training speakers "
    "alone; UAR pooled over all speakers' recordings; what there is to choose from (the default "
    "features, statistics, speeds and menu) was settled while looking at EmoDB's speakers, so "
    "figures on these aren't blind to that"
)


@dataclass(frozen=True)
class Fold:
    """What came out for one speaker, by a model trained on the others."""

    speaker: str
    true: tuple[str, ...]
    predicted: tuple[str, ...]
    probabilities: np.ndarray[Any, Any]
    """float64, shape (n, n_classes): one row a recording, the classes those of the training
    speakers, sorted. They are fewer than the evaluation's if this speaker alone has a class."""
    chosen: dict[str, Any]
    """What the plugin says it chose."""

    @property
    def uar(self) -> float:
        """Unweighted average recall of the classes that this speaker has recordings of."""
        classes = sorted({*self.true, *self.predicted})
        return unweighted_average_recall(confusion_matrix(self.true, self.predicted, classes))


@dataclass(frozen=True)
class Evaluation:
    """The folds of a leave-one-speaker-out evaluation."""

    classes: tuple[str, ...]
    folds: tuple[Fold, ...]

    @property
    def matrix(self) -> Counts:
        """Confusion matrix over all folds: row true, column predicted."""
        true = [label for fold in self.folds for label in fold.true]
        predicted = [label for fold in self.folds for label in fold.predicted]
        return confusion_matrix(true, predicted, self.classes)

    @property
    def uar(self) -> float:
        """Unweighted average recall over all folds' recordings pooled, 0 to 1."""
        return unweighted_average_recall(self.matrix)

    def card(self) -> dict[str, Any]:
        """Tell the measurement as a bundle's card does."""
        return {
            "protocol": PROTOCOL,
            "uar": round(self.uar, 4),
            "uar_by_speaker": {fold.speaker: round(fold.uar, 4) for fold in self.folds},
            "recordings": int(self.matrix.sum()),
            "classes": list(self.classes),
            "confusion_matrix": self.matrix.tolist(),
            "chosen_by_fold": {fold.speaker: fold.chosen for fold in self.folds},
        }


def check_speakers(speakers: Sequence[str], labels: Sequence[str]) -> None:
    """Check that every speaker can be left out: the others must have two classes at least.

    Parameters
    ----------
    speakers, labels : sequence of str, same length
        Of each recording.

    Raises
    ------
    ParameterError
        Naming the speaker who can't be left out, and what would remain.
    """
    names = sorted(set(speakers))
    if len(names) < 2:
        raise ParameterError(f"speakers must be at least 2 to leave one out, got {names}")
    for name in names:
        rest = [label for s, label in zip(speakers, labels, strict=True) if s != name]
        if len(set(rest)) < 2:
            raise ParameterError(
                f"labels must be of at least 2 classes without speaker {name!r}, got "
                f"{len(rest)} recordings of {sorted(set(rest))} by {len(names) - 1} others"
            )


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
    """Measure a plugin: train without a speaker, predict that speaker, for every speaker.

    Nothing of the speaker left out, altered copies included, is shown to the plugin before its
    weights are stored; then the unaltered recordings are predicted one by one, each by itself.

    Parameters
    ----------
    name : str
        The plugin's name.
    plugin : Plugin
    examples : Examples
        Of at least 2 speakers (3 if the plugin itself holds speakers out) and 2 classes.
    spec, statistics
        What the examples were made with.
    run : Run, optional
        Of the trainings: seed, folder (each speaker's is in a folder of its own there) and whom to
        tell how it goes; by default seed 0.
    progress : callable, optional
        Called with each fold when it is done.

    Returns
    -------
    Evaluation

    Raises
    ------
    ParameterError
        If there are too few speakers or classes; the message names the speaker left out.
    ModelError
        If the plugin fails, or gives anything but probabilities.
    """
    check_speakers(examples.speakers.tolist(), examples.labels.tolist())
    run = Run() if run is None else run
    speakers = sorted(set(examples.speakers.tolist()))
    folds = []
    for k, speaker in enumerate(speakers):
        own = examples.speakers == speaker
        fold = _fold(
            name,
            plugin,
            speaker,
            examples.where(~own),
            examples.where(own & ~examples.altered),
            (spec, statistics, _part(run, k, speakers)),
        )
        folds.append(fold)
        if progress:
            progress(fold)
    return Evaluation(examples.classes, tuple(folds))


def _fold(
    name: str,
    plugin: Plugin,
    speaker: str,
    training: Examples,
    test: Examples,
    settings: tuple[FeatureSpec, Statistics | None, Run],
) -> Fold:
    spec, statistics, run = settings
    try:
        with calling(name, "train"):
            weights = fit(plugin, training, run)
    except ParameterError as error:
        n_others = len(set(training.speakers.tolist()))
        left = f"{len(training)} examples of {n_others} speakers left"
        raise ParameterError(f"without speaker {speaker!r} ({left}): {error}") from error
    bundle = bundle_of(name, weights, training, spec, statistics, {})
    classifier = load_classifier(name, plugin, bundle)
    probabilities = np.array([probabilities_of(classifier, x, name) for x in test.inputs])
    predicted = _labels(classifier.classes, probabilities.argmax(axis=1))
    true = tuple(str(label) for label in test.labels)
    return Fold(speaker, true, predicted, probabilities, dict(weights.card))


def _part(run: Run, k: int, speakers: Sequence[str]) -> Run:
    """Circumstances of the training without speaker `k`, as a part of the whole."""

    def tell(share: float, text: str) -> None:
        run.tell((k + share) / len(speakers), f"without {speakers[k]}: {text}")

    if run.folder is None:
        return replace(run, tell=tell)
    folder = run.folder / f"without-{k}"  # a speaker's name may be no file's name
    folder.mkdir(exist_ok=True)
    return replace(run, folder=folder, tell=tell)


def _labels(classes: tuple[str, ...], indices: Iterable[int]) -> tuple[str, ...]:
    return tuple(classes[i] for i in indices)
