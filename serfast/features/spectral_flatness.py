"""Spectral flatness tells how even a spectrum is, by the means of its bins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from .base import Rows, check_floor
from .computed import SpectrumFeature, Values

__all__ = ["SpectralFlatness"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SpectralFlatness(SpectrumFeature):
    """It is the geometric over the arithmetic mean of the spectrum: 0 for a tone to 1 for silence.

    Parameters
    ----------
    amin : float
        Smaller bins are raised to it, >= 1.2e-38 (the smallest normal float32). So silence counts
        as an even spectrum.
    power : {1.0, 2.0}
        The spectrum is magnitude |X| (1) or power |X|² (2).
    n_fft, win_length, window, preemphasis, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    The formula is exp(mean ln S) / mean S, in one column. It agrees with
    ``librosa.feature.spectral_flatness`` to 5e-3 relative, and in most frames to 1e-6. A tone's
    weakest bins are 120 dB and more below it: they hold float32's noise, and their logarithms have
    the same weight as others. With magnitudes (``power=1``) this holds for ``amin=1e-5``, the
    square root of the limit for power. With a smaller `amin`, rounding decides the value of a pure
    tone. It costs a logarithm for each bin. The source is Dubnov, IEEE Signal Processing Letters 11
    (2004), 698–701.

    Examples
    --------
    >>> SpectralFlatness().columns
    ('spectral_flatness',)
    """

    outputs: ClassVar[tuple[str, ...]] = ("spectral_flatness",)
    unit: ClassVar[str] = "1"

    amin: float = 1e-10

    def __post_init__(self) -> None:
        super().__post_init__()
        check_floor(self.amin)

    @staticmethod
    def compute(spectrum: Values, amin: float, out: Values) -> None:
        """Compute exp(mean ln S) / mean S."""
        logarithms, total = 0.0, 0.0
        for k in range(len(spectrum)):
            value = max(float(spectrum[k]), amin)
            logarithms += math.log(value)
            total += value
        n = len(spectrum)
        out[0] = math.exp(logarithms / n) / (total / n)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 0.01 of each value; the notes of the class say why."""
        return self.limit(1e-2, expected, expected)
