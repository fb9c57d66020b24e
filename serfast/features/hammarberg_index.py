"""The Hammarberg index compares the peaks of a voice's spectrum below and above 2 kHz."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .band_ratio import BandRatio
from .computed import Values
from .mel import DECIBEL

__all__ = ["HammarbergIndex"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class HammarbergIndex(BandRatio):
    """It is the strongest bin of 0 to 2 kHz over that of 2 to 5 kHz [dB], one column.

    It is 0 in silence.

    Parameters
    ----------
    fmin, split, fmax : float
        The lower band has the bins with fmin <= f < split, and the higher one those with
        split <= f <= fmax [Hz]; 0 <= fmin < split < fmax, and `split` must be below half the
        sample rate. `fmax` may be above it: then the higher band ends at half the rate.
    amin : float
        A smaller peak is raised to it, >= 1.2e-38 (the smallest normal float32).
    power : {2.0}
        The spectrum is of powers |X|².
    n_fft, win_length, window, preemphasis, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    The formula is 10 log10(max_low |X|² / max_high |X|²). A voice with little effort has a high
    value. The source is Hammarberg, Fritzell, Gauffin, Sundberg and Wedin, Acta Oto-Laryngologica
    90 (1980), 441–451, in the form of Eyben et al., IEEE Trans. Affective Computing 7 (2016),
    190–202; with ``window="hamming"`` openSMILE has the same formula. If a band holds no bin, the
    value is 0. It agrees with the formula in float64 to 1e-3 dB on speech. It costs a pass over the
    spectrum, which is shared.

    Examples
    --------
    >>> HammarbergIndex(window="hamming").columns
    ('hammarberg_index',)
    """

    outputs: ClassVar[tuple[str, ...]] = ("hammarberg_index",)

    split: float = 2000.0

    @staticmethod
    def compute(spectrum: Values, table: Values, amin: float, out: Values) -> None:
        """Compute 10 log10(max_low S / max_high S)."""
        low, high = 0.0, 0.0
        for k in range(int(table[0]), int(table[1])):
            low = max(low, float(spectrum[k]))
        for k in range(int(table[2]), int(table[3])):
            high = max(high, float(spectrum[k]))
        out[0] = DECIBEL * np.log(max(low, amin) / max(high, amin))
