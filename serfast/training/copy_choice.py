"""Which set of altered copies to train on is chosen here, by leaving training speakers out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .. import _checks as checks
from ..audio.augmentation import PLACES_OF_COPIES
from ..errors import ParameterError
from ..models.judge import Judge
from ..models.plugin import Examples, Run
from .folds import Mask
from .metrics import confusion_matrix, unweighted_average_recall
from .trainee import Trainee

__all__ = ["GROUPS", "ChosenCopies", "SpeakerGroups", "choose_copies"]

GROUPS = 3
"""The training speakers are divided into so many groups, each of which is left out once."""


class SpeakerGroups:
    """Folds that leave out every third speaker, sorted by name; of two speakers, each alone."""

    left_out = "speakers"
    protocol = f"leave one of {GROUPS} groups of speakers out"

    def split(self, speakers: Sequence[str], labels: Sequence[str]) -> list[tuple[str, Mask]]:
        """Give the groups, named by their speakers, with a mask of each one's recordings."""
        names = sorted(set(speakers))
        if len(names) < 2:
            raise ParameterError(f"speakers must be at least 2 to choose copies by, got {names}")
        groups = [names[k::GROUPS] for k in range(min(GROUPS, len(names)))]
        array = np.array(speakers)
        return [(", ".join(group), np.isin(array, group)) for group in groups]


@dataclass(frozen=True)
class ChosenCopies:
    """The set of copies that a training takes, and why."""

    name: str
    """The name of the set, of :data:`serfast.audio.augmentation.PLACES_OF_COPIES`."""
    recalls: Mapping[str, float]
    """Of each set: the mean of the recall on recordings and of that on copies, 0 to 1."""
    examples: Examples
    """The examples of this set alone."""

    @property
    def card(self) -> dict[str, Any]:
        """Give what a bundle's card says of the choice."""
        recalls = {name: round(recall, 4) for name, recall in self.recalls.items()}
        return {"copies": self.name, "copies_uar": recalls}


def choose_copies(trainee: Trainee, examples: Examples, run: Run) -> ChosenCopies:
    """Choose the set of copies by which speakers left out of the training are recognised best.

    Parameters
    ----------
    trainee : Trainee
        It is trained for each set and each group of speakers left out (:class:`SpeakerGroups`).
    examples : Examples
        They have the copies of :data:`serfast.audio.augmentation.STRONG_COPIES`, by number.
    run : Run
        Every training has its seed, and a folder inside its folder.

    Returns
    -------
    ChosenCopies
        Every set is judged by the same examples: the recordings and all copies of the speakers
        left out. Their recalls count equally. Of sets that are equally good, the smallest is taken.

    Raises
    ------
    ParameterError
        If there are other copies, or the plugin refuses what is left without a group.
    """
    copies = examples.copies
    wanted = set(range(1 + len(PLACES_OF_COPIES["strong"])))
    if copies is None or set(copies.tolist()) != wanted:
        rule = f"numbered 0 to {max(wanted)}, as STRONG_COPIES makes them"
        checks.fail("copies", rule, None if copies is None else sorted(set(copies.tolist())))
    folds = SpeakerGroups()
    splits = folds.split(examples.speakers.tolist(), examples.labels.tolist())
    said = {name: np.empty(len(examples), object) for name in PLACES_OF_COPIES}
    steps = [(k, name) for k in range(len(splits)) for name in PLACES_OF_COPIES]
    for n, (k, name) in enumerate(steps):
        group, out = splits[k]
        part = _part(run, n / len(steps), f"{name}-{k}", f"{name} copies without {group}")
        try:
            judge, _ = trainee.trained(_of_set(examples.where(~out), name), part)
        except ParameterError as error:
            about = f"to choose copies, without {folds.left_out} {group}"
            raise ParameterError(f"{about}: {error}") from error
        said[name][out] = _labels(judge, examples.where(out))
    recalls = {name: _recall(examples, labels) for name, labels in said.items()}
    best = max(recalls, key=recalls.__getitem__)  # the first of equals, which is the smallest
    return ChosenCopies(best, recalls, _of_set(examples, best))


def _of_set(examples: Examples, name: str) -> Examples:
    """Give the recordings and their copies of one set."""
    numbers = [0, *(1 + place for place in PLACES_OF_COPIES[name])]
    return examples.where(np.isin(np.asarray(examples.copies), numbers))


def _labels(judge: Judge, examples: Examples) -> list[str]:
    """Give the class of each example, as the model says."""
    return [judge.classes[int(judge.probabilities(x).argmax())] for x in examples.predictable()]


def _recall(examples: Examples, said: np.ndarray[Any, Any]) -> float:
    """Give the mean of the recall on the recordings and of that on their copies."""
    recalls = []
    for kind in (~examples.altered, examples.altered):
        true = examples.labels[kind].tolist()
        matrix = confusion_matrix(true, said[kind].tolist(), examples.classes)
        recalls.append(unweighted_average_recall(matrix))
    return float(np.mean(recalls))


def _part(run: Run, share: float, name: str, about: str) -> Run:
    """Give the run of one training, which counts nothing in the progress of the whole."""

    def tell(_: float, text: str) -> None:
        run.tell(share, f"{about}: {text}")

    if run.folder is None:
        return replace(run, tell=tell)
    folder = run.folder / f"copies-{name}"
    folder.mkdir(exist_ok=True)
    return replace(run, folder=folder, tell=tell)
