"""The program that back ends run: a tree of stages and their tables; `planner` makes it of a spec.

Features that need the same intermediate result hang below the same node, so one spectrum serves
every mel bank of its window, and one log-mel serves both its own columns and its MFCC. Tables are
float64 here; a back end rounds them to what it computes in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ..features import track as f
from ..features.computed import ComputedFeature, SpectrumFeature
from ..features.framing import Grid, PadMode
from .fft import RealFFT

__all__ = [
    "Autocorrelation",
    "Cepstrum",
    "Computed",
    "Crossings",
    "Energy",
    "Frames",
    "Log",
    "Mel",
    "Pitch",
    "Program",
    "Spectrum",
    "Track",
    "snake_case",
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
    transform: RealFFT
    """Gives the autocorrelation; so long that no lag wraps around."""


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
    shared: bool = False
    """Whether a function looks at it: then it must stand until the row is done."""

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


@dataclass(eq=False, repr=False)
class Autocorrelation:
    """Σ_i x[i] x[i + k] for k < n_lags, of the samples under a window, conditioned and windowed.

    The window covers the samples [start, start + len(window)) of the frame. With the power spectrum
    of `transform` it is computed, which is so long that no lag wraps around.
    """

    frames: Frames
    window: Table
    start: int
    preemphasis: float
    remove_dc: bool
    n_lags: int
    transform: RealFFT


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
    transform: RealFFT
    column: int | None = None
    mels: list[Mel] = field(default_factory=list)
    shared: dict[float, bool] = field(default_factory=dict)
    """The powers of |FFT| that functions look at, 1.0 or 2.0: they must stand until the row is
    done; True where a function looks at that of the row before too. Of a spectrum with power 2."""


@dataclass(eq=False, repr=False)
class Computed:
    """A function of named inputs: its outputs, into the columns from `column` on.

    Every input is a node of its own, computed once a row and shared; None is one that the
    function doesn't name. It sees the frame's samples times `scale`.
    """

    feature: ComputedFeature
    column: int
    frames: Frames
    sample_rate: float
    scale: float
    spectrum: Spectrum | None
    """With power 2; the function is given the power of |FFT| that its feature says."""
    log_mel: Log | None
    mel: Mel | None
    """The bands that `log_mel` hangs below."""
    mel_spectrum: Spectrum | None
    """The spectrum that `mel` hangs below."""
    autocorrelation: Autocorrelation | None
    table: Table
    columns_read: tuple[int, ...]
    """Of each argument that is a column of the row: which one."""
    trusted: bool
    """Whether it is built in: then what it writes needs no checks."""

    @property
    def native_name(self) -> str:
        """Name of the native twin, if it has one."""
        return snake_case(type(self.feature).__name__)

    @property
    def power(self) -> float:
        """The power of |FFT| that the function is given as its spectrum."""
        return self.feature.power if isinstance(self.feature, SpectrumFeature) else 2.0

    @property
    def spectral(self) -> bool:
        """Whether it looks at a spectrum's bins."""
        return isinstance(self.feature, SpectrumFeature)

    @property
    def frequencies(self) -> Table:
        """Frequency [Hz] of each bin of a spectrum of the node's frames."""
        length = self.frames.length
        return np.asarray(np.arange(length // 2 + 1) * (self.sample_rate / length), np.float64)


@dataclass(eq=False, repr=False)
class Track:
    """A function of the rows t - back … t + ahead of `sources`; into the columns at `column` ….

    With `weights` it is a delta: the sum of weights · rows around a row. Row t of n takes the rows
    around min(max(t, half), n - 1 - half), with half = len(weights) // 2; it is 0 when there are
    fewer rows than weights.
    """

    feature: f.Track
    column: int
    sources: tuple[slice, ...]
    back: int
    ahead: int
    first: int
    """Rows of the sources that must be there before the first row can be computed."""
    state_size: int
    row_rate: float
    weights: Table | None
    trusted: bool

    @property
    def native_name(self) -> str:
        """Name of the native twin, if it has one."""
        return snake_case(type(self.feature).__name__)


def snake_case(name: str) -> str:
    """Give the name of a class as that of a function.

    Examples
    --------
    >>> snake_case("SpectralCentroid"), snake_case("MFCC"), snake_case("HNRRatio"), snake_case("F0")
    ('spectral_centroid', 'mfcc', 'hnr_ratio', 'f0')
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


@dataclass(eq=False, repr=False)
class Program:
    """Everything a back end needs to turn samples into rows.

    Rows have `row_size` columns inside: the `n_columns` of the spec, and behind them those that
    only tracks look at. Nodes are computed in the order of the lists; tracks follow the row.
    """

    grid: Grid
    n_columns: int
    row_size: int
    energies: list[Energy] = field(default_factory=list)
    crossings: list[Crossings] = field(default_factory=list)
    pitches: list[Pitch] = field(default_factory=list)
    spectra: list[Spectrum] = field(default_factory=list)
    autocorrelations: list[Autocorrelation] = field(default_factory=list)
    computed: list[Computed] = field(default_factory=list)
    tracks: list[Track] = field(default_factory=list)

    @property
    def hop_length(self) -> int:
        """Samples between rows."""
        return self.grid.hop_length

    @property
    def longest_frame(self) -> int:
        """Samples of the longest frame of all nodes."""
        nodes: list[Any] = [*self.energies, *self.crossings, *self.pitches, *self.spectra]
        nodes += [*self.autocorrelations, *self.computed]
        lengths: list[int] = [node.frames.length for node in nodes]
        return max(lengths)

    @property
    def rows_kept(self) -> int:
        """How many of the latest rows a stream keeps, for tracks that look back and ahead."""
        looked_at = [track.back + track.feature.lookahead + 1 for track in self.tracks]
        return max(self.grid.first, self.grid.ahead + 1, *looked_at, 1)

    @property
    def functions(self) -> list[Computed | Track]:
        """Every node with a function that needs a callback unless the back end has its own."""
        return [*self.computed, *(track for track in self.tracks if track.weights is None)]
