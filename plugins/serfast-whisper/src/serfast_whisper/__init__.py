"""Whisper's first layers as an embedding for serfast, and a model of seven emotions on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from serfast.forking import forks_wait

from .plugin import ENCODER, PLUGIN, WhisperPlugin

if TYPE_CHECKING:
    from .rows_embedder import RowsEmbedder

__all__ = ["PLUGIN", "WhisperPlugin", "whisper_base_3"]


def whisper_base_3() -> RowsEmbedder:
    """Give the embedder of Whisper-base, cut behind the third layer of its encoder."""
    with forks_wait:
        from .embedder import open_embedder  # heavy: onnxruntime
    return open_embedder(ENCODER)
