"""The relative centroid and spread are those of a spectrum, as shares of half the sample rate."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from .base import Rows
from .computed import SpectrumFeature, Values

__all__ = ["RelativeCentroid", "RelativeSpread"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RelativeCentroid(SpectrumFeature):
    """It is the mean frequency of a frame, over half the sample rate: one column, 0 in silence.

    Parameters
    ----------
    power : {1.0, 2.0}
        The weights are magnitudes |X| (1) or powers |X|² (2).
    n_fft, win_length, window, preemphasis, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    The formula is Σ f S / Σ S over the first K = n_fft // 2 bins, where bin k counts as
    f = (k + 1) / K, the frequency of the next one. :class:`serfast.SpectralCentroid` is that of all
    bins [Hz]. The source is Giannakopoulos and Pikrakis, Introduction to Audio Analysis (2014),
    section 4.4.1, as pyAudioAnalysis has it. It agrees with the formula in float64 to 1e-5
    relative, and costs a pass over the spectrum, which is shared.

    Examples
    --------
    >>> RelativeCentroid(n_fft=400).columns
    ('relative_centroid',)
    """

    unit: ClassVar[str] = "1"
    outputs: ClassVar[tuple[str, ...]] = ("relative_centroid",)

    power: float = 1.0

    @staticmethod
    def compute(spectrum: Values, out: Values) -> None:
        """Compute Σ (k + 1) S / Σ S / K."""
        n = len(spectrum) - 1
        total, moment = 0.0, 0.0
        for k in range(n):
            total += spectrum[k]
            moment += k * float(spectrum[k])
        out[0] = (moment / total + 1.0) / n if total > 0 else 0.0

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 2e-5, which is the noise of a float32 FFT."""
        return self.limit(2e-5, 1.0, expected)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RelativeSpread(SpectrumFeature):
    """It is the deviation of a frame's frequencies, over half the sample rate: one column.

    The spectrum gives the weights. The value is 0 for silence.

    Parameters
    ----------
    power : {1.0, 2.0}
        The weights are magnitudes |X| (1) or powers |X|² (2).
    n_fft, win_length, window, preemphasis, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    The formula is √(Σ (f - centroid)² S / Σ S) over the first K = n_fft // 2 bins, with f = k / K.
    :class:`serfast.SpectralBandwidth` is that of all bins [Hz]. The source, agreement and cost are
    those of :class:`serfast.RelativeCentroid`.

    Examples
    --------
    >>> RelativeSpread(n_fft=400, name="spectral_spread").columns
    ('spectral_spread',)
    """

    unit: ClassVar[str] = "1"
    outputs: ClassVar[tuple[str, ...]] = ("relative_spread",)

    power: float = 1.0

    @staticmethod
    def compute(spectrum: Values, out: Values) -> None:
        """Compute √(Σ (k - c)² S / Σ S) / K, with the centroid c = Σ k S / Σ S."""
        n = len(spectrum) - 1
        total, moment, spread = 0.0, 0.0, 0.0
        for k in range(n):
            total += spectrum[k]
            moment += k * float(spectrum[k])
        centroid = moment / total if total > 0 else 0.0
        for k in range(n):
            spread += (k - centroid) ** 2 * float(spectrum[k])
        out[0] = math.sqrt(spread / total) / n if total > 0 else 0.0

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 1e-4: float32's noise has most weight far from the centroid."""
        return self.limit(1e-4, 1.0, expected)
