"""The log-energy is the logarithm of a frame's energy, as Kaldi and HTK put it beside bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import _checks as checks
from .base import Rows, check_floor
from .computed import FrameFeature, Values
from .spectrum import Window, as_window, window_table

__all__ = ["LogEnergy"]

Table = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LogEnergy(FrameFeature):
    """It is the natural logarithm of the sum of a frame's squared samples: one column [neper].

    Parameters
    ----------
    frame_length : int
        A frame has this many samples, >= 1.
    window : str, tuple or sequence of float
        The samples are multiplied by it before they are squared; it means the same as in
        :class:`serfast.PowerSpectrum`, and so does `window_periodic`. "boxcar" leaves them as they
        are.
    window_periodic, preemphasis, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`. With a window and pre-emphasis it
        is the energy of what is transformed; without, Kaldi calls it raw.
    amin : float
        A smaller energy is raised to it, >= 1.2e-38.

    Notes
    -----
    It is ln(max(amin, Σ x²)), and agrees with the energy of Kaldi's fbank and MFCC to 1e-5. The
    sources are Young et al., The HTK Book, section 5.6, and Povey et al., "The Kaldi Speech
    Recognition Toolkit", ASRU 2011. It costs a pass over the samples.

    Examples
    --------
    >>> LogEnergy(frame_length=400, remove_dc=True).columns
    ('log_energy',)
    """

    outputs: ClassVar[tuple[str, ...]] = ("log_energy",)
    unit: ClassVar[str] = "neper"

    window: Window = "boxcar"
    window_periodic: bool = True
    preemphasis: float = 0.0
    remove_dc: bool = False
    amin: float = 1.1920929e-07

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "window", as_window(self.window, self.frame_length))
        checks.boolean("window_periodic", self.window_periodic)
        checks.number("preemphasis", self.preemphasis, minimum=0, maximum=1)
        check_floor(self.amin)

    def table(self, sample_rate: float) -> Table:
        """Give the window; nothing if it changes no sample."""
        if self.window == "boxcar":
            return np.empty(0)
        return window_table(self.window, self.frame_length, self.window_periodic)

    @staticmethod
    def compute(
        frame: Values, table: Values, preemphasis: float, remove_dc: bool, amin: float, out: Values
    ) -> None:
        """Compute ln(max(amin, Σ (w[i] (y[i] - preemphasis · y[i-1]))²)), y = x - mean(x)."""
        mean = 0.0
        if remove_dc:
            for i in range(len(frame)):
                mean += float(frame[i])
            mean /= len(frame)
        before = float(frame[0]) - mean
        total = 0.0
        for i in range(len(frame)):
            sample = float(frame[i]) - mean
            weighted = sample - preemphasis * before
            if len(table):
                weighted *= float(table[i])
            total += weighted * weighted
            before = sample
        out[0] = np.log(max(amin, total))

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 1e-4; and more for constant frames, of which only rounding is left."""
        quiet = expected.max(initial=-np.inf) - 20
        return self.limit(1.0, np.where(expected > quiet, 1e-4, np.inf), expected)
