"""Formants by linear prediction of a frame whose upper spectrum was cut off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from .. import _checks as checks
from .base import Rows
from .computed import FrameFeature, Values
from .formants import write_lowest
from .linear_prediction import predictor
from .polynomial_roots import factors_of
from .spectrum import window_table

__all__ = ["BandlimitedFormants"]

Table = np.ndarray[Any, np.dtype[np.float64]]

RATE = 11000.0
ORDER = 11
HALF = 6
"""The predictor times z has so many pairs of roots."""

N_FORMANTS = 5

LANES = 16

RADIUS = 0.95
"""The search for roots starts with complex ones of this radius, and a real one."""

REAL_ROOTS = {"negated": (-3.2, -3.2, -3.2, -3.2), "predictor": (-0.6, 0.6, -0.6, 0.6)}
TURNS = (0.2, -0.2, 0.0, 0.1)
"""The real root of each start, and the share of their distance by which the others are turned."""


def odd_starts(real_roots: tuple[float, ...]) -> Table:
    """Give starts for a polynomial with the root 0, in the form of `starting_factors`.

    On 286 frames of speech the first one leads to all roots of the negated predictor in 258, in 10
    steps on average, and the second one in the others.
    """
    starts = np.empty((len(TURNS), 2, 2, HALF))
    for start, root, turn in zip(starts, real_roots, TURNS, strict=True):
        angles = np.pi * (np.arange(HALF - 1) + 0.5 + turn) / (HALF - 1)
        start[:, 0] = -root, *(-2 * RADIUS * np.cos(angles))
        start[:, 1] = 0, *np.full(HALF - 1, RADIUS**2)
    return starts


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BandlimitedFormants(FrameFeature):
    """It has the frequency and the bandwidth [Hz] of three formants, as openSMILE finds them.

    Parameters
    ----------
    frame_length : int
        A frame has this many samples, >= 4; the default is 20 ms at 16 kHz.
    roots : {"predictor", "negated"}
        Formants are the roots of the predictor A(z) = 1 + Σ a(k) z^-k. "negated" takes those of
        1 - Σ a(k) z^-k, as openSMILE's numbers show, which are no resonances.

    Notes
    -----
    The frame under a symmetric Hamming window is put in the middle of a transform of N samples, the
    next power of two. Of its spectrum X the lowest K bins are left, K being half the number M of
    samples of the frame at 11 kHz, and y(n) = 2/N Σ_k Re(X(k) exp(2πj k n r / N)), n = 0 … M - 1,
    with r samples per sample of 11 kHz. So at 16 kHz y has 6 ms of nothing and 14 ms of the frame,
    below 3.4 kHz. A predictor of order 11 follows from its autocorrelation (Makhoul, Proc. IEEE 63
    (1975), 561–580). A root r exp(jφ) has the frequency φ · 5500 Hz / π and the bandwidth
    |ln r| · 11000 Hz / π; those from 50 to 5450 Hz count. A formant that isn't there is 0.

    For formants of the vocal tract, take :class:`serfast.Formants`. A row costs two transforms at
    8, 16 and 32 kHz, and else the number of samples times 220 multiplications.

    Examples
    --------
    >>> BandlimitedFormants().columns[:2]
    ('bandlimited_f1', 'bandlimited_b1')
    """

    outputs: ClassVar[tuple[str, ...]] = tuple(
        f"bandlimited_{kind}{i}" for i in (1, 2, 3) for kind in "fb"
    )
    unit: ClassVar[str] = "Hz"
    forgiven: ClassVar[float] = 1 / 4

    frame_length: int = 320
    roots: Literal["predictor", "negated"] = "predictor"

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.integer("frame_length", self.frame_length, 4, 2**14)
        checks.choice("roots", self.roots, ("predictor", "negated"))

    @property
    def multiplications(self) -> int:
        return 220 * self.frame_length + 200 * ORDER**2

    def table(self, sample_rate: float) -> Table:
        """Give the weights of each sample for y, padded; the starts; the coefficients' sign."""
        length, n_fft = self.frame_length, 1 << (self.frame_length - 1).bit_length()
        n_out = max(round(length / sample_rate * RATE), ORDER + 1)
        bins = np.arange(min(n_out // 2, n_fft // 2 + 1))
        place = np.arange(n_out) * sample_rate / RATE
        apart = place[:, np.newaxis] - np.arange(length) - (n_fft - length) // 2
        rows = np.zeros(apart.shape)
        for k in bins:
            rows += np.cos(2 * np.pi * k / n_fft * apart)
        rows *= 2 / n_fft * window_table("hamming", length, periodic=False)
        padding = ORDER + -(n_out + ORDER) % LANES
        padded = np.pad(rows.T, ((0, 0), (0, padding)))
        starts = odd_starts(REAL_ROOTS[self.roots])
        sign = -1.0 if self.roots == "negated" else 1.0
        return np.concatenate([padded.ravel(), starts.ravel(), [sign]])

    def transforms(self, sample_rate: float) -> tuple[Table, ...]:
        """Give the window, with zeros around it, and the weights of the way back.

        The way back is a transform too where y has a whole number of samples in the time of the
        first one: at 8, 16 and 32 kHz. Elsewhere there is none, and the table has to do.
        """
        length, n_fft = self.frame_length, 1 << (self.frame_length - 1).bit_length()
        period = n_fft * RATE / sample_rate
        if n_fft < 256 or period % 32 or not 256 <= period < 1024:
            return ()
        start = (n_fft - length) // 2
        window = 2 / n_fft * window_table("hamming", length, periodic=False)
        back = np.full(int(period), 0.5)
        back[0] = 1.0
        return np.pad(window, (start, n_fft - length - start)), back

    @staticmethod
    def compute(frame: Values, table: Values, out: Values) -> None:
        """Compute y, its predictor, the pairs of roots, and the formants from them."""
        for i in range(6):
            out[i] = 0.0
        n = (len(table) - 1 - 96) // len(frame)
        y, r = np.zeros(n), np.zeros(12)
        for j in range(len(frame)):
            y += table[j * n : (j + 1) * n] * np.float64(frame[j])
        for k in range(12):
            for i in range(n - k):
                r[k] += y[i] * y[i + k]
        if not 1e-20 < r[0] < 1e300:
            return
        a = np.zeros(13)
        a[:12] = table[len(table) - 1] * predictor(r, 11, 0.0, 1.0 - 1e-6)
        a[0] = 1.0
        write_lowest(factors_of(a, table[len(table) - 97 :]), 3, 5500.0, out)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 5 Hz and a hundredth of each value."""
        return self.limit(1e-2, np.abs(expected) + 500, expected)
