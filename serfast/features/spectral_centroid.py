"""The spectral centroid tells where the middle of a spectrum lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .base import Rows
from .computed import SpectrumFeature, Values

__all__ = ["SpectralCentroid"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SpectralCentroid(SpectrumFeature):
    """It is the mean frequency of a frame [Hz], weighted by its spectrum: one column, 0 in silence.

    Parameters
    ----------
    power : {1.0, 2.0}
        The weights are magnitudes |X| (1) or powers |X|² (2).
    n_fft, win_length, window, preemphasis, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    The formula is Σ f S(f) / Σ S(f). It agrees with ``librosa.feature.spectral_centroid`` to 1e-5
    relative. The source is Grey and Gordon, J. Acoust. Soc. Am. 63 (1978), 1493–1500. It costs a
    pass over the spectrum, which is shared.

    Examples
    --------
    >>> SpectralCentroid().columns
    ('spectral_centroid',)
    """

    outputs: ClassVar[tuple[str, ...]] = ("spectral_centroid",)
    unit: ClassVar[str] = "Hz"

    power: float = 1.0

    @staticmethod
    def compute(spectrum: Values, frequencies: Values, out: Values) -> None:
        """Compute Σ f S / Σ S."""
        total, moment = 0.0, 0.0
        for k in range(len(spectrum)):
            total += spectrum[k]
            moment += frequencies[k] * spectrum[k]
        out[0] = moment / total if total > 0 else 0.0

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 2e-5 of each value, which is the noise of a float32 FFT."""
        return self.limit(2e-5, np.abs(expected), expected)
