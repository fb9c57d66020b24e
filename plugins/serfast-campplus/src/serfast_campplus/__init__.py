"""CAM++'s first blocks as an embedding for serfast, and models of seven emotions on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from serfast.forking import forks_wait

from .plugin import BOTH, ENCODER, PLUGIN, BothPlugin, CampplusPlugin

if TYPE_CHECKING:
    from serfast_whisper.rows_embedder import RowsEmbedder

__all__ = ["BOTH", "PLUGIN", "BothPlugin", "CampplusPlugin", "campplus_2"]


def campplus_2() -> RowsEmbedder:
    """Give the embedder of CAM++, cut behind its second transit layer."""
    with forks_wait:
        from .embedder import open_embedder  # heavy: onnxruntime
    return open_embedder(ENCODER)
