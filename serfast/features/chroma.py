"""Chroma tells how a spectrum's power is shared among the pitch classes of an octave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from .. import _checks as checks
from .base import Rows, check_floor, power_unit
from .computed import SpectrumFeature, Values
from .mel import MAX_WEIGHTS

__all__ = ["Chroma", "chroma_bank"]

Table = np.ndarray[Any, np.dtype[np.float64]]

MAX_CHROMA = 1024
"""There are at most this many pitch classes."""

NORMS = ("max", "sum", "length", None)
"""The table has the place of the norm in this list."""

A440_OCTAVES = 4.0
"""Octaves count from A0, 27.5 Hz."""

_STRIDE = 4  # the rows of the native matrix are padded to a multiple of this


def chroma_bank(
    *,
    sample_rate: float,
    n_fft: int,
    n_chroma: int = 12,
    tuning: float = 0.0,
    ctroct: float = 5.0,
    octwidth: float | None = 2.0,
    base_c: bool = True,
) -> Table:
    """Give the weights with which the bins of a spectrum count for each pitch class.

    A bin has the weight of a Gaussian around the pitch class, at least as broad as the distance to
    the next bin; the squares of a bin's weights have the sum 1, times a Gaussian around the octave
    `ctroct`. The bin at 0 Hz has no pitch: it counts as if it were 1.5 octaves below bin 1.

    Parameters
    ----------
    sample_rate : float
        It is in Hz.
    n_fft : int
        The weighted bins are those of a transform of this length.
    n_chroma, tuning, ctroct, octwidth, base_c
        They mean the same as in :class:`Chroma`.

    Returns
    -------
    ndarray of float64, shape (n_chroma, n_fft // 2 + 1)
        It equals ``librosa.filters.chroma(dtype=float64)`` to 1e-9.

    Examples
    --------
    >>> bank = chroma_bank(sample_rate=16000, n_fft=2048)
    >>> bank.shape, int(bank[:, round(440 * 2048 / 16000)].argmax())  # A is the tenth from C
    ((12, 1025), 9)
    """
    hz = np.arange(1, n_fft) * (sample_rate / n_fft)
    pitches = n_chroma * (np.log2(hz / 440) + A440_OCTAVES) - tuning
    pitches = np.concatenate([[pitches[0] - 1.5 * n_chroma], pitches])[: n_fft // 2 + 2]
    widths = np.maximum(np.diff(pitches, append=pitches[-1] + 1), 1)[: n_fft // 2 + 1]
    pitches = pitches[: n_fft // 2 + 1]
    half = round(n_chroma / 2)
    apart = (pitches - np.arange(n_chroma)[:, np.newaxis] + half) % n_chroma - half
    weights = np.exp(-2 * (apart / widths) ** 2)
    weights /= np.sqrt(np.sum(weights**2, axis=0))
    if octwidth is not None:
        weights *= np.exp(-(((pitches / n_chroma - ctroct) / octwidth) ** 2) / 2)
    return np.asarray(np.roll(weights, -3 * (n_chroma // 12), axis=0) if base_c else weights)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Chroma(SpectrumFeature):
    """It is the share of each pitch class in the spectrum, C to B: n_chroma columns; 0 in silence.

    Parameters
    ----------
    n_chroma : int
        An octave has this many pitch classes, 1 to 1024.
    tuning : float
        Pitches lie above those with A at 440 Hz by this share of a pitch class.
    ctroct, octwidth : float
        Bins count most in this octave above A0 (27.5 Hz), and less by a Gaussian of this many
        octaves. With ``octwidth=None`` all count the same.
    base_c : bool
        The first column is C (True) or A (False).
    norm : {"max", "sum", "length", None}
        A row is divided by its largest value, its sum, or the root of the sum of its squares. None
        leaves the weighted powers.
    amin : float
        A row is divided by at least this much, >= 1.2e-38, so that silence stays 0.
    power : {1.0, 2.0}
        The spectrum is magnitude |X| (1) or power |X|² (2).
    n_fft, win_length, window, preemphasis, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    It agrees with ``librosa.feature.chroma_stft(tuning=0)`` to 1e-5 of a row's largest value. There
    is no estimation of the tuning, which a stream can't do. A transform of 512 samples at 16 kHz
    tells pitch classes apart from about 500 Hz on, and one of 2048 from about 130 Hz on. The source
    is Ellis, Chroma feature analysis and synthesis (2007), after Fujishima, ICMC 1999, 464–467. It
    costs n_chroma multiplications for each bin of the spectrum, which is shared.

    Examples
    --------
    >>> Chroma().columns[::11]
    ('chroma_0', 'chroma_11')
    """

    prefix: ClassVar[str] = "chroma"

    n_fft: int = 2048
    n_chroma: int = 12
    tuning: float = 0.0
    ctroct: float = 5.0
    octwidth: float | None = 2.0
    base_c: bool = True
    norm: Literal["max", "sum", "length"] | None = "max"
    amin: float = 1e-30

    def __post_init__(self) -> None:
        checks.integer("n_chroma", self.n_chroma, 1, MAX_CHROMA)  # names of columns need it
        super().__post_init__()
        size = self.n_chroma * (self.n_fft // 2 + 1)
        checks.integer("n_chroma × (n_fft // 2 + 1)", size, 1, MAX_WEIGHTS)
        checks.number("tuning", self.tuning, minimum=-1000, maximum=1000)
        checks.number("ctroct", self.ctroct, minimum=-100, maximum=100)
        if self.octwidth is not None:
            checks.number("octwidth", self.octwidth, minimum=0.01)
        checks.boolean("base_c", self.base_c)
        checks.choice("norm", self.norm, NORMS)
        check_floor(self.amin)

    @property
    def columns(self) -> tuple[str, ...]:
        return self._numbered(self.n_chroma)

    @property
    def units(self) -> tuple[str, ...]:
        unit = power_unit(self.power) if self.norm is None else "1"
        return (unit,) * len(self.columns)

    @property
    def multiplications(self) -> int:
        return super().multiplications + self.n_chroma * (self.n_fft // 2 + 1)

    def table(self, sample_rate: float) -> Table:
        """Give the bank, a row a bin, padded to whole vectors; then the place of the norm."""
        bank = chroma_bank(
            sample_rate=sample_rate,
            n_fft=self.n_fft,
            n_chroma=self.n_chroma,
            tuning=self.tuning,
            ctroct=self.ctroct,
            octwidth=self.octwidth,
            base_c=self.base_c,
        )
        padded = np.pad(bank.T, ((0, 0), (0, -self.n_chroma % _STRIDE)))
        return np.append(padded.ravel(), NORMS.index(self.norm))

    @staticmethod
    def compute(spectrum: Values, table: Values, n_chroma: int, amin: float, out: Values) -> None:
        """Compute the weighted sums of the spectrum, over their norm."""
        stride = (n_chroma + 3) // 4 * 4
        norm, size = int(table[len(table) - 1]), 0.0
        sums = np.zeros(n_chroma)
        for k in range(len(spectrum)):
            for c in range(n_chroma):
                sums[c] += float(table[k * stride + c]) * spectrum[k]
        for c in range(n_chroma):
            if norm == 0:
                size = max(size, sums[c])
            elif norm == 1:
                size += sums[c]
            elif norm == 2:
                size += sums[c] ** 2
        if norm == 2:
            size = np.sqrt(size)
        for c in range(n_chroma):
            out[c] = sums[c] / max(size, amin) if norm < 3 else sums[c]

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 2e-5 of a row's largest value."""
        return self.limit(2e-5, np.abs(expected).max(axis=1, keepdims=True), expected)
