"""Folds that leave out several speakers at a time: groups of them, or those that a table gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from .. import _checks as checks
from ..corpora.recordings import Recording
from ..errors import ParameterError
from .folds import Folds, Mask, SpeakerFolds, check_speakers

__all__ = ["GivenFolds", "GroupFolds", "folds_from"]

_EACH = "everything (scaling, choice, calibration) by the other speakers alone; UAR pooled"


class GroupFolds:
    """Speakers are divided into groups, and each group is left out once.

    The groups have as equal numbers of recordings as can be had by giving the speaker with the
    most recordings left to the smallest group. The same speakers get the same groups.

    Parameters
    ----------
    n_groups : int
        So many groups, >= 2.
    """

    left_out = "group"

    def __init__(self, n_groups: int) -> None:
        self.n_groups = checks.integer("n_groups", n_groups, 2)
        self.protocol = f"{self.n_groups} groups of speakers, each left out once; {_EACH}"

    def split(self, speakers: Sequence[str], labels: Sequence[str]) -> list[tuple[str, Mask]]:
        """Give each group, named by its speakers, with a mask of their recordings."""
        check_speakers(speakers, labels)
        counts = Counter(speakers)
        if len(counts) < self.n_groups:
            checks.fail("n_groups", f"at most {len(counts)}, the number of speakers", self.n_groups)
        groups: list[list[str]] = [[] for _ in range(self.n_groups)]
        for speaker in sorted(counts, key=lambda one: (-counts[one], one)):
            smallest = min(groups, key=lambda group: sum(counts[one] for one in group))
            smallest.append(speaker)
        array = np.array(speakers)
        return [(", ".join(sorted(group)), np.isin(array, group)) for group in groups]


class GivenFolds:
    """Each fold of speakers that a table gives is left out once, or one of them is.

    Parameters
    ----------
    fold_of : mapping of str to str
        In which fold each speaker is.
    only : str, optional
        The one fold to leave out, such as a test set; the others are trained on.
    """

    left_out = "fold"

    def __init__(self, fold_of: Mapping[str, str], only: str | None = None) -> None:
        self.fold_of, self.only = dict(fold_of), only
        names = sorted(set(self.fold_of.values()))
        if only is not None and only not in names:
            checks.fail("fold", f"one of {', '.join(names)}", only)
        if len(names) < 2:
            checks.fail("folds", "at least 2 to leave one out", names)
        what = f"the given fold {only!r} left out" if only else "each given fold left out once"
        self.protocol = f"{what}; {_EACH}"

    def split(self, speakers: Sequence[str], labels: Sequence[str]) -> list[tuple[str, Mask]]:
        """Give each fold, sorted by name, with a mask of its speakers' recordings."""
        folds = np.array([self.fold_of[speaker] for speaker in speakers])
        names = sorted(set(folds.tolist())) if self.only is None else [self.only]
        return [(name, folds == name) for name in names]


def folds_from(text: str, recordings: Iterable[Recording]) -> Folds:
    """Give the folds that are written as "speakers", "given", "given:NAME" or a number of groups.

    Raises
    ------
    ParameterError
        If it is written otherwise; or folds should be given, but a recording has none, or a
        speaker is in two of them: a model would be asked about a voice that it was trained on.

    Examples
    --------
    >>> folds_from("5", []).protocol[:20]
    '5 groups of speakers'
    """
    if text == "speakers":
        return SpeakerFolds()
    if text.isdecimal():
        if len(text) > 9:  # Python refuses to read a number of thousands of digits
            checks.fail("folds", "a number of groups of at most 9 digits", text)
        return GroupFolds(int(text))
    word, colon, only = text.partition(":")
    if word != "given" or bool(colon) != bool(only):
        checks.fail("folds", "speakers, a number of groups, given or given:NAME", text)
    folds: dict[str, set[str]] = {}
    for recording in recordings:
        if recording.fold is None:
            rule = "folds must be given for every recording (the column fold)"
            raise ParameterError(f"{rule}, got none for {recording.path.name}")
        folds.setdefault(recording.speaker, set()).add(recording.fold)
    leaking = sorted(speaker for speaker, names in folds.items() if len(names) > 1)
    if leaking:
        names = ", ".join(sorted(folds[leaking[0]]))
        rule = "folds must have different speakers"
        raise ParameterError(
            f"{rule}, got {checks.listed(leaking, 5)} in several: {leaking[0]} in {names}"
        )
    return GivenFolds({speaker: min(names) for speaker, names in folds.items()}, only or None)
