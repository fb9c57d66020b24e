"""PCEN divides each channel of a spectrum by a smoothed copy of itself, and compresses the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import _checks as checks
from .column_track import PowerTrack
from .computed import Values

__all__ = ["PCEN"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PCEN(PowerTrack):
    """PCEN is the per-channel energy normalisation of a spectrum; it has the feature's columns.

    Parameters
    ----------
    feature : Feature
        The columns of this feature are normalised: a linear spectrum, such as ``MelPower()`` or
        ``MelPower(power=1.0)``. Negative values count as 0; log spectra are refused.
    gain : float
        The smoothed energy is raised to this power before it divides, 0 to 4. 1 takes the gain of
        the channel away.
    bias : float
        It is added before the compression, 0 or 1e-9 to 1e6.
    power : float
        It is the exponent of the compression, 0 to 4. 0 stands for the logarithm, ln(1 + x).
    time_constant : float
        It is that of the smoother [s], > 0 and <= 1e4. The smoother's coefficient follows from it,
        unless `b` is given.
    eps : float
        It is added to the smoothed energy, 1e-30 to 1e30.
    b : float
        It is the smoother's coefficient, > 0 and <= 1. 0 is librosa's None: it follows from
        `time_constant` and the rate of the rows.
    scale : float
        The columns are multiplied by it first, > 0 and <= 1e12. librosa's advice for samples in
        [-1, 1] is 2³¹, for which `eps` and `bias` were chosen.
    initial : float
        It is the smoothed energy, after scaling, before the first row, 0 to 1e30. librosa's is 1. 0
        stands for the first row's own energy, so that a recording begins without a transient.
    name : str or None
        The names of the columns begin with it; None is ``pcen``: ``mel_0`` becomes ``pcen_mel_0``.

    Notes
    -----
    With E the scaled columns, it is M[t] = (1 - b) M[t-1] + b E[t] and
    (E / (eps + M)^gain + bias)^power - bias^power. With T the time constant in rows,
    b = (√(1 + 4 T²) - 1) / (2 T²). It agrees with ``librosa.pcen(scale * S)`` of the same rows to
    2e-7 of the largest value. The source is Wang, Getreuer, Hughes, Lyon and Saurous, ICASSP 2017,
    5670-5674, equations 1 and 2. It looks at no later row, and its state is a number for each
    column. A row costs a logarithm and an exponential for each column, and one more of both if
    `power` isn't ½.

    Examples
    --------
    >>> import serfast
    >>> PCEN(serfast.MelPower(n_mels=2), scale=2**31).columns
    ('pcen_mel_0', 'pcen_mel_1')
    """

    prefix: ClassVar[str] = "pcen"
    unit: ClassVar[str] = "1"

    gain: float = 0.98
    bias: float = 2.0
    power: float = 0.5
    time_constant: float = 0.4
    eps: float = 1e-6
    b: float = 0.0
    scale: float = 1.0
    initial: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.number("gain", self.gain, minimum=0, maximum=4)
        checks.number("bias", self.bias, minimum=0, maximum=1e6)
        if 0 < self.bias < 1e-9:
            checks.fail("bias", "0 or >= 1e-09", self.bias)
        checks.number("power", self.power, minimum=0, maximum=4)
        checks.number("time_constant", self.time_constant, above=0, maximum=1e4)
        checks.number("eps", self.eps, minimum=1e-30, maximum=1e30)
        checks.number("b", self.b, minimum=0, maximum=1)
        checks.number("scale", self.scale, above=0, maximum=1e12)
        checks.number("initial", self.initial, minimum=0, maximum=1e30)

    @property
    def state_size(self) -> int:
        """Give one number for each column, and one that tells whether a row was heard."""
        return 1 + len(self.feature.columns)

    @staticmethod
    def compute(
        rows: Values,
        place: int,
        state: Any,
        row_rate: float,
        gain: float,
        bias: float,
        power: float,
        time_constant: float,
        eps: float,
        b: float,
        scale: float,
        initial: float,
        out: Values,
    ) -> None:
        """Smooth, M += b (E - M); normalise, x = E / (eps + M)^gain; compress x."""
        if b == 0.0:
            width = 2.0 * time_constant * row_rate
            b = 2.0 / (1.0 + np.sqrt(1.0 + width * width))
        for i in range(len(out)):
            energy = float(rows[place, i])
            energy = scale * min(energy, 3e38) if energy > 0.0 else 0.0
            if state[0] == 0.0:
                state[1 + i] = initial if initial > 0.0 else energy
            smooth = (1.0 - b) * state[1 + i] + b * energy
            state[1 + i] = smooth if smooth > 1e-60 else 0.0  # denormal numbers are slow
            x = energy * np.exp(-gain * np.log(eps + state[1 + i]))
            if power == 0.0:
                value = np.log1p(x)
            elif bias == 0.0:
                value = x**power
            else:
                value = bias**power * np.expm1(min(power * np.log1p(x / bias), 700.0))
            out[i] = min(value, 3e38)
        state[0] = 1.0
