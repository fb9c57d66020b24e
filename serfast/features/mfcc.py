"""The MFCC stage applies a cosine transform and a lifter to a log-mel row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np

from .. import _checks as checks
from .base import Planner, Rows
from .mel import LogMel

__all__ = ["MFCC", "cepstrum_matrix", "dct_matrix", "lifter_weights"]

Table = np.ndarray[Any, np.dtype[np.float64]]

MAX_MFCC = 4096
"""There are at most this many coefficients; their table has n_mels × n_mfcc numbers."""


DctNorm: TypeAlias = Literal["ortho", "htk"] | None


def dct_matrix(n_out: int, n_in: int, dct_type: int = 2, norm: DctNorm = "ortho") -> Table:
    """Give the first n_out rows of the discrete cosine transform of n_in points, as a matrix.

    Without norm, for x[0 … N-1] (N = n_in):

    - type 1: y[k] = x[0] + (-1)^k x[N-1] + 2 Σ_{0<n<N-1} x[n] cos(π k n / (N-1))
    - type 2: y[k] = 2 Σ x[n] cos(π k (2n+1) / 2N)
    - type 3: y[k] = x[0] + 2 Σ_{n>0} x[n] cos(π (2k+1) n / 2N)

    "ortho" scales rows and columns so that the full matrix is orthogonal. "htk" multiplies all by
    sqrt(1 / 2N): for type 2 that is "ortho", but for row 0, which is sqrt(2) times as large.

    Returns
    -------
    ndarray of float64, shape (n_out, n_in)
        ``dct_matrix(...) @ x`` equals ``scipy.fft.dct(x, type, norm=norm)[:n_out]``.

    Examples
    --------
    >>> dct_matrix(1, 4, norm=None).tolist()
    [[2.0, 2.0, 2.0, 2.0]]
    """
    k = np.arange(n_out)[:, np.newaxis]
    n = np.arange(n_in)
    if dct_type == 1:
        matrix = 2 * np.cos(np.pi * k * n / (n_in - 1))
        matrix[:, [0, -1]] /= 2
    elif dct_type == 2:
        matrix = 2 * np.cos(np.pi * k * (2 * n + 1) / (2 * n_in))
    else:
        matrix = 2 * np.cos(np.pi * (2 * k + 1) * n / (2 * n_in))
        matrix[:, 0] /= 2
    if norm == "htk":
        return np.asarray(matrix / np.sqrt(2 * n_in))
    return matrix if norm is None else _orthonormal(matrix, n_in, dct_type)


def _orthonormal(matrix: Table, n_in: int, dct_type: int) -> Table:
    """Give the matrix with its rows scaled so that the full matrix is orthogonal."""
    half = np.sqrt(0.5)
    if dct_type == 1:
        matrix = matrix / np.sqrt(2 * (n_in - 1))
        matrix[:, [0, -1]] /= half
        matrix[0] *= half
        if len(matrix) == n_in:
            matrix[-1] *= half
    elif dct_type == 2:
        matrix = matrix / np.sqrt(2 * n_in)
        matrix[0] *= half
    else:
        matrix = matrix / np.sqrt(2 * n_in)
        matrix[:, 0] /= half
    return matrix


def lifter_weights(n_mfcc: int, lifter: float, start: float = 1.0) -> Table:
    """Give the factor on each coefficient: 1 + L/2 · sin(π (n + start) / L), or 1 for L = 0.

    Examples
    --------
    >>> lifter_weights(3, 0).tolist()
    [1.0, 1.0, 1.0]
    """
    if lifter == 0:
        return np.ones(n_mfcc)
    return np.asarray(1 + lifter / 2 * np.sin(np.pi * (np.arange(n_mfcc) + start) / lifter))


def cepstrum_matrix(
    n_mfcc: int,
    n_mels: int,
    dct_type: int,
    norm: DctNorm,
    lifter: float,
    lifter_start: float = 1.0,
    first_mfcc: int = 0,
) -> Table:
    """Give cosine transform and lifter as one matrix of shape (n_mfcc, n_mels).

    Its first row is that of coefficient `first_mfcc`.
    """
    end = first_mfcc + n_mfcc
    weights = lifter_weights(end, lifter, lifter_start)[:, np.newaxis]
    return np.asarray((dct_matrix(end, n_mels, dct_type, norm) * weights)[first_mfcc:])


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MFCC(LogMel):
    """They are mel-frequency cepstral coefficients, in n_mfcc columns.

    Parameters
    ----------
    n_mfcc : int
        There are this many coefficients, 1 to n_mels - first_mfcc, and at most 4096.
    first_mfcc : int
        This is the number of the first one, >= 0. 1 leaves the sum over all bands away, in whose
        place some toolkits have the energy.
    dct_type : {1, 2, 3}
        This is the type of the cosine transform over the bands (type 1 needs n_mels >= 2).
    dct_norm : {"ortho", "htk", None}
        "ortho" makes the transform orthonormal; "htk" does so too, but for coefficient 0, which
        is sqrt(2) times as large; None takes plain sums.
    lifter : float
        L > 0 multiplies coefficient n (from 0) by 1 + L/2 · sin(π (n + lifter_start) / L); 0
        changes nothing.
    lifter_start : float
        It is 1 in librosa, and 0 in HTK and Kaldi, where coefficient 0 stays as it is; 0 to 4096.

    Notes
    -----
    They agree with ``librosa.feature.mfcc`` to 0.02 (1e-3 in the median, on speech). The source is
    Davis and Mermelstein, IEEE Trans. ASSP 28 (1980), 357–366; the lifter is from Juang, Rabiner
    and Wilpon, IEEE Trans. ASSP 35 (1987), 947–954. A row costs n_mfcc · n_mels multiplications in
    addition to its log-mel, which is shared.

    Examples
    --------
    >>> MFCC(n_mfcc=3).columns
    ('mfcc_0', 'mfcc_1', 'mfcc_2')
    """

    prefix: ClassVar[str] = "mfcc"

    n_mfcc: int = 13
    first_mfcc: int = 0
    dct_type: int = 2
    dct_norm: DctNorm = "ortho"
    lifter: float = 0.0
    lifter_start: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.integer("n_mfcc", self.n_mfcc, 1, MAX_MFCC)
        checks.integer("first_mfcc", self.first_mfcc, 0, MAX_MFCC)
        if self.n_mfcc > self.n_mels:
            checks.fail("n_mfcc", f"<= n_mels ({self.n_mels})", self.n_mfcc)
        if self.first_mfcc > self.n_mels - self.n_mfcc:
            most = self.n_mels - self.n_mfcc
            checks.fail("first_mfcc", f"<= {most} (n_mels - n_mfcc)", self.first_mfcc)
        checks.choice("dct_type", self.dct_type, (1, 2, 3))
        if self.dct_type == 1 and self.n_mels < 2:
            checks.fail("n_mels", ">= 2 for dct_type=1", self.n_mels)
        checks.choice("dct_norm", self.dct_norm, ("ortho", "htk", None))
        checks.number("lifter", self.lifter, minimum=0)
        checks.number("lifter_start", self.lifter_start, minimum=0, maximum=MAX_MFCC)

    @property
    def columns(self) -> tuple[str, ...]:
        numbers = range(self.first_mfcc, self.first_mfcc + self.n_mfcc)
        return tuple(f"{self.name or self.prefix}_{n}" for n in numbers)

    @property
    def multiplications(self) -> int:
        return super().multiplications + self.n_mels * self.n_mfcc

    def plan(self, planner: Planner, column: int) -> None:
        planner.cepstrum(self, column)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 0.008 of a decibel, because few bands of a row are off by 0.02."""
        return self.limit(8e-3, self.decibel, expected)
