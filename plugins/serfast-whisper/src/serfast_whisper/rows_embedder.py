"""An embedder of a package's encoder, which takes the rows of features and pools them itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from serfast import Extractor, FeatureSpec
from serfast.audio.pcm import without_gain
from serfast.errors import ModelError
from serfast.forking import forks_wait
from serfast.models.onnx_weights import TENSORS, OnnxModel, read_model

__all__ = ["RowsEmbedder"]

Samples = np.ndarray[Any, np.dtype[np.float32]]
Vectors = np.ndarray[Any, np.dtype[np.float32]]
Rows = np.ndarray[Any, np.dtype[np.float32]]

INPUT, OUTPUT = "log_mel", "embedding"

SILENT = 4
"""Log level: what goes wrong is raised, so nothing need be printed."""


class RowsEmbedder:
    """An embedder with an encoder from a file; see :class:`serfast.models.Embedder`.

    Parameters
    ----------
    path : Path
        The encoder. It turns ``log_mel``, of shape (1, rows, columns), into ``embedding``, of
        shape (1, 2 · width): means over time, then standard deviations. It is the package's
        own file, so it isn't looked through as a stranger's is.
    spec : FeatureSpec
        It gives the rows.
    licence : str
        Of the weights.
    shortest, longest : int
        The encoder takes so many samples.
    steps_per_decibel : float, optional
        The rows are given in decibels below the loudest value, rounded to so many steps a decibel,
        so that a gain changes next to nothing. By default they are given as they are.

    Raises
    ------
    ModelError
        If onnxruntime can't load it, or its inputs or outputs are others.
    """

    def __init__(
        self,
        path: Path,
        spec: FeatureSpec,
        *,
        licence: str,
        shortest: int,
        longest: int,
        steps_per_decibel: float | None = None,
    ) -> None:
        model = read_model(path)
        self.sha256 = model.sha256
        self.spec, self.licence = spec, licence
        self.sample_rate = int(spec.sample_rate)
        self.shortest, self.longest = shortest, longest
        self.ignores_level = True  # encoders look at how far rows are below the loudest value
        self._steps = steps_per_decibel
        self._session = _session(model, path.name)
        self._extractor = Extractor(spec)
        width = _width(self._session, path.name) // 2
        self.names = tuple(f"{what}_{k}" for what in ("mean", "std") for k in range(width))

    def vectors(self, signals: Sequence[Samples], *, threads: int = 1) -> Vectors:
        """Give the vectors of some signals, one by one: int8's scale is that of one signal."""
        if threads == 1 or len(signals) == 1:
            return np.stack([self._vector(signal) for signal in signals])
        with forks_wait:
            from concurrent.futures import ThreadPoolExecutor  # heavy: logging, for threads only
        with ThreadPoolExecutor(threads) as pool:
            return np.stack(list(pool.map(self._vector, signals)))

    def _vector(self, signal: Samples) -> Vectors:
        (embedding,) = self._session.run([OUTPUT], {INPUT: self.rows(signal)[np.newaxis]})
        return np.asarray(embedding[0])

    def rows(self, signal: Samples) -> Rows:
        """Give what the encoder is given of a signal.

        A gain that 16-bit samples were multiplied by is undone, so that it changes no bit. Where
        the rows are rounded, the signal's peak is made 1 then, so that a gain of other samples
        changes few.
        """
        signal, _ = without_gain(signal)
        if self._steps is None:
            return np.asarray(self._extractor(signal))
        peak = float(np.abs(signal).max())
        if peak > 0:
            signal = np.divide(signal, peak, np.empty_like(signal), dtype="d", casting="same_kind")
        rows = self._extractor(signal)
        return np.asarray(np.round((rows - rows.max()) * self._steps) / self._steps, np.float32)


def _session(model: OnnxModel, name: str) -> Any:
    """Open the graph whose tensors are in a file, on one thread, and without spinning.

    What lies between two nodes is kept in onnxruntime's arena from call to call. It never gets
    smaller, but without it malloc holds twice as much: glibc before 2.38 hardly uses aligned memory
    again. All encoders have one arena, as they work one after the other.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry(TENSORS, model.folder)
    options.enable_cpu_mem_arena, options.enable_mem_pattern = True, False
    options.log_severity_level = SILENT
    if _has_common_arena():
        options.add_session_config_entry("session.use_env_allocators", "1")
    try:
        return onnxruntime.InferenceSession(
            model.graph, options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime has a class for every kind
        raise ModelError(f"{name} must be a model that onnxruntime loads: {error}") from error


@lru_cache(maxsize=1)
def _has_common_arena() -> bool:
    """Make an arena for sessions that ask for it, once in a process; tell whether there is one.

    Before onnxruntime 1.23 whoever else makes one afterwards would fail, so there is none.
    """
    ort = onnxruntime
    if tuple(map(int, ort.__version__.split(".")[:2])) < (1, 23):
        return False
    kind, use = ort.OrtAllocatorType.ORT_ARENA_ALLOCATOR, ort.OrtMemType.DEFAULT
    memory = ort.OrtMemoryInfo("Cpu", kind, 0, use)
    ort.create_and_register_allocator(memory, ort.OrtArenaCfg({}))
    return True


def _width(session: Any, name: str) -> int:
    inputs = [(x.name, x.shape[1:]) for x in session.get_inputs()]
    outputs = [(x.name, x.shape[1]) for x in session.get_outputs() if len(x.shape) == 2]
    if [one for one, _ in inputs] != [INPUT] or [one for one, _ in outputs] != [OUTPUT]:
        raise ModelError(f"{name} must turn log_mel into embedding, got {inputs} and {outputs}")
    return int(outputs[0][1])
