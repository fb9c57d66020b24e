"""What serfast finds behind the entry point `svm`."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from serfast.errors import ModelError
from serfast.forking import forks_wait
from serfast.models.bundle.bundle import Bundle
from serfast.models.classifier import Input
from serfast.models.plugin import Examples, Weights

from .inference import LinearSvm

__all__ = ["PLUGIN", "SvmPlugin"]

MODEL = Path(__file__).parent / "models" / "emodb.zip"


class SvmPlugin:
    """Linear support vector machine on statistics; see :mod:`serfast_svm.training`."""

    input: Input = "vector"

    def train(self, examples: Examples, *, seed: int = 0) -> Weights:
        """Choose, train and calibrate; nothing is drawn at random, so `seed` changes nothing.

        Raises
        ------
        ParameterError
            If there are fewer than two classes or speakers, or all inputs are the same.
        ImportError
            If scikit-learn is missing.
        """
        try:
            with forks_wait:
                import sklearn.svm  # noqa: F401
        except ImportError as error:
            raise ImportError(
                f"training needs scikit-learn: pip install 'serfast-svm[train]' ({error})"
            ) from error
        with forks_wait:
            from .training import train
        return train(examples)

    def load(self, bundle: Bundle) -> LinearSvm:
        """Make a bundle's machine; ModelError if its arrays don't fit classes and statistics."""
        if bundle.statistics is None:
            raise ModelError("statistics in the bundle must be given for the plugin svm, got null")
        k, d = len(bundle.classes), len(bundle.statistics.names(bundle.spec.columns))
        sharpness = float(bundle.array("sharpness", ()))
        if sharpness <= 0:
            raise ModelError(f"sharpness.npy must be > 0, got {sharpness}")
        return LinearSvm(
            classes=bundle.classes,
            spec=bundle.spec,
            weights=np.ascontiguousarray(bundle.array("weights", (k, d))),
            intercepts=bundle.array("intercepts", (k,)),
            sharpness=sharpness,
        )

    def default_model(self) -> Path:
        """Locate the model for seven emotions, trained on EmoDB."""
        return MODEL


PLUGIN = SvmPlugin()
