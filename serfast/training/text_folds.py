"""Folds that leave out what is said, for a corpus of one speaker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from .. import _checks as checks
from ..corpora.messages import printable
from ..corpora.recordings import Recording
from ..errors import ParameterError
from .folds import Mask
from .group_folds import equal_groups

__all__ = ["MOST", "WHAT_IT_MEASURES", "TextFolds", "check_texts"]

MOST = 10
"""More texts than these are divided into so many groups, unless a number is given."""

WHAT_IT_MEASURES = (
    "texts are left out, and no speakers: this measures other sentences by voices that the model "
    "knows, and says nothing of strangers, who are recognised much worse"
)
"""The warning that stands beside figures of folds by text."""


class TextFolds:
    """Each text is left out once, or each group of texts; the voices are known.

    It is what can be measured of one speaker. The figures are those of a voice that the model
    was trained on, so they say nothing of other people. Background babble, which altered copies
    are made with, is of the same voice and may hold a text that is left out.

    Parameters
    ----------
    n_groups : int, optional
        So many groups, >= 2, of as equal numbers of recordings as can be had; without it each
        text by itself, or :data:`MOST` groups if there are more texts.
    """

    left_out = "text"

    def __init__(self, n_groups: int | None = None) -> None:
        self.n_groups = None if n_groups is None else checks.integer("n_groups", n_groups, 2)
        groups = f"one of {n_groups or MOST} groups of texts"
        what = groups if n_groups else f"one text (of more than {MOST}: {groups})"
        self.protocol = (
            f"leave {what} out; the voices are known, so the figures say nothing of strangers; "
            "everything (scaling, choice, calibration) by the other texts alone; UAR pooled"
        )

    def split(self, speakers: Sequence[str], labels: Sequence[str]) -> list[tuple[str, Mask]]:
        """Refuse: texts are needed, see :meth:`split_texts`."""
        raise ParameterError("texts must be known to leave them out, got none")

    def split_texts(
        self, texts: Sequence[str], speakers: Sequence[str], labels: Sequence[str]
    ) -> list[tuple[str, Mask]]:
        """Give each text or group, with a mask of its recordings.

        Raises
        ------
        ParameterError
            If there are fewer than two texts, or fewer than groups.
        """
        counts = Counter(texts)
        least = self.n_groups or 2
        if len(counts) < least:
            listed = checks.listed(sorted(counts), 5)
            checks.refuse("texts", f"at least {least} to leave one out", listed)
        array = np.array(texts)
        if self.n_groups is None and len(counts) <= MOST:
            return [(name, array == name) for name in sorted(counts)]
        groups = equal_groups(counts, self.n_groups or MOST)
        return [
            (f"{k + 1} of {len(groups)}", np.isin(array, group)) for k, group in enumerate(groups)
        ]


def check_texts(recordings: Iterable[Recording]) -> None:
    """Refuse recordings of which one has no known text.

    Raises
    ------
    ParameterError
        If there is one; the message names it.
    """
    for recording in recordings:
        if recording.text is None:
            rule = "text must be known of every recording to leave texts out"
            raise ParameterError(
                f"{rule} (in the names, a pattern's group or a column text), got none for "
                f"{printable(recording.path.name)}"
            )
