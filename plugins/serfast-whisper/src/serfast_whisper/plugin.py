"""What serfast finds behind the entry point `whisper`."""

from __future__ import annotations

from pathlib import Path

from serfast_svm import SvmPlugin

__all__ = ["ENCODER", "PLUGIN", "WhisperPlugin"]

MODELS = Path(__file__).parent / "models"

ENCODER = MODELS / "whisper-base-3.onnx"
MODEL = MODELS / "emodb.zip"


class WhisperPlugin(SvmPlugin):
    """The support vector machine of serfast-svm, on the vector of an embedding."""

    def default_embedding(self) -> str:
        """Name the embedding to train on if the user names none."""
        return "whisper-base-3"

    def default_model(self) -> Path:
        """Locate the model for seven emotions, trained on EmoDB."""
        return MODEL


PLUGIN = WhisperPlugin()
