"""Calls into plugins: what they raise gets their name, and what they give is checked."""

from __future__ import annotations

from collections.abc import Iterator
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
"""How far from 1 the probabilities' sum may be."""


@contextmanager
def calling(plugin: str, step: str) -> Iterator[None]:
    """Make a ModelError that names the plugin of whatever it raises in this step.

    Errors of serfast's kinds are left as they are, and so is an ImportError by which the plugin
    says what to install: they are the contract's own.
    """
    try:
        yield
    except SerfastError:
        raise
    except (Exception, SystemExit) as error:  # a plugin may raise anything: report it, chained
        if type(error) is ImportError:
            raise
        raise ModelError(
            f"plugin {plugin!r} of {registry.owner(plugin)} failed in {step}: "
            f"{type(error).__name__}: {error}"
        ) from error


def load_classifier(name: str, plugin: Plugin, bundle: Bundle) -> Classifier:
    """Make the classifier in a bundle.

    Raises
    ------
    ModelError
        If the plugin can't, or what it makes is no classifier of the bundle's classes.
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
    """Ask a classifier for the probabilities of its classes, and check them.

    Parameters
    ----------
    classifier : Classifier
    x : ndarray
        Of the kind that it takes.
    plugin : str
        The name of the plugin that it is of, for messages.

    Returns
    -------
    ndarray of float64, shape (n_classes,)
        Finite, >= 0, adding up to 1 within 1e-6.

    Raises
    ------
    ModelError
        If they are anything else, or the plugin fails.
    ParameterError
        If the classifier refuses `x`.
    """
    with calling(plugin, "predict_proba"):
        found, n_classes = classifier.predict_proba(x), len(classifier.classes)
    return checked(found, n_classes, plugin)


def step_of(
    classifier: StreamingClassifier, rows: np.ndarray[Any, Any], state: Any, plugin: str
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Ask a classifier for the probabilities after a step, as :func:`probabilities_of` does."""
    with calling(plugin, "step"):
        found, n_classes = classifier.step(rows, state), len(classifier.classes)
    return checked(found, n_classes, plugin)


def checked(found: object, n_classes: int, plugin: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """`found` as float64 probabilities, or a ModelError that names the plugin."""
    if not isinstance(found, np.ndarray) or found.dtype.kind != "f" or found.shape != (n_classes,):
        about = f"{found.dtype} {found.shape}" if isinstance(found, np.ndarray) else shown(found)
        _refuse(plugin, f"{n_classes} floats", about)
    values = found.tolist()  # of so few numbers, Python's own sum is the quicker one
    if not min(values) >= 0 or not abs(sum(values) - 1) <= TOLERANCE:  # NaN fails the sum
        _refuse(plugin, "finite, >= 0 and add up to 1", str(values))
    return found.astype(np.float64, copy=False)


def _refuse(plugin: str, rule: str, found: str) -> NoReturn:
    owner = registry.owner(plugin)
    raise ModelError(
        f"probabilities of plugin {plugin!r} of {owner} must be {rule}, got {found:.80}"
    )
