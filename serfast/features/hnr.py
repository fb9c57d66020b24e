"""The harmonics-to-noise ratio tells how much of a frame's energy is repeated a period later."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import _checks as checks
from .base import Rows, check_band
from .computed import FrameFeature, SpectrumFeature, Values
from .framing import SILENCE
from .mel import DECIBEL
from .pitch import lag_range
from .spectrum import Window, window_table

__all__ = ["HNR", "AutocorrelationHNR"]

Table = np.ndarray[Any, np.dtype[np.float64]]

HALF = 16
"""So many values on each side of a peak are interpolated."""

KAISER = 12.0
"""It is the β of the interpolation's window: up to 0.38 of the rate it is exact to 1e-5."""

STEPS = 8
"""The curve is computed at so many points per lag, and a parabola goes through the highest."""

CANDIDATES = 4
"""So many of the highest peaks are interpolated."""

FAR = 0.25
"""A peak this far below the highest one isn't interpolated."""

FLAT = 4e-6
"""A curve rises or falls by more than this, or it is rounding."""

LEAST = 1e-4
"""A correlation must be above this, -40 dB, or it is rounding."""

STEADY = 1e-9
"""A frame is constant if this share of its energy, or less, is left without its mean."""

NEAREST = 1e-6
"""1 minus a correlation counts as this at least: 60 dB."""

_STRIDE = 20  # of the table's rows: 2 · STEPS + 1, padded to a multiple of 4


def sinc_taps() -> Table:
    """Give the weights that interpolate a curve around a peak.

    They are those of a sinc under a Kaiser window, divided by their sum.

    Returns
    -------
    ndarray of float64, shape (2 · HALF + 1, 20)
        Column j has the weights of the values at -HALF … HALF for the point at (j - STEPS) / STEPS;
        columns from 2 · STEPS + 1 on are zeros.
    """
    points = (np.arange(2 * STEPS + 1) - STEPS) / STEPS
    apart = np.arange(-HALF, HALF + 1)[:, np.newaxis] - points
    inside = 1 - (apart / (HALF + 1)) ** 2
    taps = np.sinc(apart) * np.where(inside > 0, np.i0(KAISER * np.sqrt(np.maximum(inside, 0))), 0)
    return np.pad(taps / taps.sum(axis=0), ((0, 0), (0, _STRIDE - len(points))))


def highest_peak(r: Any, low: int, high: int, taps: Any) -> float:
    """Give the height of the highest peak of r(k), low <= k <= high, also between whole lags.

    It is 0 if there is no peak. The curve is even: r(-k) = r(k). `taps` is the table of
    `sinc_taps`, flat.
    """
    lags = np.zeros(CANDIDATES, np.int64)
    heights = np.zeros(CANDIDATES)
    for k in range(low, high + 1):
        rise, fall = r[k] - r[k - 1], r[k] - r[k + 1]
        if r[k] > LEAST and rise > FLAT and fall >= -FLAT and rise + fall > FLAT:
            height = r[k] + (rise - fall) ** 2 / (8 * (rise + fall))
            lag = k
            for i in range(CANDIDATES):
                if height > heights[i]:
                    height, heights[i] = heights[i], height
                    lag, lags[i] = lags[i], lag
    best = 0.0
    for i in range(CANDIDATES):
        if heights[i] > 0 and heights[i] > heights[0] - FAR:
            best = max(best, height_between(r, lags[i], taps))
    return best


def height_between(r: Any, lag: int, taps: Any) -> float:
    """Give the largest value of the curve within a lag of this one."""
    curve = np.zeros(2 * STEPS + 1)
    for m in range(2 * HALF + 1):
        value = r[abs(lag + m - HALF)]
        for j in range(2 * STEPS + 1):
            curve[j] += value * taps[_STRIDE * m + j]
    top = 0
    for j in range(1, 2 * STEPS + 1):
        if curve[j] > curve[top]:
            top = j
    if top == 0 or top == 2 * STEPS:
        return float(curve[top])
    bend = 2 * curve[top] - curve[top - 1] - curve[top + 1]
    if bend <= 0:
        return float(curve[top])
    return float(curve[top] + (curve[top + 1] - curve[top - 1]) ** 2 / (8 * bend))


def ratio_of(r: float, floor: float) -> float:
    """Give 10 log10(r / (1 - r)), at least the floor and at most 60 dB; r above 1 counts as 1/r."""
    if not r > 0:
        return floor
    r = 1 / r if r > 1 else r
    return float(max(DECIBEL * np.log(r / max(1 - r, NEAREST)), floor))


def hnr_tolerance(expected: Rows) -> Rows:
    """Allow what an error of 1e-5 in the correlation makes of the ratio, and 0.01 dB."""
    ratio = np.exp(expected / DECIBEL)
    return np.asarray(0.01 + DECIBEL * 1e-5 * (ratio + 2 + 1 / ratio))


def check_pitch_range(fmin: float, fmax: float | None, floor: float) -> None:
    """Raise ParameterError if the fields that both forms have break a rule."""
    checks.number("fmin", fmin, above=0)
    if fmax is not None:
        checks.number("fmax", fmax, above=0)
    checks.number("floor", floor, minimum=-40, maximum=60)


def lags_of(fmin: float, fmax: float | None, sample_rate: float) -> tuple[int, int]:
    """Give the shortest and the longest lag [samples]."""
    fmax = sample_rate / 2 if fmax is None else fmax
    longest = 2 * math.ceil(sample_rate / fmin) + 2  # no warning: the length has been checked
    return lag_range(sample_rate=sample_rate, fmin=fmin, fmax=fmax, frame_length=longest)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class HNR(FrameFeature):
    """It is the harmonics-to-noise ratio by cross-correlation [dB], one column.

    Parameters
    ----------
    frame_length : int
        A frame has this many samples, at least two periods of fmin and 18. What is more makes the
        parts longer that are compared.
    fmin, fmax : float
        They are the range of F0 [Hz], 0 < fmin < fmax <= sample_rate / 2. With ``fmax=None`` it is
        half the sample rate, as in Praat.
    floor : float
        It is the smallest value [dB], -40 to 60, and that of silence.

    Notes
    -----
    The first n samples of a frame, without the frame's mean, are compared with the n samples that
    begin k samples later: r(k) = Σ x(i) x(i+k) / √(Σ x(i)² Σ x(i+k)²). With r the highest peak for
    lags k of fmax to fmin, also between samples, the ratio is 10 log10(r / (1 - r)). It is 60 dB at
    most. n is frame_length less the longest lag and 16. A row for a moment of noise has a value
    too: look at a column for voicing, such as YIN's aperiodicity, to tell.

    The source is Boersma, IFA Proceedings 17 (1993), 97–110, equation 4, in Praat's form by
    cross-correlation ("To Harmonicity (cc)", with ``fmax=None`` and its 1.0 period per window). On
    voiced frames of speech it agrees with Praat to 0.3 dB in the median, and in the mean of a
    recording. Praat gives frames that are quieter than a tenth of the recording's peak -200 dB,
    which a stream can't do. A row costs some n multiplications for each lag.

    Examples
    --------
    >>> HNR(name="harmonicity").columns
    ('harmonicity',)
    """

    outputs: ClassVar[tuple[str, ...]] = ("hnr",)
    unit: ClassVar[str] = "dB"

    frame_length: int = 448
    fmin: float = 75.0
    fmax: float | None = 600.0
    floor: float = -20.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_pitch_range(self.fmin, self.fmax, self.floor)

    def check(self, sample_rate: float) -> None:
        check_band(self.fmin, self.fmax, sample_rate)
        needed = 2 * math.ceil(sample_rate / self.fmin) + HALF + 2
        if self.frame_length < needed:
            rule = f">= {needed} (two periods of fmin, and {HALF + 2} samples)"
            checks.fail("frame_length", rule, self.frame_length)

    @property
    def multiplications(self) -> int:
        return self.frame_length * self.frame_length // 4

    def table(self, sample_rate: float) -> Table:
        """Give the shortest and the longest lag, and the weights of the interpolation."""
        lags = lags_of(self.fmin, self.fmax, sample_rate)
        return np.concatenate([np.array(lags, float), sinc_taps().ravel()])

    @staticmethod
    def compute(frame: Values, table: Values, floor: float, out: Values) -> None:
        """Compute the normalised cross-correlation, and the ratio at its highest peak."""
        low, high = int(table[0]), int(table[1])
        n = len(frame) - high - HALF
        x = frame.astype(np.float64)
        total = (x * x).sum()
        x -= x.mean()
        left = (x * x).sum()
        r = np.zeros(high + HALF + 1)
        first = (x[:n] * x[:n]).sum()
        if left > STEADY * total and left > len(x) * SILENCE**2 and first > 0:
            for k in range(high + HALF + 1):
                energy = first * (x[k : k + n] * x[k : k + n]).sum()
                if energy > 0:
                    r[k] = (x[:n] * x[k : k + n]).sum() / np.sqrt(energy)
        out[0] = ratio_of(highest_peak(r, low, high, table[2:]), floor)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow what float32's noise in the correlation makes of the ratio."""
        return hnr_tolerance(expected)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AutocorrelationHNR(SpectrumFeature):
    """It is the harmonics-to-noise ratio by autocorrelation [dB], one column.

    Parameters
    ----------
    n_fft : int
        A frame has this many samples, at least six periods of fmin. The default has nine of 75 Hz
        at 16 kHz.
    fmin, fmax, floor
        They mean the same as in :class:`serfast.HNR`.
    window : str, tuple or sequence of float, or None
        None is the Gaussian e^(-12 u²) with u = -1 … 1, as in Praat. Other windows are those of
        :class:`serfast.PowerSpectrum`.
    win_length, preemphasis, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    The autocorrelation of the frame under the window is divided by that of the window, and both by
    their values at 0: r(k). With r its highest peak for lags k of fmax to fmin, also between
    samples, the ratio is 10 log10(r / (1 - r)), 60 dB at most. It looks at four times as many
    samples as :class:`serfast.HNR`, and so measures steady voices more exactly and changing ones
    less.

    The source is Boersma, IFA Proceedings 17 (1993), 97–110; with ``fmax=None`` it is Praat's "To
    Harmonicity (ac)" with 4.5 periods per window, and agrees with it to 0.1 dB in the median on
    voiced frames of speech. A row costs two transforms that are longer than the frame.

    Examples
    --------
    >>> AutocorrelationHNR().columns
    ('hnr_ac',)
    """

    outputs: ClassVar[tuple[str, ...]] = ("hnr_ac",)
    unit: ClassVar[str] = "dB"

    n_fft: int = 1920
    window: Window | None = None  # type: ignore[assignment]
    remove_dc: bool = True
    fmin: float = 75.0
    fmax: float | None = 600.0
    floor: float = -20.0

    def __post_init__(self) -> None:
        if self.window is None:
            length = checks.integer("win_length", self.win_length or self.length)
            object.__setattr__(self, "window", ("gaussian", length / math.sqrt(96)))
        super().__post_init__()
        check_pitch_range(self.fmin, self.fmax, self.floor)

    def check(self, sample_rate: float) -> None:
        super().check(sample_rate)
        check_band(self.fmin, self.fmax, sample_rate)
        needed = 6 * math.ceil(sample_rate / self.fmin)
        if (self.win_length or self.length) < max(needed, 4 * HALF):
            rule = f">= {max(needed, 4 * HALF)} (six periods of fmin)"
            checks.fail("win_length or n_fft", rule, self.win_length or self.length)

    def n_lags(self, sample_rate: float) -> int:
        return lags_of(self.fmin, self.fmax, sample_rate)[1] + HALF + 1

    def table(self, sample_rate: float) -> Table:
        """Give the lags, the interpolation, and r(0) / r(k) of the window."""
        lags = lags_of(self.fmin, self.fmax, sample_rate)
        length = self.win_length or self.length
        window = window_table(self.window or "hann", length, self.window_periodic)
        n = len(window)
        correction = np.array([window[: n - k] @ window[k:] for k in range(lags[1] + HALF + 1)])
        correction = np.maximum(correction / correction[0], 1e-3)
        return np.concatenate([np.array(lags, float), sinc_taps().ravel(), 1 / correction])

    @staticmethod
    def compute(autocorrelation: Values, table: Values, floor: float, out: Values) -> None:
        """Compute the autocorrelation over that of the window, and the ratio at its peak."""
        low, high = int(table[0]), int(table[1])
        begin = 2 + _STRIDE * (2 * HALF + 1)
        r = np.zeros(high + HALF + 1)
        energy = np.float64(autocorrelation[0])
        if energy > SILENCE**2:
            for k in range(high + HALF + 1):
                r[k] = autocorrelation[k] / energy * table[begin + k]
        out[0] = ratio_of(highest_peak(r, low, high, table[2:begin]), floor)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow what float32's noise in the correlation makes of the ratio."""
        return hnr_tolerance(expected)
