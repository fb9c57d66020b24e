"""Harmonic differences tell how quickly a voice's harmonics become weaker, and its formants."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, cast

import numpy as np

from .. import _checks as checks
from .base import MAX_TRANSFORM, Feature, Rows
from .column_track import ColumnTrack
from .computed import Values
from .f0 import F0
from .formants import Formants
from .mel import DECIBEL
from .spectrum import PowerSpectrum
from .track import Track

__all__ = ["HarmonicDifferences"]

PERIODS = 3
"""The window has so many periods of the lowest F0."""

SHORTEST = 0.06
"""The window isn't shorter [s], as in GeMAPS."""

NEAR = 0.4
"""A harmonic is the highest bin within this share of F0 around its place."""

CLOSEST = 2.0
"""F0 has at least so many bins, or the harmonics can't be told from one another."""

FLOOR = 1e-30
"""A smaller power counts as this."""

MOST = math.log(2.0)
"""The top of a parabola has at most twice the power of the highest bin."""


def harmonic_level(spectrum: Any, place: float, f0: float) -> float:
    """Give the logarithm of the power of the highest peak near a place.

    The top of the parabola through the logarithms of three bins is exact for a tone under a
    Gaussian window. `place` and `f0` are in bins.
    """
    last = len(spectrum) - 2
    low = int(min(max(np.ceil(place - NEAR * f0), 1.0), last))
    high = int(min(np.floor(place + NEAR * f0), last))
    top = low
    for i in range(low + 1, high + 1):
        if spectrum[i] > spectrum[top]:
            top = i
    left = np.log(max(np.float64(spectrum[top - 1]), FLOOR))
    here = np.log(max(np.float64(spectrum[top]), FLOOR))
    right = np.log(max(np.float64(spectrum[top + 1]), FLOOR))
    bend = 2.0 * here - left - right
    if spectrum[top - 1] <= spectrum[top] and spectrum[top + 1] <= spectrum[top] and bend > 0.0:
        here += min((right - left) ** 2 / (8.0 * bend), MOST)
    return float(here)


def formant_level(spectrum: Any, formant: float, f0: float, within: float) -> float:
    """Give the level of the strongest harmonic around a formant, or of the nearest one.

    `formant` and `f0` are in bins.
    """
    first = max(int(np.ceil((1.0 - within) * formant / f0)), 1)
    last = int(np.floor((1.0 + within) * formant / f0))
    if first > last:
        first = last = max(int(np.floor(formant / f0 + 0.5)), 1)
    level = -np.inf
    for k in range(first, last + 1):
        level = max(level, harmonic_level(spectrum, k * f0, f0))
    return level


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class HarmonicDifferences(Track):
    """It has H1-H2 and H1-A3, and the levels of the formants relative to that of F0 [dB].

    Parameters
    ----------
    feature : F0
        The harmonics are those of this F0.
    formants : Formants or track of Formants
        There are three formants or more; ``MedianSmoothing(Formants())`` has smoother ones.
    within : float
        The harmonics of a formant are those within this share of its frequency, 0 to 0.5.
    missing_nan : bool
        Where there is no voice, or no such formant, a value is 0 (False) or NaN (True).
    n_fft : int
        The spectrum is that of so many samples, at least two periods of the lowest F0. 0 stands for
        the power of 2 with room for the window: the spec fills it in.
    rate : float
        It is the sample rate of the spec [Hz], which fills it in.

    Raises
    ------
    ParameterError
        If a field is out of its range, or the rate isn't that of the spec.

    Notes
    -----
    The columns are ``h1_h2``, ``h1_a3``, and the levels ``f1_level``, ``f2_level`` and
    ``f3_level``. H1 and H2 are the levels of the first two harmonics, A3 is that of the strongest
    harmonic around the third formant, and a formant's level is that of its strongest harmonic, less
    H1. If no harmonic is so near to a formant, the nearest one is taken. The source is Eyben et
    al., IEEE Trans. Affective Computing 7 (2016), 190–202, section 3.1; ``f3_level`` is -H1-A3 by
    its definition. H1-H2 tells a breathy voice (high) from a pressed one (low), and H1-A3 how steep
    the spectrum is.

    The spectrum is that of three periods of the lowest F0 under a Gaussian window with σ = 0.4 of
    its half, 60 ms or more. A harmonic is the highest peak near its place, between bins too: levels
    of steady voices are exact to 0.3 dB. They are those of the signal, with the formants in it; the
    corrected levels of Iseli and Alwan, which take them out, are others. The latency is that of F0.
    A row costs one FFT and, where there is a voice, a look at the bins around the formants.

    Examples
    --------
    >>> import serfast
    >>> HarmonicDifferences(serfast.F0(75, 500)).columns
    ('h1_h2', 'h1_a3', 'f1_level', 'f2_level', 'f3_level')
    """

    outputs: ClassVar[tuple[str, ...]] = ("h1_h2", "h1_a3", "f1_level", "f2_level", "f3_level")
    unit: ClassVar[str] = "dB"
    forgiven: ClassVar[float] = 1 / 8

    formants: Feature = field(default=Formants(), kw_only=False)
    within: float = 0.2
    missing_nan: bool = False
    n_fft: int = 0
    rate: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.number("within", self.within, minimum=0, maximum=0.5)
        checks.number("rate", self.rate, minimum=0)
        if self.n_fft:
            checks.integer("n_fft", self.n_fft, 4, MAX_TRANSFORM)

    def _check_feature(self, name: str, value: Any) -> None:
        if name == "feature" and not isinstance(value, F0):
            checks.fail(name, "F0", value)
        source = value
        while isinstance(source, ColumnTrack):
            source = source.feature
        if name == "formants" and not (isinstance(source, Formants) and source.n >= 3):
            checks.fail(name, "Formants with n >= 3, or a track of them", value)

    @classmethod
    def example(cls) -> Feature:
        """Give that of the usual F0 and formants, for tests, benchmarks and pages."""
        return cls(F0())

    def fitted(self, sample_rate: float, hop_length: int) -> Feature:
        """Give it with the spec's rate, and the usual length of the transform if none was given."""
        fitted = cast(HarmonicDifferences, super().fitted(sample_rate, hop_length))
        rate, n_fft = fitted.rate or float(sample_rate), fitted.n_fft
        n_fft = n_fft or 1 << (fitted._window_length(rate) - 1).bit_length()
        if (rate, n_fft) == (fitted.rate, fitted.n_fft):
            return fitted
        return replace(fitted, rate=rate, n_fft=n_fft)

    def _window_length(self, sample_rate: float) -> int:
        fmin: float = getattr(self.feature, "fmin", 1 / SHORTEST)
        return min(2 * round(sample_rate * max(PERIODS / fmin, SHORTEST) / 2), MAX_TRANSFORM)

    @property
    def _spectrum(self) -> PowerSpectrum:
        """Give the spectrum, which is made once: an extractor asks for it in every call."""
        made = vars(self).get("_made_spectrum")
        if made is None:
            made = self._make_spectrum()
            object.__setattr__(self, "_made_spectrum", made)
        return cast(PowerSpectrum, made)

    def _make_spectrum(self) -> PowerSpectrum:
        """Give the spectrum with the harmonics; before it is in a spec, that at 16 kHz."""
        window = self._window_length(self.rate or 16000)
        n_fft = self.n_fft or 1 << (window - 1).bit_length()
        length = min(window, n_fft)
        return PowerSpectrum(
            n_fft=n_fft,
            win_length=length,
            window=("gaussian", 0.2 * length),
            remove_dc=True,
            pad_mode=self.pad_mode,
        )

    @property
    def sources(self) -> tuple[Feature, ...]:
        """Give F0, the formants and the spectrum."""
        return (self.feature, self.formants, self._spectrum)

    @property
    def may_be_nan(self) -> bool:
        return self.missing_nan

    def check(self, sample_rate: float) -> None:
        super().check(sample_rate)
        if self.rate not in (0, sample_rate):
            checks.fail("rate", f"{sample_rate:g} Hz, the spec's (or 0)", self.rate)
        fmin: float = getattr(self.feature, "fmin", 1 / SHORTEST)
        needed = math.ceil(2 * sample_rate / fmin)
        if self.n_fft and self.n_fft < needed:
            checks.fail("n_fft", f">= {needed} (two periods of fmin)", self.n_fft)

    @staticmethod
    def compute(
        rows: Values,
        place: int,
        within: float,
        missing_nan: bool,
        n_fft: int,
        rate: float,
        out: Values,
    ) -> None:
        """Compute the levels of the harmonics and of the formants, and their differences.

        A row has F0, its voicing, frequency and bandwidth of each formant, and the spectrum.
        """
        missing = np.nan if missing_nan else 0.0
        for i in range(5):
            out[i] = missing
        spectrum = rows[place, rows.shape[1] - n_fft // 2 - 1 :]
        f0 = np.float64(rows[place, 0]) * n_fft / rate
        if not f0 >= CLOSEST:
            return
        first = harmonic_level(spectrum, f0, f0)
        out[0] = DECIBEL * (first - harmonic_level(spectrum, 2.0 * f0, f0))
        for i in range(3):
            formant = np.float64(rows[place, 2 + 2 * i]) * n_fft / rate
            if formant > 0.0:
                out[2 + i] = DECIBEL * (formant_level(spectrum, formant, f0, within) - first)
        if rows[place, 6] > 0.0:
            out[1] = -out[4]

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 0.1 dB.

        Where two back ends have another F0, or other formants, a row may differ by more; one in
        eight may.
        """
        return self.limit(0.1, 1.0, expected)
