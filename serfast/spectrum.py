"""Tables of the spectrum stage: windows."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from . import _checks as checks
from .errors import ParameterError
from .features import Window

__all__ = ["COSINE_SUMS", "window_table"]

Table = np.ndarray[Any, np.dtype[np.float64]]

COSINE_SUMS: dict[str, tuple[float, ...]] = {
    "boxcar": (1.0,),
    "hann": (0.5, 0.5),
    "hamming": (0.54, 0.46),
    "blackman": (0.42, 0.50, 0.08),
    "nuttall": (0.3635819, 0.4891775, 0.1365995, 0.0106411),
    "blackmanharris": (0.35875, 0.48829, 0.14128, 0.01168),
    "flattop": (0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
}
"""Windows ``a0 - a1 cos θ + a2 cos 2θ - …`` by their SciPy names (Harris, Proc. IEEE 66 (1978))."""

_ALIASES = {"rectangular": "boxcar", "ones": "boxcar", "hanning": "hann"}


@lru_cache(maxsize=64)
def _named(window: str | tuple[Any, ...], length: int) -> Table:
    name = window if isinstance(window, str) else window[0] if len(window) == 1 else None
    sums = COSINE_SUMS.get(_ALIASES.get(name, name)) if name is not None else None
    if length == 1 and sums is not None:
        return np.ones(1)  # as in SciPy: a window of one sample is the sample
    if sums is not None:
        angle = 2 * np.pi * np.arange(length) / length
        terms = [(-1) ** i * a * np.cos(i * angle) for i, a in enumerate(sums)]
        return np.asarray(np.sum(terms, axis=0))
    try:
        from scipy.signal import get_window
    except ImportError as error:
        raise ParameterError(
            f"window must be one of {', '.join(COSINE_SUMS)} unless SciPy is installed "
            f"(pip install scipy), got {window!r}"
        ) from error
    try:
        return np.asarray(get_window(window, length, fftbins=True), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ParameterError(
            f"window must be a name that scipy.signal.get_window knows, got {window!r}: {error}"
        ) from error


def window_table(window: Window, win_length: int) -> Table:
    """Weights of a periodic window.

    Parameters
    ----------
    window : str, tuple or sequence of float
        As in :class:`serfast.PowerSpectrum`.
    win_length : int
        Samples, >= 1.

    Returns
    -------
    ndarray of float64, shape (win_length,)
        As ``scipy.signal.get_window(window, win_length, fftbins=True)``. The sums of cosines in
        `COSINE_SUMS` need no SciPy; other names load it.

    Raises
    ------
    ParameterError
        If nobody knows the window, or it isn't finite.

    Examples
    --------
    >>> window_table("hann", 4).tolist()
    [0.0, 0.5, 1.0, 0.5]
    """
    if isinstance(window, tuple) and not isinstance(window[0], str):
        return np.asarray(window, dtype=np.float64)
    table = _named(window, win_length)
    if not np.isfinite(table).all():
        checks.fail("window", "one with finite weights", window)
    return table
