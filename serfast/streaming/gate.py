"""An energy gate: is there speech in a window? By the rows' level alone, so chunks don't matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import _checks as checks

__all__ = ["EnergyGate", "enough"]

Levels = np.ndarray[Any, np.dtype[np.float32]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

MEMORY = 5.0
"""How far back the background is looked for [s]."""

SHARE = 0.1
"""Least share of a window's rows that must be loud."""

QUIETEST_DB = -70.0
"""The background is never taken to be quieter, so that a gap doesn't open the gate for noise."""

START_DB = -50.0
"""Nor, before MEMORY has been heard, to be louder, so that speech at the very start isn't lost."""


@dataclass(frozen=True)
class EnergyGate:
    """Opens for windows that are louder, now and then, than the background.

    The background is as loud as the quietest row of the last 5 s. A window holds speech if at
    least a tenth of its rows are `above_db` louder. So the gate adapts: at once where it becomes
    quieter; after 5 s where it becomes louder and stays so. A sound without any pause for so long
    is background.

    Two bounds keep it sane: the background is never taken to be quieter than -70 dB (of an RMS
    of 1), nor, before 5 s have been heard, louder than -50 dB.

    Parameters
    ----------
    above_db : float
        > 0.

    Notes
    -----
    The minimum over some seconds as a measure of the background is Martin's (IEEE Trans. Speech
    Audio Process. 9 (2001), 504-512), here without smoothing: the margin is wide.

    Examples
    --------
    >>> gate = EnergyGate(12.0)
    >>> hum, word = np.full(600, 0.01, np.float32), np.full(100, 0.1, np.float32)
    >>> gate.opens(hum, 300, complete=True)
    False
    >>> gate.opens(np.concatenate([hum, word]), 300, complete=True)
    True
    """

    above_db: float

    def __post_init__(self) -> None:
        checks.number("gate_db", self.above_db, above=0)

    def opens(self, levels: Levels, window: int, complete: bool) -> bool:
        """Whether a window holds speech: whether enough of it is :meth:`loud`."""
        return enough(self.loud(levels, window, complete))

    def loud(self, levels: Levels, window: int, complete: bool) -> Mask:
        """Which rows of a window are louder than the background.

        Parameters
        ----------
        levels : ndarray of float32, shape (n,)
            RMS of the last rows up to the window's end: of 5 s, or all there have been.
        window : int
            How many of them, at the end, are the window's.
        complete : bool
            Whether they are of 5 s.

        Returns
        -------
        ndarray of bool, shape (min(window, n),)
        """
        background = float(levels.min())
        if not complete:
            background = min(background, _amplitude(START_DB))
        background = max(background, _amplitude(QUIETEST_DB))
        return levels[-window:] > background * _amplitude(self.above_db)


def enough(loud: Mask) -> bool:
    """Whether a tenth of the rows are loud."""
    return bool(np.count_nonzero(loud) >= SHARE * len(loud))


def _amplitude(decibels: float) -> float:
    return float(10 ** (decibels / 20))
