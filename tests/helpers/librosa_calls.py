"""Draws for the tests of the drop-in: signals, frames and transforms that librosa takes too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st

Array = np.ndarray[Any, Any]

TRANSFORM_PAD_MODES = ("constant", "edge", "reflect", "symmetric", "linear_ramp")
ALL_PAD_MODES = (*TRANSFORM_PAD_MODES, "wrap", "maximum", "mean", "median", "minimum")

WINDOWS = ("hann", "hamming", "blackman", ("kaiser", 5.0), ("gaussian", 100), 8.0, np.hanning)

drawn = settings(derandomize=True, max_examples=120)
quiet = pytest.mark.filterwarnings(
    "ignore:.*is too large for:UserWarning",
    "ignore:Empty filters:UserWarning",
    "ignore:.*two periods:UserWarning",
)


def tenth(vector: Array, width: tuple[int, int], axis: int, kwargs: dict[str, Any]) -> None:
    """Pad with a tenth of the nearest sample, as a function that numpy.pad takes."""
    left, right = width
    vector[:left] = vector[left] / 10
    vector[len(vector) - right :] = vector[-right - 1] / 10


def voice(n: int, channels: tuple[int, ...], dtype: type, seed: int) -> Array:
    """Harmonics of a gliding pitch over a floor of noise; another pitch in every channel."""
    rng = np.random.default_rng(seed)
    f0 = rng.uniform(90, 350, (*channels, 1)) * (1 + 0.1 * np.sin(np.arange(n) / 3000))
    phase = 2 * np.pi * np.cumsum(f0, axis=-1) / 22050
    tone = sum(np.sin(k * phase + k) / k for k in range(1, 12))
    y = 0.2 * tone + 1e-3 * rng.standard_normal((*channels, n))
    return y.astype(dtype)


@st.composite
def signals(draw: st.DrawFn, shortest: int = 1) -> Array:
    shape = draw(st.sampled_from([(), (1,), (2,), (2, 3)]))
    y = voice(
        draw(st.integers(shortest, 9000)),
        shape,
        draw(st.sampled_from([np.float32, np.float64])),
        draw(st.integers(0, 99)),
    )
    return y * y.dtype.type(draw(st.sampled_from([1e-3, 1.0, 3.0])))


@st.composite
def frames(draw: st.DrawFn, name: str, modes: tuple[str, ...]) -> dict[str, Any]:
    """Frame length (by the name that the function gives it), hop, centering and padding."""
    return {
        name: draw(st.sampled_from([16, 441, 512, 1103, 2048])),
        "hop_length": draw(st.sampled_from([100, 512, 2000])),
        "center": draw(st.booleans()),
        "pad_mode": draw(st.sampled_from([*modes, tenth])),
    }


def long_enough(y: Array, arguments: dict[str, Any], name: str) -> Array:
    """Give the signal, repeated until a left-aligned frame fits."""
    if arguments["center"]:
        return y
    return np.tile(y, -(-arguments[name] // y.shape[-1]))


def same_kind(actual: Array, expected: Array) -> None:
    assert actual.shape == expected.shape
    assert actual.dtype == expected.dtype


@st.composite
def transforms(draw: st.DrawFn) -> dict[str, Any]:
    """Arguments of librosa.stft."""
    arguments = draw(frames("n_fft", TRANSFORM_PAD_MODES))
    if arguments["n_fft"] < 400:
        arguments["n_fft"] = 400
    if arguments["hop_length"] >= arguments["n_fft"] // 2 and arguments["pad_mode"] == "reflect":
        arguments["pad_mode"] = "edge"  # librosa.stft reflects a piece of the tail on itself there
    return {
        **arguments,
        "window": draw(st.sampled_from(WINDOWS)),
        "win_length": draw(st.sampled_from([None, 400, 399])),
    }
