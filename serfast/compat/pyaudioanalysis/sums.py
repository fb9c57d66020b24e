"""The sums over the samples and bins of each frame, of which pyAudioAnalysis' features are made.

They are computed in blocks of frames whose arrays stay in the processor's cache. What the features
are made of them is few numbers a frame, and is computed once for all frames.
"""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
from numpy.fft import rfft

from .tables import N_CHROMA, N_MFCC, N_PARTS, Tables

__all__ = ["EPSILON", "Sums"]

Array = np.ndarray[Any, np.dtype[np.float64]]

EPSILON = sys.float_info.epsilon
"""pyAudioAnalysis adds it where it divides or takes a logarithm."""

ROLLOFF = 0.9

SMALLEST_CELL = 8
"""Shorter cells, which the parts of several frames have in common, are not worth the trouble."""


class Sums:
    """They are the sums of n frames, and the arrays of a block's spectra.

    A spectrum is |X| of all bins but the last, not yet divided by their number.

    Parameters
    ----------
    n_frames, size : int
        There are so many frames, and at most so many in a block.
    length, hop : int
        A frame's length and the distance of frames.
    fixed : Tables
    """

    def __init__(self, n_frames: int, size: int, length: int, hop: int, fixed: Tables) -> None:
        n_bins = length // 2
        self.length, self.hop, self.fixed = length, hop, fixed
        self.changes, self.energy = np.empty(n_frames), np.empty(n_frames)
        self.energies = np.empty((n_frames, N_PARTS))
        self.moments = np.empty((3, n_frames))
        self.power, self.products = np.empty(n_frames), np.empty(n_frames)
        self.powers = np.empty((n_frames, N_PARTS))
        self.rolloff = np.empty(n_frames, dtype=np.intp)
        self.cepstrum = np.empty((n_frames, N_MFCC))
        self.chroma = np.empty((n_frames, N_CHROMA))
        self._part_size = n_bins // N_PARTS
        # The longest part, or the rest behind the parts.
        self._width = max(self._part_size, n_bins - N_PARTS * self._part_size)
        self._bins = np.zeros(size * n_bins + self._width)  # zeros stay behind the last bin
        self._magnitude = np.empty((size + 1, n_bins))
        self._transform = np.empty((size, n_bins + 1), complex)

    def add(self, samples: Array, start: int, stop: int) -> None:
        """Compute those of the frames from `start` to `stop`, whose samples these are."""
        block = slice(start, stop)
        sign = (samples > 0).view(np.int8) - (samples < 0).view(np.int8)
        change = np.zeros(len(sign), dtype=np.int32)
        np.cumsum(np.abs(np.diff(sign)), out=change[1:])
        begins = change[: (stop - start - 1) * self.hop + 1 : self.hop]
        ends = change[self.length - 1 :: self.hop][: stop - start]
        np.subtract(ends, begins, out=self.changes[block])
        self._add_energies(np.square(samples), block)
        self._add_spectra(frames(samples, self.length, self.hop), block)

    def _add_energies(self, squares: Array, block: slice) -> None:
        """Sum the squares of ten parts of each frame, and of all with the rest behind them.

        Frames overlap: where parts begin on a common grid, its cells are summed once for all.
        """
        size = self.length // N_PARTS
        covered = N_PARTS * size
        cell = math.gcd(size, self.hop) if size else 0
        parts, total = self.energies[block], self.energy[block]
        if cell < SMALLEST_CELL:
            sum_parts(frames(squares, self.length, self.hop), size, out=parts)
        else:
            n_cells = ((len(parts) - 1) * self.hop + covered) // cell
            cells = np.einsum("ij->i", squares[: n_cells * cell].reshape(n_cells, cell))
            sum_parts(frames(cells, covered // cell, self.hop // cell), size // cell, out=parts)
        parts.sum(axis=1, out=total)
        if self.length > covered:
            total += frames(squares, self.length, self.hop)[:, covered:].sum(axis=1)

    def _add_spectra(self, blocks: Array, block: slice) -> None:
        n, n_bins = len(blocks), self.fixed.moments.shape[1]
        transform = rfft(blocks, axis=1, out=self._transform[:n])[:, :n_bins]
        stored = self._magnitude[: n + 1]
        magnitude = np.abs(transform, out=stored[1:])
        power = np.square(magnitude, out=self._bins[: n * n_bins].reshape(n, n_bins))
        if block.start == 0:  # before the first frame, pyAudioAnalysis has it once more
            stored[0] = magnitude[0]
        for weights, moment in zip(self.fixed.moments, self.moments, strict=True):
            np.matmul(magnitude, weights, out=moment[block])
        np.matmul(power, self.fixed.moments[0], out=self.power[block])
        sum_parts(power, self._part_size, out=self.powers[block])
        np.einsum("ij,ij->i", magnitude, stored[:-1], out=self.products[block])
        bands = magnitude[:, : len(self.fixed.bands)] @ self.fixed.bands
        np.matmul(np.log10(bands + EPSILON), self.fixed.cosines, out=self.cepstrum[block])
        np.matmul(power[:, self.fixed.chroma_bins], self.fixed.chroma, out=self.chroma[block])
        self._find_rolloff(block, n_bins)
        stored[0] = magnitude[-1]

    def _find_rolloff(self, block: slice, n_bins: int) -> None:
        """Find the bin up to which there is 90 % of the power.

        It is looked for in the part where it must be, or in the rest behind the parts.
        """
        parts = self.powers[block]
        index = np.arange(len(parts))
        threshold = ROLLOFF * self.power[block] - EPSILON * n_bins**2
        reached = np.zeros((len(parts), N_PARTS + 1))
        np.cumsum(parts, axis=1, out=reached[:, 1:])
        part = (reached[:, 1:] <= threshold[:, None]).sum(axis=1)
        first = part * self._part_size
        # Behind a frame's bins are the next frame's, but 90 % are reached before.
        inside = np.cumsum(frames(self._bins, self._width, 1)[index * n_bins + first], axis=1)
        rest = threshold - reached[index, part]
        np.add(first, (inside > rest[:, None]).argmax(axis=1), out=self.rolloff[block])


def frames(samples: Array, length: int, hop: int) -> Array:
    """Give the frames, shape (n_frames, length), without a copy."""
    step = samples.strides[0]
    shape = ((len(samples) - length) // hop + 1, length)
    return np.lib.stride_tricks.as_strided(samples, shape, (hop * step, step), writeable=False)


def sum_parts(values: Array, size: int, out: Array) -> None:
    """Write the sums of ten parts of so many values in each row, shape (n, 10)."""
    shape, strides = (len(values), N_PARTS, size), values.strides
    divided = np.lib.stride_tricks.as_strided(
        values, shape, (strides[0], size * strides[1], strides[1]), writeable=False
    )
    np.einsum("ijk->ij", divided, out=out)
