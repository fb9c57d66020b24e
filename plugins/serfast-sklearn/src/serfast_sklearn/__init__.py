"""Estimators of scikit-learn for serfast: trained there, stored and run as ONNX graphs."""

from __future__ import annotations

from .plugin import PLUGIN, SklearnPlugin

__all__ = ["PLUGIN", "SklearnPlugin"]
