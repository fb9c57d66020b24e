"""The candidates of F0 are the strongest peaks of a frame's normalised autocorrelation."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from .. import _checks as checks
from ..forking import forks_wait
from .base import MAX_TRANSFORM, Quantity, Rows, check_band
from .computed import ComputedFeature, Values
from .spectrum import transform_work, window_table

__all__ = ["F0Candidates", "usual_frame_length"]

Table = np.ndarray[Any, np.dtype[np.float64]]

MAX_CANDIDATES = 16
"""A frame has at most this many candidates: the path compares each with each of the row before."""

PERIODS = 2.25
"""A frame has so many periods of fmin."""

SHORTEST = 0.025
"""A frame of the usual length isn't shorter [s]."""

BLOCK = 0.0005
"""The level is that of the means of so many seconds, which are low-passed at about 1 kHz."""

HALF_BLOCKS = 20
"""The level looks at so many blocks on each side of the row's moment: 10 ms."""

SMOOTHED = 16000.0
"""The autocorrelation is smoothed over one sample of this rate [Hz] to both sides."""

SILENCE = 1e-9
"""Power below it is silence: -90 dB."""


def usual_frame_length(sample_rate: float, fmin: float) -> int:
    """Give the number of samples in 2.25 periods of fmin [Hz], or in 25 ms if these are longer.

    Examples
    --------
    >>> usual_frame_length(16000, 50.0)
    720
    """
    return 2 * round(sample_rate * max(PERIODS / fmin, SHORTEST) / 2)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class F0Candidates(ComputedFeature):
    """They are the frequencies that F0 may have in a frame, each with its strength, and a level.

    Parameters
    ----------
    fmin, fmax : float
        They are the range of F0 [Hz], 0 < fmin < fmax <= sample_rate / 2.
    n_candidates : int
        There are this many at most, 1 to 16.
    frame_length : int or None
        A frame has this many samples, more than one and a half periods of fmin. None stands for
        2.25 periods, and at least 25 ms: the spec fills it in.

    Notes
    -----
    The columns are the frequencies [Hz] from the highest to the lowest, then their strengths, then
    the level [dB]. Where there are fewer candidates, the last frequencies and strengths are 0.

    The autocorrelation of the frame under a Hann window, without its mean, is divided by that of
    the window, as in Boersma, Proc. Institute of Phonetic Sciences Amsterdam 17 (1993), 97–110,
    equations 6 to 9. It is smoothed with the weights 1/4, 1/2 and 1/4 over 1/16000 s to both sides,
    so that its peaks are wider than a sample. Its local maxima are the candidates; a parabola
    through three lags gives place and height. If there are too many, the highest ones are kept,
    where long lags count less, by up to a fifth: a high voice's subharmonics are as high as its own
    peak. A strength is the height over the power at lag 0: 1 for a periodic frame. A peak below
    a fiftieth is none.
    The level is that of low frequencies, up to about 1 kHz, in the 10 ms before the row's moment or
    in the 10 ms after it, whichever is less: a voice is heard on both sides.

    It costs the FFT of the frame and the longest period.

    Examples
    --------
    >>> F0Candidates(n_candidates=2).columns
    ('candidate_0', 'candidate_1', 'strength_0', 'strength_1', 'candidate_level')
    """

    inputs: ClassVar[tuple[str, ...]] = (*ComputedFeature.inputs, "autocorrelation")
    quantity: ClassVar[Quantity] = "number"
    forgiven: ClassVar[float] = 1 / 8
    window: ClassVar[str] = "hann"
    window_periodic: ClassVar[bool] = True
    win_length: ClassVar[None] = None
    preemphasis: ClassVar[float] = 0.0
    remove_dc: ClassVar[bool] = True

    fmin: float = 50.0
    fmax: float = 600.0
    n_candidates: int = 6
    frame_length: int | None = None

    def __post_init__(self) -> None:
        checks.integer("n_candidates", self.n_candidates, 1, MAX_CANDIDATES)
        super().__post_init__()
        checks.number("fmin", self.fmin, above=0)
        checks.number("fmax", self.fmax, above=0)
        if self.fmin >= self.fmax:
            checks.fail("fmin", f"< {self.fmax:g} Hz (fmax)", self.fmin)
        if self.frame_length is not None:
            checks.integer("frame_length", self.frame_length, 4, MAX_TRANSFORM)

    @property
    def length(self) -> int:
        """Give the number of samples in a frame; before it is in a spec, that at 16 kHz."""
        return self.frame_length or usual_frame_length(16000, self.fmin)

    @property
    def n_fft(self) -> int:
        """Give the number of samples under the window."""
        return self.length

    @property
    def columns(self) -> tuple[str, ...]:
        prefix = f"{self.name}_" if self.name else ""
        kinds = [f"{kind}_{i}" for kind in ("candidate", "strength") for i in self._places]
        return tuple(prefix + column for column in (*kinds, "candidate_level"))

    @property
    def units(self) -> tuple[str, ...]:
        return (*("Hz" for _ in self._places), *("1" for _ in self._places), "dB")

    @property
    def _places(self) -> range:
        return range(self.n_candidates)

    @property
    def multiplications(self) -> int:
        return 2 * transform_work(2 * self.length)

    def n_lags(self, sample_rate: float) -> int:
        """Give the number of lags up to the one behind the longest period."""
        return (
            math.ceil(sample_rate / self.fmin)
            + 2
            + max(math.floor(sample_rate / SMOOTHED + 0.5), 1)
        )

    def fitted(self, sample_rate: float, hop_length: int) -> F0Candidates:
        """Give the candidates with the usual frame length, if none was given."""
        if self.frame_length is not None:
            return self
        return replace(self, frame_length=usual_frame_length(sample_rate, self.fmin))

    def check(self, sample_rate: float) -> None:
        check_band(self.fmin, self.fmax, sample_rate)
        periods = 1.5 * sample_rate / self.fmin
        if self.length < max(periods, self.n_lags(sample_rate) + 1):
            rule = f">= {max(periods, 4):.0f}, one and a half periods of fmin"
            checks.fail("frame_length", rule, self.frame_length)
        checks.integer("frame_length", self.length, 4, MAX_TRANSFORM)

    def table(self, sample_rate: float) -> Table:
        """Give the energy of silence, 1 over the window's autocorrelation, the level's weights.

        The autocorrelation is that of the lags from 1 on, over that of lag 0.
        """
        with forks_wait:
            from numpy.fft import irfft, rfft  # heavy: 0.1 MB, for this feature only

        window = window_table(self.window, self.length)
        power = np.abs(rfft(window, 2 * self.length)) ** 2
        overlap = irfft(power)[: math.ceil(sample_rate / self.fmin) + 2]
        ratios = overlap[0] / np.maximum(overlap[1:], 0.05 * overlap[0])
        block = max(math.floor(BLOCK * sample_rate + 0.5), 1)
        n_blocks = min(HALF_BLOCKS, self.length // 2 // block)
        weights = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(1, n_blocks + 1) / (n_blocks + 1))
        return np.concatenate([[SILENCE * overlap[0]], ratios, weights / weights.sum()])

    @staticmethod
    def compute(
        frame: Values,
        autocorrelation: Values,
        table: Values,
        sample_rate: float,
        fmin: float,
        fmax: float,
        n_candidates: int,
        out: Values,
    ) -> None:
        """Keep the highest peaks between the shortest and the longest lag; take the level."""
        first, last = int(np.floor(sample_rate / fmax)), int(np.ceil(sample_rate / fmin))
        step = max(int(np.floor(sample_rate / 16000.0 + 0.5)), 1)
        curve, lags, n = np.zeros(last + 2), np.zeros(n_candidates, np.int64), 0
        for k in range(first - 1, last + 2):
            around = float(autocorrelation[abs(k - step)]) + autocorrelation[k + step]
            curve[k] = (0.5 * autocorrelation[k] + 0.25 * around) * table[k]
        energy = 0.5 * (float(autocorrelation[0]) + autocorrelation[step]) + table[0]
        worth = np.zeros(n_candidates)
        for k in range(first, last + 1):
            this = curve[k] * (1.0 - 0.2 * k / last)
            if not (this > 0.02 * energy and curve[k] > curve[k - 1] and curve[k] >= curve[k + 1]):
                continue
            if n == n_candidates:
                weakest = worth.argmin()
                if this <= worth[weakest]:
                    continue
                n -= 1
                for i in range(weakest, n):
                    lags[i], worth[i] = lags[i + 1], worth[i + 1]
            lags[n], worth[n] = k, this
            n += 1
        for i in range(n_candidates):
            out[i] = out[n_candidates + i] = 0.0
        for i in range(n):
            before, here, after = curve[lags[i] - 1], curve[lags[i]], curve[lags[i] + 1]
            bend, slope = before + after - 2.0 * here, (after - before) / 2.0
            height = here - slope * slope / (2.0 * bend)
            out[i] = min(max(sample_rate / (lags[i] - slope / bend), fmin), fmax)
            out[n_candidates + i] = min(height / energy, 2.0)
        block = max(int(np.floor(0.0005 * sample_rate + 0.5)), 1)
        half = len(table) - last - 2
        means, middle = np.zeros(2 * half), 0.0
        for i in range(2 * half):
            for j in range(block):
                means[i] += frame[len(frame) // 2 + (i - half) * block + j] / block
            middle += means[i] / (2 * half)
        left, right = 0.0, 0.0
        for i in range(half):
            left += table[last + 2 + i] * (means[i] - middle) ** 2
            right += table[last + 2 + i] * (means[half + i] - middle) ** 2
        out[2 * n_candidates] = 10.0 / np.log(10.0) * np.log(min(left, right) + 1e-9)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 2e-3 of each value.

        Where two peaks are equally high within rounding, back ends keep different ones, and all
        columns of the row are others. So one row in eight may differ by more.
        """
        return self.limit(2e-3, np.maximum(np.abs(expected), 1), expected)
