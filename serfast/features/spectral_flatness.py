"""Spectral flatness: how even a spectrum is, by the means of its bins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from .base import Rows, check_floor
from .computed import SpectrumFeature, Values

__all__ = ["SpectralFlatness"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SpectralFlatness(SpectrumFeature):
    """Geometric over arithmetic mean of the spectrum; one column, 0 for a tone to 1 for silence.

    Parameters
    ----------
    amin : float
        Bins below it count as this much, >= 1.2e-38 (the smallest normal float32): silence is even.
    power : {1.0, 2.0}
        Whether the spectrum is magnitude |X| or power |X|².
    n_fft, win_length, window, preemphasis, remove_dc
        As in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    exp(mean ln S) / mean S. ``librosa.feature.spectral_flatness`` to 5e-3 relative, in most frames
    1e-6: a tone's weakest bins, 120 dB and more below it, hold float32's noise, and their
    logarithms count like others. Of magnitudes (``power=1``) that needs ``amin=1e-5``, the root of
    the floor of power: a lower one lets rounding decide the value of a pure tone. It costs a
    logarithm a bin. Dubnov, IEEE Signal Processing Letters 11 (2004), 698–701.

    Examples
    --------
    >>> SpectralFlatness().columns
    ('spectral_flatness',)
    """

    outputs: ClassVar[tuple[str, ...]] = ("spectral_flatness",)

    amin: float = 1e-10

    def __post_init__(self) -> None:
        super().__post_init__()
        check_floor(self.amin)

    @staticmethod
    def compute(spectrum: Values, amin: float, out: Values) -> None:
        """exp(mean ln S) / mean S."""
        logarithms, total = 0.0, 0.0
        for k in range(len(spectrum)):
            value = max(float(spectrum[k]), amin)
            logarithms += math.log(value)
            total += value
        n = len(spectrum)
        out[0] = math.exp(logarithms / n) / (total / n)

    def tolerance(self, expected: Rows) -> Rows:
        """Say how far values may be off: 0.01 of each; see the notes of the class."""
        return self.limit(1e-2, expected, expected)
