"""From a FeatureSpec to the program that back ends run: a tree of stages and their tables.

Features that need the same intermediate result hang below the same node, so one spectrum serves
every mel bank of its window, and one log-mel serves both its own columns and its MFCC. Tables are
float64 here; a back end rounds them to what it computes in.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import numpy as np

from . import features as f
from .delta import delta_weights
from .framing import PadMode, left_padding
from .mel import DECIBEL, filter_bank, log_scale
from .mfcc import cepstrum_matrix
from .pitch import lag_range
from .spec import FeatureSpec
from .spectrum import window_table

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

N = TypeVar("N", "Spectrum", "Mel", "Log")
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

    @classmethod
    def from_spec(cls, spec: FeatureSpec) -> Program:
        """Make every table that the spec needs, and share what can be shared."""
        builder = _Builder(spec)
        for feature, column in builder.columns.copy().items():
            builder.add(feature, column)
        return builder.program


class _Builder:
    """Adds features to a program, remembering each node by all that it depends on."""

    def __init__(self, spec: FeatureSpec) -> None:
        self.spec = spec
        self.columns: dict[f.Feature, int] = {}
        n_columns = 0
        for feature in spec.features:
            self.columns[feature] = n_columns
            n_columns += len(feature.columns)
        self.program = Program(spec.hop_length, n_columns, n_columns)
        self.nodes: dict[tuple[Any, ...], Any] = {}

    def add(self, feature: f.Feature, column: int) -> None:
        """Hang the feature into the tree; its columns begin at `column`."""
        if isinstance(feature, f.SpectrumFeature):
            self._spectrum(feature, claim=False).customs.append(self._custom(feature, column))
        elif isinstance(feature, f.CustomFeature):
            self.program.customs.append(self._custom(feature, column))
        elif isinstance(feature, f.MFCC):
            self._log(feature, claim=False).cepstra.append(_cepstrum(feature, column))
        elif isinstance(feature, f.LogMel):
            self._log(feature, claim=True).column = column
        elif isinstance(feature, f.MelPower):
            self._mel(feature, claim=True).column = column
        elif isinstance(feature, f.PowerSpectrum):
            self._spectrum(feature, claim=True).column = column
        elif isinstance(feature, f.ZeroCrossingRate):
            threshold = abs(feature.threshold) / self.spec.sample_scale  # no -0.0
            self.program.crossings.append(Crossings(self._frames(feature), column, threshold))
        elif isinstance(feature, f.RMS):
            node = Energy(self._frames(feature), column, self.spec.sample_scale)
            self.program.energies.append(node)
        elif isinstance(feature, f.YIN):
            self.program.pitches.append(self._pitch(feature, column))
        elif isinstance(feature, f.Delta):
            self.program.deltas.append(self._delta(feature, column))

    def _frames(self, feature: f.Feature) -> Frames:
        left = left_padding(feature.length, self.spec.center)
        return Frames(feature.length, left, feature.pad_mode or self.spec.pad_mode)

    def _delta(self, feature: f.Delta, column: int) -> Delta:
        base = feature.feature
        if base not in self.columns:  # it isn't wanted itself: it goes behind the spec's columns
            self.columns[base] = self.program.row_size
            self.program.row_size += len(base.columns)
            self.add(base, self.columns[base])
        first = self.columns[base]
        weights = delta_weights(feature.width, feature.order)
        return Delta(slice(first, first + len(base.columns)), column, weights)

    def _custom(self, feature: f.CustomFeature, column: int) -> Custom:
        rate = float(self.spec.sample_rate)
        return Custom(feature, self._frames(feature), column, rate, self.spec.sample_scale)

    def _pitch(self, feature: f.YIN, column: int) -> Pitch:
        rate = float(self.spec.sample_rate)
        low, high = lag_range(
            sample_rate=rate,
            fmin=feature.fmin,
            fmax=feature.fmax,
            frame_length=feature.frame_length,
        )
        return Pitch(self._frames(feature), column, rate, low, high, feature.threshold)

    def _shared(
        self, key: tuple[Any, ...], make: Callable[[], N], siblings: list[N], claim: bool
    ) -> N:
        """The node for `key`, made if there is none, or if its columns are already another's."""
        node: N | None = self.nodes.get(key)
        if node is None or (claim and node.column is not None):
            node = self.nodes[key] = make()
            siblings.append(node)
        return node

    def _spectrum(self, feature: f.PowerSpectrum, claim: bool) -> Spectrum:
        frames = self._frames(feature)
        win_length = feature.win_length or feature.n_fft

        def make() -> Spectrum:
            return Spectrum(
                frames,
                window_table(feature.window, win_length) * self.spec.sample_scale,
                (feature.n_fft - win_length) // 2,
                feature.preemphasis,
                feature.remove_dc,
                feature.power,
            )

        conditioning = (feature.preemphasis, feature.remove_dc, feature.power)
        key = ("spectrum", frames, win_length, feature.window, *conditioning)
        return self._shared(key, make, self.program.spectra, claim)

    def _mel(self, feature: f.MelPower, claim: bool) -> Mel:
        spectrum = self._spectrum(feature, claim=False)
        bank: dict[str, Any] = {
            "n_fft": feature.n_fft,
            "n_mels": feature.n_mels,
            "fmin": feature.fmin,
            "fmax": feature.fmax,
            "htk": feature.htk,
            "mel_norm": feature.mel_norm,
        }

        def make() -> Mel:
            return Mel(filter_bank(sample_rate=self.spec.sample_rate, **bank))

        return self._shared(("mel", id(spectrum), *bank.values()), make, spectrum.mels, claim)

    def _log(self, feature: f.LogMel, claim: bool) -> Log:
        mel = self._mel(feature, claim=False)
        scale = log_scale(feature.log)
        relative = feature.ref == "max"
        ref = 1.0 if isinstance(feature.ref, str) else feature.ref
        offset = 0.0 if relative else scale * math.log(max(feature.amin, ref))
        top = None if feature.top_db is None else feature.top_db * scale / DECIBEL
        settings = (scale, feature.amin, offset, relative, top)
        return self._shared(("log", id(mel), *settings), lambda: Log(*settings), mel.logs, claim)


def _cepstrum(feature: f.MFCC, column: int) -> Cepstrum:
    matrix = cepstrum_matrix(
        feature.n_mfcc, feature.n_mels, feature.dct_type, feature.dct_norm, feature.lifter
    )
    return Cepstrum(column, matrix)
