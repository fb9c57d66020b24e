"""Spectral roll-off gives the frequency below which most of a spectrum lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .. import _checks as checks
from .base import Rows
from .computed import SpectrumFeature, Values

__all__ = ["SpectralRolloff"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SpectralRolloff(SpectrumFeature):
    """It is the frequency of the bin up to which a share of the spectrum lies [Hz], one column.

    It is 0 for silence.

    Parameters
    ----------
    share : float
        It is a share of the spectrum's sum, 0 < share < 1.
    power : {1.0, 2.0}
        The spectrum is magnitude |X| (1) or power |X|² (2).
    n_fft, win_length, window, preemphasis, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    It is the lowest f with Σ_{g <= f} S(g) >= share · Σ S. It equals
    ``librosa.feature.spectral_rolloff`` with ``roll_percent=share``, except where a sum is equal to
    the threshold within float32's rounding: there it may be the next bin. It costs a pass over the
    spectrum, which is shared. The source is Scheirer and Slaney, ICASSP 1997, 1331–1334.

    Examples
    --------
    >>> SpectralRolloff(share=0.95, n_fft=400).share
    0.95
    """

    outputs: ClassVar[tuple[str, ...]] = ("spectral_rolloff",)
    unit: ClassVar[str] = "Hz"
    forgiven: ClassVar[float] = 1 / 8

    power: float = 1.0
    share: float = 0.85

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.share < 1:
            checks.fail("share", "> 0 and < 1", self.share)

    @staticmethod
    def compute(spectrum: Values, frequencies: Values, share: float, out: Values) -> None:
        """Find the lowest f with Σ_{g <= f} S(g) >= share · Σ S."""
        total = 0.0
        for k in range(len(spectrum)):
            total += spectrum[k]
        k, below = 0, float(spectrum[0])
        while k + 1 < len(spectrum) and below < share * total:
            k += 1
            below += spectrum[k]
        out[0] = frequencies[k]

    def tolerance(self, expected: Rows) -> Rows:
        """Allow rounding alone; rows in which a tie leads to the next bin are forgiven."""
        return self.limit(1e-6, np.abs(expected), expected)
