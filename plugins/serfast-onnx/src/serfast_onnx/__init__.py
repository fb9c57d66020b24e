"""ONNX models for serfast: onnxruntime on one thread, whole recordings or step by step."""

from __future__ import annotations

from .card import Card, Model, State, Step
from .options import Options
from .plugin import PLUGIN, OnnxPlugin

__all__ = ["PLUGIN", "Card", "Model", "OnnxPlugin", "Options", "State", "Step"]
