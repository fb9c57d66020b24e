"""What serfast finds behind the entry point `svm`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import numpy as np

from serfast.errors import ModelError
from serfast.forking import forks_wait
from serfast.models import TYPICAL, Typical
from serfast.models.bundle.bundle import Bundle
from serfast.models.classifier import Input
from serfast.models.plugin import Examples, Run, Weights

from .checks import check_labels
from .inference import LinearSvm
from .options import balance_from

__all__ = ["PLUGIN", "SvmPlugin"]

MODEL = Path(__file__).parent / "models" / "emodb.zip"

SAMPLING = 1
"""This number sets the random numbers of the sampling apart from others of the same seed."""

ADAPTATION = ("neutral_scores", "class_scores", "speaker_matrix")
"""Arrays that adaptation uses: a bundle that has one of them has the first."""


Self = TypeVar("Self", bound="SvmPlugin")


@dataclass(frozen=True)
class SvmPlugin:
    """Linear support vector machine on statistics; see :mod:`serfast_svm.training`.

    Parameters
    ----------
    balance : {"weights", "sampling", "none"}
        How classes of different sizes are treated, see :mod:`serfast_svm.options`.
    """

    balance: str = "weights"

    input: ClassVar[Input] = "vector"

    def training_options(self) -> dict[str, Any]:
        """Give the one option: how classes of different sizes are treated."""
        return {"balance": self.balance}

    def with_training_options(self: Self, values: Mapping[str, str]) -> Self:
        """Give a plugin that trains with these options, from text."""
        return replace(self, balance=balance_from(values, self.balance))

    def check_training(self, labels: Sequence[str], speakers: Sequence[str]) -> None:
        """Refuse, before the work, what :meth:`train` would refuse after it."""
        _need_scipy()
        check_labels(labels)

    def train(self, examples: Examples, *, seed: int = 0) -> Weights:
        """Choose, train and calibrate; `seed` decides what balanced sampling draws, if it does.

        Raises
        ------
        ParameterError
            If there are fewer than two classes, or two speakers and two texts of one speaker, or
            all inputs are the same.
        ImportError
            If SciPy is missing.
        """
        return self.train_run(examples, Run(seed=seed))

    def train_run(self, examples: Examples, run: Run) -> Weights:
        """Give the weights of :meth:`train`, and tell how far it is."""
        _need_scipy()
        with forks_wait:
            from .training import train
        return train(self.drawn(examples, run.seed), run.tell, weighted=self.balance != "none")

    def drawn(self, examples: Examples, seed: int) -> Examples:
        """Give the examples to train on: all, or as many of each class."""
        if self.balance != "sampling":
            return examples
        with forks_wait:
            from numpy.random import default_rng  # heavy: inference does without

            from serfast.training import balanced_sample  # heavy: the same
        random = default_rng((seed, SAMPLING))
        return examples.take(balanced_sample(examples.labels, len(examples), random))

    def load(self, bundle: Bundle) -> LinearSvm:
        """Make a bundle's machine.

        A bundle of before adaptation, or of before doubts, lacks the arrays of these, and its
        machine doesn't offer them.

        Raises
        ------
        ModelError
            If the arrays don't fit classes and statistics.
        """
        k, d = len(bundle.classes), bundle.vector_size
        former = "sharpness" in bundle.arrays  # today's weights hold it
        sharpness = float(bundle.array("sharpness", ())) if former else 1.0
        if sharpness <= 0:
            raise ModelError(f"sharpness.npy must be > 0, got {sharpness}")
        weights = np.ascontiguousarray(bundle.array("weights", (k, d)))
        return LinearSvm(
            classes=bundle.classes,
            spec=bundle.spec,
            weights=weights,
            intercepts=bundle.array("intercepts", (k,)),
            sharpness=sharpness,
            **_adaptation(bundle, k),
            **_doubts(bundle, (weights != 0).any(axis=0)),
        )

    def default_model(self) -> Path:
        """Locate the model for seven emotions, trained on EmoDB."""
        return MODEL


def _adaptation(bundle: Bundle, k: int) -> dict[str, Any]:
    """Give what a machine needs to be adaptable, as far as the bundle has it."""
    offers: dict[str, Any] = {}
    if any(name in bundle.arrays for name in ADAPTATION):
        offers["neutral"] = bundle.array("neutral_scores", (k,))
    if "class_scores" in bundle.arrays:
        offers["by_class"] = bundle.array("class_scores", (k, k))
    if "speaker_matrix" in bundle.arrays:
        offers["by_speaker"] = bundle.array("speaker_matrix", (k, k + 1))
    return offers


def _doubts(bundle: Bundle, used: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Give what a machine needs to doubt, as far as the bundle has it.

    Entries of the vector that aren't used aren't computed, so nothing is strange about them.
    """
    offers: dict[str, Any] = {}
    if any(name in bundle.arrays for name in ("certain_above", *TYPICAL)):
        offers["bound"] = float(bundle.array("certain_above", ()))
        if not 0 <= offers["bound"] <= 1:
            raise ModelError(f"certain_above.npy must be from 0 to 1, got {offers['bound']}")
    if (typical := Typical.of_bundle(bundle, len(used))) is not None:
        offers["typical"] = typical.of_entries(used)
    return offers


def _need_scipy() -> None:
    try:
        with forks_wait:
            import scipy.linalg  # noqa: F401
    except ImportError as error:
        raise ImportError(f"training needs SciPy: pip install scipy ({error})") from error


PLUGIN = SvmPlugin()
