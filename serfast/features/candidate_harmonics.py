"""Harmonics and noise of each candidate of F0, of which a track later takes the right one's."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import ClassVar

import numpy as np

from .. import _checks as checks
from .base import Rows
from .computed import SpectrumFeature, Values
from .mel import DECIBEL
from .spectrum import Window
from .subharmonics import GAUSSIAN_60_MS, N_CANDIDATES, check_transform

__all__ = ["CandidateHarmonics"]

VALUES = ("hnr", "h1_h2", "h1_a3", "a1", "a2", "a3")

FEWEST_PERIODS = 1.25
"""The autocorrelation is known up to so many periods of the lowest candidate."""

LOWEST = 55.0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CandidateHarmonics(SpectrumFeature):
    """It has six levels [dB] of the voice for each candidate of F0, as if it were the right one.

    Parameters
    ----------
    n_fft, frame_length, window, window_periodic, win_length, preemphasis, remove_dc, power
        They mean the same as in :class:`serfast.SubharmonicCandidates`.

    Notes
    -----
    It reads the columns of :class:`serfast.SubharmonicCandidates` and
    :class:`serfast.BandlimitedFormants`. The six levels of a candidate F0 are, as openSMILE's
    output shows them:

    ``hnr``
        10 log10(r(T) / (r(0) - r(T))), where r is the circular autocorrelation of the windowed
        frame, and T the place of its peak nearest to 1 / F0; at least -100.
    ``h1_h2``
        20 log10(A(2) / A(3)), where A(k) is the magnitude of the k-th harmonic, F0 being the first.
    ``h1_a3``
        20 log10(A(2) / A), where A is that of the strongest harmonic of 0.8 to 1.2 times F3.
    ``a1 a2 a3``
        20 log10(A / A(1)), where A is that of the strongest harmonic about F1, F2, F3.

    A harmonic is the peak of the spectrum nearest to k F0. Its frequency and magnitude are those of
    a parabola through three bins; as A(1) below the formants' levels the bin itself counts. What
    stands out by less than rounding could make, 1e-5 of the mean magnitude and 1e-6 of r(0), is no
    peak. A level without harmonics is 0, and so is each of a candidate that isn't there. The terms
    are those of Eyben et al., IEEE Trans. Affective Computing 7 (2016), 190–202, whose H1 is F0.

    Examples
    --------
    >>> CandidateHarmonics().columns[:2]
    ('candidate_hnr_0', 'candidate_h1_h2_0')
    """

    outputs: ClassVar[tuple[str, ...]] = tuple(
        f"candidate_{value}_{i}" for i in range(N_CANDIDATES) for value in VALUES
    )
    unit: ClassVar[str] = "dB"
    columns_read: ClassVar[tuple[str, ...]] = (
        *(f"subharmonic_{i}" for i in range(N_CANDIDATES)),
        *(f"bandlimited_f{i}" for i in (1, 2, 3)),
    )
    circular: ClassVar[bool] = True
    forgiven: ClassVar[float] = 1 / 4

    n_fft: int = 1024
    window: Window = GAUSSIAN_60_MS
    window_periodic: bool = False
    power: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.power != 1:
            checks.fail("power", "1.0 for magnitudes", self.power)

    def check(self, sample_rate: float) -> None:
        super().check(sample_rate)
        check_transform(self.n_fft)

    def n_lags(self, sample_rate: float) -> int:
        return min(ceil(FEWEST_PERIODS * sample_rate / LOWEST), self.n_fft // 2)

    @staticmethod
    def compute(
        spectrum: Values,
        frequencies: Values,
        autocorrelation: Values,
        sample_rate: float,
        subharmonic_0: float,
        subharmonic_1: float,
        subharmonic_2: float,
        subharmonic_3: float,
        subharmonic_4: float,
        subharmonic_5: float,
        bandlimited_f1: float,
        bandlimited_f2: float,
        bandlimited_f3: float,
        out: Values,
    ) -> None:
        """Find the peaks of the spectrum once; then the harmonics of each candidate."""
        candidates = (
            subharmonic_0,
            subharmonic_1,
            subharmonic_2,
            subharmonic_3,
            subharmonic_4,
            subharmonic_5,
        )
        formants = (bandlimited_f1, bandlimited_f2, bandlimited_f3)
        n, width = len(spectrum), float(frequencies[1])
        before, behind = np.zeros(n, np.int64), np.zeros(n, np.int64)
        flat, least, last = 0.0, 1e-6 * float(autocorrelation[0]), -1
        for k in range(n):
            flat += 1e-5 * float(spectrum[k]) / n
        for k in range(n):
            if 0 < k < n - 1 and (
                float(spectrum[k]) - spectrum[k - 1] > flat
                and float(spectrum[k]) - spectrum[k + 1] > flat
            ):
                last = k
            before[k] = last
        last = -1
        for k in range(n - 1, -1, -1):
            if before[k] == k:
                last = k
            behind[k] = last
        levels = np.zeros(3)
        for c in range(6):
            for i in range(6):
                out[6 * c + i] = 0.0
            f0 = candidates[c]
            if not f0 > 0.0:
                continue
            period, nearest, distance = sample_rate / f0, -1, 1e9
            for lag in range(1, len(autocorrelation) - 1):
                value = np.float64(autocorrelation[lag])
                peak = (
                    value - autocorrelation[lag - 1] > least
                    and value - autocorrelation[lag + 1] > least
                )
                if peak and abs(lag - period) < distance:
                    nearest, distance = lag, abs(lag - period)
            ratio = 1e-10
            if nearest > 0 and autocorrelation[nearest] > 0.0:
                peak_of_it = np.float64(autocorrelation[nearest])
                rest = np.float64(autocorrelation[0]) - peak_of_it
                ratio = peak_of_it / max(rest, 1e-10 * peak_of_it)
            out[6 * c] = DECIBEL * np.log(max(ratio, 1e-10))
            levels[:] = 0.0
            first, second, third = 0.0, 0.0, 0.0
            for harmonic in range(1, 101):
                at = harmonic * f0 / width
                if at > n - 2:
                    break
                low, high = before[int(at)], behind[int(at)]
                if low < 0 and high < 0:
                    break
                top = low if high < 0 or (low >= 0 and at - low <= high - at) else high
                here = float(spectrum[top])
                bend = spectrum[top - 1] + spectrum[top + 1] - 2.0 * here
                slope = (spectrum[top + 1] - spectrum[top - 1]) / 2.0
                hz = (top - slope / bend) * width
                height = here - slope * slope / (2.0 * bend)
                if harmonic == 1:
                    first = here
                elif harmonic == 2:
                    second = height
                elif harmonic == 3:
                    third = height
                for i in range(3):
                    if 0.8 * formants[i] <= hz <= 1.2 * formants[i] and height > levels[i]:
                        levels[i] = height
            if second > 0.0 and third > 0.0:
                out[6 * c + 1] = 2.0 * DECIBEL * np.log(second / third)
            if second > 0.0 and levels[2] > 0.0:
                out[6 * c + 2] = 2.0 * DECIBEL * np.log(second / levels[2])
            for i in range(3):
                if levels[i] > 0.0 and first > 0.0:
                    out[6 * c + 3 + i] = 2.0 * DECIBEL * np.log(levels[i] / first)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 0.05 dB, and any difference where a peak is tied with another one."""
        return self.limit(0.05, np.maximum(np.abs(expected) / 10, 1), expected)
