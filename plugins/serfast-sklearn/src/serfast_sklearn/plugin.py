"""What serfast finds behind the entry point `sklearn`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import ClassVar

from serfast.errors import ModelError, ParameterError
from serfast.forking import forks_wait
from serfast.models.bundle.bundle import Bundle
from serfast.models.classifier import Classifier, Input
from serfast.models.plugin import Examples, Weights, similar
from serfast_onnx import PLUGIN as ONNX

from . import boosted_trees

__all__ = ["ESTIMATORS", "PLUGIN", "SklearnPlugin"]

ESTIMATORS = ("hist_gradient_boosting", "lda", "logistic", "mlp", "random_forest")


@dataclass(frozen=True)
class SklearnPlugin:
    """An estimator of scikit-learn on statistics; serfast-onnx or NumPy runs what it has learnt.

    Parameters
    ----------
    estimator : str
        One of :data:`ESTIMATORS`.

    Raises
    ------
    ParameterError
        If it is none of these.
    """

    estimator: str = "logistic"

    input: ClassVar[Input] = "vector"

    def __post_init__(self) -> None:
        if self.estimator not in ESTIMATORS:
            near = similar(self.estimator, ESTIMATORS)
            rule = ", ".join(ESTIMATORS)
            raise ParameterError(
                f"estimator must be one of {rule}, got {self.estimator!r:.80}{near}"
            )

    def training_options(self) -> dict[str, str]:
        """Give the one option, the estimator's name."""
        return {"estimator": self.estimator}

    def with_training_options(self, values: Mapping[str, str]) -> SklearnPlugin:
        """Give a plugin that trains another estimator."""
        for name in values:
            if name != "estimator":
                near = similar(name, ["estimator"])
                raise ParameterError(f"option must be estimator, got {name!r:.80}{near}")
        return replace(self, **values)

    def check_training(self, labels: Sequence[str], speakers: Sequence[str]) -> None:
        """Say before the work if a package is missing that training needs."""
        with _saying_what_to_install(), forks_wait:
            from . import training  # noqa: F401  # heavy: it loads what training needs

    def train(self, examples: Examples, *, seed: int = 0) -> Weights:
        """Train the estimator; see :func:`serfast_sklearn.training.train`.

        Raises
        ------
        ParameterError
            If there are fewer than two classes.
        ModelError
            If what is stored differs from the estimator.
        ImportError
            If scikit-learn or skl2onnx is missing.
        """
        with _saying_what_to_install(), forks_wait:
            from .training import train  # heavy: scikit-learn
        return train(examples, self.estimator, seed)

    def load(self, bundle: Bundle) -> Classifier:
        """Make the classifier in a bundle; scikit-learn isn't needed for it.

        Raises
        ------
        ModelError
            If the graph isn't as serfast-onnx wants it, or doesn't take vectors; or the trees are
            damaged.
        """
        if "roots" in bundle.arrays:
            return boosted_trees.load(bundle)
        classifier = ONNX.load(bundle)
        if classifier.input != "vector":
            raise ModelError(f"the graph must take a vector, got one of {classifier.input}")
        return classifier

    def default_model(self) -> None:
        """Give None: no model comes along."""


@contextmanager
def _saying_what_to_install() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        packages = "scikit-learn skl2onnx"
        raise ImportError(
            f"training needs scikit-learn and skl2onnx: pip install {packages} ({error})"
        ) from error


PLUGIN = SklearnPlugin()
