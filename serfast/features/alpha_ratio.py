"""The alpha ratio compares the power of a voice below 1 kHz with that above it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .. import _checks as checks
from .band_ratio import BandRatio, Table
from .computed import Values
from .mel import DECIBEL

__all__ = ["AlphaRatio"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AlphaRatio(BandRatio):
    """It is the power of 50 to 1000 Hz over that of 1 to 5 kHz [dB], one column; 0 in silence.

    Parameters
    ----------
    fmin, split, fmax : float
        The bins with fmin <= f < split are summed, and those with split <= f <= fmax [Hz];
        0 <= fmin < split < fmax, and `split` must be below half the sample rate. `fmax` may be
        above it: then the higher band ends at half the rate.
    inverted : bool
        If True, it is the higher band over the lower one, as in openSMILE: the negative value.
    amin : float
        A smaller sum is raised to it, >= 1.2e-38 (the smallest normal float32).
    power : {2.0}
        The spectrum is of powers |X|².
    n_fft, win_length, window, preemphasis, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    The formula is 10 log10(Σ_low |X|² / Σ_high |X|²). A breathy or soft voice has a high value and
    a pressed or loud one a low value. The source is Eyben et al., IEEE Trans. Affective Computing
    7 (2016), 190–202, after Frøkjær-Jensen and Prytz, Brüel & Kjær Technical Review 3 (1976), 3–17.
    openSMILE has ``fmin=0, inverted=True`` and a symmetric Hamming window. If a band holds no
    bin, the value is 0. It agrees with the formula in float64 to 1e-4 dB on speech. It costs a pass
    over the spectrum, which is shared.

    Examples
    --------
    >>> AlphaRatio(window="hamming").columns
    ('alpha_ratio',)
    """

    outputs: ClassVar[tuple[str, ...]] = ("alpha_ratio",)

    fmin: float = 50.0
    inverted: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.boolean("inverted", self.inverted)

    def table(self, sample_rate: float) -> Table:
        """Give the first bin and the end of the band above the line, then of that below it."""
        bands = super().table(sample_rate)
        return np.roll(bands, 2) if self.inverted else bands

    @staticmethod
    def compute(spectrum: Values, table: Values, amin: float, out: Values) -> None:
        """Compute 10 log10(Σ_low S / Σ_high S)."""
        low, high = 0.0, 0.0
        for k in range(int(table[0]), int(table[1])):
            low += spectrum[k]
        for k in range(int(table[2]), int(table[3])):
            high += spectrum[k]
        out[0] = DECIBEL * np.log(max(low, amin) / max(high, amin))
