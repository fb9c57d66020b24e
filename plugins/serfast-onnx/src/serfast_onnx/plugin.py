"""What serfast finds behind the entry point `onnx`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from serfast import RMS, YIN, FeatureSpec, LogMel, ZeroCrossingRate
from serfast.audio.augmentation import Alteration, Chain, Noise, Speed
from serfast.forking import forks_wait
from serfast.models.bundle.bundle import Bundle
from serfast.models.classifier import Input
from serfast.models.plugin import Examples, Run, Weights

from .options import Options
from .training_options import TrainingOptions

if TYPE_CHECKING:
    from .inference import OnnxClassifier

__all__ = ["PLUGIN", "OnnxPlugin"]

MODEL = Path(__file__).parent / "models" / "emodb.zip"

SEMITONES = (-3, -2.25, -1.5, -0.75, 0.75, 1.5, 2.25, 3)
"""Speeds of the copies without noise."""
NOISY = (-1.5, 1.5)
"""Speeds of the copies with noise [semitones]."""
NOISE = 15.0
"""Their ratio of signal to noise [dB]."""


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
        """Features of the networks: levels, mel bands and pitch, a row every 10 ms."""
        return FeatureSpec(
            sample_rate=16000,
            hop_length=160,
            features=(
                RMS(frame_length=512),
                ZeroCrossingRate(frame_length=512),
                LogMel(n_fft=1024, n_mels=64, log="ln"),
                YIN(frame_length=1024, fmin=65, fmax=600),
            ),
        )

    def default_alterations(self) -> Sequence[Alteration]:
        """Copies at eight other speeds, and two with noise."""
        speeds = [Speed(2 ** (s / 12)) for s in SEMITONES]
        noisy = [Chain((Speed(2 ** (s / 12)), Noise(NOISE))) for s in NOISY]
        return (*speeds, *noisy)

    def training_options(self) -> dict[str, Any]:
        """Options of training: :class:`TrainingOptions` says what they mean."""
        return self.training.to_dict()

    def with_training_options(self, values: Mapping[str, str]) -> OnnxPlugin:
        """Give a plugin that trains with these options, from text."""
        return replace(self, training=self.training.changed(values))

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
        try:
            with forks_wait:
                from .train import train
        except ImportError as error:
            raise ImportError(
                f"training needs torch: pip install 'serfast-onnx[train]' ({error})"
            ) from error
        return train(examples, self.training, run)

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


PLUGIN = OnnxPlugin()
