"""Loudness tells how loud a frame is heard, from its power in mel bands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from .. import _checks as checks
from .base import Rows
from .computed import MelFeature, Values
from .mel import hz_to_mel, mel_to_hz

__all__ = ["Loudness", "equal_loudness"]

Table = np.ndarray[Any, np.dtype[np.float64]]


def equal_loudness(hz: Any, opensmile: bool = False) -> Table:
    """Give the weight of a frequency's power: about what a listener hears of it at 40 dB.

    It is Hermansky's equation 7, with the factor for frequencies above 5 kHz scaled so that it is 1
    at low ones: (ω² + 56.8e6) ω⁴ / ((ω² + 6.3e6)² (ω² + 0.38e9) (1 + ω⁶ / 9.58e26)), ω = 2π f.

    Examples
    --------
    >>> equal_loudness([100, 1000, 3500, 7500]).round(3).tolist()
    [0.001, 0.171, 0.545, 0.07]
    """
    square = (2 * np.pi * np.asarray(hz, dtype=np.float64)) ** 2
    rise = (square + 56.8e6) * square**2 / ((square + 6.3e6) ** 2 * (square + 0.38e9))
    fall = 0.17 + square**3.5 / 1e32 if opensmile else 1 + square**3 / 9.58e26
    return np.asarray(rise / fall)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Loudness(MelFeature):
    """It is the sum of the loudness in mel bands, weighted as it is heard: one column.

    It is almost 0 in silence.

    Parameters
    ----------
    exponent : float
        The weighted power of a band is raised to it, > 0 and <= 1. It is about a cubic root.
    weights : {"hermansky", "opensmile"}
        They are the equal-loudness weights of the bands: Hermansky's, or those of openSMILE, which
        are 1 / 0.17 of them at low frequencies and fall more steeply above 5 kHz.
    mean : bool
        If True, it is the mean over the bands instead of the sum.
    n_mels, fmin, fmax, htk, mel_norm, triangle_axis, edge_rounding, first_bin, last_bin
        They mean the same as in :class:`serfast.MelPower`. At sample rates below 16 kHz give an
        `fmax` of at most half the rate.
    ref : float
        The power in a band is divided by it, > 0.
    amin : float
        A smaller power in a band is raised to it, >= 1.2e-38. So silence has the loudness
        Σ (E amin / ref)^exponent: 0.0074 with the default fields.
    log : {"ln"}
        The engine's log-mel spectrum is shared with features of these fields and this logarithm.
    n_fft, win_length, window, preemphasis, remove_dc, power
        They mean the same as in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    The formula is Σ_b (E_b S_b / ref)^0.33, with the power S_b in band b and the equal-loudness
    weight E_b at its middle. It is no sone: it depends on the signal's scale. The sources are
    Hermansky, J. Acoust. Soc. Am. 87 (1990), 1738–1752, equations 4 to 8, with mel bands as in
    Eyben et al., IEEE Trans. Affective Computing 7 (2016), 190–202. openSMILE's loudness is
    ``weights="opensmile", mean=True, triangle_axis="mel", amin=9.3e-10`` with a first and a last
    bin, as :func:`serfast.presets.egemaps_opensmile` has it. It agrees with the formula in float64
    to 1e-6 on speech. It costs an exponential for each band
    beyond the log-mel spectrum, which is shared.

    Examples
    --------
    >>> Loudness(window="hamming").columns
    ('loudness',)
    """

    outputs: ClassVar[tuple[str, ...]] = ("loudness",)

    n_mels: int = 26
    fmin: float = 20.0
    fmax: float | None = 8000.0
    htk: bool = True
    mel_norm: Literal["slaney"] | None = None
    log: Literal["db", "ln"] = "ln"
    exponent: float = 0.33
    weights: Literal["hermansky", "opensmile"] = "hermansky"
    mean: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.log != "ln":
            checks.fail("log", "'ln' for a loudness", self.log)
        checks.number("exponent", self.exponent, above=0, maximum=1)
        checks.choice("weights", self.weights, ("hermansky", "opensmile"))
        checks.boolean("mean", self.mean)

    def table(self, sample_rate: float) -> Table:
        """Give the logarithm of the equal-loudness weight at the middle of each band.

        For a mean, it is less by that of the number of bands, as the exponent will make of it.
        """
        top = sample_rate / 2 if self.fmax is None else self.fmax
        edges = hz_to_mel(self.fmin, self.htk), hz_to_mel(top, self.htk)
        middles = mel_to_hz(np.linspace(*edges, self.n_mels + 2)[1:-1], self.htk)
        weights = equal_loudness(middles, self.weights == "opensmile")
        share = math.log(self.n_mels) / self.exponent if self.mean else 0.0
        return np.asarray(np.log(np.maximum(weights, 1e-300)) - share)

    @staticmethod
    def compute(log_mel: Values, table: Values, exponent: float, out: Values) -> None:
        """Compute Σ exp(exponent (ln E + ln S))."""
        total = 0.0
        for band in range(len(log_mel)):
            total += np.exp(exponent * (float(table[band]) + float(log_mel[band])))
        out[0] = total

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 2e-5 of each value, which is float32's noise in weak bands."""
        return self.limit(2e-5, np.abs(expected), expected)
