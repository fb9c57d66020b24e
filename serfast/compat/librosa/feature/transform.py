"""The short-time transform: its arguments, checked, and its window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from .... import _checks as checks
from ....features import PowerSpectrum
from .. import _engine as engine
from ..util.utils import check_audio
from ..util.warning import warn_caller

__all__ = ["AnyWindow", "Transform"]

Array = np.ndarray[Any, Any]
AnyWindow: TypeAlias = str | float | tuple[Any, ...] | Callable[[int], Array] | Any

REFUSED_PADDING = ("wrap", "maximum", "mean", "median", "minimum")  # librosa.stft refuses them too


@dataclass(frozen=True, kw_only=True)
class Transform:
    """Arguments that say how samples become spectra."""

    n_fft: int = 2048
    hop_length: int | None = 512
    win_length: int | None = None
    window: AnyWindow = "hann"
    center: bool = True
    pad_mode: engine.AnyPadMode = "constant"
    power: float = 2.0

    def __post_init__(self) -> None:
        checks.integer("n_fft", self.n_fft, 2)
        if self.win_length is not None:
            checks.integer("win_length", self.win_length, 1, self.n_fft)
        if self.center and isinstance(self.pad_mode, str) and self.pad_mode in REFUSED_PADDING:
            checks.fail("pad_mode", f"none of {', '.join(REFUSED_PADDING)}", self.pad_mode)
        checks.number("power", self.power)

    def frames(self) -> dict[str, Any]:
        """Give the arguments of a feature's frames and window."""
        length = self.n_fft if self.win_length is None else self.win_length
        return {
            "n_fft": self.n_fft,
            "win_length": self.win_length,
            "window": _window(self.window, length),
        }

    def rows(self, y: Array, feature: PowerSpectrum, sr: float) -> Array:
        """Give the engine's rows of every channel, shape (..., n_frames, n_columns)."""
        hop = (self.win_length or self.n_fft) // 4 if self.hop_length is None else self.hop_length
        return engine.rows(
            y, feature, sr=sr, hop_length=hop, center=self.center, pad_mode=self.pad_mode
        )

    def checked(self, y: Array | None) -> Array:
        """Give y, if it is audio; warn if a centred frame is longer than it."""
        if y is None:
            checks.refuse("y or S", "given", "neither")
        check_audio(y)
        if self.center and self.n_fft > y.shape[-1]:
            warn_caller(f"n_fft={self.n_fft} is too large for a signal of {y.shape[-1]} samples")
        return y


def _window(window: AnyWindow, length: int) -> str | tuple[Any, ...]:
    """Give the window as a feature takes it: a name, a (name, …) tuple, or its weights."""
    if callable(window):
        window = np.asarray(window(length))
    if isinstance(window, str):
        return window
    if isinstance(window, tuple):
        if not window or not isinstance(window[0], str):
            checks.fail("window", "a tuple that begins with a name", window)
        return tuple(tuple(np.asarray(part).tolist()) if np.ndim(part) else part for part in window)
    if isinstance(window, np.ndarray | list):
        return tuple(np.asarray(window).tolist())
    return "kaiser", checks.number("window", window)
