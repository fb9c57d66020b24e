"""Several classifiers as one: soft vote, or stacking with out-of-fold predictions."""

from __future__ import annotations

from .plugin import PLUGIN, EnsemblePlugin

__all__ = ["PLUGIN", "EnsemblePlugin"]
