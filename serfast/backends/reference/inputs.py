"""A function's inputs for one row are computed here in float64: by name, or a track's rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...program.rows import Autocorrelation, Computed, Track
from .framing import heard
from .mel import logarithm
from .spectrum import conditioned, power_spectrum

__all__ = ["autocorrelation", "inputs_of", "window_of"]

Array = np.ndarray[Any, np.dtype[np.float64]]


def inputs_of(node: Computed, samples: Array, previous: Array | None) -> dict[str, Any]:
    """Give every input that a function names, computed from one frame's samples.

    Parameters
    ----------
    node : Computed
    samples : ndarray of float64, shape (n,)
        These are the frame's samples, not yet scaled.
    previous : ndarray of float64 or None
        This is the spectrum of the row before. It is None in the first row, whose current spectrum
        takes its place.

    Returns
    -------
    dict
        It has read-only arrays and the sample rate, by name.
    """
    named = node.feature.needs
    given: dict[str, Any] = {"sample_rate": node.sample_rate}
    arrays = {"table": node.table}
    if "frame" in named:
        arrays["frame"] = node.scale * samples
    if node.spectrum is not None:
        power = power_spectrum(samples[np.newaxis], node.spectrum)[0]
        spectrum = np.sqrt(power) if node.power == 1 else power
        arrays["spectrum"] = spectrum
        if "previous_spectrum" in named:
            arrays["previous_spectrum"] = spectrum if previous is None else previous
    if "frequencies" in named:
        arrays["frequencies"] = node.frequencies
    if node.autocorrelation is not None:
        arrays["autocorrelation"] = autocorrelation(samples, node.autocorrelation)
    if node.log_mel is not None and node.mel is not None and node.mel_spectrum is not None:
        bands = power_spectrum(samples[np.newaxis], node.mel_spectrum) @ node.mel.weights.T
        arrays["log_mel"] = logarithm(bands, node.log_mel)[0]
    for array in arrays.values():
        array.setflags(write=False)
    return given | arrays


def autocorrelation(samples: Array, node: Autocorrelation) -> Array:
    """Give r(k) = Σ_i x(i) x(i + k), where x are the conditioned samples times the window."""
    n = len(node.window)
    under = heard(samples[np.newaxis])[:, node.start : node.start + n]
    x = (conditioned(under, node.remove_dc, node.preemphasis) * node.window)[0]
    lags = np.correlate(x, x, mode="full")[n - 1 :]
    result = lags[: node.n_lags].copy()
    length = node.transform.length
    for k in range(length - n + 1, node.n_lags):  # of a circular one: what has wrapped around
        result[k] += lags[length - k]
    return result


def window_of(node: Track, rows: Array, t: int, state: Array) -> dict[str, Any]:
    """Give the rows around row t that a track looks at, and its state.

    Parameters
    ----------
    node : Track
    rows : ndarray of float64, shape (n_rows, n_columns)
        They have only the columns that the track looks at, for all rows.
    t : int
    state : ndarray of float64, shape (state_size,)
        The function will change it.
    """
    begin = max(t - node.back, 0)
    window = np.ascontiguousarray(rows[begin : t + node.ahead + 1])
    window.setflags(write=False)
    return {"rows": window, "place": t - begin, "state": state, "row_rate": node.row_rate}
