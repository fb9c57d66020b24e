"""Power in decibel, as librosa does it: over whatever it is given, all channels at once."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from .... import _checks as checks

__all__ = ["power_to_db"]


def power_to_db(
    S: Any,
    *,
    ref: float | Callable[[Any], Any] = 1.0,
    amin: float = 1e-10,
    top_db: float | None = 80.0,
) -> Any:
    """Power in decibel: ``10 log10(max(amin, S)) - 10 log10(max(amin, ref))``.

    Parameters
    ----------
    S : array_like
        Power; of complex values the magnitude is taken, with a warning.
    ref : float, array_like or callable
        The power of 0 dB (its magnitude counts), or a function of S that gives it: ``np.max``.
    amin : float
        Floor of S and ref, > 0.
    top_db : float or None
        Values more than this below the largest of the whole array, all channels together, are
        raised to it [dB], >= 0. None: no such floor.

    Returns
    -------
    ndarray or floating scalar
        Decibel; of S's shape, and of its dtype if that is floating.

    Raises
    ------
    ParameterError
        If amin <= 0, top_db < 0, or S is empty.

    Examples
    --------
    >>> power_to_db(np.array([1.0, 0.1, 1e-12])).tolist()
    [0.0, -10.0, -80.0]
    """
    S = np.asarray(S)
    if amin <= 0:
        checks.fail("amin", "> 0", amin)
    if top_db is not None and top_db < 0:
        checks.fail("top_db", "None or >= 0", top_db)
    if S.size == 0:
        checks.refuse("S", "at least 1 value", f"shape {S.shape}")
    if np.iscomplexobj(S):
        warnings.warn(
            "power_to_db was called on complex input: its phase is dropped; "
            "power_to_db(np.abs(S) ** 2) says the same without this warning",
            stacklevel=2,
        )
        S = np.abs(S)
    reference = ref(S) if callable(ref) else np.abs(ref)
    level = 10.0 * np.log10(np.maximum(amin, S))
    level -= 10.0 * np.log10(np.maximum(amin, reference))
    if top_db is not None:
        level = np.maximum(level, level.max() - top_db)
    return level
