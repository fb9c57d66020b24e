"""The program that back ends run is a tree of stages with their tables; `planner` makes it.

Features that need the same intermediate result hang below the same node. So one spectrum serves
every mel bank of its window, and one log-mel serves its columns and the MFCC. Tables are float64
here; a back end rounds them to the type that it computes with.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ..features import track as f
from ..features.base import snake_case
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
]

Table = np.ndarray[Any, np.dtype[np.float64]]


class Frames(NamedTuple):
    """The frames of a node cover the samples [t·hop - left, t·hop - left + length)."""

    length: int
    left: int
    pad_mode: PadMode


class Energy(NamedTuple):
    """The RMS, scale · sqrt(mean(x²)), goes into `column`."""

    frames: Frames
    column: int
    scale: float


class Crossings(NamedTuple):
    """The zero-crossing rate goes into `column`; |x| <= threshold counts as zero."""

    frames: Frames
    column: int
    threshold: float


class Pitch(NamedTuple):
    """YIN looks at lags min_lag … max_lag; F0 goes into `column`, aperiodicity into the next."""

    frames: Frames
    column: int
    sample_rate: float
    min_lag: int
    max_lag: int
    threshold: float
    transform: RealFFT
    """It gives the autocorrelation, and is so long that no lag wraps around."""


class Cepstrum(NamedTuple):
    """The product of `matrix` and the log-mel row goes into the columns from `column` on."""

    column: int
    matrix: Table


@dataclass(eq=False, repr=False)
class Log:
    """It is scale · ln(max(amin, S + added)) - offset, stored from `column` on if that isn't None.

    With `relative` the recording's largest value is the offset. `top` raises all values to at least
    so many units below the largest. Both need the whole recording.
    """

    scale: float
    amin: float
    offset: float
    relative: bool
    top: float | None
    added: float = 0.0
    column: int | None = None
    cepstra: list[Cepstrum] = field(default_factory=list)
    shared: bool = False
    """If a function looks at it, it must be kept until the row is done."""

    @property
    def whole_signal(self) -> bool:
        """Tell whether rows wait for the recording's largest value."""
        return self.relative or self.top is not None


@dataclass(eq=False, repr=False)
class Mel:
    """It is weights @ spectrum, stored from `column` on if that isn't None.

    The weights have shape (n_mels, n_fft // 2 + 1).
    """

    weights: Table
    column: int | None = None
    logs: list[Log] = field(default_factory=list)


@dataclass(eq=False, repr=False)
class Autocorrelation:
    """It is Σ_i x[i] x[i + k] for k < n_lags; x are the conditioned, windowed samples of a frame.

    The window covers the samples [start, start + len(window)) of the frame. The sums come from the
    power spectrum of `transform`, which is so long that no lag wraps around; or from that of
    `spectrum`, if lags shall wrap around and it is the same.
    """

    frames: Frames
    window: Table
    start: int
    preemphasis: float
    remove_dc: bool
    n_lags: int
    transform: RealFFT
    spectrum: Spectrum | None = None


@dataclass(eq=False, repr=False)
class Spectrum:
    """It is |FFT(window · x)| ** power, stored from `column` on if that isn't None.

    The window covers the samples [start, start + len(window)) of the frame. The mean is removed
    from these samples only, and pre-emphasis works on them only. If the transform is longer than
    the frame, zeros follow.
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
    """Functions look at these powers of |FFT|, 1.0 or 2.0; only a spectrum with power 2 has any.

    They must be kept until the row is done. The value is True if a function looks at the row before
    as well.
    """

    @property
    def bins(self) -> int:
        """Give the number of bins."""
        return self.transform.length // 2 + 1


@dataclass(eq=False, repr=False)
class Computed:
    """The outputs of a function of named inputs go into the columns from `column` on.

    Every input is another node, which is computed once in a row and shared. An input that the
    function doesn't name is None. The function sees the frame's samples times `scale`.
    """

    feature: ComputedFeature
    column: int
    frames: Frames
    sample_rate: float
    scale: float
    spectrum: Spectrum | None
    """This node has power 2; the function gets the power of |FFT| that its feature says."""
    log_mel: Log | None
    mel: Mel | None
    """`log_mel` hangs below these bands."""
    mel_spectrum: Spectrum | None
    """`mel` hangs below this spectrum."""
    autocorrelation: Autocorrelation | None
    table: Table
    transforms: tuple[tuple[RealFFT, Table], ...]
    """The native twin makes these transforms of samples under weights by itself."""
    columns_read: tuple[int, ...]
    """Each argument that is a column of the row has its column's index here."""
    trusted: bool
    """The output of a built-in function needs no checks; other functions have False here."""

    @property
    def native_name(self) -> str:
        """Name of the native twin, if it has one."""
        return snake_case(type(self.feature).__name__)

    @property
    def power(self) -> float:
        """Give the power of |FFT| that the function gets as its spectrum."""
        return self.feature.power if isinstance(self.feature, SpectrumFeature) else 2.0

    @property
    def spectral(self) -> bool:
        """Tell whether the function looks at a spectrum's bins."""
        return isinstance(self.feature, SpectrumFeature)

    @property
    def frequencies(self) -> Table:
        """Give the frequency [Hz] of each bin of the feature's spectrum; nothing without one."""
        if not isinstance(self.feature, SpectrumFeature):
            return np.empty(0)
        n_fft = self.feature.n_fft
        return np.asarray(np.arange(n_fft // 2 + 1) * (self.sample_rate / n_fft), np.float64)


@dataclass(eq=False, repr=False)
class Track:
    """A function of the rows t - back … t + ahead of `sources` fills the columns from `column` on.

    With `weights` it is a delta, the sum of weights · rows around a row. Row t of n takes the rows
    around min(max(t, half), n - 1 - half), with half = len(weights) // 2. If there are fewer rows
    than weights, it is 0.
    """

    feature: f.Track
    column: int
    sources: tuple[slice, ...]
    back: int
    ahead: int
    first: int
    """So many rows of the sources must be there before the first row can be computed."""
    state_size: int
    initial_state: Table
    passes: int
    """If there are several, all rows must be there; state[0] is the number of the pass."""
    row_rate: float
    weights: Table | None
    trusted: bool

    @property
    def native_name(self) -> str:
        """Name of the native twin, if it has one."""
        return snake_case(type(self.feature).__name__)


@dataclass(eq=False, repr=False)
class Program:
    """A program has everything that a back end needs to turn samples into rows.

    Inside the back end a row has `row_size` columns: the `n_columns` of the spec, and after them
    those that only tracks look at. Nodes are computed in the order of the lists; tracks come last.
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
        """Give the number of samples between rows."""
        return self.grid.hop_length

    @property
    def longest_frame(self) -> int:
        """Give the number of samples in the longest frame of all nodes."""
        nodes: list[Any] = [*self.energies, *self.crossings, *self.pitches, *self.spectra]
        nodes += [*self.autocorrelations, *self.computed]
        lengths: list[int] = [node.frames.length for node in nodes]
        return max(lengths)

    @property
    def rows_kept(self) -> int:
        """Give the number of latest rows that a stream keeps for its tracks."""
        looked_at = [track.back + track.feature.lookahead + 1 for track in self.tracks]
        return max(self.grid.first, self.grid.ahead + 1, *looked_at, 1)

    @property
    def repeats(self) -> bool:
        """Tell whether a track goes several times over the rows, all of which must be kept then."""
        return any(track.passes > 1 for track in self.tracks)

    @property
    def functions(self) -> list[Computed | Track]:
        """Give the nodes with a function; each needs a callback or a function of the back end."""
        return [*self.computed, *(track for track in self.tracks if track.weights is None)]
