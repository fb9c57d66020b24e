"""Here is what a classifier may offer beyond probabilities: scores, and doubts of its answers.

Both are optional. A classifier offers one if the members of its protocol are there, so one that
can't tell whether it offers them (an older model without the numbers) leaves the attribute away.
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

__all__ = ["FLOOR", "Adaptable", "Doubting", "DoubtingInSteps", "sharpened"]

FLOOR = 1e-9
"""Least probability whose logarithm is taken: where scores are logarithms, none is below its."""


@runtime_checkable
class Adaptable(Protocol):
    """An adaptable classifier gives one score a class, from which the probabilities follow.

    What a speaker's voice or a channel adds to every recording shows as an offset of the scores,
    so taking the speaker's mean away adapts the classifier (:class:`serfast.speaker.Speaker`).
    ``predict_proba(x)`` is ``probabilities(scores(x))`` within 1e-6.

    A classifier may have the attribute `class_scores` too, an array of float64 of shape (n_classes,
    n_classes): row c is the mean of the scores over the training data of class c. Then recordings
    whose class is known can serve as enrolment.

    And it may have `speaker_matrix`, an array of float64 of shape (n_classes, n_classes + 1): once
    the mean of a speaker's scores is known and taken away, ``speaker_matrix[:, :-1] @ scores +
    speaker_matrix[:, -1]`` are the scores to answer by.
    """

    @property
    def neutral_scores(self) -> np.ndarray[Any, Any]:
        """Give the mean of the scores over the training data.

        It is an array of float64 of shape (n_classes,).
        """

    def scores(self, x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Give the score of each class for one input, float64 of shape (n_classes,).

        Raises
        ------
        ParameterError
            If `predict_proba` refuses x.
        """

    def probabilities(self, scores: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Give the probability of each class that these scores mean, float64 (n_classes,)."""


@runtime_checkable
class Doubting(Protocol):
    """A doubting classifier says when it doesn't know, by two figures."""

    @property
    def certain_above(self) -> float:
        """Give the bound, 0 to 1: an answer whose largest probability is below it is uncertain."""

    def strangeness(self, x: np.ndarray[Any, Any]) -> float | None:
        """Tell how far an input is from what the model was trained on, >= 0; above 1 it is unlike.

        None: the model can't tell.

        Raises
        ------
        ParameterError
            If `predict_proba` refuses x.
        """


@runtime_checkable
class DoubtingInSteps(Protocol):
    """A doubting classifier with a state may tell the strangeness of a stream so far, too.

    It is a :class:`serfast.models.StreamingClassifier` and :class:`Doubting`.
    """

    def strangeness_so_far(self, state: Any) -> float | None:
        """Tell the strangeness of the rows that a state has taken: within 1e-5 that of all at once.

        It leaves the state as it is. None: the model can't tell, or no row was taken.

        Raises
        ------
        ParameterError
            If the state is another classifier's.
        """


def sharpened(probabilities: NDArray[np.float64], sharpness: float) -> NDArray[np.float64]:
    """Give ``p ** sharpness`` so that each row adds up to 1 again: sharper if it is above 1.

    Examples
    --------
    >>> sharpened(np.array([0.6, 0.3, 0.1]), 2).round(3).tolist()
    [0.783, 0.196, 0.022]
    """
    logarithms = sharpness * np.log(np.maximum(probabilities, FLOOR))
    shares = np.exp(logarithms - logarithms.max(axis=-1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True))
