"""A FeatureSpec or Statistics become a program here, which back ends run; no stage is repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazily

if TYPE_CHECKING:
    from .planner import program_of
    from .rows import (
        Cepstrum,
        Crossings,
        Energy,
        Frames,
        Log,
        Mel,
        Pitch,
        Program,
        Spectrum,
    )

__all__ = [
    "Cepstrum",
    "Crossings",
    "Energy",
    "Frames",
    "Log",
    "Mel",
    "Pitch",
    "Program",
    "Spectrum",
    "program_of",
]

_NAMES = {name: "planner" if name == "program_of" else "rows" for name in __all__}
__getattr__, __dir__ = lazily(__name__, _NAMES, ("fft", "planner", "rows", "vector"))
