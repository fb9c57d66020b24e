"""A speaker's state is the mean of a classifier's scores over what was heard, and a count.

Where a classifier is linear in its inputs, taking the speaker's mean away from the inputs is the
same as taking it away from the scores. So a mean per class and a count are all that is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import numpy as np

from .. import _checks as checks
from ..models.judge import LARGEST, Judge

__all__ = ["PRIOR", "Moments", "SpeakerState"]

Array = np.ndarray[Any, np.dtype[np.float64]]

PRIOR = 10.0
"""The training's mean counts for so many utterances."""


@dataclass(frozen=True, eq=False)
class Moments:
    """These numbers are what is kept of a speaker."""

    n: float
    """So many utterances were heard; of a stream, each window counts for a part of one."""
    mean: Array
    """This is the mean of their scores, of shape (n_classes,)."""
    updated: str | None = None
    """At this time the last one was heard, in UTC; None if none was."""

    def with_scores(self, scores: Array, weight: float) -> Moments:
        """Give the numbers after one more utterance, which counts for `weight`."""
        n = min(self.n + weight, LARGEST)  # a file has no more
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Moments(n, self.mean + (weight / n) * (scores - self.mean), now)


class SpeakerState:
    """It adapts an adaptable classifier's scores to one speaker, and learns from them.

    The adapted scores are ``scores - centre + neutral``. `neutral` is the mean of the scores over
    the training data, and

        centre = (n * mean + prior * neutral) / (n + prior)

    is the speaker's mean, drawn towards `neutral` as long as little was heard. Of a classifier that
    has a `speaker_matrix`, they go on to ``matrix @ adapted + offsets``, as far as the square of
    ``n / (n + prior)`` says: it is for speakers whose mean is known well.

    Parameters
    ----------
    judge : Judge
        Its classifier is adaptable.
    prior : float
        `neutral` counts for so many utterances, > 0.

    Raises
    ------
    ParameterError
        If prior breaks its rule.

    Notes
    -----
    Every change is one assignment, made when nothing can fail any more, so an error in any thread
    leaves a whole state. If two threads learn at once, one of the utterances may be lost.
    """

    __slots__ = ("_judge", "_neutral", "_prior", "moments")

    def __init__(self, judge: Judge, prior: float = PRIOR) -> None:
        judge.check_adaptable()
        self._judge = judge
        self._neutral = np.zeros(len(judge.classes)) if judge.neutral is None else judge.neutral
        self._prior = checks.number("prior", prior, above=0, maximum=LARGEST)
        self.reset()

    @property
    def prior(self) -> float:
        """Give the number of utterances that the training's mean counts for."""
        return self._prior

    def reset(self) -> None:
        """Forget the speaker."""
        self.moments = Moments(0.0, np.zeros(len(self._neutral)))

    def probabilities(self, scores: Array, weight: float = 1.0, learn: bool = True) -> Array:
        """Give the probabilities of an utterance, adapted.

        Parameters
        ----------
        scores : ndarray of float64, shape (n_classes,)
        weight : float
            The utterance counts for this much, > 0.
        learn : bool
            True: the utterance itself is the last one that the speaker's mean is of. False: the
            state stays as it is.

        Returns
        -------
        ndarray of float64, shape (n_classes,)

        Raises
        ------
        ModelError
            If the classifier makes no probabilities of them; the state is unchanged then.
        """
        after = self.moments.with_scores(scores, weight) if learn else self.moments
        probabilities = self._judge.probabilities_at(self._adapted(scores, after))
        self.moments = after
        return probabilities

    def learn(self, scores: Array, weight: float = 1.0, label: str | None = None) -> None:
        """Hear an utterance without judging it.

        With a label, the utterance counts as if the speaker had said it in all ways equally often:
        what is kept is how far its scores are from the training's mean for this class, on top of
        `neutral`.

        Raises
        ------
        ParameterError
            If weight isn't > 0, the label is no class, or the classifier has no `class_scores`.
        """
        weight, code = self.check(weight, label)
        if code is not None and self._judge.class_scores is not None:
            scores = scores - self._judge.class_scores[code] + self._neutral
        self.moments = self.moments.with_scores(scores, weight)

    def check(self, weight: float, label: str | None) -> tuple[float, int | None]:
        """Give the weight and the class's number, or raise what :meth:`learn` raises for them."""
        weight = checks.number("weight", weight, above=0, maximum=LARGEST)
        if label is None:
            return weight, None
        judge = self._judge
        checks.choice("label", label, judge.classes)
        if judge.class_scores is None:
            rule = f"None: the model of plugin {judge.plugin!r} has no class_scores"
            checks.fail("label", rule, label)
        return weight, judge.classes.index(label)

    def _adapted(self, scores: Array, moments: Moments) -> Array:
        """Give adapted scores, which are exactly the scores as long as nothing was heard."""
        share = moments.n / (moments.n + self._prior)
        adapted = scores - share * (moments.mean - self._neutral)
        matrix = self._judge.speaker_matrix
        if matrix is None:
            return adapted
        known = matrix[:, :-1] @ adapted + matrix[:, -1]
        return adapted + share**2 * (known - adapted)
