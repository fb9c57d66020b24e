"""The mel stage has mel scales, triangular filters, and the power in bands, plain or log."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np

from .. import _checks as checks
from .base import Planner, Rows, check_band, check_floor
from .spectrum import PowerSpectrum

__all__ = [
    "DECIBEL",
    "LogMel",
    "MelPower",
    "filter_bank",
    "hz_to_mel",
    "log_scale",
    "mel_to_hz",
]

Table = np.ndarray[Any, np.dtype[np.float64]]

LogUnit: TypeAlias = Literal["db", "ln", "log10"]
EdgeRounding: TypeAlias = Literal["lower_bin"] | None

DECIBEL = 10 / math.log(10)
"""A neper of power has this many decibels: 10 log10(x) = DECIBEL · ln(x)."""

LOG_UNITS: dict[LogUnit, str] = {"db": "dB", "ln": "neper", "log10": "bel"}
"""A logarithm of a power is in this unit."""

MAX_MELS = 2**16
"""There are at most this many mel bands."""

MAX_WEIGHTS = 2**27
"""A filter bank has at most this many weights: they take 2 GB while they are computed."""

COMPARED_DB = 80.0
"""Two back ends are compared down to this level below the loudest band [dB]."""

_LINEAR = 200 / 3  # Slaney: Hz per mel below the break, where mel 15 is 1 kHz
_BREAK_HZ, _BREAK_MEL = 1000.0, 15.0
_LOG_STEP = math.log(6.4) / 27  # Slaney: 27 mel from 1 kHz to 6.4 kHz


def hz_to_mel(hz: Any, htk: bool = False) -> Table:
    """Give a frequency [Hz] on the mel scale, Slaney's or HTK's.

    Examples
    --------
    >>> hz_to_mel([500, 1000, 6400]).round(6).tolist()
    [7.5, 15.0, 42.0]
    """
    hz = np.asarray(hz, dtype=np.float64)
    if htk:
        return np.asarray(2595 * np.log10(1 + hz / 700))
    above = _BREAK_MEL + np.log(np.maximum(hz, _BREAK_HZ) / _BREAK_HZ) / _LOG_STEP
    return np.asarray(np.where(hz < _BREAK_HZ, hz / _LINEAR, above))


def mel_to_hz(mel: Any, htk: bool = False) -> Table:
    """Give the frequency [Hz] of a value on the mel scale; it is the inverse of `hz_to_mel`.

    Examples
    --------
    >>> mel_to_hz([7.5, 15, 42]).round(6).tolist()
    [500.0, 1000.0, 6400.0]
    """
    mel = np.asarray(mel, dtype=np.float64)
    if htk:
        return np.asarray(700 * (10 ** (mel / 2595) - 1))
    above = _BREAK_HZ * np.exp(_LOG_STEP * (np.maximum(mel, _BREAK_MEL) - _BREAK_MEL))
    return np.asarray(np.where(mel < _BREAK_MEL, mel * _LINEAR, above))


def filter_bank(
    *,
    sample_rate: float,
    n_fft: int,
    n_mels: int = 128,
    fmin: float = 0.0,
    fmax: float | None = None,
    htk: bool = False,
    mel_norm: Literal["slaney"] | None = "slaney",
    triangle_axis: Literal["hz", "mel"] = "hz",
    edge_rounding: EdgeRounding = None,
    first_bin: int = 0,
    last_bin: int | None = None,
    warn: checks.Warn = checks.warn,
) -> Table:
    """Give the weights of triangular filters that are evenly spaced on the mel scale.

    Band m rises from edge m to edge m+1 and falls to edge m+2 (Slaney 1998). There is a warning if
    a band is so narrow that it holds no bin.

    Parameters
    ----------
    sample_rate : float
        It is in Hz.
    n_fft : int
        The weighted bins are those of a transform of this length.
    n_mels, fmin, fmax, htk, mel_norm, triangle_axis, edge_rounding, first_bin, last_bin
        They mean the same as in :class:`serfast.MelPower`.
    warn : callable
        It is called with the message of a warning; by default it gives a UserWarning.

    Returns
    -------
    ndarray of float64, shape (n_mels, n_fft // 2 + 1)
        It equals ``librosa.filters.mel(dtype=float64)`` to 1e-12 of its peak.

    Examples
    --------
    >>> filter_bank(sample_rate=16000, n_fft=512, n_mels=40).shape
    (40, 257)
    """
    check_size(n_mels, n_fft)
    bins = np.arange(n_fft // 2 + 1) * (sample_rate / n_fft)
    top = sample_rate / 2 if fmax is None else fmax
    mels = np.linspace(hz_to_mel(fmin, htk), hz_to_mel(top, htk), n_mels + 2)
    edges = mel_to_hz(mels, htk)[:, np.newaxis]
    if edge_rounding == "lower_bin":
        weights = _between_bins(np.floor((n_fft + 1) * edges / sample_rate), n_fft)
    else:
        corners = edges
        if triangle_axis == "mel":
            bins, corners = hz_to_mel(bins, htk), mels[:, np.newaxis]
        rise = (bins - corners[:-2]) / (corners[1:-1] - corners[:-2])
        fall = (corners[2:] - bins) / (corners[2:] - corners[1:-1])
        weights = np.minimum(rise, fall, out=rise)
        np.maximum(weights, 0, out=weights)
    weights[:, :first_bin] = 0
    if last_bin is not None:
        weights[:, last_bin + 1 :] = 0
    if mel_norm == "slaney":
        weights *= 2 / (edges[2:] - edges[:-2])
    empty = [m for m in range(n_mels) if not weights[m].any() and edges[m, 0] != 0]
    if empty:
        warn(
            f"n_mels must be small enough for every band to hold a bin, got {n_mels} with "
            f"{len(empty)} empty bands (the first is {empty[0]}): lower n_mels or raise n_fft"
        )
    return np.asarray(weights)


def _between_bins(edges: Table, n_fft: int) -> Table:
    """Give triangles whose edges, shape (n_mels + 2, 1), are whole bins.

    A side between two edges on the same bin has no bin at all, so that the other side's 1 counts.
    """
    bins = np.arange(n_fft // 2 + 1)
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    rise = (bins - low) / np.maximum(middle - low, 1)
    fall = (high - bins) / np.maximum(high - middle, 1)
    weights = np.where(bins < middle, rise, fall)
    return np.where((bins >= low) & (bins < high), weights, 0.0)


def check_size(n_mels: int, n_fft: int) -> None:
    """Raise ParameterError unless n_mels is an int >= 1, and the filter bank of a possible size."""
    checks.integer("n_mels", n_mels, 1, MAX_MELS)
    checks.integer("n_mels × (n_fft // 2 + 1)", n_mels * (n_fft // 2 + 1), 1, MAX_WEIGHTS)


def log_scale(log: LogUnit) -> float:
    """Give the factor on the natural logarithm: 1, 10 / ln 10 for decibel, or 1 / ln 10."""
    return {"db": DECIBEL, "ln": 1.0, "log10": DECIBEL / 10}[log]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MelPower(PowerSpectrum):
    """It is the power in mel bands, in n_mels columns.

    Parameters
    ----------
    n_mels : int
        There are this many bands, 1 to 65536; bands times bins (n_fft // 2 + 1) must be at most
        2²⁷.
    fmin, fmax : float
        They are the lower edge of the first and the upper edge of the last band [Hz]. For fmax,
        None is half the sample rate.
    htk : bool
        False is Slaney's mel scale (linear below 1 kHz), and True is HTK's 2595 log10(1 + f/700).
    mel_norm : {"slaney", None}
        "slaney" gives every triangle the same area; None gives every one the peak 1.
    triangle_axis : {"hz", "mel"}
        The sides of the triangles are straight lines over the frequency in Hz, or over the mel
        scale, as in Kaldi and HTK.
    edge_rounding : {None, "lower_bin"}
        "lower_bin" moves the edges f of the bands to the bins floor((n_fft + 1) f / sample_rate),
        as python_speech_features does; None leaves them where they are.
    first_bin, last_bin : int
        Bins before the first and after the last one count in no band, as HTK leaves out what lies
        next to its frequency limits. None is the last bin of all.

    Notes
    -----
    It agrees with ``librosa.feature.melspectrogram`` to 1e-4 of a frame's peak. The sources are
    Slaney, Auditory Toolbox, Interval Research report 1998-010, and Young et al., The HTK Book,
    section 5.4. It costs a pass over the spectrum, which is shared.

    Examples
    --------
    >>> MelPower(n_mels=2, name="band").columns
    ('band_0', 'band_1')
    """

    prefix: ClassVar[str] = "mel"

    n_mels: int = 40
    fmin: float = 0.0
    fmax: float | None = None
    htk: bool = False
    mel_norm: Literal["slaney"] | None = "slaney"
    triangle_axis: Literal["hz", "mel"] = "hz"
    edge_rounding: EdgeRounding = None
    first_bin: int = 0
    last_bin: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_size(self.n_mels, self.n_fft)
        checks.number("fmin", self.fmin, minimum=0)
        if self.fmax is not None:
            checks.number("fmax", self.fmax, above=0)
        checks.boolean("htk", self.htk)
        checks.choice("mel_norm", self.mel_norm, ("slaney", None))
        checks.choice("triangle_axis", self.triangle_axis, ("hz", "mel"))
        checks.choice("edge_rounding", self.edge_rounding, (None, "lower_bin"))
        if self.edge_rounding is not None and self.triangle_axis == "mel":
            checks.fail("triangle_axis", '"hz" for edges on bins', self.triangle_axis)
        checks.integer("first_bin", self.first_bin, 0, self.n_fft // 2)
        if self.last_bin is not None:
            checks.integer("last_bin", self.last_bin, self.first_bin, self.n_fft // 2)

    @property
    def columns(self) -> tuple[str, ...]:
        return self._numbered(self.n_mels)

    @property
    def multiplications(self) -> int:
        return super().multiplications + 2 * self.n_fft + 8 * self.n_mels

    def check(self, sample_rate: float) -> None:
        check_band(self.fmin, self.fmax, sample_rate)

    def plan(self, planner: Planner, column: int) -> None:
        planner.mel(self, column)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LogMel(MelPower):
    """It is the logarithm of the power in mel bands, in n_mels columns of decibels or nepers.

    Parameters
    ----------
    log : {"db", "ln", "log10"}
        "db" gives decibels, 10 log10(S / ref); "ln" gives the natural logarithm, ln(S / ref);
        "log10" gives log10(S / ref), which is a tenth of the decibels.
    ref : float or "max"
        This power has 0 dB, > 0. "max" is the recording's largest band, which streams can't know.
    amin : float
        Smaller values of S and of ref are raised to it, >= 1.2e-38 (the smallest normal float32).
    power_offset : float
        It is added to S before that, 0 to 1e30. NeMo adds 2⁻²⁴ and torchaudio 1e-6.
    top_db : float or None
        Values that are more than this below the recording's largest are raised to that limit
        [dB]. Streams can't do it. With None there is no such limit.
    log_gain, log_bias : float
        The logarithm x becomes log_gain · x + log_bias, in last place; 1e-6 to 1e6 and within
        ±1e6, in the unit of `log`. Whisper's (x + 4) / 4 has 0.25 and 1. MFCC take what it gives.

    Notes
    -----
    It agrees with ``librosa.power_to_db(melspectrogram)`` to 0.01 dB within 80 dB of the
    recording's peak; librosa's default is ``top_db=80``. It costs a logarithm for each band.

    Examples
    --------
    >>> LogMel(n_mels=80, ref="max").whole_signal
    True
    """

    prefix: ClassVar[str] = "logmel"

    log: LogUnit = "db"
    ref: float | Literal["max"] = 1.0
    amin: float = 1e-10
    power_offset: float = 0.0
    top_db: float | None = None
    log_gain: float = 1.0
    log_bias: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.choice("log", self.log, ("db", "ln", "log10"))
        if isinstance(self.ref, str):
            checks.choice("ref", self.ref, ("max",))
        else:
            checks.number("ref", self.ref, above=0)
        check_floor(self.amin)
        checks.number("power_offset", self.power_offset, minimum=0, maximum=1e30)
        if self.top_db is not None:
            checks.number("top_db", self.top_db, minimum=0)
        checks.number("log_gain", self.log_gain, minimum=1e-6, maximum=1e6)
        checks.number("log_bias", self.log_bias, minimum=-1e6, maximum=1e6)
        if self.ref == "max" and self.log_bias != 0:
            checks.fail("log_bias", '0 for ref="max"', self.log_bias)

    @property
    def units(self) -> tuple[str, ...]:
        unit = LOG_UNITS[self.log] if self.log_gain == 1 else "1"
        return (unit,) * len(self.columns)

    @property
    def whole_signal(self) -> bool:
        return self.top_db is not None or self.ref == "max"

    @property
    def for_streams(self) -> str:
        """Give the advice how to change the fields so that the feature can be streamed."""
        return "use top_db=None and a number as ref (a stream can't know the loudest band to come)"

    @property
    def decibel(self) -> float:
        """Give the size of one decibel in the unit of the columns."""
        return self.log_gain * log_scale(self.log) / DECIBEL

    def plan(self, planner: Planner, column: int) -> None:
        planner.log_mel(self, column)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 0.02 dB down to 80 dB below the peak, and any difference below that.

        A band that is 80 dB below the loudest one has 1e-4 of its amplitude. The rounding noise of
        float32 is about 0.01 dB there.
        """
        loud = expected >= expected.max(initial=-np.inf) - COMPARED_DB * self.decibel
        return self.limit(1.0, np.where(loud, 2e-2 * self.decibel, np.inf), expected)
