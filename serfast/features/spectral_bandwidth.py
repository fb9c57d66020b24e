"""Spectral bandwidth tells how far a spectrum spreads about its centroid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .base import Rows
from .computed import SpectrumFeature, Values

__all__ = ["SpectralBandwidth"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SpectralBandwidth(SpectrumFeature):
    """It is the standard deviation of a frame's frequencies about the centroid [Hz], one column.

    The spectrum gives the weights. The value is 0 for silence.

    Parameters
    ----------
    power : {1.0, 2.0}
        The weights are magnitudes |X| (1) or powers |X|² (2).
    n_fft, win_length, window, preemphasis, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    The formula is √(Σ (f - centroid)² S(f) / Σ S(f)). It agrees with
    ``librosa.feature.spectral_bandwidth`` with ``p=2`` to 1e-4 relative: float32's noise in the
    transform has most weight far from the centroid. It costs a pass over the spectrum, which is
    shared. The source is Klapuri and Davy, Signal Processing Methods for Music Transcription
    (2006), chapter 5.

    Examples
    --------
    >>> SpectralBandwidth(name="width").columns
    ('width',)
    """

    outputs: ClassVar[tuple[str, ...]] = ("spectral_bandwidth",)
    unit: ClassVar[str] = "Hz"

    power: float = 1.0

    @staticmethod
    def compute(spectrum: Values, frequencies: Values, out: Values) -> None:
        """Compute √(Σ (f - centroid)² S / Σ S)."""
        total, moment, spread = 0.0, 0.0, 0.0
        for k in range(len(spectrum)):
            total += spectrum[k]
            moment += frequencies[k] * spectrum[k]
        centroid = moment / total if total > 0 else 0.0
        for k in range(len(spectrum)):
            spread += (frequencies[k] - centroid) ** 2 * spectrum[k]
        out[0] = math.sqrt(spread / total) if total > 0 else 0.0

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 2e-4 of each value; the notes of the class say why."""
        return self.limit(2e-4, np.abs(expected), expected)
