"""An energy gate tells whether a window holds speech.

It goes by the level of the rows alone, so it doesn't matter how the signal came in chunks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import _checks as checks

__all__ = ["EnergyGate", "enough"]

Levels = np.ndarray[Any, np.dtype[np.float32]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

MEMORY = 5.0
"""The background is looked for in this much of the signal before the window's end [s]."""

SHARE = 0.1
"""At least this share of a window's rows must be loud."""

QUIETEST_DB = -70.0
"""The background is never taken to be quieter than this.

Otherwise a gap of digital silence would open the gate for noise.
"""

START_DB = -50.0
"""The background isn't taken to be louder than this until MEMORY seconds have arrived.

Otherwise speech at the very start of a signal would be taken for background.
"""


@dataclass(frozen=True)
class EnergyGate:
    """A gate opens for windows in which enough rows are louder than the background.

    The background is as loud as the quietest row of the last 5 s. A window holds speech if at
    least a tenth of its rows are `above_db` louder than that. So the gate adapts: it follows at
    once when the background becomes quieter, and after 5 s when it becomes louder and stays so. A
    sound that goes on for 5 s without any pause is taken for background.

    Two bounds are set. The background is never taken to be quieter than -70 dB (0 dB is an RMS
    of 1). Until 5 s have arrived, it isn't taken to be louder than -50 dB.

    Parameters
    ----------
    above_db : float
        A loud row is this much louder than the background, > 0 [dB].

    Notes
    -----
    Martin (IEEE Trans. Speech Audio Process. 9 (2001), 504-512) measures the background by the
    minimum over some seconds. The gate does so too, without smoothing, because its margin is
    wide. A call costs one pass over the levels.

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
        """Tell whether a window holds speech: whether at least a tenth of it is :meth:`loud`."""
        return enough(self.loud(levels, window, complete))

    def loud(self, levels: Levels, window: int, complete: bool) -> Mask:
        """Give a mask of the rows of a window that are louder than the background.

        Parameters
        ----------
        levels : ndarray of float32, shape (n,)
            These are the RMS values of the rows of the last 5 s up to the window's end, or of all
            rows if there have been fewer.
        window : int
            The window is the last `window` of these rows.
        complete : bool
            This says whether `levels` covers the whole 5 s.

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
    """Tell whether at least a tenth of the rows are loud."""
    return bool(np.count_nonzero(loud) >= SHARE * len(loud))


def _amplitude(decibels: float) -> float:
    return float(10 ** (decibels / 20))
