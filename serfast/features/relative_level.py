"""The relative level is a power spectrum beside the running mean of its own power."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import _checks as checks
from .base import Rows
from .column_track import PowerTrack
from .computed import Values
from .mel import DECIBEL

__all__ = ["RelativeLevel"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RelativeLevel(PowerTrack):
    """It is the level of each column above the running mean power of all columns [dB].

    Parameters
    ----------
    feature : Feature
        The columns of this feature are looked at: power that isn't logarithmic, such as
        ``MelPower()``. Log spectra are refused; negative values count as 0.
    time_constant : float
        Rows that are older than this are forgotten exponentially [s], > 0 and <= 1e4.
    top_db : float
        What is further below the mean is raised to it, 1 to 300 [dB].
    name : str or None
        The names of the columns begin with it; None is ``relative``.

    Notes
    -----
    With P the columns of a row, it is 10 log10(max(P / M, 10^(-top_db / 10))). M is the mean of P
    over the columns and over the rows up to this one, with the weight exp(-age / time_constant).
    The loudest rows make up most of such a mean, so it follows the speech and hardly the pauses
    or a noise below the speech; a mean of logarithms (:class:`serfast.RunningNormalization`)
    doesn't. It is an automatic gain control that the shape of the spectrum passes unchanged.

    A gain of a power of two changes nothing, bit for bit; another one changes a level by float32's
    rounding of a power, 5e-7 dB; digital silence is -`top_db` at every gain. Rows of digital
    silence alone from the start on are -`top_db` too. It looks at no later row. A row costs an
    exponential, and a logarithm for each column.

    Examples
    --------
    >>> import serfast
    >>> RelativeLevel(serfast.MelPower(n_mels=2)).columns
    ('relative_mel_0', 'relative_mel_1')
    """

    prefix: ClassVar[str] = "relative"
    unit: ClassVar[str] = "dB"
    state_size: ClassVar[int] = 2

    time_constant: float = 3.0
    top_db: float = 80.0

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.number("time_constant", self.time_constant, above=0, maximum=1e4)
        checks.number("top_db", self.top_db, minimum=1, maximum=300)

    @staticmethod
    def compute(
        rows: Values,
        place: int,
        state: Any,
        row_rate: float,
        time_constant: float,
        top_db: float,
        out: Values,
    ) -> None:
        """Move the sums of the weights and of the weighted powers on, and take levels over them."""
        n = len(out)
        decay = np.exp(-min(1.0 / (time_constant * row_rate), 700.0))
        power = 0.0
        for i in range(n):
            level = np.float64(rows[place, i])
            power += min(level, 3e38) if level > 0.0 else 0.0  # NaN is 0
        state[0] = decay * state[0] + 1.0
        state[1] = decay * state[1] + power / n
        if not state[1] > 1e-60:  # denormal numbers are slow
            state[1] = 0.0
        mean = state[1] / state[0]
        for i in range(n):
            level = np.float64(rows[place, i])
            value = DECIBEL * np.log(min(level, 3e38) / mean) if level > 0.0 else -top_db
            out[i] = max(value, -top_db)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 0.02 dB, and more where the power itself is uncertain."""
        return self.limit(0.02, 1 + np.exp((-40 - expected) / DECIBEL), expected)
