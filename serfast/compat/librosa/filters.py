"""Mel filter banks, as librosa calls them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike

from ... import _checks as checks
from ..._lazy import suggesting
from ...features.mel import filter_bank
from .util.warning import warn_caller

__all__ = ["MelBank", "mel"]

if not TYPE_CHECKING:  # else a type checker would take every name for a right one
    __getattr__ = suggesting(__name__, __all__)

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, kw_only=True)
class MelBank:
    """Arguments of :func:`mel`, checked and in their plain types, so that they can be a key."""

    sr: float
    n_fft: int
    n_mels: int = 128
    fmin: float = 0.0
    fmax: float | None = None
    htk: bool = False
    norm: str | float | None = "slaney"
    dtype: DTypeLike = np.float32

    def __post_init__(self) -> None:
        sr = checks.number("sr", self.sr, above=0)
        fmin = checks.number("fmin", self.fmin, minimum=0)
        fmax = None if self.fmax is None else checks.number("fmax", self.fmax)
        top = sr / 2 if fmax is None else fmax
        if fmin >= top:
            checks.fail("fmin", f"< fmax ({top:g} Hz)", self.fmin)
        dtype = np.dtype(self.dtype)
        if dtype.kind != "f":
            checks.fail("dtype", "a floating-point dtype", self.dtype)
        plain = {
            "sr": sr,
            "n_fft": checks.integer("n_fft", self.n_fft),
            "n_mels": checks.integer("n_mels", int(self.n_mels)),
            "fmin": fmin,
            "fmax": fmax,
            "htk": bool(self.htk),
            "norm": _norm(self.norm),
            "dtype": dtype,
        }
        for name, value in plain.items():
            object.__setattr__(self, name, value)

    @property
    def native(self) -> bool:
        """Tell whether the engine makes exactly these bands."""
        return self.norm in ("slaney", None) and (self.fmax is None or self.fmax <= self.sr / 2)

    def weights(self) -> Array:
        """Make the bank, shape (n_mels, n_fft // 2 + 1); the array is shared and read-only."""
        return _weights(self)

    def warn_if_empty(self) -> None:
        """Warn if a band lies between two bins, so that it is always zero."""
        if _has_empty_band(self):
            warn_caller(
                f"Empty filters detected: {self.n_mels} mel bands are too many for n_fft="
                f"{self.n_fft}, or fmax is too high; some bands will always be zero"
            )


@lru_cache(maxsize=16)
def _weights(bank: MelBank) -> Array:
    table = filter_bank(
        sample_rate=bank.sr,
        n_fft=bank.n_fft,
        n_mels=bank.n_mels,
        fmin=bank.fmin,
        fmax=bank.fmax,
        htk=bank.htk,
        mel_norm="slaney" if bank.norm == "slaney" else None,
        warn=lambda message: None,  # see MelBank.warn_if_empty
    )
    if isinstance(bank.norm, float):
        table = _normalized(table, bank.norm)
    weights = table.astype(bank.dtype)
    weights.flags.writeable = False
    return weights


@lru_cache(maxsize=256)
def _has_empty_band(bank: MelBank) -> bool:
    """Tell whether a band has no bin; a band that begins at 0 Hz isn't counted."""
    first = 1 if bank.fmin == 0 else 0
    return not bank.weights()[first:].any(axis=1).all()


def _norm(norm: Any) -> str | float | None:
    """Give the norm as a plain value."""
    if norm is None or (isinstance(norm, str) and norm == "slaney"):
        return norm
    is_number = isinstance(norm, Real) and not isinstance(norm, bool)
    if not is_number or not (norm >= 0 or norm == -np.inf):
        checks.fail("norm", "'slaney', None, 0, a number > 0, inf or -inf", norm)
    return float(norm)


def _normalized(weights: Array, norm: float) -> Array:
    """Give rows divided by their norm; a row of (almost) no length stays as it is."""
    length = np.linalg.norm(weights, ord=norm, axis=-1, keepdims=True)
    length[length < np.finfo(np.float32).tiny] = 1.0
    return np.asarray(weights / length)


def mel(
    *,
    sr: float,
    n_fft: int,
    n_mels: int = 128,
    fmin: float = 0.0,
    fmax: float | None = None,
    htk: bool = False,
    norm: str | float | None = "slaney",
    dtype: DTypeLike = np.float32,
) -> Array:
    """Bank of triangular filters, evenly spaced on the mel scale.

    Parameters
    ----------
    sr : float
        Sample rate [Hz].
    n_fft : int
        Length of the transform whose bins are weighted.
    n_mels : int
        Bands.
    fmin, fmax : float
        Lower edge of the first and upper edge of the last band [Hz]; fmax None is sr / 2.
    htk : bool
        HTK's mel scale instead of Slaney's.
    norm : {"slaney", None} or number
        "slaney": same area for every band; a number p: rows of unit p-norm; None: peak 1.
    dtype : dtype
        Of the result.

    Returns
    -------
    ndarray, shape (n_mels, n_fft // 2 + 1)

    Raises
    ------
    ParameterError
        If an argument breaks its rule. Unlike librosa, fmin >= fmax is one that does.

    Examples
    --------
    >>> mel(sr=22050, n_fft=2048).shape
    (128, 1025)
    """
    bank = MelBank(
        sr=sr, n_fft=n_fft, n_mels=n_mels, fmin=fmin, fmax=fmax, htk=htk, norm=norm, dtype=dtype
    )
    bank.warn_if_empty()
    return bank.weights().copy()
