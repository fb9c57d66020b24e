"""Power in decibel, as librosa 1.0 has it: each channel has a reference and a floor of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import numpy as np

from .... import _checks as checks
from ....errors import ParameterError
from ..util.warning import warn_caller

__all__ = ["levels", "power_to_db"]

Axes: TypeAlias = int | tuple[int, ...] | None


def power_to_db(
    S: Any,
    *,
    ref: float | Callable[..., Any] = 1.0,
    amin: float = 1e-10,
    top_db: float | None = 80.0,
    axes: Axes | Literal["auto"] = "auto",
) -> Any:
    """Power in decibel: ``10 log10(max(amin, S)) - 10 log10(max(amin, ref))``.

    Parameters
    ----------
    S : array_like
        Power; of complex values the magnitude is taken, with a warning.
    ref : float, array_like or callable
        The power of 0 dB (its magnitude counts), or a function that gives it of S, `axis` and
        `keepdims`: ``np.max``.
    amin : float
        Floor of S and ref, > 0.
    top_db : float or None
        Values more than this below the largest are raised to it [dB], >= 0. None: no such floor.
    axes : "auto", int, tuple of int or None
        Along which axes the largest, and what the function `ref` gives, are looked for; None is
        all of them, as in librosa 0.11; "auto" is the last two, so that leading axes are channels
        each with a floor of its own.

    Returns
    -------
    ndarray or floating scalar
        Decibel; of S's shape, and of its dtype if that is floating.

    Raises
    ------
    ParameterError
        If amin <= 0, top_db < 0, S is empty or has no such axes, or the function `ref` takes no
        `axis` and `keepdims`.

    Examples
    --------
    >>> power_to_db(np.array([1.0, 0.1, 1e-12])).tolist()
    [0.0, -10.0, -80.0]
    >>> power_to_db(np.array([[[1.0, 0.1]], [[1e-4, 1e-5]]]), top_db=5).ravel().tolist()
    [0.0, -5.0, -40.0, -45.0]
    """
    if isinstance(axes, str):
        checks.choice("axes", axes, ("auto",))
        axes = tuple(range(-min(np.ndim(S), 2), 0)) or None

    def reference(magnitudes: Any) -> Any:
        try:
            return ref(magnitudes, axis=axes, keepdims=True)  # type: ignore[operator]
        except TypeError as error:
            rule = "a number or a function of an array, axis and keepdims"
            raise ParameterError(f"ref must be {rule}: {error}") from error

    return levels(S, reference if callable(ref) else ref, amin, top_db, axes)


def levels(S: Any, ref: Any, amin: float, top_db: float | None, axes: Axes) -> Any:
    """Give the decibels; `ref` is a power, or a function of the magnitudes that gives one."""
    S = np.asarray(S)
    if amin <= 0:
        checks.fail("amin", "> 0", amin)
    if top_db is not None and top_db < 0:
        checks.fail("top_db", "None or >= 0", top_db)
    if S.size == 0:
        checks.refuse("S", "at least 1 value", f"shape {S.shape}")
    if np.iscomplexobj(S):
        warn_caller(
            "power_to_db was called on complex input: its phase is dropped; "
            "power_to_db(np.abs(S) ** 2) says the same without this warning"
        )
        S = np.abs(S)
    try:
        reference = ref(S) if callable(ref) else np.abs(ref)
        level = 10.0 * np.log10(np.maximum(amin, S))
        level -= 10.0 * np.log10(np.maximum(amin, reference))
        if top_db is not None:
            level = np.maximum(level, level.max(axis=axes, keepdims=True) - top_db)
    except np.exceptions.AxisError:
        checks.refuse("axes", f"axes of S, of shape {S.shape}", f"{axes}")
    return level[()]
