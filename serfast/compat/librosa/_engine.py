"""The functions here call serfast's engine; each set of arguments has a cached Extractor."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

import numpy as np

from ... import _checks as checks
from ... import backends
from ...errors import ParameterError
from ...extractor import Extractor
from ...features import Feature
from ...features.framing import PAD_MODES, PadMode
from ...features.spec import FeatureSpec
from .util.utils import check_everywhere, check_finite

__all__ = ["AnyPadMode", "feature", "padded", "rows"]

AnyPadMode: TypeAlias = str | Callable[..., Any]
F = TypeVar("F", bound=Feature)
Array = np.ndarray[Any, Any]
Rows = np.ndarray[Any, np.dtype[np.float32]]


@lru_cache(maxsize=64)
def _extractor(
    backend: str,
    feature: Feature,
    sample_rate: float,
    hop_length: int,
    center: bool,
    pad_mode: PadMode,
) -> tuple[Extractor, int]:
    """Give an extractor, and how many columns its rows have.

    It doesn't warn: the functions here warn at every call, as librosa does.
    """
    spec = FeatureSpec(
        sample_rate=sample_rate,
        hop_length=hop_length,
        center=center,
        pad_mode=pad_mode,
        features=(feature,),
    )
    return Extractor._without_warnings(spec, backend), len(spec.columns)


@lru_cache(maxsize=64, typed=True)
def feature(kind: type[F], **arguments: Any) -> F:
    """Make a feature, or take the one made before: a window of 2048 numbers is slow to check."""
    return kind(**arguments)


def rows(
    y: Array,
    what: Feature,
    *,
    sr: float,
    hop_length: int,
    center: bool,
    pad_mode: AnyPadMode,
) -> Rows:
    """Give the engine's rows of every channel.

    Parameters
    ----------
    y : ndarray of real numbers, shape (..., n)
        Samples; the engine takes them as float32.
    what : Feature
        What to compute.
    sr : float
        Sample rate [Hz].
    hop_length : int
        Samples between frames.
    center : bool
        Whether frames are centred. Modes that the engine can't pad by itself are padded here.
    pad_mode : str or callable
        As for :func:`numpy.pad`; "empty", whose values are anyone's guess, is zeros.

    Returns
    -------
    ndarray of float32, shape (..., n_frames, n_columns)

    Raises
    ------
    ParameterError
        If an argument breaks its rule; if y is empty, not finite, or shorter than a
        left-aligned frame.
    """
    checks.integer("hop_length", hop_length)
    sr = checks.number("sr", sr, above=0)
    _check_length(y, 1)
    y, center, mode = _padding(y, what.length, bool(center), pad_mode)
    _check_length(y, 1 if center else what.length)
    extractor, n_columns = _extractor(backends.chosen(None), what, sr, hop_length, center, mode)
    n_frames = extractor.spec.frame_count(y.shape[-1])
    out = np.empty((*y.shape[:-1], n_frames, n_columns), dtype=np.float32)
    try:
        for channel in np.ndindex(y.shape[:-1]):
            extractor(_as_known(y[channel]), out=out[channel])
    except ParameterError:
        check_finite(y)
        raise
    return out


def padded(y: Array, frame_length: int, center: bool, pad_mode: AnyPadMode) -> Array:
    """Give y with half a frame more at either end if frames are centred.

    Raises
    ------
    ParameterError
        If y is empty, not finite, beyond float32's range, or shorter than a frame.
    """
    _check_length(y, 1)
    check_finite(y)
    check_everywhere("y", "within float32's range", y, np.abs(y) <= np.finfo(np.float32).max)
    y, center, mode = _padding(y, frame_length, bool(center), pad_mode)
    if center:
        y = _numpy_padded(y, frame_length, mode)
    _check_length(y, frame_length)
    return y


def _check_length(y: Array, least: int) -> None:
    """Raise ParameterError if y is empty or shorter than a frame that isn't centred."""
    if y.shape[-1] == 0:
        checks.refuse("y", "at least 1 sample long", f"shape {y.shape}")
    if y.shape[-1] < least:
        rule = f"at least {least} samples long (a frame, not centred)"
        checks.refuse("y", rule, f"{y.shape[-1]} samples (too short)")


def _as_known(samples: Array) -> Array:
    """Give samples as a dtype that the engine takes; integers keep their values."""
    return samples if samples.dtype in (np.float32, np.float64) else samples.astype(np.float32)


def _padding(
    y: Array, frame_length: int, center: bool, mode: AnyPadMode
) -> tuple[Array, bool, PadMode]:
    """Give (y, True, mode) if the engine can pad, or else (padded y, False, any mode)."""
    if not center:
        return y, False, "constant"
    for engine_mode in PAD_MODES:
        if mode == engine_mode or (mode, engine_mode) == ("empty", "constant"):
            return y, True, engine_mode
    if not isinstance(mode, str) and not callable(mode):
        checks.fail("pad_mode", "a mode of numpy.pad or a callable", mode)
    return _numpy_padded(y, frame_length, mode), False, "constant"


def _numpy_padded(y: Array, frame_length: int, mode: AnyPadMode) -> Array:
    width = [(0, 0)] * (y.ndim - 1) + [(frame_length // 2, frame_length // 2)]
    pad: Callable[..., Array] = np.pad
    try:
        return pad(y, width, mode=mode)
    except ValueError as error:
        raise ParameterError(
            f"pad_mode must be a mode of numpy.pad, got {mode!r}: {error}"
        ) from error
