"""Decibels and PCEN as librosa has them: of whatever array is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .... import _checks as checks
from .._installed import BEFORE_1
from ..util.warning import warn_caller

if TYPE_CHECKING or not BEFORE_1:
    from ._decibels import power_to_db
else:
    from ._before_1 import power_to_db

__all__ = ["pcen", "power_to_db"]


def pcen(
    S: Any,
    *,
    sr: float = 22050,
    hop_length: int = 512,
    gain: float = 0.98,
    bias: float = 2,
    power: float = 0.5,
    time_constant: float = 0.4,
    eps: float = 1e-6,
    b: float | None = None,
    max_size: int = 1,
    ref: Any = None,
    axis: int = -1,
    max_axis: int | None = None,
    zi: Any = None,
    return_zf: bool = False,
) -> Any:
    """Per-channel energy normalisation: ``(S / (eps + M)^gain + bias)^power - bias^power``.

    M is `ref`, smoothed over time: ``M[t] = (1 - b) M[t-1] + b ref[t]``.

    Parameters
    ----------
    S : array_like
        Magnitudes or power, >= 0; of complex values the magnitude is taken, with a warning.
    sr, hop_length
        There are sr / hop_length frames a second.
    gain, bias, power : float
        As in the formula, >= 0. With power=0 it is ln(1 + S / (eps + M)^gain).
    time_constant : float
        Of the smoother [s], > 0, unless `b` is given.
    eps : float
        As in the formula, > 0.
    b : float or None
        The smoother's coefficient, 0 to 1.
    max_size : int
        Above 1, M is smoothed from the largest of so many neighbouring channels.
    ref : ndarray or None
        What to smooth, of S's shape; None is S.
    axis, max_axis : int
        The axes of time and of the channels.
    zi : ndarray or None
        The smoother's state, (1 - b) M before the first frame, whose axis of time has length 1.
        None stands for M = 1.
    return_zf : bool
        If True, the smoother's last state is given too.

    Returns
    -------
    ndarray of float64, of S's shape, or a pair of it and of the state

    Raises
    ------
    ParameterError
        If an argument breaks its rule, or the channels' axis can't be known.

    Notes
    -----
    ``serfast.PCEN`` gives the same in a stream, from samples.

    Examples
    --------
    >>> pcen(np.ones((2, 3)), gain=1.0, bias=0.25, eps=1e-12).round(3).tolist()
    [[0.618, 0.618, 0.618], [0.618, 0.618, 0.618]]
    """
    for name, value in (("power", power), ("gain", gain), ("bias", bias)):
        if not value >= 0:
            checks.fail(name, ">= 0", value)
    for name, value in (("eps", eps), ("time_constant", time_constant)):
        if not value > 0:
            checks.fail(name, "> 0", value)
    checks.integer("max_size", max_size)
    if b is None:
        width = 2 * time_constant * sr / float(hop_length)
        b = 2 * (np.sqrt(1 + width**2) - 1) / width**2
    if not 0 <= b <= 1:
        checks.fail("b", "None or a number from 0 to 1", b)
    S = np.asarray(S)
    if np.iscomplexobj(S):
        warn_caller(
            "pcen was called on complex input: its phase is dropped; "
            "pcen(np.abs(S)) says the same without this warning"
        )
        S = np.abs(S)
    if ref is None:
        ref = S if max_size == 1 else _largest_around(S, max_size, axis, max_axis)
    smooth, zf = _smoothed(np.asarray(ref), b, axis, zi)
    # librosa's order of operations, for its bits: logarithms keep the digits of small eps and S
    ratio = S * np.exp(-gain * (np.log(eps) + np.log1p(smooth / eps)))
    if power == 0:
        out = np.log1p(ratio)
    elif bias == 0:
        out = ratio**power
    else:
        out = bias**power * np.expm1(power * np.log1p(ratio / bias))
    return (out, zf) if return_zf else out


def _smoothed(ref: Any, b: float, axis: int, zi: Any) -> tuple[Any, Any]:
    """Give M of `ref` over time, and the state (1 - b) M behind the last frame."""
    series = np.moveaxis(ref.astype(np.float64), axis, 0)
    state = np.moveaxis(np.full((1,) * ref.ndim, 1 - b) if zi is None else np.asarray(zi), axis, 0)
    if state.ndim != series.ndim or len(state) != 1:
        rule = f"an array of {ref.ndim} axes, that of time of length 1"
        checks.refuse("zi", rule, f"shape {np.shape(zi)}")
    smooth = np.empty_like(series)
    last = np.broadcast_to(state[0], series.shape[1:]).astype(np.float64)
    for t, frame in enumerate(series):
        smooth[t] = b * frame + last
        last = (1 - b) * smooth[t]
    return np.moveaxis(smooth, 0, axis), np.moveaxis(last[np.newaxis], 0, axis)


def _largest_around(S: Any, size: int, axis: int, max_axis: int | None) -> Any:
    """Give the largest of `size` neighbouring channels, which are mirrored beyond the edges."""
    if S.ndim == 1:
        checks.refuse("max_size", "1 for a single channel", f"{size} with S of shape {S.shape}")
    if max_axis is None:
        if S.ndim != 2:
            checks.refuse("max_axis", "an axis unless S has two", f"None with shape {S.shape}")
        max_axis = (1 - axis) % 2
    channels = np.moveaxis(S, max_axis, -1)
    pad = [(0, 0)] * (S.ndim - 1) + [(size // 2, size - size // 2 - 1)]
    mirrored = np.pad(channels, pad, mode="symmetric")
    windows = np.lib.stride_tricks.sliding_window_view(mirrored, size, axis=-1)
    return np.moveaxis(windows.max(axis=-1), -1, max_axis)
