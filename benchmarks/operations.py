"""What a row takes at least: floating-point operations and bytes, from its program's formulas.

Additions, multiplications, divisions, roots and comparisons count one each. A transform of N real
samples has the customary 5/2 N log2 N (Frigo and Johnson, Proc. IEEE 93 (2005), section V), which
no program takes exactly. Bytes are those of frames, tables and results, each read or written once
for a row; what a transform moves between its passes isn't counted.
"""

from __future__ import annotations

from math import log2
from typing import NamedTuple

import numpy as np

from serfast.program import rows as p

FLOAT = 4
LOGARITHM = 24
"""Operations of one logarithm: the floor, 7 terms of Horner's rule, and the scaling before it."""


class Cost(NamedTuple):
    """What a row takes at least."""

    operations: float
    bytes: float

    def __add__(self, other: object) -> Cost:
        if not isinstance(other, Cost):
            return NotImplemented
        return Cost(self.operations + other.operations, self.bytes + other.bytes)


FORMULAS = (
    ("RMS", "2 N", "4 N"),
    ("ZCR", "3 N", "4 N"),
    ("power", "N + 5/2 N log2 N + 3/2 N", "14 N"),
    ("mel", "2 W, W the weights above 0", "4 W + 4 (N/2 + M)"),
    ("log", f"{LOGARITHM} M", "8 M"),
    ("DCT", "2 M C", "4 M C + 4 (M + C)"),
    ("YIN", "5 P log2 P + 3/2 P + 12 T, P = N + T", "4 (N + 3 P + 6 T)"),
    ("delta", "2 C w", "4 (w + 1) C"),
)
"""Operations and bytes of each stage. N are the samples of a frame, M bands, C coefficients or
columns, T lags, w the width of a delta."""


def row_cost(program: p.Program) -> Cost:
    """Give the cost of one row of a program."""
    total = Cost(0, 0)
    for energy in program.energies:
        total += Cost(2 * energy.frames.length, FLOAT * energy.frames.length)
    for crossings in program.crossings:
        total += Cost(3 * crossings.frames.length, FLOAT * crossings.frames.length)
    for spectrum in program.spectra:
        total += _spectrum(spectrum)
    for pitch in program.pitches:
        total += _pitch(pitch)
    for track in program.tracks:
        n = sum(source.stop - source.start for source in track.sources)
        width = track.back + track.ahead + 1
        total += Cost(2 * n * width, FLOAT * (width + 1) * n)
    return total


def transform(n: int) -> float:
    """Count the operations of a transform of n real samples."""
    return 2.5 * n * log2(n)


def _spectrum(node: p.Spectrum) -> Cost:
    n = node.frames.length
    total = Cost(n + transform(n) + 1.5 * n, 14 * n)
    for mel in node.mels:
        n_mels, weights = len(mel.weights), int(np.count_nonzero(mel.weights))
        total += Cost(2 * weights, FLOAT * (weights + n // 2 + n_mels))
        for log in mel.logs:
            total += Cost(LOGARITHM * n_mels, 2 * FLOAT * n_mels)
            for cepstrum in log.cepstra:
                c, m = cepstrum.matrix.shape
                total += Cost(2 * m * c, FLOAT * (m * c + m + c))
    return total


def _pitch(node: p.Pitch) -> Cost:
    n, lags = node.frames.length, node.max_lag
    padded = n + lags
    operations = 2 * transform(padded) + 1.5 * padded + 12 * lags
    return Cost(operations, FLOAT * (n + 3 * padded + 6 * lags))
