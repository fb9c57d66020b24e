"""Folds that leave out several speakers at a time: groups of them, or those that a table gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from .. import _checks as checks
from .folds import Mask, check_speakers

__all__ = ["GivenFolds", "GroupFolds", "equal_groups"]

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
        array = np.array(speakers)
        return [
            (", ".join(sorted(group)), np.isin(array, group))
            for group in equal_groups(counts, self.n_groups)
        ]


def equal_groups(counts: Mapping[str, int], n_groups: int) -> list[list[str]]:
    """Divide names into groups with as equal sums of their counts as can be had so.

    The name with the largest count left goes to the group with the smallest sum.
    """
    groups: list[list[str]] = [[] for _ in range(n_groups)]
    for name in sorted(counts, key=lambda one: (-counts[one], one)):
        smallest = min(groups, key=lambda group: sum(counts[one] for one in group))
        smallest.append(name)
    return groups


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
