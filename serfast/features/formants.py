"""Formants are the resonances of the vocal tract, as the poles of an all-pole model of a frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from .. import _checks as checks
from .base import Rows
from .computed import SpectrumFeature, Values
from .linear_prediction import predictor
from .polynomial_roots import MAX_DEGREE, factors_of, starting_factors
from .spectrum import PRAAT_GAUSSIAN

__all__ = ["Formants", "autocorrelation_weights"]

Table = np.ndarray[Any, np.dtype[np.float64]]

EDGE = 50.0
"""Frequencies closer than this to 0 or to the ceiling are no formants [Hz], as in Praat."""

RISE = 50.0
"""The pre-emphasis raises the levels from this frequency on, by 6 dB an octave [Hz]."""

_FAINT, _LOUD = 1e-20, 1e300  # a frame with less energy is silence
_WHITE = 1e-8  # so much white noise is added: the table has the precision of float32
_STABLE = 1 - 1e-6  # the largest reflection coefficient
_LANES = 16  # the rows of the table are padded to a multiple of this


def autocorrelation_weights(
    *, sample_rate: float, n_fft: int, ceiling: float, order: int, preemphasis: float
) -> Table:
    """Give the weights with which the bins of a power spectrum add up to an autocorrelation.

    It is that of the frame as it sounds without what lies above the ceiling, at the sample rate
    2 · ceiling, with Praat's pre-emphasis: r(k) = Σ_f |X(f)|² G(f) cos(π k f / ceiling).

    Parameters
    ----------
    sample_rate, ceiling : float
        They are in Hz.
    n_fft, order : int
        These are the length of the transform and the largest lag.
    preemphasis : float
        The spectrum has been conditioned with it; G(f) takes it away.

    Returns
    -------
    ndarray of float64, shape (order + 1, n_bins)
        Bins above the ceiling are left out.
    """
    width = sample_rate / n_fft
    hz = np.arange(min(n_fft // 2 + 1, int(ceiling / width + 0.5) + 1)) * width
    angles, there = np.pi * hz / ceiling, 2 * np.pi * hz / sample_rate
    wanted = np.exp(-np.pi * RISE / ceiling)
    rise = 1 + wanted**2 - 2 * wanted * np.cos(angles)
    done = 1 + preemphasis**2 - 2 * preemphasis * np.cos(there)
    gain = np.divide(rise, done, out=np.zeros_like(rise), where=done > 0)
    gain *= np.where((hz == 0) | (2 * hz == sample_rate), 1, 2)  # the others stand for two bins
    gain *= np.clip((ceiling - hz) / width + 0.5, 0, 1)  # the last one may count in part
    return np.asarray(gain * np.cos(np.outer(np.arange(order + 1), angles)))


def lags(spectrum: Any, table: Any, order: int) -> Any:
    """Give the autocorrelation r(0) … r(order): sums over the spectrum, a row of the table each."""
    stride = (len(table) - 1 - 8 * order) // (order + 1)
    r, values = np.zeros(order + 1), spectrum[:stride].astype(np.float64)
    for k in range(order + 1):
        r[k] = np.sum(table[k * stride : k * stride + len(values)] * values)
    return r


def write_lowest(factors: Any, n: int, ceiling: float, out: Any) -> None:
    """Write frequency and bandwidth of the n lowest formants among the roots of factors.

    A root outside of the unit circle counts as its mirror image inside.
    """
    half = factors.shape[1]
    hz, width = np.full(half, np.inf), np.zeros(half)
    for i in range(half):
        u, v = factors[0, i], factors[1, i]
        if u * u < 4.0 * v and v < 1e9:
            angle = np.arctan2(np.sqrt(v - u * u / 4.0), -u / 2.0)
            if EDGE <= angle * ceiling / np.pi <= ceiling - EDGE:
                hz[i], width[i] = angle * ceiling / np.pi, abs(np.log(v)) * ceiling / np.pi
    for i in range(n):
        lowest = 0
        for j in range(half):
            lowest = j if hz[j] < hz[lowest] else lowest
        if hz[lowest] < np.inf:
            out[2 * i], out[2 * i + 1] = hz[lowest], width[lowest]
            hz[lowest] = np.inf


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Formants(SpectrumFeature):
    """It has the frequency and the bandwidth [Hz] of each formant, in two columns each.

    Parameters
    ----------
    n : int
        The columns are those of the lowest n formants, 1 to order / 2.
    ceiling : float
        Formants are looked for below it [Hz], > 100 and at most half the sample rate. It is usual
        to take 5000 for men, 5500 for women, and up to 8000 for young children, so that five
        formants lie below it.
    order : int
        The model has this many poles, an even number from 2 to 16: two for each formant below the
        ceiling, however many of them are columns.
    missing : {"zero", "nan"}
        A formant that isn't there is 0 or NaN, with its bandwidth. In silence all are missing.
    preemphasis : float
        The samples are conditioned with it, as in :class:`serfast.PowerSpectrum`. It doesn't change
        the formants: the weights of the model undo it, and raise levels by 6 dB an octave from
        50 Hz on, as Praat does.
    n_fft : int
        It is the length of the frame in samples. 800 is 50 ms at 16 kHz, which Praat calls a
        window length of 0.025 s. Give 0.05 times the sample rate at others.
    win_length, window, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`.
    power : {2.0}
        The spectrum is of powers |X|².

    Raises
    ------
    ParameterError
        If a field is out of its range, or the ceiling above half the sample rate.

    Notes
    -----
    The frame is modelled as white noise or a pulse that passed through a filter 1 / A(z), and the
    roots of A are the resonances: a root r exp(jφ) has the frequency φ · ceiling / π and the
    bandwidth -ln(r) · 2 · ceiling / π. The frame is resampled to 2 · ceiling by leaving out the
    bins of its spectrum above the ceiling. The coefficients follow from the autocorrelation by the
    recursion of Levinson and Durbin. Burg's method has the same coefficients here, because its
    sums differ only at the ends of the frame, where the window is 0. The sources are Burg, Modern
    Spectrum Analysis (IEEE Press 1978), 34-48; Makhoul, Proc. IEEE 63 (1975), 561-580; Markel and
    Gray, Linear Prediction of Speech (Springer 1976), chapter 7.

    It agrees with Praat's ``To Formant (burg)``: on voiced frames of EmoDB the median differences
    of F1, F2, F3 are 0.3, 0.8 and 1.1 Hz, and 95 % are within 9, 36 and 48 Hz. Like every linear
    prediction it is drawn towards the harmonics of high voices, as much as Praat's: on synthetic
    vowels F1 is off by 1 % in the median at 80 Hz of F0, by 3 % at 150 Hz, and by 5 % at 240 Hz,
    and F2 by 1 to 2 %. A row costs one FFT, order + 1 sums over the bins, and the roots of a
    polynomial: a little more than YIN.

    Examples
    --------
    >>> Formants().columns
    ('f1', 'b1', 'f2', 'b2', 'f3', 'b3')
    """

    forgiven: ClassVar[float] = 1 / 8
    unit: ClassVar[str] = "Hz"

    n: int = 3
    ceiling: float = 5500.0
    order: int = 10
    missing: Literal["zero", "nan"] = "zero"
    n_fft: int = 800
    window: Any = PRAAT_GAUSSIAN
    preemphasis: float = 0.98

    def __post_init__(self) -> None:
        checks.integer("order", self.order, 2, MAX_DEGREE)
        if self.order % 2:
            checks.fail("order", "even", self.order)
        checks.integer("n", self.n, 1, self.order // 2)  # the names of columns need it
        super().__post_init__()
        checks.number("ceiling", self.ceiling, above=2 * EDGE)
        checks.choice("missing", self.missing, ("zero", "nan"))
        if self.power != 2.0:
            checks.fail("power", "2.0", self.power)

    @property
    def columns(self) -> tuple[str, ...]:
        prefix = f"{self.name}_" if self.name else ""
        return tuple(f"{prefix}{kind}{i + 1}" for i in range(self.n) for kind in "fb")

    @property
    def may_be_nan(self) -> bool:
        return self.missing == "nan"

    def check(self, sample_rate: float) -> None:
        super().check(sample_rate)
        if self.ceiling > sample_rate / 2:
            checks.fail(
                "ceiling", f"<= {sample_rate / 2:g} Hz (half the sample rate)", self.ceiling
            )

    @property
    def multiplications(self) -> int:
        return super().multiplications + (self.order + 1) * self.n_fft + 200 * self.order**2

    def table(self, sample_rate: float) -> Table:
        """Give the weights, a row a lag, padded; the starts; whether missing values are NaN."""
        weights = autocorrelation_weights(
            sample_rate=sample_rate,
            n_fft=self.n_fft,
            ceiling=self.ceiling,
            order=self.order,
            preemphasis=self.preemphasis,
        )
        padded = np.pad(weights, ((0, 0), (0, -weights.shape[1] % _LANES)))
        starts = starting_factors(self.order // 2)
        return np.concatenate([padded.ravel(), starts.ravel(), [self.missing == "nan"]])

    @staticmethod
    def compute(
        spectrum: Values, table: Values, n: int, ceiling: float, order: int, out: Values
    ) -> None:
        """Compute the predictor, the factors of its pairs of roots, and the formants from them."""
        for i in range(2 * n):
            out[i] = np.nan if table[len(table) - 1] != 0 else 0.0
        r = lags(spectrum, table, order)
        if not _FAINT < r[0] < _LOUD:
            return
        a = predictor(r, order, _WHITE, _STABLE)
        write_lowest(factors_of(a, table[len(table) - 1 - 8 * order :]), n, ceiling, out)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 1 Hz and a thousandth of each value.

        In one row in eight the difference may be larger: where two back ends disagree whether a
        weak resonance is a pair of complex poles or two real ones, all formants above it move up.
        """
        return self.limit(1e-3, np.nan_to_num(np.abs(expected)) + 1e3, expected)
