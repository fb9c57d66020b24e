"""The pitch stage has YIN, which gives F0 and aperiodicity, and the lags that YIN looks at."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .. import _checks as checks
from .base import MAX_TRANSFORM, Feature, Planner, Quantity, Rows, check_band
from .spectrum import transform_work

__all__ = ["YIN", "lag_range"]


def lag_range(
    *,
    sample_rate: float,
    fmin: float,
    fmax: float,
    frame_length: int,
    warn: checks.Warn = checks.warn,
) -> tuple[int, int]:
    """Give the shortest and the longest lag [samples], for F0 from fmax down to fmin [Hz].

    There is a warning if two periods of fmin don't fit into a frame, because the difference
    function then compares too few samples at the longest lags. `warn` is called with the message;
    by default it gives a UserWarning.

    Examples
    --------
    >>> lag_range(sample_rate=16000, fmin=65, fmax=600, frame_length=1024)
    (26, 247)
    """
    if sample_rate / fmin >= frame_length // 2:
        warn(
            f"frame_length should hold two periods of fmin ({2 * sample_rate / fmin:.0f} samples), "
            f"got {frame_length}: pitch near fmin is unreliable"
        )
    return math.floor(sample_rate / fmax), min(math.ceil(sample_rate / fmin), frame_length - 1)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class YIN(Feature):
    """YIN gives the fundamental frequency and how aperiodic the frame is, in two columns.

    Parameters
    ----------
    frame_length : int
        A frame has this many samples, 4 to 2²². It must be longer than one period of fmin; two
        are better.
    fmin, fmax : float
        They are the range of F0 [Hz], 0 < fmin < fmax <= sample_rate / 2.
    threshold : float
        The first trough of the normalised difference below the threshold is the period. If there
        is none, the deepest point is.

    Notes
    -----
    The column ``f0`` [Hz] always holds a number, also for unvoiced frames: look at the other
    column to tell them apart. The column ``aperiodicity`` is the cumulative-mean-normalised
    difference d'(τ) at the chosen lag. It is small for a periodic frame (up to
    τ / (2 · frame_length), because the lagged frame ends in zeros, as in librosa), about 1 for
    noise, more for a constant, and 1 for a frame without energy.

    The source is de Cheveigné and Kawahara, J. Acoust. Soc. Am. 111 (2002), 1917–1930, equations 6
    to 8 and section II.E. ``f0`` agrees with ``librosa.yin`` to 1e-4 relative. It is the most
    expensive of the usual features: it costs an FFT that is longer than the frame, and a division
    for each lag.

    Examples
    --------
    >>> YIN(name="pitch").columns
    ('pitch_f0', 'pitch_aperiodicity')
    """

    prefix: ClassVar[str] = ""
    quantity: ClassVar[Quantity] = "pitch"
    forgiven: ClassVar[float] = 1 / 8

    frame_length: int = 1024
    fmin: float = 65.0
    fmax: float = 600.0
    threshold: float = 0.1

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.integer("frame_length", self.frame_length, 4, MAX_TRANSFORM)
        checks.number("fmin", self.fmin, above=0)
        checks.number("fmax", self.fmax, above=0)
        checks.number("threshold", self.threshold, above=0)

    @property
    def length(self) -> int:
        return self.frame_length

    @property
    def columns(self) -> tuple[str, ...]:
        prefix = f"{self.name}_" if self.name else ""
        return (f"{prefix}f0", f"{prefix}aperiodicity")

    @property
    def units(self) -> tuple[str, ...]:
        return ("Hz", "1")

    def check(self, sample_rate: float) -> None:
        check_band(self.fmin, self.fmax, sample_rate)
        if sample_rate / self.fmin >= self.frame_length - 1:
            checks.fail(
                "frame_length",
                f"> sample_rate / fmin + 1 = {sample_rate / self.fmin + 1:.1f}, one period of fmin",
                self.frame_length,
            )
        if math.floor(sample_rate / self.fmax) >= math.ceil(sample_rate / self.fmin):
            checks.fail(
                "fmin", f"at least a sample's period below fmax ({self.fmax} Hz)", self.fmin
            )

    @property
    def multiplications(self) -> int:
        return 2 * transform_work(2 * self.frame_length)

    def plan(self, planner: Planner, column: int) -> None:
        planner.pitch(self, column)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 2e-4 of F0, and 2e-4 in the aperiodicity.

        If two troughs of d' differ by no more than rounding, either may be chosen, and F0 may be
        any of both values. So one row in eight may differ by more.
        """
        return self.limit(2e-4, np.maximum(np.abs(expected), 1), expected)
