"""The embedder: Whisper's log-mel, the encoder's session, and one vector for a signal."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from serfast import Extractor, FeatureSpec, LogMel
from serfast.errors import ModelError

__all__ = ["SPEC", "WhisperEmbedder", "open_embedder"]

Samples = np.ndarray[Any, np.dtype[np.float32]]
Vectors = np.ndarray[Any, np.dtype[np.float32]]

SAMPLE_RATE = 16000
"""Whisper takes 16 kHz."""

HOP = 160
"""A row every 10 ms."""

LONGEST = 10 * SAMPLE_RATE
"""Attention takes time and memory with the square of the length: 8 MB for 10 s, 72 MB for 30 s."""

SPEC = FeatureSpec(
    sample_rate=SAMPLE_RATE,
    hop_length=HOP,
    center=True,
    pad_mode="constant",
    features=(LogMel(n_fft=400, n_mels=80, amin=1e-20),),
)
"""Whisper's log-mel in decibels; what Whisper does to it afterwards is in the encoder's graph.

The floor is so low that a recording at -60 dB has the same rows, 60 dB lower.
"""

STEPS = 2.0
"""The rows are rounded to so many steps a decibel.

A gain moves the last bits of the rows. Where int8 rounds what is moved to another step, an answer
moves. The encoder's own steps are 0.31 dB wide, and nearly all rows are the same after these.
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
        (embedding,) = self._session.run(["embedding"], {"log_mel": self.rows(signal)[np.newaxis]})
        return np.asarray(embedding[0])

    def rows(self, signal: Samples) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Give what the encoder is given of a signal: decibels below the loudest, rounded.

        The signal's peak is made 1 first, so that a gain changes as few bits as can be.
        """
        peak = float(np.abs(signal).max())
        if peak > 0:
            signal = (signal.astype(np.float64) / peak).astype(np.float32)
        rows = self._extractor(signal)
        return np.asarray(np.round((rows - rows.max()) * STEPS) / STEPS, np.float32)


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
