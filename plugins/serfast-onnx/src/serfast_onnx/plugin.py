"""What serfast finds behind the entry point `onnx`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from serfast.bundle import Bundle
from serfast.classifier import Examples, Input, Weights

if TYPE_CHECKING:
    from .inference import OnnxClassifier

__all__ = ["PLUGIN", "OnnxPlugin"]

MODEL = Path(__file__).parent / "models" / "emodb.zip"


class OnnxPlugin:
    """Networks as ONNX graphs; BUNDLE.md says what its bundles hold."""

    input: Input = "rows"

    def train(self, examples: Examples, *, seed: int = 0) -> Weights:
        """Train a network; see :mod:`serfast_onnx.train`.

        Raises
        ------
        ParameterError
            If there are fewer than two classes, or too few examples or speakers.
        ImportError
            If torch is missing.
        """
        try:
            from .train import train
        except ImportError as error:
            raise ImportError(
                f"training needs torch: pip install 'serfast-onnx[train]' ({error})"
            ) from error
        return train(examples, seed=seed)

    def load(self, bundle: Bundle) -> OnnxClassifier:
        """Make the classifier in a bundle, and try it.

        Raises
        ------
        ModelError
            If anything isn't as BUNDLE.md says.
        """
        from .loading import load  # onnxruntime is slow to import: not before it is needed

        return load(bundle)

    def default_model(self) -> Path | None:
        """Locate the model for seven emotions, trained on EmoDB."""
        return MODEL if MODEL.exists() else None


PLUGIN = OnnxPlugin()
