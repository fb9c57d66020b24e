"""ONNX models for serfast: onnxruntime on one thread, whole recordings or step by step."""

from __future__ import annotations

from .card import Card, Model, State, Step
from .encoder_card import EncoderCard
from .encoders import ENCODERS, OnnxEncoders
from .options import Options
from .plugin import PLUGIN, OnnxPlugin

__all__ = [
    "ENCODERS",
    "PLUGIN",
    "Card",
    "EncoderCard",
    "Model",
    "OnnxEncoders",
    "OnnxPlugin",
    "Options",
    "State",
    "Step",
]
