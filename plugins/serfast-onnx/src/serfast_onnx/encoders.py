"""What serfast finds behind the entry point `onnx` of ``serfast.encoders``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from serfast.errors import ModelError
from serfast.forking import forks_wait
from serfast.models.embedder import Embedder

from .encoder_card import EncoderCard
from .options import Options

__all__ = ["ENCODERS", "OnnxEncoders"]


@dataclass(frozen=True)
class OnnxEncoders:
    """Encoders of samples as ONNX files (:class:`serfast.models.EncoderKind`).

    Parameters
    ----------
    options : Options
        How onnxruntime is to work.
    """

    options: Options = field(default_factory=Options)

    def complete(self, data: bytes, card: Mapping[str, Any]) -> dict[str, Any]:
        """Check a card and try the encoder; give the whole card, with the width in it."""
        with forks_wait:
            from .encoder import completed  # onnxruntime is slow to import
        return completed(data, EncoderCard.from_dict(card), self.options).to_dict()

    def open(self, data: bytes, card: Mapping[str, Any]) -> Embedder:
        """Give the embedder of an encoder and of its whole card."""
        with forks_wait:
            from .encoder import opened  # onnxruntime is slow to import
        return opened(data, _whole(card), self.options)

    def open_file(self, path: Path, card: Mapping[str, Any]) -> Embedder:
        """Give the embedder of a file, whose large tensors are mapped, and of its whole card."""
        with forks_wait:
            from .encoder import opened_file  # onnxruntime is slow to import
        return opened_file(path, _whole(card), self.options)


def _whole(card: Mapping[str, Any]) -> EncoderCard:
    whole = EncoderCard.from_dict(card)
    if whole.width is None:
        raise ModelError("width of an encoder's card must be given to open it, got null")
    return whole


ENCODERS = OnnxEncoders()
