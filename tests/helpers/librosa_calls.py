"""Draws for the tests of the drop-in: signals, frames and paddings that librosa takes too."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

Array = np.ndarray[Any, Any]

MEL_PAD_MODES = ("constant", "edge", "reflect", "symmetric", "linear_ramp")
ALL_PAD_MODES = (*MEL_PAD_MODES, "wrap", "maximum", "mean", "median", "minimum")

drawn = settings(derandomize=True, max_examples=120)


def tenth(vector: Array, width: tuple[int, int], axis: int, kwargs: dict[str, Any]) -> None:
    """A padding of one's own, as numpy.pad takes it: a tenth of the nearest sample."""
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
    """The signal, repeated until a left-aligned frame fits."""
    if arguments["center"]:
        return y
    return np.tile(y, -(-arguments[name] // y.shape[-1]))


def same_kind(actual: Array, expected: Array) -> None:
    assert actual.shape == expected.shape
    assert actual.dtype == expected.dtype
