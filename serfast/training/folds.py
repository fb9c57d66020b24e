"""Folds say which recordings are left out of a training, for the trained model to predict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np

from .. import _checks as checks
from ..errors import ParameterError
from ..models.plugin import Examples

__all__ = [
    "FOLDS",
    "Folds",
    "Mask",
    "SpeakerFolds",
    "SplitsTexts",
    "check_speakers",
    "folds_of",
    "splits_of",
    "splits_with_copies",
]

Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]


class Folds(Protocol):
    """Folds divide recordings several times into those to train on and those to predict."""

    @property
    def left_out(self) -> str:
        """Give the word with which messages name what a fold leaves out, such as "speaker"."""

    @property
    def protocol(self) -> str:
        """Give the line with which a bundle's card says how the figures were measured."""

    def split(self, speakers: Sequence[str], labels: Sequence[str]) -> Sequence[tuple[str, Mask]]:
        """Give each fold's name and a mask that is true for the recordings to predict.

        Parameters
        ----------
        speakers, labels : sequence of str, same length
            Each recording has one of both.

        Raises
        ------
        ParameterError
            If these recordings can't be divided so.
        """


@runtime_checkable
class SplitsTexts(Protocol):
    """Folds have this method in the place of :meth:`Folds.split` if they go by what is said."""

    def split_texts(
        self, texts: Sequence[str], speakers: Sequence[str], labels: Sequence[str]
    ) -> Sequence[tuple[str, Mask]]:
        """Give what :meth:`Folds.split` gives, by the text of each recording."""


class SpeakerFolds:
    """Every speaker is left out once, so that no model judges a voice that it was trained on."""

    left_out = "speaker"
    protocol = (
        "leave one speaker out; everything (scaling, choice, calibration) by the training "
        "speakers alone; UAR pooled over all speakers' recordings; what there is to choose from "
        "(the default features, statistics, copies and settings) was settled while looking at "
        "EmoDB's speakers, so figures on these aren't blind to that"
    )

    def split(self, speakers: Sequence[str], labels: Sequence[str]) -> list[tuple[str, Mask]]:
        """Give each speaker, sorted by name, with a mask of the speaker's recordings."""
        check_speakers(speakers, labels)
        array = np.array(speakers)
        return [(name, array == name) for name in sorted(set(speakers))]


FOLDS: dict[str, Folds] = {"speakers": SpeakerFolds()}
"""These folds can be given by their names."""


def folds_of(folds: str | Folds) -> Folds:
    """Give the folds of this name; an object that is folds already comes back unchanged."""
    if isinstance(folds, str):
        return FOLDS[checks.choice("folds", folds, FOLDS)]
    return folds


def splits_of(
    folds: Folds,
    speakers: Sequence[str],
    labels: Sequence[str],
    texts: Sequence[str] | None = None,
) -> list[tuple[str, Mask]]:
    """Give the splits into which folds divide recordings; each of them has been checked.

    Folds that go by what is said (:class:`SplitsTexts`) get the texts.

    Raises
    ------
    ParameterError
        If the recordings can't be divided so, there is no fold, or two folds have the same name;
        or if a mask isn't an array of bool with an element for each recording, leaves nothing to
        predict, or leaves fewer than two classes to train on.
    """
    if texts is not None and isinstance(folds, SplitsTexts):
        splits = list(folds.split_texts(texts, speakers, labels))
    else:
        splits = list(folds.split(speakers, labels))
    names = [name for name, _ in splits]
    if not names or len(set(names)) < len(names):
        checks.fail("folds", "at least 1, with different names", names)
    shape = (len(labels),)
    for name, mask in splits:
        if not isinstance(mask, np.ndarray) or mask.dtype != bool or mask.shape != shape:
            checks.fail(f"mask of fold {name!r}", f"an array of bool, shape {shape}", mask)
        if not mask.any():
            checks.refuse(f"mask of fold {name!r}", "true for at least 1 recording", "none")
        if len(classes := set(np.array(labels)[~mask].tolist())) < 2:
            rule = f"of at least 2 classes without {folds.left_out} {name!r}"
            checks.fail("labels", rule, sorted(classes))
    return splits


def splits_with_copies(
    folds: Folds, examples: Examples, n_alterations: int
) -> list[tuple[str, Mask]]:
    """Give splits of examples in which an altered copy goes where its recording goes.

    Raises
    ------
    ParameterError
        If :func:`splits_of` raises it, or if the examples aren't in the order in which they are
        made: first all recordings, then all copies by each alteration.
    """
    copies = 1 + n_alterations
    n = len(examples) // copies
    if not np.array_equal(examples.altered, np.arange(n * copies) >= n):
        rule = f"all recordings, then {n_alterations} altered copies of all of them"
        checks.refuse("examples", rule, f"{len(examples)} in another order")
    texts = None if examples.texts is None else examples.texts[:n].tolist()
    splits = splits_of(folds, examples.speakers[:n].tolist(), examples.labels[:n].tolist(), texts)
    return [(name, np.tile(mask, copies)) for name, mask in splits]


def check_speakers(speakers: Sequence[str], labels: Sequence[str]) -> None:
    """Check that every speaker can be left out: the others must have at least two classes.

    Parameters
    ----------
    speakers, labels : sequence of str, same length
        Each recording has one of both.

    Raises
    ------
    ParameterError
        If one can't. The message names that speaker, and what would remain.
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
