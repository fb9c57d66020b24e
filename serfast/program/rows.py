"""The program that back ends run: a tree of stages and their tables; `planning` makes it of a spec.

Features that need the same intermediate result hang below the same node, so one spectrum serves
every mel bank of its window, and one log-mel serves both its own columns and its MFCC. Tables are
float64 here; a back end rounds them to what it computes in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ..features import catalogue as f
from ..features.framing import PadMode

__all__ = [
    "Cepstrum",
    "Crossings",
    "Custom",
    "Delta",
    "Energy",
    "Frames",
    "Log",
    "Mel",
    "Pitch",
    "Program",
    "Spectrum",
    "bin_frequencies",
]

Table = np.ndarray[Any, np.dtype[np.float64]]


class Frames(NamedTuple):
    """Where the frames of a node lie: [t·hop - left, t·hop - left + length)."""

    length: int
    left: int
    pad_mode: PadMode


class Energy(NamedTuple):
    """RMS: scale · sqrt(mean(x²)) into `column`."""

    frames: Frames
    column: int
    scale: float


class Crossings(NamedTuple):
    """Zero-crossing rate into `column`; |x| <= threshold counts as zero."""

    frames: Frames
    column: int
    threshold: float


class Pitch(NamedTuple):
    """YIN over lags min_lag … max_lag; F0 into `column`, aperiodicity into `column + 1`."""

    frames: Frames
    column: int
    sample_rate: float
    min_lag: int
    max_lag: int
    threshold: float
    transform_length: int
    """Samples of the transform that gives the autocorrelation: no lag wraps around."""


class Cepstrum(NamedTuple):
    """matrix @ log-mel, into the columns from `column` on."""

    column: int
    matrix: Table


@dataclass(eq=False, repr=False)
class Log:
    """scale · ln(max(amin, S)) - offset; into `column` … if wanted.

    `relative` takes the recording's largest value as the offset, `top` raises values to that
    many units below the largest; either one needs the whole recording.
    """

    scale: float
    amin: float
    offset: float
    relative: bool
    top: float | None
    column: int | None = None
    cepstra: list[Cepstrum] = field(default_factory=list)

    @property
    def whole_signal(self) -> bool:
        """Whether rows wait for the recording's largest value."""
        return self.relative or self.top is not None


@dataclass(eq=False, repr=False)
class Mel:
    """weights @ spectrum, shape (n_mels, n_fft // 2 + 1); into `column` … if wanted."""

    weights: Table
    column: int | None = None
    logs: list[Log] = field(default_factory=list)


class Custom(NamedTuple):
    """A feature of one's own: its function's outputs, into the columns from `column` on.

    It sees the frame's samples times `scale`; below a Spectrum, that spectrum too.
    """

    feature: f.CustomFeature
    frames: Frames
    column: int
    sample_rate: float
    scale: float

    @property
    def spectral(self) -> bool:
        """Whether it hangs below a Spectrum."""
        return isinstance(self.feature, f.SpectrumFeature)


def bin_frequencies(node: Custom) -> Table:
    """Frequency [Hz] of each bin of a spectrum of the node's frames."""
    length = node.frames.length
    return np.asarray(np.arange(length // 2 + 1) * (node.sample_rate / length), np.float64)


@dataclass(eq=False, repr=False)
class Spectrum:
    """|FFT(window · x)| ** power; into `column` … if wanted.

    The window covers the samples [start, start + len(window)) of the frame; the mean is removed
    and pre-emphasis done over just these.
    """

    frames: Frames
    window: Table
    start: int
    preemphasis: float
    remove_dc: bool
    power: float
    column: int | None = None
    mels: list[Mel] = field(default_factory=list)
    customs: list[Custom] = field(default_factory=list)

    @property
    def remembered(self) -> bool:
        """Whether a function looks at the spectrum of the row before."""
        return any("previous_spectrum" in node.feature.arguments for node in self.customs)


class Delta(NamedTuple):
    """Sum of weights · rows around a row; from the columns of `source` into those at `column`.

    Row t of n takes the rows around min(max(t, half), n - 1 - half), with half = width // 2; it is
    0 when there are fewer rows than weights.
    """

    source: slice
    column: int
    weights: Table


@dataclass(eq=False, repr=False)
class Program:
    """Everything a back end needs to turn samples into rows.

    Rows have `row_size` columns inside: the `n_columns` of the spec, and behind them those that
    only deltas look at.
    """

    hop_length: int
    n_columns: int
    row_size: int
    energies: list[Energy] = field(default_factory=list)
    crossings: list[Crossings] = field(default_factory=list)
    pitches: list[Pitch] = field(default_factory=list)
    spectra: list[Spectrum] = field(default_factory=list)
    customs: list[Custom] = field(default_factory=list)
    deltas: list[Delta] = field(default_factory=list)

    @property
    def all_customs(self) -> list[tuple[Custom, Spectrum | None]]:
        """Every feature of one's own, with the spectrum that it hangs below."""
        below = [(node, spectrum) for spectrum in self.spectra for node in spectrum.customs]
        return [*((node, None) for node in self.customs), *below]
