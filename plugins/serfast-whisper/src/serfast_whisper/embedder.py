"""The embedder: Whisper's log-mel, the encoder's session, and one vector for a signal."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnxruntime

from serfast import Extractor, LogMel, presets
from serfast.errors import ModelError

__all__ = ["SPEC", "WhisperEmbedder", "open_embedder"]

Samples = np.ndarray[Any, np.dtype[np.float32]]
Vectors = np.ndarray[Any, np.dtype[np.float32]]

_CAUSAL = presets.whisper(80, causal=True)
_BANDS = cast(LogMel, _CAUSAL.features[0])

SAMPLE_RATE = 16000
"""Whisper takes 16 kHz."""

LONGEST = 10 * SAMPLE_RATE
"""Attention takes time and memory with the square of the length: 8 MB for 10 s, 72 MB for 30 s."""

SPEC = replace(
    _CAUSAL,
    min_row_samples=None,
    features=(replace(_BANDS, log="db", amin=1e-20, log_gain=1.0, log_bias=0.0),),
)
"""Whisper's log-mel in decibels; what Whisper does to it afterwards is in the encoder's graph.

The floor is so low that a recording at -60 dB has the same rows, 60 dB lower.
"""

SILENT = 4
"""Log level: what goes wrong is raised, so nothing need be printed."""


class WhisperEmbedder:
    """An embedder with an encoder from a file; see :class:`serfast.models.Embedder`.

    Parameters
    ----------
    path : Path
        The encoder, as ``python -m serfast_whisper.encoder`` makes it.

    Raises
    ------
    ModelError
        If onnxruntime can't load it, or its inputs or outputs are others.
    """

    sample_rate = SAMPLE_RATE
    shortest = 1
    longest = LONGEST
    spec = SPEC
    licence = "MIT"

    def __init__(self, path: Path) -> None:
        self.sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        self._session = _session(path)
        self._extractor = Extractor(SPEC)
        width = _width(self._session, path.name) // 2
        self.names = tuple(f"{what}_{k}" for what in ("mean", "std") for k in range(width))

    def vectors(self, signals: Sequence[Samples], *, threads: int = 1) -> Vectors:
        """Give the vectors of some signals, one by one: int8's scale is that of one signal."""
        if threads == 1 or len(signals) == 1:
            return np.stack([self._vector(signal) for signal in signals])
        with ThreadPoolExecutor(threads) as pool:
            return np.stack(list(pool.map(self._vector, signals)))

    def _vector(self, signal: Samples) -> Vectors:
        rows = self._extractor(signal)[np.newaxis]
        (embedding,) = self._session.run(["embedding"], {"log_mel": rows})
        return np.asarray(embedding[0])


@lru_cache(maxsize=4)
def open_embedder(path: Path) -> WhisperEmbedder:
    """Give the embedder with this file's encoder; the same one for the same file."""
    return WhisperEmbedder(path)


def _session(path: Path) -> Any:
    """Open the encoder on one thread, without spinning, and without an arena that only grows.

    It is opened by its path, because onnxruntime would keep the bytes as long as the session.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False
    options.log_severity_level = SILENT
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has a class for every kind
        raise ModelError(f"{path.name} must be a model that onnxruntime loads: {error}") from error


def _width(session: Any, name: str) -> int:
    inputs = [(x.name, x.shape[1:]) for x in session.get_inputs()]
    outputs = [(x.name, x.shape[1]) for x in session.get_outputs() if len(x.shape) == 2]
    if [one for one, _ in inputs] != ["log_mel"] or [one for one, _ in outputs] != ["embedding"]:
        raise ModelError(f"{name} must turn log_mel into embedding, got {inputs} and {outputs}")
    return int(outputs[0][1])
