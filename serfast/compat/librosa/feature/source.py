"""A function's spectra come from samples through the engine, or from a spectrogram S."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .... import _checks as checks
from ....features import PowerSpectrum
from .. import _engine as engine
from ..util.utils import check_everywhere, check_finite
from .transform import AnyWindow, Transform

__all__ = ["GivenSource", "SignalSource", "given_spectrogram", "source"]

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class SignalSource:
    """Samples and how they become spectra."""

    y: Array
    transform: Transform
    sr: float

    @property
    def n_fft(self) -> int:
        """Length of the transform."""
        return self.transform.n_fft

    @property
    def dtype(self) -> np.dtype[Any]:
        """Give the dtype of librosa's magnitudes."""
        return np.result_type(self.y.dtype, np.float32)

    def rows(self, kind: type[PowerSpectrum], **fields: Any) -> Array:
        """Give the engine's rows of a feature, shape (..., n_columns, n_frames)."""
        cls: Any = kind  # hashable, whatever mypy says
        feature = engine.feature(cls, **self.transform.frames(), **fields)
        return np.swapaxes(self.transform.rows(self.y, feature, self.sr), -1, -2)

    def magnitudes(self) -> Array:
        """Magnitudes of the transform, shape (..., n_bins, n_frames)."""
        return self.rows(PowerSpectrum, power=1.0)

    energies = magnitudes


@dataclass(frozen=True, kw_only=True, eq=False)
class GivenSource:
    """A spectrogram that the caller has."""

    S: Array
    n_fft: int
    sr: float

    @property
    def dtype(self) -> np.dtype[Any]:
        """Give the dtype of S."""
        return np.dtype(self.S.dtype)

    def magnitudes(self) -> Array:
        """Give S if it holds finite real numbers, or raise ParameterError."""
        if self.S.dtype.kind not in "biuf":
            checks.refuse("S", "of real numbers", f"dtype {self.S.dtype}")
        check_finite(self.S, "S")
        return self.S

    def energies(self) -> Array:
        """Give S if it holds finite real numbers >= 0, or raise ParameterError."""
        S = self.magnitudes()
        check_everywhere("S", ">= 0", S, S >= 0)
        return S


def source(
    y: Array | None,
    S: Any,
    sr: float,
    n_fft: int | None,
    hop_length: int | None,
    win_length: int | None,
    window: AnyWindow,
    center: bool,
    pad_mode: engine.AnyPadMode,
) -> SignalSource | GivenSource:
    """Give the source that the caller of a public function chose: S if there is one, else y.

    The warning for a frame that is longer than y points at the line that called that function.

    Raises
    ------
    ParameterError
        If neither y nor S is given, or an argument that is needed breaks its rule.
    """
    sr = checks.number("sr", sr, above=0)
    if S is not None:
        S, n_fft = given_spectrogram(S, n_fft)
        return GivenSource(S=S, n_fft=n_fft, sr=sr)
    transform = Transform(
        n_fft=checks.integer("n_fft", n_fft, 2),
        hop_length=hop_length,
        win_length=win_length,
        window=window,
        center=center,
        pad_mode=pad_mode,
    )
    return SignalSource(y=transform.checked(y), transform=transform, sr=sr)


def given_spectrogram(S: Any, n_fft: int | None) -> tuple[Array, int]:
    """Give S as an array, and the transform's length: n_fft, unless S has other bins."""
    S = np.asarray(S)
    if S.ndim < 2 or S.shape[-2] < 2:
        checks.refuse("S", "of shape (..., n_fft // 2 + 1, n_frames)", f"shape {S.shape}")
    if n_fft is None or n_fft // 2 + 1 != S.shape[-2]:
        n_fft = 2 * (S.shape[-2] - 1)
    return S, n_fft
