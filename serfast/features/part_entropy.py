"""The entropy of parts tells how evenly energy is spread over a frame, or over a spectrum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import _checks as checks
from .base import Rows
from .computed import FrameFeature, SpectrumFeature, Values

__all__ = ["EnergyEntropy", "SpectralPartEntropy"]

EPSILON = 2.0**-52
"""It is added to the energy of all and to each share, as in pyAudioAnalysis."""

MAX_PARTS = 4096


def entropy_of(parts: Any, total: float) -> float:
    """Give -Σ p log2(p + ε), with the shares p of parts in the energy of all."""
    entropy = 0.0
    for j in range(len(parts)):
        share = parts[j] / total
        entropy -= share * np.log2(share + EPSILON)
    return entropy


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class EnergyEntropy(FrameFeature):
    """It is the entropy of the energies of a frame's parts: one column [bit], 0 to log2(n_parts).

    A sudden change of energy within a frame makes it small.

    Parameters
    ----------
    frame_length : int
        A frame has this many samples, >= 1.
    n_parts : int
        A frame has so many parts of frame_length // n_parts samples, 1 to 4096. The samples behind
        them count in the energy of all alone.

    Notes
    -----
    The formula is -Σ p log2(p + ε), where p is the share of a part in Σ x² + ε, and ε = 2⁻⁵². The
    source is Giannakopoulos and Pikrakis, Introduction to Audio Analysis (2014), section 4.3.3;
    pyAudioAnalysis has ten parts. It agrees with the formula in float64 to 1e-5, and costs a pass
    over the frame and a logarithm for each part. It is 0 in silence.

    Examples
    --------
    >>> EnergyEntropy(frame_length=400).columns
    ('energy_entropy',)
    """

    unit: ClassVar[str] = "1"
    outputs: ClassVar[tuple[str, ...]] = ("energy_entropy",)

    n_parts: int = 10

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.integer("n_parts", self.n_parts, 1, MAX_PARTS)

    @staticmethod
    def compute(frame: Values, n_parts: int, out: Values) -> None:
        """Compute the entropy of the shares of the energies."""
        size = len(frame) // n_parts
        parts = np.zeros(n_parts)
        total = EPSILON
        for i in range(len(frame)):
            energy = float(frame[i]) * float(frame[i])
            total += energy
            if i < n_parts * size:
                parts[i // size] += energy
        out[0] = entropy_of(parts, total)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 2e-5, because back ends add float32 numbers in different orders."""
        return self.limit(2e-5, 1.0, expected)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SpectralPartEntropy(SpectrumFeature):
    """It is the entropy of the power of a spectrum's parts: one column [bit], 0 to log2(n_parts).

    Parameters
    ----------
    n_parts : int
        The first K = n_fft // 2 bins are so many parts of K // n_parts, 1 to 4096. The bins behind
        them, but the last of all, count in the power of all alone.
    n_fft, win_length, window, preemphasis, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`. `power` must be 2.

    Notes
    -----
    The formula is -Σ p log2(p + ε), where p is the share of a part in Σ |X / K|² + ε, and ε = 2⁻⁵².
    :class:`serfast.SpectralEntropy` is that of single bins. The source is Giannakopoulos and
    Pikrakis, Introduction to Audio Analysis (2014), section 4.4.2; pyAudioAnalysis has ten parts.
    It agrees with the formula in float64 to 1e-5. It costs a pass over the spectrum, which is
    shared, and a logarithm for each part.

    Examples
    --------
    >>> SpectralPartEntropy(n_fft=400).columns
    ('spectral_part_entropy',)
    """

    unit: ClassVar[str] = "1"
    outputs: ClassVar[tuple[str, ...]] = ("spectral_part_entropy",)

    n_parts: int = 10

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.integer("n_parts", self.n_parts, 1, MAX_PARTS)
        checks.choice("power", self.power, (2.0,))

    @staticmethod
    def compute(spectrum: Values, n_parts: int, out: Values) -> None:
        """Compute the entropy of the shares of the powers."""
        n = len(spectrum) - 1
        size = n // n_parts
        parts = np.zeros(n_parts)
        total = EPSILON * n * n
        for k in range(n):
            total += float(spectrum[k])
            if k < n_parts * size:
                parts[k // size] += float(spectrum[k])
        out[0] = entropy_of(parts, total)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 5e-5, which is the noise of a float32 FFT."""
        return self.limit(5e-5, 1.0, expected)
