"""onnxruntime's sessions: opened from bytes that were looked at, on one thread, and checked.

Nothing of a bundle but the graph's bytes gets here: no path, no library of operators, no options.
The path of an encoder that this user added does.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

import numpy as np
import onnxruntime

from serfast.errors import ModelError
from serfast.models.onnx_weights import TENSORS, read_model

from .graph import inspect
from .options import Options

__all__ = ["Shape", "check_values", "dtype_of", "open_file", "open_session", "trial", "working"]

Shape: TypeAlias = tuple[int | None, ...]
"""Sizes; None where any size must be taken."""

MIN_OPSET = 7
"""onnxruntime promises to run opset 7 and later."""

DTYPES: dict[str, type[np.floating[Any]]] = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
}

LEVELS = {
    "none": onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL,
    "basic": onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC,
    "extended": onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
    "all": onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL,
}

TRIAL_SECONDS = 10.0
"""A trial that takes longer is ended: a few bytes can ask for an endless loop."""

FATAL = 4
"""Log level: what goes wrong is raised, so nothing need be printed."""


def session_options(options: Options) -> Any:
    """Make onnxruntime's own object of ours."""
    made = onnxruntime.SessionOptions()
    made.intra_op_num_threads = options.threads
    made.inter_op_num_threads = 1
    made.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    made.add_session_config_entry("session.intra_op.allow_spinning", str(int(options.spinning)))
    made.add_session_config_entry("session.inter_op.allow_spinning", "0")
    made.enable_cpu_mem_arena = options.arena
    made.enable_mem_pattern = options.arena  # plans an arena's layout for each input size
    made.graph_optimization_level = LEVELS[options.optimization]
    made.log_severity_level = FATAL
    return made


def open_session(data: bytes, name: str, options: Options) -> Any:
    """Make the session of a graph, on the CPU.

    Raises
    ------
    ModelError
        If the bytes aren't an ONNX model that is safe and that this onnxruntime can run.
    """
    return _session(data, look(data, name), session_options(options))


def open_file(path: Path, name: str, options: Options) -> tuple[Any, str]:
    """Make the session of a file, which is mapped; give it with the file's SHA-256.

    Raises
    ------
    ModelError
        If the file isn't an ONNX model that is safe and that this onnxruntime can run.
    OSError
        If it can't be read.
    """
    seen = []
    model = read_model(path, lambda data: seen.append(look(data, name)))
    made = session_options(options)
    made.add_session_config_entry(TENSORS, model.folder)
    return _session(model.graph, seen[0], made), model.sha256


def look(data: bytes | memoryview, name: str) -> str:
    """Look through a graph; give its name with its opset.

    Raises
    ------
    ModelError
        If it isn't an ONNX model that is safe, or its opset is too old.
    """
    opset = inspect(data, name).opset
    if opset < MIN_OPSET:
        raise ModelError(f"opset of {name} must be >= {MIN_OPSET}, got {opset}")
    return f"{name} (opset {opset})"


def _session(graph: bytes, name: str, made: Any) -> Any:
    with working(name, "loads"):
        return onnxruntime.InferenceSession(
            graph,
            sess_options=made,
            providers=["CPUExecutionProvider"],
            enable_fallback=0,  # which would print, and try the same again
        )


@contextmanager
def working(name: str, verb: str) -> Iterator[None]:
    """Make a ModelError of whatever onnxruntime raises; it has a class for every kind."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split())
        shown = reason if len(reason) <= 400 else f"{reason[:40]} … {reason[-360:]}"
        raise ModelError(
            f"{name} must be a model that onnxruntime {onnxruntime.__version__} {verb}: {shown}"
        ) from error


def check_values(name: str, what: str, values: Sequence[Any], wanted: Mapping[str, Shape]) -> None:
    """Check a session's inputs or outputs against names and shapes.

    Parameters
    ----------
    name, what : str
        The file's name, and "input" or "output", for messages.
    values : sequence of NodeArg
        What the session has.
    wanted : mapping of str to shape
        What it must have; None where the graph must leave the size open.

    Raises
    ------
    ModelError
        If one is missing, or of another type or shape; or if there are other inputs.
    """
    by_name = {value.name: value for value in values}
    if not set(wanted) <= set(by_name) or (what == "input" and set(by_name) != set(wanted)):
        _refuse(f"{what}s of {name}", f"{sorted(wanted)}, as its card says", sorted(by_name))
    for key, shape in wanted.items():
        label = f"{what} {key!r} of {name}"
        dtype_of(by_name[key], label)
        _check_shape(label, by_name[key].shape, shape)


def dtype_of(value: Any, label: str) -> type[np.floating[Any]]:
    """NumPy's type of an input or output."""
    if value.type not in DTYPES:
        _refuse(label, "tensor(float) or tensor(double)", value.type)
    return DTYPES[value.type]


def _check_shape(label: str, shape: Sequence[Any], wanted: Shape) -> None:
    """Sizes are equal, or the graph leaves them open; open ones it must leave open."""
    fits = len(shape) == len(wanted) and all(
        not isinstance(have, int) or have == want for have, want in zip(shape, wanted, strict=False)
    )
    if not fits:
        sizes = ", ".join("any" if size is None else str(size) for size in wanted)
        comma = "," * (len(wanted) == 1)
        _refuse(label, f"of shape ({sizes}{comma})", f"({', '.join(map(str, shape))})")


@contextmanager
def trial(name: str) -> Iterator[Any]:
    """Give run options that end what is run with them after TRIAL_SECONDS."""
    run_options = onnxruntime.RunOptions()
    run_options.log_severity_level = FATAL

    def end() -> None:
        run_options.terminate = True

    timer = threading.Timer(TRIAL_SECONDS, end)
    timer.daemon = True
    timer.start()
    try:
        with working(name, f"runs within {TRIAL_SECONDS:g} s"):
            yield run_options
    finally:
        timer.cancel()


def _refuse(what: str, rule: str, given: object) -> NoReturn:
    raise ModelError(f"{what} must be {rule}, got {given!r:.300}")
