"""Spectral slope: how fast a spectrum rises or falls over frequency."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import serfast
from serfast.errors import ParameterError

from .base import Values, check_band

__all__ = ["SpectralTilt"]


@dataclass(frozen=True, kw_only=True)
class SpectralTilt(serfast.SpectrumFeature):
    """Slope of the line that fits a frame's spectrum best between two frequencies; one column.

    Parameters
    ----------
    fmin, fmax : float
        Bins from `fmin` to `fmax` [Hz] count, both included, 0 <= fmin < fmax <= half the rate.
    decibel : bool
        True: the slope of the level [dB/Hz]. False: of the magnitude |X| (or |X|², as `power`
        says) over its sum in the band [1/Hz].
    amin : float
        Bins below it count as this much in decibel, >= 1.2e-38 (the smallest normal float32).
    n_fft, win_length, window, preemphasis, remove_dc, power
        As in :class:`serfast.PowerSpectrum`; `power` is 2 by default.

    Notes
    -----
    Σ (f - f̄) y / Σ (f - f̄)², the least-squares line through y(f). With decibels and the bands
    0–500 Hz and 500–1500 Hz it is the slope of Eyben et al., The Geneva Minimalistic Acoustic
    Parameter Set, IEEE Trans. Affective Computing 7 (2016), 190–202; linear, that of Peeters, A
    Large Set of Audio Features (CUIDADO, 2004), section 6.1. It is 0 where fewer than two bins lie
    in the band, and for silence.

    Examples
    --------
    >>> SpectralTilt(fmin=500, fmax=1500, name="slope_500_1500").columns
    ('slope_500_1500',)
    """

    outputs: ClassVar[tuple[str, ...]] = ("spectral_tilt",)

    fmin: float = 0.0
    fmax: float = 500.0
    decibel: bool = True
    amin: float = 1e-10

    def __post_init__(self) -> None:
        super().__post_init__()
        check_band(self.fmin, self.fmax, math.inf)
        if not 1.1754944e-38 <= self.amin <= 1e30:
            raise ParameterError(f"amin must be >= 1.17549e-38 and <= 1e+30, got {self.amin:g}")

    def check(self, sample_rate: float) -> None:
        """Raise ParameterError if the band reaches beyond half the sample rate [Hz]."""
        check_band(self.fmin, self.fmax, sample_rate)

    @staticmethod
    def compute(
        spectrum: Values, frequencies: Values, fmin: float, fmax: float, decibel: bool,
        power: float, amin: float, out: Values,
    ) -> None:  # fmt: skip
        """Σ (f - f̄) y / Σ (f - f̄)²."""
        n, middle, total = 0, 0.0, 0.0
        for k in range(len(spectrum)):
            if fmin <= frequencies[k] <= fmax:
                n += 1
                middle += frequencies[k]
                total += spectrum[k]
        middle /= max(n, 1)
        above, below = 0.0, 0.0
        for k in range(len(spectrum)):
            if fmin <= frequencies[k] <= fmax:
                y = float(spectrum[k])
                if decibel:
                    y = 20 / power * math.log10(max(y, amin))
                above += (frequencies[k] - middle) * y
                below += (frequencies[k] - middle) ** 2
        out[0] = 0.0
        if below > 0 and (decibel or total > 0):
            out[0] = above / below / (1.0 if decibel else total)
