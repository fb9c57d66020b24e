"""Where the spectrum lies: centroid, bandwidth, roll-off. Bins are weighed by magnitude |X|."""

from __future__ import annotations

import math
from dataclasses import dataclass

from serfast.errors import ParameterError

from .base import PowerFeature, Values

__all__ = ["SpectralBandwidth", "SpectralCentroid", "SpectralRolloff"]


@dataclass(frozen=True, kw_only=True)
class SpectralCentroid(PowerFeature):
    """Mean frequency [Hz] of a frame, weighed by magnitude; 0 for silence.

    Parameters
    ----------
    n_fft, win_length, window, preemphasis, remove_dc
        As in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    Σ f |X| / Σ |X|; ``librosa.feature.spectral_centroid`` to 1e-5 relative. Grey and Gordon,
    J. Acoust. Soc. Am. 63 (1978), 1493–1500.

    Examples
    --------
    >>> SpectralCentroid().columns
    ('spectral_centroid',)
    """

    outputs = ("spectral_centroid",)

    @staticmethod
    def compute(spectrum: Values, frequencies: Values, out: Values) -> None:
        """Σ f |X| / Σ |X|."""
        total, moment = 0.0, 0.0
        for k in range(len(spectrum)):
            magnitude = math.sqrt(spectrum[k])
            total += magnitude
            moment += magnitude * frequencies[k]
        out[0] = moment / total if total > 0 else 0.0


@dataclass(frozen=True, kw_only=True)
class SpectralBandwidth(PowerFeature):
    """Standard deviation [Hz] about the centroid, weighed by magnitude; 0 for silence.

    Parameters
    ----------
    n_fft, win_length, window, preemphasis, remove_dc
        As in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    √(Σ (f - centroid)² |X| / Σ |X|); ``librosa.feature.spectral_bandwidth`` (p=2) to 1e-4
    relative: far from the centroid, float32's noise in the transform weighs most.

    Examples
    --------
    >>> SpectralBandwidth(name="width").columns
    ('width',)
    """

    outputs = ("spectral_bandwidth",)

    @staticmethod
    def compute(spectrum: Values, frequencies: Values, out: Values) -> None:
        """√(Σ (f - centroid)² |X| / Σ |X|)."""
        total, moment, spread = 0.0, 0.0, 0.0
        for k in range(len(spectrum)):
            magnitude = math.sqrt(spectrum[k])
            total += magnitude
            moment += magnitude * frequencies[k]
        centroid = moment / total if total > 0 else 0.0
        for k in range(len(spectrum)):
            spread += math.sqrt(spectrum[k]) * (frequencies[k] - centroid) ** 2
        out[0] = math.sqrt(spread / total) if total > 0 else 0.0


@dataclass(frozen=True, kw_only=True)
class SpectralRolloff(PowerFeature):
    """Frequency [Hz] of the bin up to which a share of the magnitude lies; 0 for silence.

    Parameters
    ----------
    share : float
        Of the sum of magnitudes, 0 < share < 1.
    n_fft, win_length, window, preemphasis, remove_dc
        As in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    The lowest f with Σ_{g <= f} |X(g)| >= share · Σ |X|; ``librosa.feature.spectral_rolloff`` with
    ``roll_percent=share``, but where a sum meets the threshold within float32's rounding.

    Examples
    --------
    >>> SpectralRolloff(share=0.95, n_fft=400).share
    0.95
    """

    outputs = ("spectral_rolloff",)

    share: float = 0.85

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.share < 1:
            raise ParameterError(f"share must be > 0 and < 1, got {self.share}")

    @staticmethod
    def compute(spectrum: Values, frequencies: Values, share: float, out: Values) -> None:
        """Lowest f with Σ_{g <= f} |X(g)| >= share · Σ |X|."""
        total = 0.0
        for k in range(len(spectrum)):
            total += math.sqrt(spectrum[k])
        k, below = 0, math.sqrt(spectrum[0])
        while k + 1 < len(spectrum) and below < share * total:
            k += 1
            below += math.sqrt(spectrum[k])
        out[0] = frequencies[k]
