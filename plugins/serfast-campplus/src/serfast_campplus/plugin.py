"""What serfast finds behind the entry points `campplus` and `whisper-campplus`."""

from __future__ import annotations

from pathlib import Path

from serfast.forking import forks_wait
from serfast.models.plugin import Examples, Run, Weights
from serfast_svm import SvmPlugin

__all__ = ["BOTH", "ENCODER", "PLUGIN", "BothPlugin", "CampplusPlugin"]

MODELS = Path(__file__).parent / "models"

WIDTHS = (1024, 1024)
"""Entries of whisper-base-3 and of campplus-2."""

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
    """A support vector machine on Whisper's vector, one on CAM++'s, and their mean."""

    def train_run(self, examples: Examples, run: Run) -> Weights:
        """Train both (:mod:`serfast_campplus.fusion`); balanced sampling alone draws at random.

        Raises
        ------
        ParameterError
            If there are fewer than two classes or speakers, or the vectors are of others.
        ImportError
            If SciPy is missing.
        """
        self.check_training(examples.labels.tolist(), examples.speakers.tolist())
        with forks_wait:
            from .fusion import train_parts  # heavy: SciPy
        examples = self.drawn(examples, run.seed)
        return train_parts(examples, WIDTHS, run.tell, weighted=self.balance != "none")

    def default_embedding(self) -> str:
        """Name the embedding to train on if the user names none."""
        return "whisper-base-3+campplus-2"

    def default_model(self) -> Path:
        """Locate the model for seven emotions, trained on EmoDB."""
        return MODELS / "emodb-both.zip"


PLUGIN = CampplusPlugin()
BOTH = BothPlugin()
