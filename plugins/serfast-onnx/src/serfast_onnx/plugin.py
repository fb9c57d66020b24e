"""What serfast finds behind the entry point `onnx`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from serfast import RMS, YIN, FeatureSpec, MelPower, RelativeLevel, ZeroCrossingRate
from serfast.forking import forks_wait
from serfast.models.bundle.bundle import Bundle
from serfast.models.classifier import Input
from serfast.models.plugin import Examples, Run, Weights

from .options import Options
from .training_options import TrainingOptions

if TYPE_CHECKING:
    from serfast.audio.augmentation import Alteration

    from .inference import OnnxClassifier

__all__ = ["PLUGIN", "OnnxPlugin"]

MODEL = Path(__file__).parent / "models" / "emodb.zip"


@dataclass(frozen=True)
class OnnxPlugin:
    """Networks as ONNX graphs; BUNDLE.md says what its bundles hold.

    Parameters
    ----------
    options : Options
        How onnxruntime is to work.
    training : TrainingOptions
        How networks are trained.
    """

    options: Options = field(default_factory=Options)
    training: TrainingOptions = field(default_factory=TrainingOptions)

    input: ClassVar[Input] = "rows"

    def default_spec(self) -> FeatureSpec:
        """Features of the networks: mel bands beside their mean power, pitch; a row every 10 ms.

        The network doesn't hear RMS, by which a stream's energy gate goes, so gain changes nothing.
        """
        return FeatureSpec(
            sample_rate=16000,
            hop_length=160,
            features=(
                RMS(frame_length=512),
                ZeroCrossingRate(frame_length=512),
                RelativeLevel(MelPower(n_fft=1024, n_mels=64)),
                YIN(frame_length=1024, fmin=65, fmax=600),
            ),
        )

    def default_alterations(self) -> Sequence[Alteration]:
        """Give the copies for training: strong ones too, because networks bear less noise."""
        with forks_wait:
            from serfast.audio.augmentation import STRONG_COPIES  # heavy: inference does without
        return STRONG_COPIES

    def training_options(self) -> dict[str, Any]:
        """Options of training: :class:`TrainingOptions` says what they mean."""
        return self.training.to_dict()

    def with_training_options(self, values: Mapping[str, str]) -> OnnxPlugin:
        """Give a plugin that trains with these options, from text."""
        return replace(self, training=self.training.changed(values))

    def check_training(self, labels: Sequence[str], speakers: Sequence[str]) -> None:
        """Say before the work if a package is missing that training needs."""
        with _saying_what_to_install(), forks_wait:
            from . import train  # noqa: F401  # it loads what training needs

    def train(self, examples: Examples, *, seed: int = 0) -> Weights:
        """Train a network; see :mod:`serfast_onnx.train`.

        Raises
        ------
        ParameterError
            If there are fewer than two classes, or too few examples or speakers.
        ImportError
            If torch is missing.
        """
        return self.train_run(examples, Run(seed=seed))

    def train_run(self, examples: Examples, run: Run) -> Weights:
        """Train a network, telling how it goes, and go on where it was interrupted."""
        with _saying_what_to_install(), forks_wait:
            from .train import train
        return train(examples, self.training, run)

    def with_bound(self, weights: Weights, bound: float) -> Weights:
        """Give weights with the bound of certain answers that an evaluation gave."""
        return replace(weights, arrays={**weights.arrays, "certain_above": np.array(bound)})

    def with_sharpness(self, weights: Weights, sharpness: float) -> Weights:
        """Give weights with the sharpness of probabilities that an evaluation gave."""
        return replace(weights, arrays={**weights.arrays, "sharpness": np.array(sharpness)})

    def load(self, bundle: Bundle) -> OnnxClassifier:
        """Make the classifier in a bundle, and try it.

        Raises
        ------
        ModelError
            If anything isn't as BUNDLE.md says.
        """
        with forks_wait:
            from .loading import load  # onnxruntime is slow to import: not before it is needed
        return load(bundle, self.options)

    def default_model(self) -> Path | None:
        """Locate the model for seven emotions, trained on EmoDB."""
        return MODEL if MODEL.exists() else None


@contextmanager
def _saying_what_to_install() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise ImportError(
            f"training needs torch and onnx: pip install torch onnx ({error})"
        ) from error


PLUGIN = OnnxPlugin()
