"""pyAudioAnalysis' features of short frames."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
from numpy.fft import rfft

from ... import _checks as checks
from .tables import N_CHROMA, N_MFCC, N_PARTS, Tables, tables

__all__ = ["dc_normalize", "feature_extraction"]

Array = np.ndarray[Any, np.dtype[np.float64]]

EPSILON = sys.float_info.epsilon
"""pyAudioAnalysis adds it where it divides or takes a logarithm."""

PEAK_OFFSET = 32768 * 1e-10
"""It divides samples by 32768, then by their peak and 1e-10: here both at once."""

ROLLOFF = 0.9
SMALLEST_CELL = 8
"""Shorter cells, which the parts of several frames have in common, are not worth the trouble."""

BLOCK_SAMPLES = 1 << 16
"""So many samples of frames are computed at once: their arrays stay in the processor's cache."""

NAMES = (
    "zcr",
    "energy",
    "energy_entropy",
    "spectral_centroid",
    "spectral_spread",
    "spectral_entropy",
    "spectral_flux",
    "spectral_rolloff",
    *(f"mfcc_{i}" for i in range(1, N_MFCC + 1)),
    *(f"chroma_{i}" for i in range(1, N_CHROMA + 1)),
    "chroma_std",
)


def feature_extraction(
    signal: Any, sampling_rate: float, window: float, step: float, deltas: bool = True
) -> tuple[Array, list[str]]:
    """Give 34 features of every frame, and with `deltas` their changes since the frame before.

    Parameters
    ----------
    signal : array_like, shape (n,)
        Mono samples, of any type and scale: the mean is subtracted and the peak becomes 1.
    sampling_rate : float
        Samples per second [Hz], above 6855.
    window, step : float
        A frame's length and the distance of frames in samples; fractions are cut off.
    deltas : bool
        If True, 34 rows more hold each feature less that of the frame before, 0 at first.

    Returns
    -------
    features : ndarray of float64, shape (68 or 34, n_frames)
    feature_names : list of str

    Raises
    ------
    ParameterError
        If the signal isn't one finite channel of at least `window` samples, or the rate or the
        window is too small for the bands and semitones. pyAudioAnalysis fails then too, except
        for samples that aren't finite.

    Notes
    -----
    It agrees with pyAudioAnalysis 0.3.14 to 1e-9 (Giannakopoulos, PLoS ONE 10 (2015)).

    Examples
    --------
    >>> features, names = feature_extraction(np.arange(1600) % 50, 16000, 400, 160, deltas=False)
    >>> features.shape, names[-1]
    ((34, 8), 'chroma_std')
    """
    rate = checks.number("sampling_rate", sampling_rate, above=0)
    length = checks.integer("window", int(checks.number("window", window)), 2)
    hop = checks.integer("step", int(checks.number("step", step)), 1)
    with_deltas = checks.boolean("deltas", deltas)
    samples = _checked(signal, length)
    mean, peak = _normalization(samples, PEAK_OFFSET)
    fixed = tables(rate, length)
    n_frames = (len(samples) - length) // hop + 1
    rows = np.empty((n_frames, len(NAMES)))
    size = max(BLOCK_SAMPLES // length, 1)
    space = _Space(min(size, n_frames), length // 2)
    for start in range(0, n_frames, size):
        block = rows[start : start + size]
        end = (start + len(block) - 1) * hop + length
        part = (samples[start * hop : end] - mean) / peak
        _temporal(part, length, hop, block)
        _spectral(_frames(part, length, hop), fixed, block, space)
    names = list(NAMES)
    if not with_deltas:
        return np.ascontiguousarray(rows.T), names
    features = np.zeros((2 * len(NAMES), n_frames))
    features[: len(NAMES)] = rows.T
    np.subtract(rows[1:].T, rows[:-1].T, out=features[len(NAMES) :, 1:])
    return features, names + [f"delta {name}" for name in names]


def dc_normalize(sig_array: Any) -> Array:
    """Give a signal less its mean, over its peak and 1e-10.

    ``feature_extraction`` does this itself, to the samples divided by 32768. The rows of
    ``serfast.presets.pyaudioanalysis``, which takes a signal as it is, are those numbers if they
    are given ``dc_normalize(signal / 32768)``.

    Parameters
    ----------
    sig_array : array_like, shape (n,)
        Mono samples; it stays as it is.

    Returns
    -------
    ndarray of float64, shape (n,)

    Raises
    ------
    ParameterError
        If the signal isn't one finite channel of at least one sample.

    Examples
    --------
    >>> dc_normalize([1.0, 2.0, 3.0]).round(6).tolist()
    [-1.0, 0.0, 1.0]
    """
    samples = _checked(sig_array, 1)
    mean, peak = _normalization(samples, 1e-10)
    return np.asarray((samples - mean) / peak)


def _checked(signal: Any, length: int) -> Any:
    """Give the samples as an array, if pyAudioAnalysis has features for them."""
    given = np.asarray(signal)
    if given.ndim != 1 or given.dtype.kind not in "biuf":
        shape = f"shape {given.shape} and type {given.dtype}"
        checks.refuse("signal", "one channel of real samples (n,)", shape)
    if len(given) < length:
        checks.refuse("signal", f"at least {length} samples", f"{len(given)} samples")
    return given


def _normalization(samples: Any, offset: float) -> tuple[np.float64, np.float64]:
    """Give the mean, and the peak around it and an offset.

    Their bits are pyAudioAnalysis' bits: in spectra of pure tones, the logarithms of the bands
    between them are those of rounding errors.
    """
    with np.errstate(invalid="ignore"):
        mean = samples.astype(np.float64).mean()
        peak = max(float(samples.max()) - mean, mean - float(samples.min()))
    if not np.isfinite(peak):
        checks.refuse("signal", "finite", "NaN, infinity or samples that are too large")
    return mean, peak + offset


def _frames(samples: Any, length: int, hop: int) -> Any:
    """Give the frames, shape (n_frames, length), without a copy."""
    step = samples.strides[0]
    shape = ((len(samples) - length) // hop + 1, length)
    return np.lib.stride_tricks.as_strided(samples, shape, (hop * step, step), writeable=False)


def _temporal(samples: Array, length: int, hop: int, rows: Array) -> None:
    """Write the rate of zero crossings, the mean square and the entropy of the parts' energies.

    A sample of 0 counts as half a crossing on either side.
    """
    n = len(rows)
    sign = (samples > 0).view(np.int8) - (samples < 0).view(np.int8)
    change = np.zeros(len(sign), dtype=np.int32)
    np.cumsum(np.abs(np.diff(sign)), out=change[1:])
    starts = change[: (n - 1) * hop + 1 : hop]
    np.subtract(change[length - 1 :: hop][:n], starts, out=rows[:, 0])
    rows[:, 0] /= 2 * (length - 1)
    parts, total = _part_energies(np.square(samples), length, hop)
    rows[:, 1] = total / length
    rows[:, 2] = _entropy(parts, total)


def _part_energies(power: Array, length: int, hop: int) -> tuple[Array, Array]:
    """Give the sums of ten parts of each frame, shape (n, 10), and of all, with the rest behind.

    Frames overlap: where parts begin on a common grid, its cells are summed once for all frames.
    """
    size = length // N_PARTS
    cell = math.gcd(size, hop) if size else 0
    if cell < SMALLEST_CELL:
        parts = _parts(_frames(power, length, hop), size)
    else:
        n = (len(power) - length) // hop + 1
        n_cells = ((n - 1) * hop + N_PARTS * size) // cell
        cells = power[: n_cells * cell].reshape(n_cells, cell).sum(axis=1)
        frames = _frames(cells, N_PARTS * size // cell, hop // cell)
        parts = frames if cell == size else _parts(frames, size // cell)
    total = parts.sum(axis=1)
    if length > N_PARTS * size:
        total += _frames(power, length, hop)[:, N_PARTS * size :].sum(axis=1)
    return parts, total


def _parts(values: Array, size: int) -> Array:
    """Give the sums of ten parts of so many values in each row, shape (n, 10)."""
    shape, strides = (len(values), N_PARTS, size), values.strides
    divided = np.lib.stride_tricks.as_strided(
        values, shape, (strides[0], size * strides[1], strides[1]), writeable=False
    )
    return np.asarray(np.einsum("ijk->ij", divided))


def _entropy(parts: Array, total: Array) -> Array:
    """Give the entropy of the parts' shares in the total [bit]."""
    share = parts / (total[:, None] + EPSILON)
    return np.asarray(-np.einsum("ij,ij->i", share, np.log2(share + EPSILON)))


class _Space:
    """The arrays of a block's spectra, which the next block takes again."""

    def __init__(self, n_frames: int, n_bins: int) -> None:
        self.part_size = n_bins // N_PARTS
        self.width = max(self.part_size, n_bins - N_PARTS * self.part_size)
        """The longest part, or the rest behind the parts."""
        self.power = np.zeros(n_frames * n_bins + self.width)  # zeros stay behind the last bin
        self.magnitude = np.empty((n_frames + 1, n_bins))
        self.total = np.empty(n_frames + 1)
        self.begun = False
        self.transform = np.empty((n_frames, n_bins + 1), complex)


def _spectral(frames: Array, fixed: Tables, rows: Array, space: _Space) -> None:
    """Write the features of the spectrum, which is |X|, not yet divided by its length."""
    n, n_bins = len(frames), fixed.moments.shape[1]
    transform = rfft(frames, axis=1, out=space.transform[:n])[:, :n_bins]
    stored, totals = space.magnitude[: n + 1], space.total[: n + 1]
    magnitude, total = stored[1:], totals[1:]
    power = space.power[: n * n_bins].reshape(n, n_bins)
    np.square(np.abs(transform, out=magnitude), out=power)
    np.matmul(power, fixed.moments[0], out=total)
    if not space.begun:  # before the first frame, pyAudioAnalysis has it once more
        stored[0], totals[0], space.begun = magnitude[0], total[0], True
    moments = [stored @ weights for weights in fixed.moments]
    rows[:, 3], rows[:, 4] = _centroid(*(one[1:] for one in moments))
    parts = _parts(power, space.part_size)
    rows[:, 5] = _entropy(parts / n_bins**2, total / n_bins**2)
    rows[:, 6] = _flux(stored, totals, moments[0] + n_bins**2 * EPSILON)
    rows[:, 7] = _rolloff(space, parts, total, n_bins) / n_bins
    bands = magnitude[:, : len(fixed.bands)] @ fixed.bands
    rows[:, 8 : 8 + N_MFCC] = np.log10(bands + EPSILON) @ fixed.cosines
    chroma = power[:, fixed.chroma_bins] @ fixed.chroma
    chroma /= np.where(total == 0, 1.0, total)[:, None]
    rows[:, 8 + N_MFCC : -1] = chroma
    chroma -= chroma.mean(axis=1, keepdims=True)
    rows[:, -1] = np.sqrt(np.einsum("ij,ij->i", chroma, chroma) / N_CHROMA)
    stored[0], totals[0] = magnitude[-1], total[-1]


def _centroid(mass: Array, first: Array, second: Array) -> tuple[Array, Array]:
    """Give the centroid and the spread, relative to half the sample rate; 0 in silence."""
    mass_above_0 = np.where(mass == 0, 1.0, mass)
    centroid = first / mass_above_0
    spread = second / mass_above_0 - centroid**2
    return centroid, np.sqrt(np.maximum(spread, 0))


def _flux(stored: Array, totals: Array, mass: Array) -> Array:
    """Give the sum of squared changes of the relative magnitudes, (a - b)² = a² + b² - 2ab."""
    square = totals / mass**2
    product = np.einsum("ij,ij->i", stored[1:], stored[:-1]) / (mass[1:] * mass[:-1])
    return np.asarray(np.maximum(square[1:] + square[:-1] - 2 * product, 0))


def _rolloff(space: _Space, parts: Array, total: Array, n_bins: int) -> Any:
    """Give the bin up to which there is 90 % of the power.

    It is looked for in the part where it must be, or in the rest behind the parts.
    """
    index = np.arange(len(parts))
    threshold = ROLLOFF * total - EPSILON * n_bins**2
    reached = np.zeros((len(parts), N_PARTS + 1))
    np.cumsum(parts, axis=1, out=reached[:, 1:])
    part = (reached[:, 1:] <= threshold[:, None]).sum(axis=1)
    start = part * space.part_size
    # Behind a frame's bins are the next frame's, but 90 % are reached before.
    inside = np.cumsum(_frames(space.power, space.width, 1)[index * n_bins + start], axis=1)
    rest = threshold - reached[index, part]
    return start + (inside > rest[:, None]).argmax(axis=1)
