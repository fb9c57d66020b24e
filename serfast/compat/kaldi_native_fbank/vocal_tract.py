"""The edges of mel bands are moved here for a speaker's vocal tract (VTLN)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _checks as checks
from ...features.mel import hz_to_mel, mel_to_hz

__all__ = ["warped_bank"]

Table = np.ndarray[Any, np.dtype[np.float64]]


def warped_bank(
    sample_rate: float,
    n_fft: int,
    bank: dict[str, Any],
    vtln: tuple[float, float],
    factor: float,
) -> Table:
    """Give the weights of Kaldi's triangles whose corners are moved.

    Parameters
    ----------
    sample_rate : float
        It is in Hz.
    n_fft : int
        The weighted bins are those of a transform of this length.
    bank : dict
        It has the fields of a mel bank by name, the edges and the number of the bands among them.
    vtln : tuple of float
        They are vtln_low and vtln_high [Hz].
    factor : float
        Between these, frequencies are divided by it.

    Returns
    -------
    ndarray of float64, shape (n_mels, n_fft // 2 + 1)

    Raises
    ------
    ParameterError
        If vtln_low and vtln_high, or what the factor makes of them, aren't between the edges.
    """
    low, high = bank["fmin"], bank["fmax"]
    mels = np.linspace(hz_to_mel(low, htk=True), hz_to_mel(high, htk=True), bank["n_mels"] + 2)
    moved = warped(mel_to_hz(mels, htk=True), (low, high), vtln, factor)
    corners = hz_to_mel(moved, htk=True)[:, np.newaxis]
    bins = hz_to_mel(np.arange(n_fft // 2 + 1) * (sample_rate / n_fft), htk=True)
    rise = (bins - corners[:-2]) / (corners[1:-1] - corners[:-2])
    fall = (corners[2:] - bins) / (corners[2:] - corners[1:-1])
    weights = np.maximum(np.minimum(rise, fall), 0)
    weights[:, : bank.get("first_bin", 0)] = 0
    return np.asarray(weights)


def warped(
    hz: Table, edges: tuple[float, float], vtln: tuple[float, float], factor: float
) -> Table:
    """Give frequencies as they are moved [Hz].

    The function is continuous and has three linear pieces. The edges stay where they are, and in
    the middle piece frequencies are divided by the factor. It ends where neither a frequency nor
    what becomes of it passes vtln_low or vtln_high (Kaldi's description of VtlnWarpFreq).
    """
    low, high = edges
    bottom = checks.number("vtln_low", vtln[0], above=low)
    top = checks.number("vtln_high", vtln[1], above=bottom)
    if top >= high:
        checks.fail("vtln_high", f"< {high:g} Hz (high_freq)", top)
    first, last = bottom * max(1.0, factor), top * min(1.0, factor)
    if first >= last:
        rule = f"{bottom / top:g} to {top / bottom:g} (between vtln_low and vtln_high)"
        checks.fail("vtln_warp_factor", rule, factor)
    points = [low, first, last, high]
    return np.asarray(np.interp(hz, points, [low, first / factor, last / factor, high]))
