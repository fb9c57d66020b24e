"""The reference back end: every formula in NumPy and float64. Slow, obvious, the truth in tests.

Each stage is the formula in its docstring and little else; no stage knows another's tricks. Only
the rows are rounded, once, to float32.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from .. import program as p
from ..callbacks import Inputs, python_call
from ..custom import warn_of_rows
from ..framing import SILENCE, pad

__all__ = [
    "cepstrum",
    "derivative",
    "heard",
    "logarithm",
    "normalized_difference",
    "parabolic_shift",
    "pick_lag",
    "power_spectrum",
    "prepare",
    "zero_crossing_rate",
]

Array = np.ndarray[Any, np.dtype[np.float64]]
Lags = np.ndarray[Any, np.dtype[np.int64]]
Samples = np.ndarray[Any, np.dtype[np.float32]]
Rows = np.ndarray[Any, np.dtype[np.float32]]

BLOCK = 1024
"""Frames computed at a time: bounds the memory of a long recording."""


def prepare(program: p.Program) -> partial[int | None]:
    """Make a program ready to run: a function of (samples, out) that fills `out`."""
    for node, spectrum in program.all_customs:
        from ..trial import try_out  # which imports this module

        try_out(node, spectrum, python_call(node.feature))
    return partial(_run, program)


def _run(program: p.Program, samples: Samples, out: Rows) -> int | None:
    if not np.isfinite(samples).all():
        return int(np.argmin(np.isfinite(samples)))
    rows = np.zeros((len(out), program.row_size), dtype=np.float64)
    _features(program, samples.astype(np.float64), rows)
    for delta in program.deltas:
        target = slice(delta.column, delta.column + delta.source.stop - delta.source.start)
        rows[:, target] = derivative(rows[:, delta.source], delta.weights)
    with np.errstate(over="ignore"):
        out[:] = rows[:, : program.n_columns]
    return None


def derivative(rows: Array, weights: Array) -> Array:
    """Weighted sum of the rows around each row; the first and last window serve the ends.

    d[t] = Σ_j weights[j] · rows[c - half + j], with c = t moved into [half, n - 1 - half].
    """
    width, n_rows = len(weights), len(rows)
    if n_rows < width:
        return np.zeros_like(rows)
    windows = np.lib.stride_tricks.sliding_window_view(rows, width, axis=0)
    middles = np.clip(np.arange(n_rows) - width // 2, 0, n_rows - width)
    return np.asarray(windows[middles] @ weights)


def _features(program: p.Program, y: Array, out: Array) -> None:
    hop = program.hop_length
    with np.errstate(over="ignore"):
        for energy in program.energies:
            for rows, frames in _blocks(y, energy.frames, hop, len(out)):
                power = np.mean(heard(frames) ** 2, axis=1)
                out[rows, energy.column] = energy.scale * np.sqrt(power)
        for crossings in program.crossings:
            for rows, frames in _blocks(y, crossings.frames, hop, len(out)):
                out[rows, crossings.column] = zero_crossing_rate(frames, crossings.threshold)
        for pitch in program.pitches:
            for rows, frames in _blocks(y, pitch.frames, hop, len(out)):
                f0, aperiodicity = _pitch(frames, pitch)
                out[rows, pitch.column] = f0
                out[rows, pitch.column + 1] = aperiodicity
        for spectrum in program.spectra:
            _spectrum(y, spectrum, hop, out)
            for custom in spectrum.customs:
                _custom(y, custom, spectrum, hop, out)
        for custom in program.customs:
            _custom(y, custom, None, hop, out)


def _blocks(y: Array, frames: p.Frames, hop: int, n_rows: int) -> Iterator[tuple[slice, Array]]:
    """(rows, their frames as a matrix) until all rows are through.

    Frame t is ``y[t·hop - left : t·hop - left + length]``, with padding outside the signal.
    """
    padded = pad(y, frames.length, frames.pad_mode, center=frames.left > 0)
    windows = np.lib.stride_tricks.sliding_window_view(padded, frames.length)[::hop]
    for first in range(0, n_rows, BLOCK):
        rows = slice(first, min(first + BLOCK, n_rows))
        yield rows, windows[rows]


def heard(frames: Array) -> Array:
    """Zeros for the frames in which no sample reaches :data:`serfast.framing.SILENCE`."""
    return np.where(np.abs(frames).max(axis=1, keepdims=True) < SILENCE, 0.0, frames)


def zero_crossing_rate(frames: Array, threshold: float) -> Array:
    """Share of the samples whose sign differs from that of the sample before, per frame.

    Samples within ±threshold are zero, and zero is positive. The first sample has nothing before
    it in its frame and never counts as a crossing, but it counts in the length.
    """
    negative = frames < -threshold
    changes = negative[:, 1:] != negative[:, :-1]
    return np.asarray(changes.sum(axis=1) / frames.shape[1])


def power_spectrum(frames: Array, node: p.Spectrum) -> Array:
    """``|sum_i w[i] x[i] exp(-2πj k i / n_fft)| ** power`` for k = 0 … n_fft // 2, per frame.

    Over the window's samples x alone, and in this order: the mean goes
    (``x[i] - mean(x)``), then pre-emphasis (``x[i] - a·x[i-1]``, with x[0] standing in for
    x[-1]), then the window is multiplied on.
    """
    inside = slice(node.start, node.start + len(node.window))
    x = heard(frames)[:, inside]
    if node.remove_dc:
        x = x - np.mean(x, axis=1, keepdims=True)
    before = np.concatenate([x[:, :1], x[:, :-1]], axis=1)
    weighted = np.zeros_like(frames)
    weighted[:, inside] = (x - node.preemphasis * before) * node.window
    return np.asarray(np.abs(np.fft.rfft(weighted, axis=1)) ** node.power)


def logarithm(mel: Array, node: p.Log) -> Array:
    """``scale · ln(max(amin, S)) - offset`` of a whole recording, shape (n_rows, n_mels).

    `relative` subtracts the recording's largest value, `top` then raises everything to at least
    that much below the largest.
    """
    levels = node.scale * np.log(np.maximum(node.amin, mel)) - node.offset
    if node.relative:
        levels = levels - levels.max()
    if node.top is not None:
        levels = np.maximum(levels, levels.max() - node.top)
    return np.asarray(levels)


def cepstrum(levels: Array, node: p.Cepstrum) -> Array:
    """Cosine transform (and lifter) of each row of log-mel: ``matrix @ row``."""
    return np.asarray(levels @ node.matrix.T)


def _spectrum(y: Array, node: p.Spectrum, hop: int, out: Array) -> None:
    """Fill a spectrum's columns, and those of everything that hangs below it."""
    bands = [np.empty((len(out), len(mel.weights))) for mel in node.mels]
    for rows, frames in _blocks(y, node.frames, hop, len(out)):
        spectrum = power_spectrum(frames, node)
        _put(out[rows], node.column, spectrum)
        for band, mel in zip(bands, node.mels, strict=True):
            band[rows] = spectrum @ mel.weights.T
    for band, mel in zip(bands, node.mels, strict=True):
        _put(out, mel.column, band)
        for log in mel.logs:
            levels = logarithm(band, log)
            _put(out, log.column, levels)
            for transform in log.cepstra:
                _put(out, transform.column, cepstrum(levels, transform))


def _custom(y: Array, node: p.Custom, spectrum: p.Spectrum | None, hop: int, out: Array) -> None:
    """Call a function of one's own for each row; where it raises, its columns are NaN."""
    call = python_call(node.feature)
    columns = slice(node.column, node.column + len(node.feature.columns))
    for row, inputs in zip(out[:, columns], _inputs(y, node, spectrum, hop, len(out)), strict=True):
        try:
            call(inputs, row)
        except Exception:  # the function's own
            row[:] = np.nan
    warn_of_rows(node.feature, out[:, columns])


def _inputs(
    y: Array, node: p.Custom, spectrum: p.Spectrum | None, hop: int, n_rows: int
) -> Iterator[Inputs]:
    """What each row's function is given, read-only; the first row is its own predecessor."""
    frequencies = p.bin_frequencies(node)
    before: Array | None = None
    for _, frames in _blocks(y, node.frames, hop, n_rows):
        scaled = node.scale * frames
        scaled.setflags(write=False)
        if spectrum is None:
            yield from (Inputs(frame, node.sample_rate) for frame in scaled)
            continue
        powers = power_spectrum(frames, spectrum)
        powers.setflags(write=False)
        for frame, power in zip(scaled, powers, strict=True):
            previous = power if before is None else before
            yield Inputs(frame, node.sample_rate, power, previous, frequencies)
            before = power


def _put(out: Array, column: int | None, values: Array) -> None:
    """Store values from `column` on, if these columns are wanted."""
    if column is not None:
        out[:, column : column + values.shape[1]] = values


def _pitch(frames: Array, node: p.Pitch) -> tuple[Array, Array]:
    """F0 [Hz] and aperiodicity of each frame."""
    frames = heard(frames)
    difference = normalized_difference(frames, node.min_lag, node.max_lag)
    chosen = pick_lag(difference, node.threshold)
    lag = node.min_lag + chosen + parabolic_shift(difference, chosen)
    aperiodicity = np.take_along_axis(difference, chosen[:, np.newaxis], axis=1)[:, 0]
    return node.sample_rate / lag, np.where(frames.any(axis=1), aperiodicity, 1.0)


def normalized_difference(frames: Array, min_lag: int, max_lag: int) -> Array:
    """YIN's cumulative-mean-normalised difference d'(τ), τ = min_lag … max_lag, per frame.

    With r(τ) the autocorrelation of the frame of N samples, zeros beyond its end, the difference
    is

        d(τ) = 2 (r(0) - r(τ)) - sum_{j < τ} x[j]²
             = sum_{j < N - τ} (x[j] - x[j + τ])² + sum_{j >= N - τ} x[j]²,

    which is librosa's reading of the paper's equation 6: all N samples take part at every lag.
    Equation 8 divides it by its own mean so far: d'(τ) = τ · d(τ) / sum_{0 < j <= τ} d(j).

    librosa (0.11) doesn't subtract x[0]² from d(1). No lag of 1 is ever chosen, but d(1) counts
    in every mean, and where the signal hardly moves from sample to sample that shifts F0 by up
    to 1e-3, or to another trough: so we don't either. A frame of zeros gives zeros.
    """
    length = frames.shape[1]
    spectra = np.fft.rfft(frames, 2 * length, axis=1)
    r = np.fft.irfft(np.abs(spectra) ** 2, 2 * length, axis=1)
    lags = np.arange(1, max_lag + 1)
    head = np.cumsum(frames[:, :max_lag] ** 2, axis=1)
    head[:, 0] = 0
    d = 2 * (r[:, :1] - r[:, lags]) - head
    total = np.cumsum(d, axis=1)
    normalized = np.divide(d * lags, total, out=np.zeros_like(d), where=total > 0)
    return np.asarray(normalized[:, min_lag - 1 :])


def pick_lag(difference: Array, threshold: float) -> Lags:
    """Index of the first trough of d' below the threshold, else of its smallest value, per row.

    A trough is below its left neighbour and not above its right one; the first value is one if
    it is below the second, the last if it is below the one before.
    """
    step = np.diff(difference, axis=1)
    trough = np.empty(difference.shape, dtype=bool)
    trough[:, 0] = step[:, 0] > 0
    trough[:, 1:-1] = (step[:, :-1] < 0) & (step[:, 1:] >= 0)
    trough[:, -1] = step[:, -1] < 0
    good = trough & (difference < threshold)
    chosen = np.where(good.any(axis=1), good.argmax(axis=1), difference.argmin(axis=1))
    return np.asarray(chosen, dtype=np.int64)


def parabolic_shift(difference: Array, chosen: Lags) -> Array:
    """Where the parabola through three values has its vertex, relative to the one in the middle.

    With a = d'(i+1) + d'(i-1) - 2 d'(i) and b = (d'(i+1) - d'(i-1)) / 2 it is -b/a; 0 if that
    isn't nearer than the neighbours (|b| >= |a|), or if i is the first or last lag.
    """
    row = np.arange(len(difference))
    last = difference.shape[1] - 1
    left = difference[row, np.maximum(chosen - 1, 0)]
    right = difference[row, np.minimum(chosen + 1, last)]
    a = right + left - 2 * difference[row, chosen]
    b = (right - left) / 2
    usable = (chosen > 0) & (chosen < last) & (np.abs(b) < np.abs(a))
    return np.asarray(np.divide(-b, a, out=np.zeros_like(b), where=usable))
