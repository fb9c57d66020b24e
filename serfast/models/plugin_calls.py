"""Plugins are called here: their errors get the plugin's name, and their results are checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, get_args

import numpy as np

from .._checks import shown
from ..errors import ModelError, ParameterError, SerfastError
from ..forking import forks_wait
from . import registry
from .classifier import Classifier, Input, StreamingClassifier
from .plugin import Plugin

if TYPE_CHECKING:
    from .bundle.bundle import Bundle

__all__ = ["calling", "checked", "load_classifier", "probabilities_of", "step_of"]

TOLERANCE = 1e-6
"""The sum of the probabilities may differ from 1 by this much."""


@contextmanager
def calling(
    plugin: str,
    step: str,
    kind: str = "plugin",
    owner: Callable[[str], str] = registry.owner,
) -> Iterator[None]:
    """Turn any error of a plugin in this step into a ModelError that names the plugin.

    The plugin may be of another `kind` than classifiers; then `owner` tells its distribution.

    serfast's own errors pass unchanged, and so does an ImportError, with which a plugin says what
    to install: the contract allows both.
    """
    try:
        yield
    except SerfastError:
        raise
    except (Exception, SystemExit) as error:  # a plugin may raise anything: report it, chained
        if type(error) is ImportError:
            raise
        raise ModelError(
            f"{kind} {plugin!r} of {owner(plugin)} failed in {step}: "
            f"{type(error).__name__}: {error}"
        ) from error


def load_classifier(name: str, plugin: Plugin, bundle: Bundle) -> Classifier:
    """Make the classifier in a bundle.

    Raises
    ------
    ModelError
        If the plugin can't make it, or makes something else than a classifier of these classes.
    """
    try:
        with calling(name, "load"):
            with forks_wait:  # plugins import late what their models need
                classifier = plugin.load(bundle)
            fits = isinstance(classifier, Classifier) and bool(
                classifier.classes == bundle.classes and classifier.input in get_args(Input)
            )
            stride = classifier.stride if isinstance(classifier, StreamingClassifier) else 1
    except ParameterError as error:
        raise ModelError(f"plugin {name!r} can't load this bundle: {error}") from error
    if not fits:
        raise ModelError(
            f"plugin {name!r} of {registry.owner(name)} must load a classifier of vector, "
            f"rows or samples and the classes {shown(bundle.classes, 80)}, "
            f"got {shown(classifier, 80)}"
        )
    if isinstance(stride, bool) or not isinstance(stride, (int, np.integer)) or stride < 1:
        raise ModelError(
            f"stride of a classifier of plugin {name!r} must be an int >= 1, got {shown(stride)}"
        )
    return classifier


def probabilities_of(
    classifier: Classifier, x: np.ndarray[Any, Any], plugin: str
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Give the probabilities that a classifier gives for an input, checked.

    Parameters
    ----------
    classifier : Classifier
    x : ndarray
        This is an input of the kind that the classifier takes.
    plugin : str
        Messages name the classifier's plugin by this name.

    Returns
    -------
    ndarray of float64, shape (n_classes,)
        They are finite, >= 0 and add up to 1 within 1e-6.

    Raises
    ------
    ModelError
        If the classifier gives anything else, or the plugin fails.
    ParameterError
        If the classifier refuses `x`.
    """
    with calling(plugin, "predict_proba"):
        probabilities, n_classes = classifier.predict_proba(x), len(classifier.classes)
    return checked(probabilities, n_classes, plugin)


def step_of(
    classifier: StreamingClassifier, rows: np.ndarray[Any, Any], state: Any, plugin: str
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Give the probabilities after a step, checked as :func:`probabilities_of` does."""
    with calling(plugin, "step"):
        probabilities, n_classes = classifier.step(rows, state), len(classifier.classes)
    return checked(probabilities, n_classes, plugin)


def checked(given: object, n_classes: int, plugin: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Give a plugin's result as float64 probabilities, or raise a ModelError that names it."""
    if not isinstance(given, np.ndarray) or given.dtype.kind != "f" or given.shape != (n_classes,):
        about = f"{given.dtype} {given.shape}" if isinstance(given, np.ndarray) else shown(given)
        _refuse(plugin, f"{n_classes} floats", about)
    values = given.tolist()  # for so few numbers, Python's sum is quicker than NumPy's
    if not min(values) >= 0 or not abs(sum(values) - 1) <= TOLERANCE:  # NaN fails the sum
        _refuse(plugin, "finite, >= 0 and add up to 1", str(values))
    return given.astype(np.float64, copy=False)


def _refuse(plugin: str, rule: str, shown: str) -> NoReturn:
    owner = registry.owner(plugin)
    raise ModelError(
        f"probabilities of plugin {plugin!r} of {owner} must be {rule}, got {shown:.80}"
    )
