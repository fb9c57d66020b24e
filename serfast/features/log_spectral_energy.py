"""The log spectral energy is the logarithm of the sum of a spectrum's bins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .. import _checks as checks
from .base import Rows, check_floor
from .computed import SpectrumFeature, Values

__all__ = ["LogSpectralEnergy"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LogSpectralEnergy(SpectrumFeature):
    """It is the natural logarithm of the sum of a spectrum's bins: one column [neper].

    Parameters
    ----------
    energy_gain : float
        The sum is multiplied by it, 1e-12 to 1e12. python_speech_features has 1 / n_fft.
    amin : float
        A smaller energy is raised to it, >= 1.2e-38.
    n_fft, frame_length, win_length, window, window_periodic, preemphasis, remove_dc, power
        They mean the same as in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    It is ln(max(amin, energy_gain · Σ S[k])) over the bins 0 … n_fft // 2. By Parseval's theorem
    that is about half the energy of the windowed samples times n_fft, as the other half of the bins
    isn't counted. It agrees with the energy that python_speech_features puts in the place of
    coefficient 0 to 1e-5. It costs a pass over the spectrum, which is shared.

    Examples
    --------
    >>> LogSpectralEnergy().columns
    ('log_spectral_energy',)
    """

    outputs: ClassVar[tuple[str, ...]] = ("log_spectral_energy",)
    unit: ClassVar[str] = "neper"

    energy_gain: float = 1.0
    amin: float = 1e-10

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.number("energy_gain", self.energy_gain, minimum=1e-12, maximum=1e12)
        check_floor(self.amin)

    @staticmethod
    def compute(spectrum: Values, energy_gain: float, amin: float, out: Values) -> None:
        """Compute ln(max(amin, energy_gain · Σ S))."""
        total = 0.0
        for k in range(len(spectrum)):
            total += float(spectrum[k])
        out[0] = math.log(max(amin, energy_gain * total))

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 1e-4; and more for constant frames whose mean is removed: rounding is left."""
        quiet = expected.max(initial=-np.inf) - 20
        return self.limit(1.0, np.where(expected > quiet, 1e-4, np.inf), expected)
