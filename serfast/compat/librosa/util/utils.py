"""Framing without a copy, and what counts as audio."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .... import _checks as checks

__all__ = ["check_audio", "check_everywhere", "check_finite", "frame", "valid_audio"]


def frame(
    x: np.ndarray[Any, Any],
    *,
    frame_length: int,
    hop_length: int,
    axis: int = -1,
    writeable: bool = False,
    subok: bool = False,
) -> np.ndarray[Any, Any]:
    """Slice an array into overlapping frames: a view, nothing is copied.

    Parameters
    ----------
    x : ndarray, shape (..., n, ...)
        The array; its last frames are left out where they would run past its end.
    frame_length : int
        Samples per frame, 1 to n.
    hop_length : int
        Samples between frames, >= 1.
    axis : int
        The axis to frame. Negative: frames stand before the new axis of frame numbers, as in
        (..., frame_length, n_frames); otherwise after it, as in (n_frames, frame_length, ...).
    writeable : bool
        Whether the view may be written through. Frames overlap, so a write shows in several.
    subok : bool
        Whether a subclass of ndarray stays one.

    Returns
    -------
    ndarray
        A view of x with one more axis.

    Raises
    ------
    ParameterError
        If x is shorter than a frame, has no such axis, or a length is not an int >= 1.

    Examples
    --------
    >>> frame(np.arange(5), frame_length=3, hop_length=2).T.tolist()
    [[0, 1, 2], [2, 3, 4]]
    """
    x = np.asanyarray(x) if subok else np.asarray(x)
    checks.integer("frame_length", frame_length)
    checks.integer("hop_length", hop_length)
    if not -x.ndim <= axis < x.ndim:
        checks.fail("axis", f"an axis of x (shape {x.shape})", axis)
    if x.shape[axis] < frame_length:
        checks.refuse(
            "x", f"at least frame_length = {frame_length} long", f"{x.shape[axis]} (too short)"
        )
    windows: np.ndarray[Any, Any] = sliding_window_view(
        x, frame_length, axis=axis, subok=subok, writeable=writeable
    )
    every = [slice(None)] * x.ndim
    every[axis] = slice(None, None, hop_length)
    return np.moveaxis(windows[tuple(every)], -1, axis - 1 if axis < 0 else axis + 1)


def check_audio(y: Any) -> None:
    """Raise ParameterError unless y is an ndarray of floats with a time axis."""
    if not isinstance(y, np.ndarray):
        checks.fail("y", "a numpy.ndarray", y)
    if not np.issubdtype(y.dtype, np.floating):
        checks.refuse("y", "floating-point", f"dtype {y.dtype}")
    if y.ndim == 0:
        checks.refuse("y", "at least one-dimensional", "a scalar")


def valid_audio(y: np.ndarray[Any, Any]) -> Literal[True]:
    """Tell whether y is audio: an ndarray of finite floats with at least one axis.

    Parameters
    ----------
    y : ndarray, shape (..., n)

    Returns
    -------
    bool
        True; everything else raises.

    Raises
    ------
    ParameterError
        If y is not an ndarray, not floating-point, a scalar, or holds NaN or infinity.

    Examples
    --------
    >>> valid_audio(np.zeros(8))
    True
    """
    check_audio(y)
    check_finite(y)
    return True


def check_finite(values: np.ndarray[Any, Any], name: str = "y") -> None:
    """Raise ParameterError with the index of the first NaN or infinity, if there is one."""
    check_everywhere(name, "finite", values, np.isfinite(values))


def check_everywhere(
    name: str, rule: str, values: np.ndarray[Any, Any], good: np.ndarray[Any, Any]
) -> None:
    """Raise ParameterError with the index of the first value that isn't good, if there is one."""
    if not good.all():
        index = tuple(int(i) for i in np.unravel_index(int(np.argmin(good)), values.shape))
        where = index[0] if len(index) == 1 else index
        checks.refuse(name, f"{rule} everywhere", f"{values[index]!s} at index {where}")
