"""What can stand in a FeatureSpec: one small frozen dataclass per feature.

A feature holds numbers and names only (defaults, units, checks); its tables are made by the
module of its stage (energy, spectrum, mel, mfcc, pitch), its loop is in ``ext/``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np

from . import _checks as checks
from .framing import PAD_MODES, PadMode

__all__ = [
    "FEATURES",
    "MFCC",
    "RMS",
    "YIN",
    "Feature",
    "LogMel",
    "MelPower",
    "PowerSpectrum",
    "Window",
    "ZeroCrossingRate",
]

Window: TypeAlias = str | tuple[Any, ...]
"""A SciPy window name, a (name, parameter …) tuple, or the win_length numbers themselves."""


@dataclass(frozen=True, kw_only=True)
class Feature:
    """What every feature has: a name for its columns and a padding of its own.

    Parameters
    ----------
    name : str or None
        Prefix of its columns; None takes the feature's own (``mfcc`` → ``mfcc_0`` …).
    pad_mode : {"constant", "edge", "reflect"} or None
        How frames that reach past the signal's ends are filled when the spec is centred;
        None takes the spec's.
    """

    prefix: ClassVar[str] = ""

    name: str | None = None
    pad_mode: PadMode | None = None

    def __post_init__(self) -> None:
        checks.plain(self)
        if self.name is not None and (not isinstance(self.name, str) or not self.name):
            checks.fail("name", "None or a str of at least 1 character", self.name)
        if self.pad_mode is not None:
            checks.choice("pad_mode", self.pad_mode, PAD_MODES)

    @property
    def length(self) -> int:
        """Samples in one frame."""
        raise TypeError(f"{type(self).__name__} has no frame: use one of the features")

    @property
    def whole_signal(self) -> bool:
        """Whether a row depends on the whole signal, so that the feature can't be streamed."""
        return False

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the feature's columns."""
        return (self.name or self.prefix,)

    def _numbered(self, count: int) -> tuple[str, ...]:
        return tuple(f"{self.name or self.prefix}_{i}" for i in range(count))

    def check(self, sample_rate: float) -> None:
        """Raise ParameterError if the feature can't be had at this sample rate [Hz]."""


@dataclass(frozen=True, kw_only=True)
class RMS(Feature):
    """Root mean square of a frame; one column, in the signal's unit.

    Parameters
    ----------
    frame_length : int
        Samples per frame, >= 1.

    Notes
    -----
    ``sqrt(sum(x²) / frame_length)``; agrees with ``librosa.feature.rms`` to 1e-6 relative.

    Examples
    --------
    >>> RMS(frame_length=400).columns
    ('rms',)
    """

    prefix: ClassVar[str] = "rms"

    frame_length: int = 512

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.integer("frame_length", self.frame_length)

    @property
    def length(self) -> int:
        return self.frame_length


@dataclass(frozen=True, kw_only=True)
class ZeroCrossingRate(RMS):
    """Share of a frame's samples at which the sign changes; one column, 0 to 1.

    Parameters
    ----------
    frame_length : int
        Samples per frame, >= 1.
    threshold : float
        Samples within ±threshold count as zero, and zero as positive.

    Notes
    -----
    Equal to ``librosa.feature.zero_crossing_rate``, whose padding ("edge", which makes no
    crossings of its own) is the default here too.

    Examples
    --------
    >>> ZeroCrossingRate().pad_mode
    'edge'
    """

    prefix: ClassVar[str] = "zcr"

    pad_mode: PadMode | None = "edge"
    threshold: float = 1e-10

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.number("threshold", self.threshold, minimum=0)


@dataclass(frozen=True, kw_only=True)
class PowerSpectrum(Feature):
    """Windowed power spectrum |X[k]|²; n_fft // 2 + 1 columns.

    Parameters
    ----------
    n_fft : int
        Samples per frame and length of the transform, >= 2; products of 2, 3 and 5 are fastest.
    win_length : int or None
        Samples under the window, 1 to n_fft, in the middle of the frame; None is n_fft.
    window : str, tuple or sequence of float
        A name that ``scipy.signal.get_window`` knows, a tuple of name and parameters, or the
        win_length weights themselves. Periodic (``fftbins=True``).
    preemphasis : float
        0 to 1: x[i] - preemphasis · x[i-1] within the window's samples, x[-1] taken as x[0];
        after the mean is removed, before windowing (the order of HTK and Kaldi).
    remove_dc : bool
        Take the mean of the window's samples away first.
    power : {1.0, 2.0}
        Exponent of |X|: 2 is power, 1 is magnitude.

    Notes
    -----
    ``|sum_i w[i] x[i] exp(-2πj k i / n_fft)| ** power``, not scaled by n_fft, as ``librosa.stft``.

    Examples
    --------
    >>> len(PowerSpectrum(n_fft=400).columns)
    201
    """

    prefix: ClassVar[str] = "power"

    n_fft: int = 512
    win_length: int | None = None
    window: Window = "hann"
    preemphasis: float = 0.0
    remove_dc: bool = False
    power: float = 2.0

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.integer("n_fft", self.n_fft, 2)
        if self.win_length is not None:
            checks.integer("win_length", self.win_length, 1)
            if self.win_length > self.n_fft:
                checks.fail("win_length", f"<= n_fft ({self.n_fft})", self.win_length)
        object.__setattr__(self, "window", _window(self.window, self.win_length or self.n_fft))
        checks.number("preemphasis", self.preemphasis, minimum=0, maximum=1)
        checks.boolean("remove_dc", self.remove_dc)
        checks.choice("power", checks.number("power", self.power), (1.0, 2.0))
        object.__setattr__(self, "power", float(self.power))

    @property
    def length(self) -> int:
        return self.n_fft

    @property
    def columns(self) -> tuple[str, ...]:
        return self._numbered(self.n_fft // 2 + 1)


def _window(window: Any, win_length: int) -> Window:
    """The window in its hashable form: a name, a (name, …) tuple, or a tuple of floats."""
    if isinstance(window, str):
        return window
    if isinstance(window, (tuple, list)) and window and isinstance(window[0], str):
        named: Window = _frozen(window)
        return named
    rule = f"a name, a (name, parameter) tuple or {win_length} (win_length) finite numbers"
    if not isinstance(window, Iterable):
        checks.fail("window", rule, window)
    weights = tuple(window)
    if len(weights) != win_length:
        checks.refuse("window", rule, f"{len(weights)} numbers")
    return tuple(checks.number(f"window[{i}]", w) for i, w in enumerate(weights))


def _frozen(value: Any) -> Any:
    """Lists and arrays as tuples, however deep: hashable, and themselves again after JSON."""
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    return tuple(_frozen(v) for v in value) if isinstance(value, (tuple, list)) else value


@dataclass(frozen=True, kw_only=True)
class MelPower(PowerSpectrum):
    """Power in mel bands; n_mels columns.

    Parameters
    ----------
    n_mels : int
        Bands, >= 1.
    fmin, fmax : float
        Lower edge of the first and upper edge of the last band [Hz]; fmax None is half the
        sample rate.
    htk : bool
        False: Slaney's mel scale (linear below 1 kHz); True: HTK's 2595 log10(1 + f/700).
    mel_norm : {"slaney", None}
        "slaney" gives every triangle the same area; None gives every one the peak 1.

    Notes
    -----
    ``librosa.feature.melspectrogram`` to 1e-4 of a frame's peak. Slaney, Auditory Toolbox,
    Interval Research report 1998-010; Young et al., The HTK Book, section 5.4.

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

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.integer("n_mels", self.n_mels)
        checks.number("fmin", self.fmin, minimum=0)
        if self.fmax is not None:
            checks.number("fmax", self.fmax, above=0)
        checks.boolean("htk", self.htk)
        checks.choice("mel_norm", self.mel_norm, ("slaney", None))

    @property
    def columns(self) -> tuple[str, ...]:
        return self._numbered(self.n_mels)

    def check(self, sample_rate: float) -> None:
        _check_band(self.fmin, self.fmax, sample_rate)


def _check_band(fmin: float, fmax: float | None, sample_rate: float) -> None:
    nyquist = sample_rate / 2
    top = nyquist if fmax is None else fmax
    if top > nyquist:
        checks.fail("fmax", f"<= {nyquist:g} Hz (half the sample rate)", fmax)
    if fmin >= top:
        checks.fail("fmin", f"< {top:g} Hz (fmax)", fmin)


@dataclass(frozen=True, kw_only=True)
class LogMel(MelPower):
    """Logarithm of the power in mel bands; n_mels columns, in decibel or neper.

    Parameters
    ----------
    log : {"db", "ln"}
        Decibel, 10 log10(S / ref), or natural logarithm, ln(S / ref).
    ref : float or "max"
        The power of 0 dB, > 0; "max" is the recording's largest band (not for streams).
    amin : float
        Floor of S and of ref, >= 1.2e-38 (the smallest normal float32).
    top_db : float or None
        Values more than this below the recording's largest are raised to it [dB]; not for
        streams. None: no such floor.

    Notes
    -----
    ``librosa.power_to_db(melspectrogram)`` to 0.01 dB within 80 dB of the recording's peak;
    librosa's own default is ``top_db=80``.

    Examples
    --------
    >>> LogMel(n_mels=80, ref="max").whole_signal
    True
    """

    prefix: ClassVar[str] = "logmel"

    log: Literal["db", "ln"] = "db"
    ref: float | Literal["max"] = 1.0
    amin: float = 1e-10
    top_db: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.choice("log", self.log, ("db", "ln"))
        if isinstance(self.ref, str):
            checks.choice("ref", self.ref, ("max",))
        else:
            checks.number("ref", self.ref, above=0)
        checks.number("amin", self.amin, minimum=1.1754944e-38, maximum=1e30)
        if self.top_db is not None:
            checks.number("top_db", self.top_db, minimum=0)

    @property
    def whole_signal(self) -> bool:
        return self.top_db is not None or self.ref == "max"


@dataclass(frozen=True, kw_only=True)
class MFCC(LogMel):
    """Mel-frequency cepstral coefficients; n_mfcc columns.

    Parameters
    ----------
    n_mfcc : int
        Coefficients, 1 to n_mels.
    dct_type : {1, 2, 3}
        Type of the cosine transform over the bands (1 needs n_mels >= 2).
    dct_norm : {"ortho", None}
        Orthonormal, or plain sums.
    lifter : float
        L > 0 multiplies coefficient n (from 0) by 1 + L/2 · sin(π (n + 1) / L); 0 doesn't.

    Notes
    -----
    ``librosa.feature.mfcc`` to 0.02 (1e-3 in the median, on speech). Davis and Mermelstein,
    IEEE Trans. ASSP 28 (1980), 357–366; lifter: Juang, Rabiner and Wilpon, IEEE Trans. ASSP 35
    (1987), 947–954.

    Examples
    --------
    >>> MFCC(n_mfcc=3).columns
    ('mfcc_0', 'mfcc_1', 'mfcc_2')
    """

    prefix: ClassVar[str] = "mfcc"

    n_mfcc: int = 13
    dct_type: int = 2
    dct_norm: Literal["ortho"] | None = "ortho"
    lifter: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.integer("n_mfcc", self.n_mfcc)
        if self.n_mfcc > self.n_mels:
            checks.fail("n_mfcc", f"<= n_mels ({self.n_mels})", self.n_mfcc)
        checks.choice("dct_type", self.dct_type, (1, 2, 3))
        if self.dct_type == 1 and self.n_mels < 2:
            checks.fail("n_mels", ">= 2 for dct_type=1", self.n_mels)
        checks.choice("dct_norm", self.dct_norm, ("ortho", None))
        checks.number("lifter", self.lifter, minimum=0)

    @property
    def columns(self) -> tuple[str, ...]:
        return self._numbered(self.n_mfcc)


@dataclass(frozen=True, kw_only=True)
class YIN(Feature):
    """Fundamental frequency by YIN, and how aperiodic the frame is; two columns.

    Parameters
    ----------
    frame_length : int
        Samples per frame; more than one period of fmin, better two.
    fmin, fmax : float
        Range of F0 [Hz], 0 < fmin < fmax <= sample_rate / 2.
    threshold : float
        The first trough of the normalised difference below it is the period; the deepest point
        if there is none.

    Notes
    -----
    Columns: ``f0`` [Hz], always a number (gate it with the other one); ``aperiodicity``, the
    cumulative-mean-normalised difference d'(τ) at the chosen lag: about 0 for a periodic frame,
    about 1 for noise, and 1 for a frame without energy.

    De Cheveigné and Kawahara, J. Acoust. Soc. Am. 111 (2002), 1917–1930, equations 6 to 8 and
    section II.E. ``f0`` agrees with ``librosa.yin`` to 1e-4 relative.

    Examples
    --------
    >>> YIN(name="pitch").columns
    ('pitch_f0', 'pitch_aperiodicity')
    """

    prefix: ClassVar[str] = ""

    frame_length: int = 1024
    fmin: float = 65.0
    fmax: float = 600.0
    threshold: float = 0.1

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.integer("frame_length", self.frame_length, 4)
        checks.number("fmin", self.fmin, above=0)
        checks.number("fmax", self.fmax, above=0)
        checks.number("threshold", self.threshold, above=0)

    @property
    def length(self) -> int:
        return self.frame_length

    @property
    def columns(self) -> tuple[str, ...]:
        prefix = f"{self.name}_" if self.name else ""
        return (f"{prefix}f0", f"{prefix}aperiodicity")

    def check(self, sample_rate: float) -> None:
        _check_band(self.fmin, self.fmax, sample_rate)
        if sample_rate / self.fmin >= self.frame_length - 1:
            checks.fail(
                "frame_length",
                f"> sample_rate / fmin + 1 = {sample_rate / self.fmin + 1:.1f}, one period of fmin",
                self.frame_length,
            )


FEATURES: dict[str, type[Feature]] = {
    cls.__name__: cls for cls in (RMS, ZeroCrossingRate, PowerSpectrum, MelPower, LogMel, MFCC, YIN)
}
"""Every feature by the name that stands in a spec's JSON."""
