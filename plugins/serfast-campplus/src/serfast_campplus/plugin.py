"""What serfast finds behind the entry points `campplus` and `whisper-campplus`."""

from __future__ import annotations

from pathlib import Path

from serfast_svm import SvmPlugin

__all__ = ["BOTH", "ENCODER", "PLUGIN", "BothPlugin", "CampplusPlugin"]

MODELS = Path(__file__).parent / "models"

ENCODER = MODELS / "campplus-2.onnx"


class CampplusPlugin(SvmPlugin):
    """The support vector machine of serfast-svm, on the vector of an embedding."""

    def default_embedding(self) -> str:
        """Name the embedding to train on if the user names none."""
        return "campplus-2"

    def default_model(self) -> Path:
        """Locate the model for seven emotions, trained on EmoDB."""
        return MODELS / "emodb.zip"


class BothPlugin(SvmPlugin):
    """The support vector machine of serfast-svm, on Whisper's vector and CAM++'s behind it."""

    def default_embedding(self) -> str:
        """Name the embedding to train on if the user names none."""
        return "whisper-base-3+campplus-2"

    def default_model(self) -> Path:
        """Locate the model for seven emotions, trained on EmoDB."""
        return MODELS / "emodb-both.zip"


PLUGIN = CampplusPlugin()
BOTH = BothPlugin()
