"""Augmentation of rows while training: a new variant of every recording in every epoch.

Altered copies of the samples (other speeds, pitch, noise: :mod:`serfast.audio.augmentation`)
cost the
extractor's time and are made once; what can be done to rows is done here, each time anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from serfast import RMS, FeatureSpec, LogMel, RelativeLevel

from ..training_options import TrainingOptions

__all__ = ["RowAugmentation", "mask", "shortest"]

Array = np.ndarray[Any, np.dtype[np.float32]]

SHORTEST = 40
"""Least rows that are left of a recording, if it has them."""
CROP = 0.7
"""Least share of a recording that is left."""
TIME, BANDS = 20, 10
"""Masks are shorter than this, in rows, and narrower, in columns."""


@dataclass(frozen=True)
class RowAugmentation:
    """Crop, tempo, vocal tract length and loudness of a recording's rows, at random.

    Parameters
    ----------
    spec : FeatureSpec or None
        What the columns are; None: tempo and crop alone.
    options : TrainingOptions
        Its `stretch`, `warp` and `gain`.

    Notes
    -----
    Tempo: rows are interpolated between. Vocal tract length: mel bands are, along their index
    (Jaitly and Hinton, "Vocal tract length perturbation improves speech recognition", 2013).
    Loudness: log-mel bands and RMS rise by the same decibels; relative levels stay.
    """

    spec: FeatureSpec | None
    options: TrainingOptions

    def __call__(self, rows: Array, random: np.random.Generator) -> Array:
        """Give an altered copy of rows (n_rows, n_columns), not yet scaled."""
        x = _cut(rows, random, self.options.stretch)
        if self.spec is None:
            return x
        warp = np.exp(random.uniform(-self.options.warp, self.options.warp))
        decibel = random.normal() * self.options.gain
        begin = 0
        for feature in self.spec.features:
            end = begin + len(feature.columns)
            if isinstance(feature, LogMel):
                unit = np.log(10) / 10 if feature.log == "ln" else 1.0
                x[:, begin:end] = _warped(x[:, begin:end], warp) + np.float32(decibel * unit)
            elif isinstance(feature, RelativeLevel):
                x[:, begin:end] = _warped(x[:, begin:end], warp)
            elif isinstance(feature, RMS):
                x[:, begin:end] *= np.float32(10 ** (decibel / 20))
            begin = end
        return x


def mask(scaled: Array, count: int, random: np.random.Generator) -> None:
    """Blank `count` stretches of rows and of columns, in place: scaled rows' mean is 0.

    Park et al., "SpecAugment", Interspeech 2019.
    """
    n_rows, n_columns = scaled.shape
    for _ in range(count):
        width = int(random.integers(0, max(1, min(BANDS, n_columns // 3))))
        begin = int(random.integers(0, n_columns - width + 1))
        scaled[:, begin : begin + width] = 0
        length = int(random.integers(0, max(1, min(TIME, n_rows // 5))))
        begin = int(random.integers(0, n_rows - length + 1))
        scaled[begin : begin + length] = 0


def _cut(rows: Array, random: np.random.Generator, stretch: float) -> Array:
    """A part of the rows, played at another tempo."""
    tempo = np.exp(random.uniform(-stretch, stretch))
    share = random.uniform(CROP, 1)
    begin = random.uniform()
    n = len(rows)
    whole = _whole(n, tempo)
    count = _cropped(whole, share)
    first = begin * max(0.0, n - 1 - count * tempo)
    if not stretch:  # between two rows, all would be smoother than any recording's
        return rows[round(first) : round(first) + count].copy()
    return _between(rows, first + tempo * np.arange(count), 0)


def shortest(n_rows: int, stretch: float) -> int:
    """Give the least rows that are left of so many, at the quickest tempo and after a crop."""
    return _cropped(_whole(n_rows, float(np.exp(stretch))), CROP)


def _whole(n_rows: int, tempo: float) -> int:
    """How many rows there would be at a tempo without a crop."""
    return max(1, int((n_rows - 1) / tempo))


def _cropped(n_rows: int, share: float) -> int:
    return min(n_rows, max(SHORTEST, int(share * n_rows)))


def _warped(bands: Array, factor: float) -> Array:
    if factor == 1:
        return bands
    return _between(bands, np.arange(bands.shape[1]) * factor, 1)


def _between(x: Array, position: Any, axis: int) -> Array:
    """Values of `x` at fractional positions along an axis, by linear interpolation."""
    last = x.shape[axis] - 1
    position = np.clip(position, 0, last)
    lower = np.minimum(position.astype(np.intp), max(last - 1, 0))
    upper = np.minimum(lower + 1, last)
    weight = (position - lower).astype(np.float32)
    weight = weight if axis else weight[:, np.newaxis]
    blend: Array = x.take(lower, axis) * (1 - weight) + x.take(upper, axis) * weight
    return blend
