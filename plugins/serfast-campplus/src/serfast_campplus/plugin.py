"""What serfast finds behind the entry point `campplus`."""

from __future__ import annotations

from pathlib import Path

from serfast_svm import SvmPlugin

__all__ = ["ENCODER", "PLUGIN", "CampplusPlugin"]

MODELS = Path(__file__).parent / "models"

ENCODER = MODELS / "campplus-2.onnx"
MODEL = MODELS / "emodb.zip"


class CampplusPlugin(SvmPlugin):
    """The support vector machine of serfast-svm, on the vector of an embedding."""

    def default_embedding(self) -> str:
        """Name the embedding to train on if the user names none."""
        return "campplus-2"

    def default_model(self) -> Path:
        """Locate the model for seven emotions, trained on EmoDB."""
        return MODEL


PLUGIN = CampplusPlugin()
