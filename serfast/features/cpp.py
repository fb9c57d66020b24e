"""The cepstral peak prominence tells how far a voice's harmonics stand out of its spectrum."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import _checks as checks
from .base import Rows, check_band, check_floor
from .computed import SpectrumFeature, Values
from .mel import DECIBEL, MAX_WEIGHTS

__all__ = ["CPP"]

Table = np.ndarray[Any, np.dtype[np.float64]]

LOWEST = 1e-6
"""A smaller power of the cepstrum [dB²] counts as this: rounding lies below it."""

LINE_BEGINS = 0.001
"""The line is drawn from this quefrency on [s]; shorter ones hold the vocal tract."""

_HEADER = 16  # numbers before the matrices in the table


def cosine_matrix(n_bins: int, quefrencies: range) -> Table:
    """Give the cosine transform of a spectrum that has been folded at its middle.

    Parameters
    ----------
    n_bins : int
        The spectrum has bins 0 … n_bins, which is even.
    quefrencies : range
        They are all even or all odd.

    Returns
    -------
    ndarray of float64, shape (n_bins // 2 + 1, n)
        n is the number of quefrencies, rounded up to a multiple of 16. The spectrum's mean is at
        quefrency 0.
    """
    k = np.arange(n_bins // 2 + 1)[:, np.newaxis]
    weights = np.full(k.shape, 2.0)
    weights[0] = weights[-1] = 1.0
    matrix = weights * np.cos(np.pi * k * np.array(quefrencies) / n_bins) / (2 * n_bins)
    return np.pad(matrix, ((0, 0), (0, -len(quefrencies) % 16)))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CPP(SpectrumFeature):
    """It is the smoothed cepstral peak prominence [dB], one column.

    Parameters
    ----------
    fmin, fmax : float
        The peak is looked for between the periods of these F0 [Hz], 0 < fmin < fmax.
    ceiling : float
        The spectrum counts up to this frequency [Hz], at most half the sample rate.
    emphasis : float
        The spectrum is raised by 6 dB per octave from this frequency on [Hz], > 0. It changes the
        line below the peak.
    smoothing : float
        The power of the cepstrum is averaged over so many seconds of quefrency, 0 to 0.001.
    amin : float
        Smaller powers of the spectrum are raised to it, >= 1.2e-38.
    power : {2.0}
        The spectrum is of powers |X|².
    n_fft, win_length, window, preemphasis, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    The cosine transform of the power spectrum in decibels is the cepstrum; its power is averaged
    over quefrency and taken in decibels again. The prominence is the height of its peak above a
    line a + b ln(quefrency), which is fitted by least squares from 1 ms to 1 / fmin. It is some 3
    dB for noise, 12 to 25 for a clear voice, and 0 in silence.

    The source is Hillenbrand, Cleveland and Erickson, J. Speech Hear. Res. 37 (1994), 769–778, with
    the smoothing of Hillenbrand and Houde, J. Speech Hear. Res. 39 (1996), 311–321, over quefrency
    alone: rows stand 10 ms apart. The line is Praat's "exponential decay". The mean over a
    recording is 0.3 dB from Praat's CPPS in the median, and correlates with it (r = 0.97, on acted
    speech). A row costs two products with matrices, and the spectrum, which is shared.

    Examples
    --------
    >>> CPP(fmin=75.0).columns
    ('cpp',)
    """

    outputs: ClassVar[tuple[str, ...]] = ("cpp",)
    unit: ClassVar[str] = "dB"
    forgiven: ClassVar[float] = 1 / 8

    n_fft: int = 1024
    fmin: float = 60.0
    fmax: float = 330.0
    ceiling: float = 5000.0
    emphasis: float = 50.0
    smoothing: float = 0.0005
    amin: float = 1e-10

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.number("fmin", self.fmin, above=0)
        checks.number("fmax", self.fmax, above=0, maximum=1 / LINE_BEGINS)
        checks.number("ceiling", self.ceiling, above=0)
        checks.number("emphasis", self.emphasis, above=0)
        checks.number("smoothing", self.smoothing, minimum=0, maximum=LINE_BEGINS)
        check_floor(self.amin)
        if self.power != 2:
            checks.fail("power", "2.0", self.power)

    def _bins(self, sample_rate: float) -> int:
        return math.floor(self.ceiling * self.n_fft / sample_rate / 2) * 2

    def check(self, sample_rate: float) -> None:
        super().check(sample_rate)
        if self.ceiling > sample_rate / 2:
            checks.fail("ceiling", f"<= {sample_rate / 2:g} Hz (half the rate)", self.ceiling)
        check_band(self.fmin, self.fmax, 2 * self.fmax)
        needed = math.ceil(2 * sample_rate / self.fmin)
        if self.n_fft < needed:
            checks.fail("n_fft", f">= {needed} (two periods of fmin)", self.n_fft)
        per_second = 2 * self._bins(sample_rate) * sample_rate / self.n_fft
        size = (self._bins(sample_rate) + 2) * (per_second / self.fmin + 8)
        if per_second * LINE_BEGINS < 4 or size > MAX_WEIGHTS:
            checks.fail("ceiling", "such that 1 ms has 4 to some thousand values", self.ceiling)

    def table(self, sample_rate: float) -> Table:
        """Give 16 whole numbers, two matrices, the emphasis, and the line's abscissas."""
        n_bins = self._bins(sample_rate)
        per_second = 2 * n_bins * sample_rate / self.n_fft  # values of the cepstrum
        half = round((self.smoothing * per_second - 1) / 2) if self.smoothing else 0
        half = max(half, 0)
        begin = math.ceil(LINE_BEGINS * per_second)
        end = math.ceil(per_second / self.fmin) + 1
        low, high = math.floor(per_second / self.fmax), math.ceil(per_second / self.fmin)
        count = end + half  # quefrencies 0 … count - 1
        even = cosine_matrix(n_bins, range(0, count, 2))
        odd = cosine_matrix(n_bins, range(1, count, 2))
        hz = np.arange(n_bins + 1) * sample_rate / self.n_fft
        gain = 10 * np.log10(1 + (hz / self.emphasis) ** 2)
        folded = gain[: n_bins // 2 + 1], gain[::-1][: n_bins // 2 + 1]
        emphasis = np.zeros(count)
        emphasis[0::2] = ((folded[0] + folded[1]) @ even)[: len(emphasis[0::2])]
        emphasis[1::2] = ((folded[0] - folded[1]) @ odd)[: len(emphasis[1::2])]
        line = np.log(np.arange(begin, end))
        line -= line.mean()
        line /= np.sqrt(np.sum(line**2))
        numbers = [n_bins, even.shape[1], odd.shape[1], begin, end, low, high, half, *[0] * 8]
        return np.concatenate([np.array(numbers, float), even.ravel(), odd.ravel(), emphasis, line])

    @staticmethod
    def compute(spectrum: Values, table: Values, amin: float, out: Values) -> None:
        """Compute the peak of the smoothed cepstrum, and its height above the line."""
        n_bins, n_even, n_odd = int(table[0]), int(table[1]), int(table[2])
        begin, end, half = int(table[3]), int(table[4]), int(table[7])
        middle, count = n_bins // 2 + 1, end + half
        odd = _HEADER + middle * n_even
        emphasis = odd + middle * n_odd
        if spectrum[: n_bins + 1].sum() <= amin:
            out[0] = 0.0
            return
        level = np.zeros(n_bins + 1)
        for k in range(n_bins + 1):
            level[k] = DECIBEL * np.log(max(np.float64(spectrum[k]), amin))
        evens, odds = np.zeros(n_even), np.zeros(n_odd)
        for k in range(middle):
            a, b = level[k] + level[n_bins - k], level[k] - level[n_bins - k]
            evens += a * table[_HEADER + k * n_even : _HEADER + (k + 1) * n_even]
            odds += b * table[odd + k * n_odd : odd + (k + 1) * n_odd]
        power = np.zeros(count)
        for q in range(count):
            value = evens[q // 2] if q % 2 == 0 else odds[q // 2]
            power[q] = (value + table[emphasis + q]) ** 2
        smooth, slope = np.zeros(end), 0.0
        for q in range(begin, end):
            total = power[q - half : q + half + 1].sum()
            smooth[q] = DECIBEL * np.log(max(total / (2 * half + 1), LOWEST))
        mean = smooth[begin:end].mean()
        line = table[emphasis + count :]
        for q in range(begin, end):
            slope += smooth[q] * line[q - begin]
        top = max(int(table[5]), begin)
        for q in range(top, int(table[6]) + 1):
            if smooth[q] > smooth[top]:
                top = q
        height = smooth[top]
        if begin < top < end - 1:
            bend = 2 * height - smooth[top - 1] - smooth[top + 1]
            if bend > 1e-6 and height >= smooth[top - 1] and height >= smooth[top + 1]:
                height += (smooth[top + 1] - smooth[top - 1]) ** 2 / (8 * bend)
        out[0] = height - mean - slope * line[top - begin]

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 0.02 dB.

        If two peaks differ by no more than rounding, either may be chosen, so one row in eight may
        differ by more.
        """
        return self.limit(0.02, 1.0, expected)
