"""An encoder of samples runs here, as an embedder (:mod:`serfast.models.embedder`)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.random import default_rng

from serfast.errors import ModelError

from .encoder_card import EncoderCard
from .options import Options
from .session import check_values, dtype_of, open_file, open_session, trial, working

__all__ = ["OnnxEncoder", "completed", "opened", "opened_file"]

Array: TypeAlias = np.ndarray[Any, Any]

FILE = "encoder"
"""What messages call the file."""

MASKS: dict[str, type[Any]] = {
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
    "tensor(float)": np.float32,
}

QUIETEST = 1e-7
"""It is added to the variance, so that silence stays silence."""


class OnnxEncoder:
    """A graph that takes samples, one recording at a time; threads may share it.

    A recording stands alone, so that no other one changes its vector: a batch could, where scales
    are found for a whole tensor (dynamic quantisation).

    Parameters
    ----------
    session : onnxruntime.InferenceSession
        It is checked.
    card : EncoderCard
    digest : str
        SHA-256 of the file.
    """

    spec = None

    def __init__(self, session: Any, card: EncoderCard, digest: str) -> None:
        self._session, self.card = session, card
        types = {value.name: value for value in session.get_inputs()}
        self._dtype = dtype_of(types[card.input], "input")
        self._mask = MASKS[types[card.mask].type] if card.mask else None
        self.names = card.names
        self.sample_rate, self.licence = card.sample_rate, card.licence
        self.shortest, self.longest = card.shortest, card.longest
        about = {**card.to_dict(), "licence": "", "source": "", "file": digest}
        self.sha256 = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()

    def vectors(self, signals: Sequence[Array], *, threads: int = 1) -> Array:
        """Give the vectors of some signals; each thread works on a signal of its own."""
        if threads == 1 or len(signals) == 1:
            rows = [self.vector(signal) for signal in signals]
        else:
            with ThreadPoolExecutor(threads) as pool:
                rows = list(pool.map(self.vector, signals))
        return np.stack(rows)

    def vector(self, samples: Array, run_options: Any = None) -> Array:
        """Give the vector of one signal, float32 of shape (len(names),).

        Raises
        ------
        ModelError
            If the graph fails, or its output isn't of the shape that the card says.
        """
        output = self.output(samples, run_options)
        entries = pooled(output, self.card.pooling)
        if self.names and entries.shape != (len(self.names),):
            raise ModelError(
                f"output {self.card.output!r} of {FILE} must give {len(self.names)} entries, got "
                f"{entries.shape}"
            )
        return entries

    def output(self, samples: Array, run_options: Any = None) -> Array:
        """Give the graph's output for one signal, of shape (T, D), or (D,) if it has no T."""
        card = self.card
        x = normalised(samples, card.normalise).astype(self._dtype)
        fed = {card.input: x.reshape({"NT": (1, -1), "T": (-1,), "NCT": (1, 1, -1)}[card.layout])}
        if card.mask is not None:
            fed[card.mask] = np.ones((1, len(x)), self._mask)
        with working(FILE, "runs"):
            (output,) = self._session.run([card.output], fed, run_options)
        return taken(output, card)


def normalised(samples: Array, how: str) -> Array:
    """Give the samples as an encoder wants them.

    With zero mean and unit variance they are (x - mean) / sqrt(variance + 1e-7), as the published
    wav2vec 2.0 models were trained.
    """
    if how == "none":
        return samples
    x = samples.astype(np.float64)
    centred = x - x.mean()
    return np.asarray(centred / np.sqrt(np.mean(centred**2) + QUIETEST))


def taken(output: Any, card: EncoderCard) -> Array:
    """Give the layer of an output that the card names, with time before entries.

    Raises
    ------
    ModelError
        If it hasn't so many axes, more than one recording, no such layer, or no time at all.
    """
    layout = card.output_layout
    array = np.asarray(output)
    label = f"output {card.output!r} of {FILE}"
    if array.ndim != len(layout) or array.dtype.kind != "f":
        rule = f"floats of {len(layout)} axes ({layout})"
        raise ModelError(f"{label} must be {rule}, got {array.dtype} {array.shape}")
    for axis, size in zip(layout, array.shape, strict=True):
        if size < 1 or (axis == "N" and size != 1):
            raise ModelError(f"{label} must be of one recording ({layout}), got {array.shape}")
    order = sorted(range(len(layout)), key=lambda i: "NLTD".index(layout[i]))
    array = array.transpose(order)
    if "N" in layout:
        array = array[0]
    if "L" in layout and card.layer is not None:
        if not -len(array) <= card.layer < len(array):
            raise ModelError(f"{label} must have the layer {card.layer}, got {len(array)} layers")
        array = array[card.layer]
    return array


def pooled(output: Array, pooling: Sequence[str]) -> Array:
    """Give the vector of an output of shape (T, D): each kind of pooling over T, in order."""
    if not pooling:
        return output.astype(np.float32)
    x = output.astype(np.float64)
    functions = {
        "mean": lambda: x.mean(axis=0),
        "deviation": lambda: x.std(axis=0),
        "min": lambda: x.min(axis=0),
        "max": lambda: x.max(axis=0),
        "first": lambda: x[0],
        "last": lambda: x[-1],
    }
    with np.errstate(invalid="ignore", over="ignore"):  # a vector that isn't finite is refused
        return np.concatenate([functions[kind]() for kind in pooling]).astype(np.float32)


def opened(data: bytes, card: EncoderCard, options: Options) -> OnnxEncoder:
    """Give the encoder in these bytes, whose inputs and output are as the card says.

    Raises
    ------
    ModelError
        If it isn't a graph that is safe and that onnxruntime runs, or not as the card says.
    """
    session = open_session(data, FILE, options)
    return _checked(session, card, hashlib.sha256(data).hexdigest())


def opened_file(path: Path, card: EncoderCard, options: Options) -> OnnxEncoder:
    """Give the encoder in a file, which is mapped and must not be written to; see :func:`opened`.

    Raises
    ------
    ModelError
        If it isn't a graph that is safe and that onnxruntime runs, or not as the card says.
    OSError
        If it can't be read.
    """
    session, digest = open_file(path, FILE, options)
    return _checked(session, card, digest)


def _checked(session: Any, card: EncoderCard, digest: str) -> OnnxEncoder:
    inputs = session.get_inputs()
    shape = {"NT": (1, None), "T": (None,), "NCT": (1, 1, None)}[card.layout]
    rest = [value for value in inputs if value.name != card.mask]
    check_values(FILE, "input", rest, {card.input: shape})
    if card.mask is not None:
        _check_mask(card.mask, inputs)
    _check_output(card, session.get_outputs())
    return OnnxEncoder(session, card, digest)


def completed(data: bytes, card: EncoderCard, options: Options) -> EncoderCard:
    """Try an encoder on silence and noise of several lengths; give its card with the width.

    Raises
    ------
    ModelError
        If it isn't as its card says, takes more than 10 s, or gives anything but numbers, which
        mustn't be the same for all signals.
    """
    encoder = opened(data, card, options)
    middle = min(card.longest, max(2 * card.shortest, card.sample_rate))
    noise = default_rng(0).normal(0, 0.1, middle).astype(np.float32)
    signals = [np.zeros(middle, np.float32), noise, noise[: card.shortest]]
    with trial(FILE) as run_options:
        vectors = [encoder.vector(signal, run_options) for signal in signals]
    width = len(vectors[0]) // max(1, len(card.pooling))
    if any(v.shape != vectors[0].shape or v.ndim != 1 for v in vectors):
        raise ModelError(
            f"output {card.output!r} of {FILE} must be of one width for all signals, got "
            f"{[v.shape for v in vectors]}"
        )
    if card.width not in (None, width):
        raise ModelError(f"width of {FILE} must be {card.width}, as its card says, got {width}")
    if not all(np.isfinite(v).all() for v in vectors):
        raise ModelError(f"output {card.output!r} of {FILE} must be finite, got NaN or infinity")
    if np.array_equal(vectors[0], vectors[1]):
        raise ModelError(f"output {card.output!r} of {FILE} must depend on the signal")
    return EncoderCard.from_dict({**card.to_dict(), "width": width})


def _check_mask(name: str, inputs: Sequence[Any]) -> None:
    mask = next((value for value in inputs if value.name == name), None)
    if mask is None:
        names = sorted(value.name for value in inputs)
        raise ModelError(f"inputs of {FILE} must have the mask {name!r}, got {names!r:.200}")
    if mask.type not in MASKS or len(mask.shape) != 2:
        rule = f"{', '.join(MASKS)} of shape (1, any)"
        raise ModelError(f"input {name!r} of {FILE} must be {rule}, got {mask.type} {mask.shape}")


def _check_output(card: EncoderCard, outputs: Sequence[Any]) -> None:
    """Check what the graph tells of its output; what it leaves open is seen when it runs."""
    output = next((value for value in outputs if value.name == card.output), None)
    if output is None:
        names = sorted(value.name for value in outputs)
        raise ModelError(
            f"outputs of {FILE} must have {card.output!r}, as its card says, got {names!r:.300}"
        )
    label = f"output {card.output!r} of {FILE}"
    dtype_of(output, label)
    layout = card.output_layout
    if len(output.shape) != len(layout):
        axes = f"{len(layout)} axes ({layout})"
        raise ModelError(f"{label} must have {axes}, got {_sizes(output.shape)}")
    sizes = dict(zip(layout, output.shape, strict=True))
    n_layers, layer = sizes.get("L"), card.layer
    has_layer = not isinstance(n_layers, int) or layer is None or -n_layers <= layer < n_layers
    is_of_one = not isinstance(sizes.get("N"), int) or sizes["N"] == 1
    if isinstance(sizes.get("T"), int) or not is_of_one or not has_layer:
        rule = f"of shape ({layout}) with any T, one recording and the layer {layer}"
        raise ModelError(f"{label} must be {rule}, got {_sizes(output.shape)}")
    if isinstance(sizes["D"], int) and card.width not in (None, sizes["D"]):
        raise ModelError(f"{label} must be {card.width} wide, as its card says, got {sizes['D']}")


def _sizes(shape: Sequence[Any]) -> str:
    return f"({', '.join(map(str, shape))})"
