"""The embedder: Whisper's log-mel, the encoder's session, and one vector for a signal."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import cast

from serfast import LogMel, presets

from .rows_embedder import RowsEmbedder

__all__ = ["SPEC", "open_embedder"]

SAMPLE_RATE = 16000
"""Whisper takes 16 kHz."""

LONGEST = 10 * SAMPLE_RATE
"""Attention takes time and memory with the square of the length: 8 MB for 10 s, 72 MB for 30 s."""

_CAUSAL = presets.whisper(80, causal=True)
_BANDS = cast(LogMel, _CAUSAL.features[0])

SPEC = replace(
    _CAUSAL,
    min_row_samples=None,
    features=(replace(_BANDS, log="db", amin=1e-20, log_gain=1.0, log_bias=0.0),),
)
"""Whisper's log-mel in decibels; what Whisper does to it afterwards is in the encoder's graph.

The floor is so low that a recording at -60 dB has the same rows, 60 dB lower.
"""

STEPS = 2.0
"""The rows are rounded to so many steps a decibel.

A gain moves the last bits of the rows. Where int8 rounds what is moved to another step, an answer
moves. The encoder's own steps are 0.31 dB wide, and nearly all rows are the same after these.
"""


@lru_cache(maxsize=4)
def open_embedder(path: Path) -> RowsEmbedder:
    """Give the embedder with this file's encoder; the same one for the same file.

    Raises
    ------
    ModelError
        If onnxruntime can't load it, or its inputs or outputs are others.
    """
    return RowsEmbedder(
        path, SPEC, licence="MIT", shortest=1, longest=LONGEST, steps_per_decibel=STEPS
    )
