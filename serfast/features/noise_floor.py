"""The noise floor is tracked in each column of a power spectrum, and levels are taken above it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import _checks as checks
from .base import Feature, Rows, check_floor
from .column_track import PowerTrack
from .computed import Values
from .mel import DECIBEL

__all__ = ["NoiseFloor", "NoiseSubtraction"]

PER_COLUMN = 5
"""A column has this many numbers of state: its count of rows, and four powers."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class NoiseFloor(PowerTrack):
    """It is the power of the steady noise in each column, as far as it can be known by then.

    Parameters
    ----------
    feature : Feature
        The columns of this feature are looked at: power that isn't logarithmic, such as
        ``MelPower()``. Log spectra are refused.
    smoothing : float
        It is the time constant of the smoothed power whose minimum is looked for [s], > 0 and
        <= 10.
    search_time : float
        The minimum is that of this time at least and of twice this time at most [s], > 0 and
        <= 1000. Speech must pause within it, and noise that rises is followed after it.
    threshold : float
        While the smoothed power is more than this many times its minimum, speech is heard and the
        floor stays, > 1 and <= 1e6.
    time_constant : float
        It is that of the average of the rows without speech [s], > 0 and <= 1e4.
    amin : float
        Values up to it are digital silence, which says nothing about the noise; the floor isn't
        below it either, >= 1.2e-38.
    name : str or None
        The names of the columns begin with it; None is ``noise_floor``.

    Notes
    -----
    With P the power of a row: S += α (P - S) is smoothed; its minimum is kept by two runs of
    `search_time`, of which the older one ends when the younger one is full. If S is at most
    `threshold` times the minimum, the floor is averaged, N += a (P - N); then N is put between the
    minimum and `threshold` times the minimum. P counts as 4 · `threshold` times the minimum at
    most: S would remember a shout for long. So noise that rises is followed by about 10 dB each
    `search_time`; noise that falls is followed at once down to `threshold` times the minimum, and
    then with `time_constant`. At the beginning α and a are such that S and N are the means of what
    was heard: the first row is noise. It is the minima controlled recursive averaging of Cohen and
    Berdugo, IEEE Signal Processing Letters 9 (2002), 12-15, with a decision in place of its
    smoothed probability, and without smoothing over frequency.

    Of stationary noise, with loud tones in it or without, 99.9 % of the values are within 1.5 dB of
    the truth after 1 s, and all of them after 4 s; the others are in the narrowest bands and up to
    2.5 dB off (the mean of the first second itself is off by up to 2 dB there). Under speech that
    pauses for half a second, 15 dB above the noise, the floor is some 3 dB too high. A gain of a
    power of two changes it by exactly its square. It looks at no later row. A row costs two
    exponentials, and some ten operations for each column.

    Examples
    --------
    >>> import serfast
    >>> NoiseFloor(serfast.MelPower(n_mels=2)).columns
    ('noise_floor_mel_0', 'noise_floor_mel_1')
    """

    prefix: ClassVar[str] = "noise_floor"
    forgiven: ClassVar[float] = 1 / 8

    smoothing: float = 0.1
    search_time: float = 1.5
    threshold: float = 3.5
    time_constant: float = 2.0
    amin: float = 1e-10

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.number("smoothing", self.smoothing, above=0, maximum=10)
        checks.number("search_time", self.search_time, above=0, maximum=1000)
        checks.number("threshold", self.threshold, above=1, maximum=1e6)
        checks.number("time_constant", self.time_constant, above=0, maximum=1e4)
        check_floor(self.amin)

    @property
    def state_size(self) -> int:
        """Give the numbers of all columns."""
        return PER_COLUMN * len(self.feature.columns)

    @staticmethod
    def compute(
        rows: Values,
        place: int,
        state: Any,
        row_rate: float,
        smoothing: float,
        search_time: float,
        threshold: float,
        time_constant: float,
        amin: float,
        out: Values,
    ) -> None:
        """Move on, for each column: count, S, the minimum, that of the younger run, and N."""
        quick = 1.0 - np.exp(-min(1.0 / (smoothing * row_rate), 700.0))
        slow = 1.0 - np.exp(-min(1.0 / (time_constant * row_rate), 700.0))
        run = max(np.floor(search_time * row_rate), 1.0)
        for i in range(len(out)):
            count, smooth, noise = state[5 * i], state[5 * i + 1], state[5 * i + 4]
            lowest, younger = state[5 * i + 2], state[5 * i + 3]
            power = np.float64(rows[place, i])
            if amin < power < 3e38:
                count += 1.0
                starts = count * quick <= 1.0  # S is still a mean of few rows
                if not starts:
                    power = min(power, 4.0 * threshold * lowest)  # S remembers a shout
                smooth += max(quick, 1.0 / count) * (power - smooth)
                if starts:
                    lowest, younger = smooth, smooth
                elif count % run == 0.0:
                    lowest, younger = min(younger, smooth), smooth
                else:
                    lowest, younger = min(lowest, smooth), min(younger, smooth)
                if smooth <= threshold * lowest:
                    noise += max(slow, 1.0 / count) * (power - noise)
                noise = min(max(noise, lowest), threshold * lowest)
                state[5 * i], state[5 * i + 1], state[5 * i + 2] = count, smooth, lowest
                state[5 * i + 3], state[5 * i + 4] = younger, noise
            out[i] = max(noise, amin)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 0.001 of each value.

        Where S meets the threshold within rounding, back ends decide differently and the floor is
        another one for a while: one row in eight may differ by more.
        """
        return self.limit(1e-3, np.abs(expected), expected)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class NoiseSubtraction(NoiseFloor):
    """It is the level of each column above its noise floor [dB], 0 for noise alone.

    Parameters
    ----------
    feature, smoothing, search_time, threshold, time_constant, amin
        They mean the same as in :class:`serfast.NoiseFloor`, whose floor it is.
    over_subtraction : float
        The floor is subtracted so many times from the power, 0 to 100.
    spectral_floor : float
        What is left, as a multiple of the noise floor, is raised to this, 1e-6 to 1e6.
    name : str or None
        The names of the columns begin with it; None is ``above_noise``.

    Notes
    -----
    It is 10 log10(max(P / N - over_subtraction, spectral_floor)). By default nothing is subtracted
    and the level is at least 0 dB. Spectral subtraction, in which what is left may be less than the
    noise, is ``over_subtraction=1.0, spectral_floor=0.01``; the source is Berouti, Schwartz and
    Makhoul, ICASSP 1979, 208-211. A gain of a power of two changes nothing, bit for bit, as long as
    the values are above `amin`. It looks at no later row. A row costs a logarithm for each column,
    and what the floor costs.

    Examples
    --------
    >>> import serfast
    >>> NoiseSubtraction(serfast.MelPower(n_mels=2)).columns
    ('above_noise_mel_0', 'above_noise_mel_1')
    """

    prefix: ClassVar[str] = "above_noise"
    unit: ClassVar[str] = "dB"
    state_size: ClassVar[int] = 0  # the floor has it

    over_subtraction: float = 0.0
    spectral_floor: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.number("over_subtraction", self.over_subtraction, minimum=0, maximum=100)
        checks.number("spectral_floor", self.spectral_floor, minimum=1e-6, maximum=1e6)

    @property
    def sources(self) -> tuple[Feature, ...]:
        """Give the feature, and the floor of its columns."""
        values = {f.name: getattr(self, f.name) for f in dataclasses.fields(NoiseFloor)}
        return (self.feature, NoiseFloor(values.pop("feature"), **{**values, "name": None}))

    @staticmethod
    def compute(  # type: ignore[override]
        rows: Values,
        place: int,
        over_subtraction: float,
        spectral_floor: float,
        out: Values,
    ) -> None:
        """Compute 10 log10(max(P / N - over_subtraction, spectral_floor))."""
        n = len(out)
        for i in range(n):
            ratio = min(np.float64(rows[place, i]), 3e38) / np.float64(rows[place, n + i])
            left = ratio - over_subtraction
            out[i] = DECIBEL * np.log(left if left > spectral_floor else spectral_floor)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 0.02 dB, or 0.02 dB of what is left when as much is subtracted."""
        left = np.exp(-np.maximum(expected, 10 * np.log10(self.spectral_floor)) / DECIBEL)
        return self.limit(0.02, 1 + self.over_subtraction * left, expected)
