"""The embedder: Kaldi's log-mel as CAM++ takes it, and the encoder in the package's file."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from serfast import FeatureSpec, LogMel
from serfast_whisper.rows_embedder import RowsEmbedder

__all__ = ["SPEC", "open_embedder"]

SAMPLE_RATE = 16000
"""CAM++ takes 16 kHz."""

HOP = 160
"""A row every 10 ms."""

WINDOW = 400
"""A window of 25 ms, in the middle of the transform's 512 samples."""

SHORTEST = 512
"""One transform: nothing is padded, as in Kaldi (``snip_edges``)."""

LONGEST = 10 * SAMPLE_RATE
"""The two-dimensional convolutions take 10 MB for a layer's output then."""


def _povey() -> tuple[float, ...]:
    """Kaldi's window: Hann's, symmetric, to the power of 0.85."""
    angle = 2 * np.pi * np.arange(WINDOW) / (WINDOW - 1)
    return tuple(float(x) for x in (0.5 - 0.5 * np.cos(angle)) ** 0.85)


SPEC = FeatureSpec(
    sample_rate=SAMPLE_RATE,
    hop_length=HOP,
    center=False,
    features=(
        LogMel(
            n_fft=512,
            win_length=WINDOW,
            window=_povey(),
            preemphasis=0.97,
            remove_dc=True,
            n_mels=80,
            fmin=20.0,
            fmax=8000.0,
            htk=True,
            mel_norm=None,
            log="ln",
            amin=1e-20,
        ),
    ),
)
"""Kaldi's filter bank to 0.02 nepers; subtracting the means over time is in the encoder's graph.

Kaldi's triangles are straight over mel, these are straight over Hz. The floor is so low that a
recording at -60 dB has the same rows, 14 nepers lower; the graph has a floor below the loudest
band.
"""


@lru_cache(maxsize=4)
def open_embedder(path: Path) -> RowsEmbedder:
    """Give the embedder with this file's encoder; the same one for the same file.

    Raises
    ------
    ModelError
        If onnxruntime can't load it, or its inputs or outputs are others.
    """
    return RowsEmbedder(path, SPEC, licence="Apache-2.0", shortest=SHORTEST, longest=LONGEST)
