"""Pictures of a recording: what its voice does, and what a model hears in it."""

from .analysis import Analysis, analysed
from .drawing import draw, figure_of

__all__ = ["Analysis", "analysed", "draw", "figure_of"]
