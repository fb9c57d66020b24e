"""Candidates of F0 by sub-harmonic summation: frequencies whose harmonics are strong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import _checks as checks
from .base import Rows, check_band
from .computed import SpectrumFeature, Values
from .spectrum import Window

__all__ = ["GAUSSIAN_60_MS", "N_CANDIDATES", "SubharmonicCandidates", "check_transform"]

Table = np.ndarray[Any, np.dtype[np.float64]]

N_CANDIDATES = 6

GAUSSIAN_60_MS = ("gaussian", 0.4 * 959 / 2)
"""It is the window of 60 ms at 16 kHz, whose deviation is 0.4 of its half."""

LOWEST = 25.0
"""The octave axis begins here [Hz]."""

N_HARMONICS = 15
COMPRESSION = 0.85

TAPS = 16
"""A point of the octave axis is a weighted sum of so many bins: the others weigh below 3e-5."""

BAND = 64
"""A spline at a point is made of so many values on both sides: the others weigh below 1e-30."""

HEAD = 3 + N_HARMONICS
"""The table has so many numbers before the points: see `SubharmonicCandidates.table`."""


def check_transform(n_fft: int) -> None:
    """Raise ParameterError unless n_fft is a power of two of at least 64."""
    if n_fft < 64 or n_fft & (n_fft - 1):
        checks.fail("n_fft", "a power of two >= 64", n_fft)


def second_derivatives(x: Table) -> Table:
    """Give the second derivatives of a natural cubic spline through points at x.

    Number [i, k] is what a value of 1 at point i + k - BAND adds to the derivative at point i. What
    lies further away adds nothing: its share falls to a third, about, from point to point.
    """
    n, h = len(x), np.diff(x)
    result, right = np.zeros((n, 2 * BAND + 1)), np.zeros((n, 2 * BAND + 1))
    inner = np.arange(1, n - 1)
    right[inner, BAND - 1], right[inner, BAND + 1] = 6 / h[:-1], 6 / h[1:]
    right[inner, BAND] = -6 / h[:-1] - 6 / h[1:]
    diagonal = np.ones(n)
    diagonal[inner] = 2 * (h[:-1] + h[1:])
    for i in range(2, n - 1):  # elimination, downwards
        share = h[i - 1] / diagonal[i - 1]
        diagonal[i] -= share * h[i - 1]
        right[i, :-1] -= share * right[i - 1, 1:]
    for i in range(n - 2, 0, -1):
        right[i, 1:] -= h[i] * result[i + 1, :-1]
        result[i] = right[i] / diagonal[i]
    return result


def spline_weights(x: Table, at: Table, first: Any, count: int) -> Table:
    """Give the weights of values at x in their natural cubic spline at other places.

    They are those of `count` values from `first` on, of each place; there are none outside of x.
    """
    h, bends = np.diff(x), second_derivatives(x)
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 2)[:, np.newaxis]
    value = np.reshape(first, (-1, 1)) + np.arange(count)
    b = (at[:, np.newaxis] - x[i]) / h[i]
    a = 1 - b
    bent = (a**3 - a) * bends[i, value - i + BAND]
    bent += (b**3 - b) * bends[i + 1, value - i - 1 + BAND]
    weights = bent * (h[i] ** 2 / 6)
    return np.asarray(weights + a * (value == i) + b * (value == i + 1))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SubharmonicCandidates(SpectrumFeature):
    """It has the six likeliest fundamental frequencies [Hz] of a frame, and how likely they are.

    Parameters
    ----------
    fmin, fmax : float
        Candidates are looked for between them [Hz].
    n_fft : int
        It is the length of the transform, a power of two of at least 64.
    frame_length, window, window_periodic
        They mean the same as in :class:`serfast.PowerSpectrum`. The default is openSMILE's Gaussian
        at 16 kHz, whose frames have 960 samples, 60 ms.
    power : {1.0}
        The spectrum is of magnitudes.
    win_length, preemphasis, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    The columns are six frequencies (0: there are no more candidates), six values of voicing
    (0 to 1), and the root mean square of the frame under the window.

    The peaks of the magnitude spectrum are kept with two bins on both sides, smoothed by ¼, ½, ¼
    and interpolated on an axis of octaves by a natural cubic spline in log2 f. With H the result,
    where it is positive, times Hermes' arctangent ½ + arctan(3 log2(f / 32.5 Hz)) / π, the sum over
    harmonics is S(f) = Σ_n 0.85^(n-1) H(n f) / 15, n = 1 … 15. Candidates are its six highest
    peaks, refined by a parabola. The voicing is 1 - mean(S) / S(f). The likeliest one comes first.

    The source is Hermes, J. Acoust. Soc. Am. 83 (1988), 257–264, in the form that
    openSMILE's output shows. A row costs some n_fft · 16 multiplications.

    Examples
    --------
    >>> SubharmonicCandidates().columns[::6]
    ('subharmonic_0', 'subharmonic_voicing_0', 'subharmonic_level')
    """

    outputs: ClassVar[tuple[str, ...]] = (
        *(f"subharmonic_{i}" for i in range(N_CANDIDATES)),
        *(f"subharmonic_voicing_{i}" for i in range(N_CANDIDATES)),
        "subharmonic_level",
    )
    forgiven: ClassVar[float] = 1 / 4

    n_fft: int = 1024
    window: Window = GAUSSIAN_60_MS
    window_periodic: bool = False
    power: float = 1.0
    fmin: float = 55.0
    fmax: float = 1000.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.power != 1:
            checks.fail("power", "1.0 for magnitudes", self.power)
        checks.number("fmin", self.fmin, above=LOWEST)
        checks.number("fmax", self.fmax, above=0)

    @property
    def units(self) -> tuple[str, ...]:
        return (*("Hz",) * N_CANDIDATES, *("1",) * N_CANDIDATES, "amplitude")

    def check(self, sample_rate: float) -> None:
        check_transform(self.n_fft)
        check_band(self.fmin, self.fmax, sample_rate)

    @property
    def multiplications(self) -> int:
        return super().multiplications + 16 * self.n_fft

    def table(self, sample_rate: float) -> Table:
        """Give n, log2 of the first point, octaves from point to point, a factor, shifts, and sums.

        The factor makes the mean square of the frame from Σ |X|². A shift is the distance of a
        harmonic, from the second one on, in points. The sums are, of each point, the first bin
        and then the weights of TAPS bins; they have smoothing, interpolation, arctangent and 1/15.
        """
        n = self.n_fft // 2 + 1
        step = np.log2(sample_rate / 2 / LOWEST) / (n - 1)
        octaves = np.log2(LOWEST) + step * np.arange(n)
        hz = np.arange(1, n) * sample_rate / self.n_fft
        middle = np.searchsorted(np.log2(hz), octaves, side="right")
        first = np.clip(middle - TAPS // 2 + 1, 0, n - TAPS)
        # bin k is the spline's value k - 1, as bin 0 has no logarithm; one more on both sides
        spline = spline_weights(np.log2(hz), octaves, first - 2, TAPS + 2)
        weights = 0.5 * spline[:, 1:-1] + 0.25 * spline[:, :-2] + 0.25 * spline[:, 2:]
        octave = n / np.log2(sample_rate / 2 / LOWEST)  # points, as openSMILE seems to count them
        heard = (np.arange(n) + 2) / octave + np.log2(LOWEST / 32.5)
        weights *= ((0.5 + np.arctan(3 * heard) / np.pi) / N_HARMONICS)[:, np.newaxis]
        shifts = np.floor(octave * np.log2(np.arange(1, N_HARMONICS + 1)))
        head = [n, np.log2(LOWEST), step, 1 / (n - 1) / self.length, *shifts[1:]]
        return np.concatenate([head, first, weights.ravel()])

    @staticmethod
    def compute(spectrum: Values, table: Values, fmin: float, fmax: float, out: Values) -> None:
        """Keep the peaks of the spectrum, add up harmonics, and find the peaks of the sum."""
        n = len(spectrum)
        low, step = float(table[1]), float(table[2])
        kept, level = np.zeros(n), 0.0
        for k in range(n):
            above_left = k == 0 or spectrum[k] > spectrum[k - 1]
            above_right = k == n - 1 or spectrum[k] > spectrum[k + 1]
            level += (1.0 if k in (0, n - 1) else 2.0) * float(spectrum[k]) ** 2
            if above_left and above_right:
                for i in range(max(k - 2, 0), min(k + 3, n)):
                    kept[i] = spectrum[i]
        points, summed, total = np.zeros(n), np.zeros(n), 0.0
        for j in range(n):
            first, begin = int(table[18 + j]), 18 + n + 16 * j
            for i in range(16):
                points[j] += table[begin + i] * kept[first + i]
            points[j] = max(points[j], 0.0)
        share = 1.0
        for harmonic in range(15):
            shift = int(table[3 + harmonic]) if harmonic > 0 else 0
            for j in range(n - shift):
                summed[j] += share * points[j + shift]
            share *= 0.85
        for j in range(n):
            total += summed[j]
        tops, n_tops = np.zeros(6, np.int64), 0
        for j in range(1, n - 1):
            if not (summed[j] > summed[j - 1] and summed[j] > summed[j + 1]):
                continue
            at = n_tops
            while at > 0 and summed[tops[at - 1]] < summed[j]:
                at -= 1
            if at < 6:
                n_tops = min(n_tops + 1, 6)
                for i in range(n_tops - 1, at, -1):
                    tops[i] = tops[i - 1]
                tops[at] = j
        for i in range(13):
            out[i] = 0.0
        n_kept, best, highest = 0, 0, 0.0
        for i in range(n_tops):
            before, here, after = summed[tops[i] - 1], summed[tops[i]], summed[tops[i] + 1]
            bend, slope = before + after - 2.0 * here, (after - before) / 2.0
            hz = 2.0 ** (low + step * (tops[i] - slope / bend))
            height = here - slope * slope / (2.0 * bend)
            if not fmin <= hz <= fmax:
                continue
            out[n_kept] = hz
            out[6 + n_kept] = max(1.0 - total / n / height, 0.0)
            if height > highest:
                best, highest = n_kept, height
            n_kept += 1
        for i in range(0, 12, 6):
            first_one = out[i]
            out[i] = out[i + best]
            out[i + best] = first_one
        out[12] = np.sqrt(level / 2.0 * table[3])

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 2e-3 of each value, and any difference where a choice among peaks is tied."""
        return self.limit(2e-3, np.maximum(np.abs(expected), 1e-2), expected)
