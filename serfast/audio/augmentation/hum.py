"""The hum of the mains, with its harmonics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.fft import irfft

from .alteration import Array, Samples
from .chances import Value, drawn, value_text
from .mixing import check_ratio, mixed

__all__ = ["Hum"]

MAINS = (50.0, 60.0)  # [Hz]
DRIFT = 0.002  # grids keep their frequency within this share
HIGHEST = 2000.0  # [Hz]: harmonics above it are too weak to matter
TABLE = 1 << 15


@dataclass(frozen=True)
class Hum:
    """Add mains hum at this ratio of signal to noise [dB], -20 to 100.

    50 or 60 Hz is drawn, within 0.2 %. The harmonics up to 2 kHz have random phases; their
    amplitudes fall with the number of the harmonic to a drawn power from -2 to -1. The ratio is
    of mean powers over the whole recording.

    Examples
    --------
    >>> str(Hum(20))
    'hum=20'
    """

    snr_db: Value

    def __post_init__(self) -> None:
        check_ratio("hum", self.snr_db)

    def __str__(self) -> str:
        return f"hum={value_text(self.snr_db)}"

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        snr_db = drawn(self.snr_db, random)
        return mixed(samples, _hum(len(samples), sample_rate, random), snr_db)


def _hum(n: int, sample_rate: int, random: np.random.Generator) -> Array:
    mains = MAINS[int(random.integers(len(MAINS)))] * random.uniform(1 - DRIFT, 1 + DRIFT)
    slope = random.uniform(1, 2)
    n_harmonics = max(1, int(min(HIGHEST, 0.45 * sample_rate) / mains))
    harmonic = np.arange(1, n_harmonics + 1)
    phase = random.uniform(0, 2 * np.pi, n_harmonics)
    coefficients = np.zeros(n_harmonics + 1, np.complex128)
    coefficients[1:] = harmonic**-slope * np.exp(1j * phase)
    # One period is computed once; what lies between its points is less than the table's step.
    period = irfft(coefficients, TABLE) * TABLE
    steps = (np.arange(n) * (mains / sample_rate * TABLE)).astype(np.int64)
    hum: Array = period[steps & (TABLE - 1)]
    return hum
