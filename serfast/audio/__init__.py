"""Samples: reading, decoding, resampling and altering recordings.

Everything behind this package takes one kind of signal: one-dimensional float32, full scale at 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazily

if TYPE_CHECKING:
    from .decoder import Source
    from .reading import blocks, load
    from .resampling import resample

__all__ = ["Source", "blocks", "load", "resample"]

_NAMES = {
    "Source": "decoder",
    "blocks": "reading",
    "load": "reading",
    "resample": "resampling",
}
_MODULES = (
    *("arriving", "augmentation", "containers", "content", "decoder", "pipe", "pyav", "reading"),
    *("recording", "remarks", "resampling", "samples", "sndfile", "sniffing", "suffixes", "tempo"),
)
__getattr__, __dir__ = lazily(__name__, _NAMES, _MODULES)
