"""A judge asks a classifier everything that it offers, and checks every answer."""

from __future__ import annotations

from typing import Any, NoReturn, cast

import numpy as np

from .._checks import refuse, shown
from ..errors import ModelError
from . import registry
from .classifier import Classifier
from .plugin_calls import calling, checked, probabilities_of
from .result import Result
from .scores import Adaptable, Doubting, DoubtingInSteps

__all__ = ["LARGEST", "Judge", "is_strange"]

Array = np.ndarray[Any, np.dtype[np.float64]]

LARGEST = 1e12
"""Scores are at most so large, in both directions: sums of them can't overflow."""

STRANGE = 1.0
"""An input with more strangeness is unlike what the model was trained on."""


class Judge:
    """It asks one classifier; any number of threads may share it.

    Parameters
    ----------
    classifier : Classifier
    plugin : str
        Messages name the classifier's plugin by this name.

    Raises
    ------
    ModelError
        If `neutral_scores`, `class_scores`, `speaker_matrix` or `certain_above` of the classifier
        breaks its rule.
    """

    __slots__ = (
        "certain_above",
        "class_scores",
        "classifier",
        "neutral",
        "plugin",
        "speaker_matrix",
    )

    def __init__(self, classifier: Classifier, plugin: str) -> None:
        self.classifier, self.plugin = classifier, plugin
        k = len(classifier.classes)
        self.neutral: Array | None = None
        self.class_scores: Array | None = None
        self.speaker_matrix: Array | None = None
        self.certain_above: float | None = None
        if isinstance(classifier, Adaptable):
            with calling(plugin, "neutral_scores"):
                neutral = classifier.neutral_scores
                by_class = getattr(classifier, "class_scores", None)
                matrix = getattr(classifier, "speaker_matrix", None)
            self.neutral = self._numbers("neutral_scores", neutral, (k,))
            if by_class is not None:
                self.class_scores = self._numbers("class_scores", by_class, (k, k))
            if matrix is not None:
                self.speaker_matrix = self._numbers("speaker_matrix", matrix, (k, k + 1))
        if isinstance(classifier, Doubting):
            with calling(plugin, "certain_above"):
                bound = classifier.certain_above
            self.certain_above = self._number("certain_above", bound, 1.0)

    @property
    def classes(self) -> tuple[str, ...]:
        """Give the classes that the classifier tells apart."""
        return self.classifier.classes

    def check_adaptable(self) -> None:
        """Refuse a classifier that isn't adaptable.

        Raises
        ------
        ParameterError
            If it isn't; the message names the plugin and what it lacks.
        """
        if self.neutral is None:
            rule = "with scores, probabilities and neutral_scores to be adapted (train it again)"
            refuse("model", rule, f"one of plugin {self.plugin!r} without")

    def probabilities(self, x: np.ndarray[Any, Any]) -> Array:
        """Give the probabilities for an input, as :func:`probabilities_of` does."""
        return probabilities_of(self.classifier, x, self.plugin)

    def scores(self, x: np.ndarray[Any, Any]) -> Array:
        """Give an adaptable classifier's scores for an input, float64 of shape (n_classes,).

        Raises
        ------
        ModelError
            If they aren't so many finite floats, or the plugin fails.
        ParameterError
            If the classifier refuses `x`.
        """
        with calling(self.plugin, "scores"):
            scores = cast(Adaptable, self.classifier).scores(x)
        return self._numbers("scores", scores, (len(self.classes),))

    def probabilities_at(self, scores: Array) -> Array:
        """Give the probabilities that scores mean, checked as :meth:`probabilities` does."""
        with calling(self.plugin, "probabilities"):
            probabilities = cast(Adaptable, self.classifier).probabilities(scores)
        return checked(probabilities, len(self.classes), self.plugin)

    def strangeness(self, x: np.ndarray[Any, Any]) -> float | None:
        """Give the strangeness of an input, finite and >= 0; None if the classifier can't tell.

        Raises
        ------
        ModelError
            If it is no such number, or the plugin fails.
        ParameterError
            If the classifier refuses `x`.
        """
        if self.certain_above is None:
            return None
        with calling(self.plugin, "strangeness"):
            strangeness = cast(Doubting, self.classifier).strangeness(x)
        return self._checked_strangeness(strangeness)

    def strangeness_so_far(self, state: Any) -> float | None:
        """Give the strangeness of a stream whose state this is, as :meth:`strangeness` does."""
        if self.certain_above is None or not isinstance(self.classifier, DoubtingInSteps):
            return None
        with calling(self.plugin, "strangeness_so_far"):
            strangeness = self.classifier.strangeness_so_far(state)
        return self._checked_strangeness(strangeness)

    def _checked_strangeness(self, given: object) -> float | None:
        return None if given is None else self._number("strangeness", given, LARGEST)

    def reason(self, probability: float, strangeness: float | None) -> str | None:
        """Say why an answer with this largest probability is uncertain; None if it isn't."""
        if self.certain_above is None:
            return None
        if strangeness is not None and is_strange(strangeness):
            digits = _digits(strangeness, STRANGE, 1)
            return f"unlike the training's speech ({strangeness:.{digits}f})"
        if probability < self.certain_above:
            digits = _digits(probability, self.certain_above, 2)
            return f"probability {probability:.{digits}f} is below {self.certain_above:.{digits}f}"
        return None

    def result(self, probabilities: Array, strangeness: float | None) -> Result:
        """Make the result of an answer."""
        table = dict(zip(self.classes, probabilities.tolist(), strict=True))
        label = max(table, key=table.__getitem__)
        return Result(label, table, strangeness, self.reason(table[label], strangeness))

    def _numbers(self, name: str, given: object, shape: tuple[int, ...]) -> Array:
        """Give a plugin's array as float64 of its own, or raise a ModelError that names it."""
        if not isinstance(given, np.ndarray) or given.dtype.kind != "f" or given.shape != shape:
            about = f"{given.dtype} {given.shape}" if isinstance(given, np.ndarray) else given
            self._refuse(name, f"floats of shape {shape}", about)
        array = given.astype(np.float64)
        largest = float(np.abs(array).max())
        if not largest <= LARGEST:  # NaN fails it
            self._refuse(name, f"finite and at most {LARGEST:g} in size", largest)
        return array

    def _number(self, name: str, given: object, most: float) -> float:
        """Give a plugin's number from 0 to `most`, or raise a ModelError that names it."""
        is_number = isinstance(given, (int, float, np.integer, np.floating))
        if isinstance(given, bool) or not is_number or not 0 <= (number := float(given)) <= most:  # type: ignore[arg-type]
            self._refuse(name, f"a number from 0 to {most:g}", given)
        return number

    def _refuse(self, name: str, rule: str, given: object) -> NoReturn:
        owner = registry.owner(self.plugin)
        text = given if isinstance(given, str) else shown(given)
        raise ModelError(f"{name} of plugin {self.plugin!r} of {owner} must be {rule}, got {text}")


def is_strange(strangeness: float | None) -> bool:
    """Tell whether an input is unlike what the model was trained on; None says nothing."""
    return strangeness is not None and strangeness > STRANGE


def _digits(value: float, bound: float, least: int) -> int:
    """Give how many digits tell a value from a bound: `least`, or more if the two look alike."""
    return next((n for n in range(least, 17) if f"{value:.{n}f}" != f"{bound:.{n}f}"), 17)
