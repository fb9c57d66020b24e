"""The spectrum stage has the windowed power spectrum and the tables of windows."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, TypeAlias

import numpy as np

from .. import _checks as checks
from ..errors import ParameterError
from ..forking import forks_wait
from .base import MAX_TRANSFORM, Feature, Planner, Rows, power_unit

__all__ = ["COSINE_SUMS", "PowerSpectrum", "Window", "transform_work", "window_table"]

Table = np.ndarray[Any, np.dtype[np.float64]]
Window: TypeAlias = str | tuple[Any, ...]
"""A window is a SciPy window name, a (name, parameter …) tuple, or win_length numbers."""

COSINE_SUMS: dict[str, tuple[float, ...]] = {
    "boxcar": (1.0,),
    "hann": (0.5, 0.5),
    "hamming": (0.54, 0.46),
    "blackman": (0.42, 0.50, 0.08),
    "nuttall": (0.3635819, 0.4891775, 0.1365995, 0.0106411),
    "blackmanharris": (0.35875, 0.48829, 0.14128, 0.01168),
    "flattop": (0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
}
"""These windows are ``a0 - a1 cos θ + a2 cos 2θ - …``, by their SciPy names.

The source is Harris, Proc. IEEE 66 (1978).
"""

PRAAT_GAUSSIAN = "praat_gaussian"
"""This window's name isn't SciPy's: Praat analyses formants with it, a Gaussian that ends at 0."""

POVEY = "povey"
"""This window's name isn't SciPy's: Kaldi's own window is a Hann window to the power of 0.85."""

SINE = "sine"
"""This window's name isn't SciPy's: half a period of a sine, sin(π i / period)."""

LARGEST = 1e18
"""A window's weights may have at most this magnitude.

Otherwise their products with samples could exceed float32's range.
"""

MAX_TAYLOR = 1000
"""A Taylor window levels at most this many sidelobes: the time grows with their square."""

_ALIASES = {"rectangular": "boxcar", "ones": "boxcar", "hanning": "hann"}


@lru_cache(maxsize=64)
def _named(window: str | tuple[Any, ...], length: int, periodic: bool) -> Table:
    name = window if isinstance(window, str) else window[0] if len(window) == 1 else None
    sums = COSINE_SUMS.get(_ALIASES.get(name, name)) if name is not None else None
    period = length if periodic else length - 1
    if name == PRAAT_GAUSSIAN:
        table = _praat_gaussian(length)
    elif name == POVEY:
        table = _cosine_sum(COSINE_SUMS["hann"], length, period).clip(min=0) ** 0.85
    elif name == SINE:
        table = np.sin(np.pi * np.arange(length) / max(period, 1))
    elif weights := _general_sum(window):
        table = _cosine_sum(weights, length, period)
    elif sums is not None:
        table = _cosine_sum(sums, length, period)
    elif length > 1 and (deviation := _gaussian_deviation(window)) > 0:
        table = np.exp(-(((np.arange(length) - period / 2) / deviation) ** 2) / 2)
    else:
        table = _scipy_window(window, length, periodic)
    table.setflags(write=False)  # the cache shares it
    return table


def _general_sum(window: str | tuple[Any, ...]) -> tuple[float, ...]:
    """Give a0, a1 … of ("general_cosine", (a0, a1 …)), which needs no SciPy; else nothing."""
    if isinstance(window, str) or len(window) != 2 or window[0] != "general_cosine":
        return ()
    weights = window[1]
    usual = isinstance(weights, tuple) and all(isinstance(a, (int, float)) for a in weights)
    return weights if usual else ()


def _gaussian_deviation(window: str | tuple[Any, ...]) -> float:
    """Give σ of ("gaussian", σ), whose weights need no SciPy; 0 for every other window."""
    if isinstance(window, str) or len(window) != 2 or window[0] != "gaussian":
        return 0.0
    usual = isinstance(window[1], (int, float)) and 1e-6 <= window[1] <= 1e9
    return float(window[1]) if usual else 0.0


def _cosine_sum(sums: tuple[float, ...], length: int, period: int) -> Table:
    if length == 1:
        return np.ones(1)  # as in SciPy, a window of one sample is 1
    angle = 2 * np.pi * np.arange(length) / period
    terms = [(-1) ** i * a * np.cos(i * angle) for i, a in enumerate(sums)]
    return np.asarray(np.sum(terms, axis=0))


def _praat_gaussian(length: int) -> Table:
    """Give exp(-48 u²) less its value at the ends, where u = ±½, one sample beyond the window."""
    u = (np.arange(length) - (length - 1) / 2) / (length + 1)
    return np.asarray((np.exp(-48 * u**2) - np.exp(-12)) / (1 - np.exp(-12)))


def _scipy_window(window: str | tuple[Any, ...], length: int, periodic: bool) -> Table:
    try:
        with forks_wait:
            from scipy.signal import get_window  # optional: windows other than sums of cosines
    except ImportError as error:
        known = ", ".join((*COSINE_SUMS, POVEY, SINE, PRAAT_GAUSSIAN))
        raise ParameterError(
            f"window must be one of {known} unless SciPy is installed "
            f"(pip install scipy), got {window!r}"
        ) from error
    try:
        with forks_wait:  # SciPy imports late what some windows need
            return np.array(get_window(window, length, fftbins=periodic), dtype=np.float64)
    except MemoryError:
        raise
    except Exception as error:  # SciPy may raise anything: IndexError, AssertionError …
        raise ParameterError(
            f"window must be a name that scipy.signal.get_window knows, got {window!r}: {error}"
        ) from error


def transform_work(length: int) -> int:
    """Give how many multiplications a transform of so many samples takes, roughly.

    A length with a prime factor above 31 needs two complex transforms of twice the length.
    """
    rest = length
    for prime in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31):
        while rest % prime == 0:
            rest //= prime
    return (4 if rest == 1 else 32) * length * length.bit_length()


def window_table(window: Window, win_length: int, periodic: bool = True) -> Table:
    """Give the weights of a window.

    Parameters
    ----------
    window : str, tuple or sequence of float
        It means the same as in :class:`serfast.PowerSpectrum`.
    win_length : int
        The window has this many samples, >= 1.
    periodic : bool
        It means the same as `window_periodic` in :class:`serfast.PowerSpectrum`.

    Returns
    -------
    ndarray of float64, shape (win_length,)
        They equal ``scipy.signal.get_window(window, win_length, fftbins=periodic)``. The sums of
        cosines in `COSINE_SUMS`, ``("general_cosine", (a0, a1 …))`` and ``("gaussian", σ)`` need no
        SciPy; other names load it.

    Raises
    ------
    ParameterError
        If the window's name is unknown, or a weight isn't finite.

    Examples
    --------
    >>> window_table("hann", 4).round(12).tolist()
    [0.0, 0.5, 1.0, 0.5]
    """
    if isinstance(window, tuple) and not isinstance(window[0], str):
        return np.asarray(window, dtype=np.float64)
    table = _named(window, win_length, periodic)
    if table.shape != (win_length,) or not (np.abs(table) <= LARGEST).all():
        checks.fail("window", f"one with finite weights up to {LARGEST:g}", window)
    return table


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PowerSpectrum(Feature):
    """It is the windowed power spectrum |X[k]|², in n_fft // 2 + 1 columns.

    Parameters
    ----------
    n_fft : int
        It is the length of the transform, 2 to 2²². Products of 2, 3 and 5 are fastest.
    frame_length : int or None
        A frame has this many samples, 1 to n_fft; zeros complete them for the transform. None is
        n_fft.
    win_length : int or None
        The window covers this many samples in the middle of the frame, 1 to the frame's length;
        None is that length.
    window : str, tuple or sequence of float
        It is a name that ``scipy.signal.get_window`` knows, a tuple of name and parameters, or the
        win_length weights themselves. Three names more are known: ``praat_gaussian`` is exp(-48 u²)
        - exp(-12), which is 0 at the ends, u = ±½, and symmetric; ``povey`` is a Hann window to the
        power of 0.85, and ``sine`` half a period of a sine, as in Kaldi.
    window_periodic : bool
        A named window has a period of win_length samples if this is True (``fftbins=True`` in
        SciPy), and of win_length - 1 if False: then its first and last weight are the same, as in
        Kaldi and HTK.
    preemphasis : float
        The samples under the window become x[i] - preemphasis · x[i-1], 0 to 1, where x[0] stands
        for x[-1]. It happens after the mean is removed and before windowing, as in HTK and Kaldi.
    remove_dc : bool
        If True, the mean of the samples under the window is subtracted first.
    power : {1.0, 2.0}
        It is the exponent of |X|: 2 gives power, 1 gives magnitude.

    Notes
    -----
    It is ``|sum_i w[i] x[i] exp(-2πj k i / n_fft)| ** power``, not scaled by n_fft, as in
    ``librosa.stft``. It costs one FFT, which features with the same window share.

    Examples
    --------
    >>> len(PowerSpectrum(n_fft=400).columns)
    201
    """

    prefix: ClassVar[str] = "power"

    n_fft: int = 512
    frame_length: int | None = None
    win_length: int | None = None
    window: Window = "hann"
    window_periodic: bool = True
    preemphasis: float = 0.0
    remove_dc: bool = False
    power: float = 2.0

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.integer("n_fft", self.n_fft, 2, MAX_TRANSFORM)
        if self.frame_length is not None:
            checks.integer("frame_length", self.frame_length, 1)
            if self.frame_length > self.n_fft:
                checks.fail("frame_length", f"<= n_fft ({self.n_fft})", self.frame_length)
        if self.win_length is not None:
            checks.integer("win_length", self.win_length, 1)
            if self.win_length > self.length:
                limit = "n_fft" if self.length == self.n_fft else "frame_length"
                checks.fail("win_length", f"<= {limit} ({self.length})", self.win_length)
        object.__setattr__(self, "window", as_window(self.window, self.win_length or self.length))
        checks.boolean("window_periodic", self.window_periodic)
        checks.number("preemphasis", self.preemphasis, minimum=0, maximum=1)
        checks.boolean("remove_dc", self.remove_dc)
        checks.choice("power", checks.number("power", self.power), (1.0, 2.0))
        object.__setattr__(self, "power", float(self.power))

    @property
    def length(self) -> int:
        return self.frame_length or self.n_fft

    @property
    def columns(self) -> tuple[str, ...]:
        return self._numbered(self.n_fft // 2 + 1)

    @property
    def units(self) -> tuple[str, ...]:
        return (power_unit(self.power),) * len(self.columns)

    @property
    def multiplications(self) -> int:
        return transform_work(self.n_fft)

    def plan(self, planner: Planner, column: int) -> None:
        planner.spectrum(self, column)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 2e-5 of each frame's peak, which is the noise of a float32 FFT.

        If the mean is removed, only rounding is left of a constant frame. So a frame's peak then
        counts as at least a hundredth of the largest peak of all frames.
        """
        peak = np.abs(expected).max(axis=1, keepdims=True)
        if self.remove_dc:
            peak = np.maximum(peak, 0.01 * peak.max(initial=0.0))
        return self.limit(2e-5, peak, expected)


def as_window(window: Any, win_length: int) -> Window:
    """Give the window in its hashable form: a name, a (name, …) tuple, or a tuple of floats."""
    if isinstance(window, str):
        return window
    if isinstance(window, (tuple, list)) and window and isinstance(window[0], str):
        named: tuple[Any, ...] = _frozen(window)
        if not all(_is_parameter(value) for value in named[1:]):
            checks.fail("window", "a tuple of a name and numbers, all finite", window)
        if named[0].startswith("taylor") and len(named) > 1:
            checks.number("nbar of the window taylor", named[1], maximum=MAX_TAYLOR)
        return named
    rule = f"a name, a (name, parameter) tuple or {win_length} (win_length) finite numbers"
    if not isinstance(window, Iterable):
        checks.fail("window", rule, window)
    weights = tuple(window)
    if len(weights) != win_length:
        checks.refuse("window", rule, f"{len(weights)} numbers")
    return tuple(
        checks.number(f"window[{i}]", w, minimum=-LARGEST, maximum=LARGEST)
        for i, w in enumerate(weights)
    )


def _is_parameter(value: Any) -> bool:
    """Tell whether a window can have this parameter: a finite number, a tuple, or no number.

    What that is, SciPy must say.
    """
    if isinstance(value, tuple):
        return all(_is_parameter(one) for one in value)
    try:
        is_number = isinstance(value, (int, float))
        return math.isfinite(value) if is_number else value is None or isinstance(value, str)
    except OverflowError:  # an int beyond any float
        return False


def _frozen(value: Any) -> Any:
    """Give lists and arrays as tuples at every depth, so that they are hashable."""
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    return tuple(_frozen(v) for v in value) if isinstance(value, (tuple, list)) else value
