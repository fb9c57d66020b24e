"""The planner turns a FeatureSpec into the program that back ends run: stages and tables."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from .. import _checks as checks
from ..features import FEATURES
from ..features.base import Feature
from ..features.delta import Delta, delta_weights
from ..features.energy import RMS, ZeroCrossingRate
from ..features.framing import left_padding
from ..features.mel import DECIBEL, LogMel, MelPower, filter_bank, log_scale
from ..features.mfcc import MFCC, cepstrum_matrix
from ..features.order import every_feature, in_order
from ..features.pitch import YIN, lag_range
from ..features.spec import FeatureSpec
from ..features.spectrum import PowerSpectrum, window_table
from ..features.track import Track as TrackFeature
from .fft import fast_length, real_fft
from .rows import (
    Autocorrelation,
    Cepstrum,
    Computed,
    Crossings,
    Energy,
    Frames,
    Log,
    Mel,
    Pitch,
    Program,
    Spectrum,
    Track,
)

__all__ = ["program_of"]

N = TypeVar("N", Spectrum, Mel, Log)


def program_of(spec: FeatureSpec, warn: checks.Warn = checks.warn) -> Program:
    """Give the program of a spec: all tables, and every stage that features can share only once.

    Parameters
    ----------
    spec : FeatureSpec
        It says which features are computed.
    warn : callable
        It is called with the message of each warning, such as that of a mel band without a bin.
    """
    planner = _Planner(spec, warn)
    for feature in in_order(every_feature(spec.features)):
        feature.plan(planner, planner.columns[feature])
    return planner.program


class _Planner:
    """It adds features to a program, and finds a node again by all that the node depends on.

    Features get it as their :class:`serfast.features.base.Planner`.
    """

    def __init__(self, spec: FeatureSpec, warn: checks.Warn) -> None:
        self.spec = spec
        self.warn = warn
        self.rate = float(spec.sample_rate)
        self.columns: dict[Feature, int] = {}
        n_columns = 0
        for feature in spec.features:
            self.columns[feature] = n_columns
            n_columns += len(feature.columns)
        row_size = n_columns
        for feature in every_feature(spec.features):  # features that only tracks look at come last
            if feature not in self.columns:
                self.columns[feature] = row_size
                row_size += len(feature.columns)
        self.program = Program(spec.grid, n_columns, row_size)
        self.nodes: dict[tuple[Any, ...], Any] = {}

    def rms(self, feature: RMS, column: int) -> None:
        """Add a root mean square."""
        scale = self.spec.sample_scale
        self.program.energies.append(Energy(self._frames(feature), column, scale))

    def crossings(self, feature: ZeroCrossingRate, column: int) -> None:
        """Add a zero-crossing rate."""
        threshold = abs(feature.threshold) / self.spec.sample_scale  # no -0.0
        self.program.crossings.append(Crossings(self._frames(feature), column, threshold))

    def pitch(self, feature: YIN, column: int) -> None:
        """Add YIN."""
        low, high = lag_range(
            sample_rate=self.rate,
            fmin=feature.fmin,
            fmax=feature.fmax,
            frame_length=feature.frame_length,
            warn=self.warn,
        )
        transform = real_fft(2 * fast_length((feature.frame_length + high + 1) // 2))
        frames, threshold = self._frames(feature), feature.threshold
        self.program.pitches.append(
            Pitch(frames, column, self.rate, low, high, threshold, transform)
        )

    def spectrum(self, feature: PowerSpectrum, column: int) -> None:
        """Add a power spectrum as columns."""
        self._spectrum(feature, claim=True).column = column

    def mel(self, feature: MelPower, column: int) -> None:
        """Add the power in mel bands as columns."""
        self._mel(feature, claim=True).column = column

    def log_mel(self, feature: LogMel, column: int) -> None:
        """Add a log-mel spectrum as columns."""
        self._log(feature, claim=True).column = column

    def cepstrum(self, feature: MFCC, column: int) -> None:
        """Add a cosine transform of a log-mel spectrum."""
        matrix = cepstrum_matrix(
            feature.n_mfcc,
            feature.n_mels,
            feature.dct_type,
            feature.dct_norm,
            feature.lifter,
            feature.lifter_start,
            feature.first_mfcc,
        )
        self._log(feature, claim=False).cepstra.append(Cepstrum(column, matrix))

    def computed(self, feature: Any, column: int) -> None:
        """Add a function of named inputs."""
        named = feature.needs
        levels = "log_mel" in named
        node = Computed(
            feature=feature,
            column=column,
            frames=self._frames(feature),
            sample_rate=self.rate,
            scale=self.spec.sample_scale,
            spectrum=self._looked_at(feature) if named & _SPECTRA else None,
            log_mel=self._log(feature, claim=False) if levels else None,
            mel=self._mel(feature, claim=False) if levels else None,
            mel_spectrum=self._spectrum(feature, claim=False) if levels else None,
            autocorrelation=self._autocorrelation(feature) if _LAGS in named else None,
            table=np.asarray(feature.table(self.rate), np.float64) if "table" in named else _NONE,
            transforms=tuple((real_fft(len(w)), w) for w in feature.transforms(self.rate)),
            columns_read=tuple(self._column_of(name) for name in feature.reads),
            trusted=FEATURES.get(type(feature).__name__) is type(feature),
        )
        if node.log_mel is not None:
            node.log_mel.shared = True
        self.program.computed.append(node)

    def _column_of(self, name: str) -> int:
        """Give the place of a column by its name: one of the spec, or else one that is hidden."""
        places = ((f, start) for f, start in self.columns.items() if name in f.columns)
        feature, start = next(places)
        return start + feature.columns.index(name)

    def track(self, feature: TrackFeature, column: int) -> None:
        """Add a function of the rows around a row."""
        self._track(feature, column, None)

    def delta(self, feature: Delta, column: int) -> None:
        """Add a weighted sum of the rows around a row."""
        self._track(feature, column, delta_weights(feature.width, feature.order))

    def _track(
        self, feature: TrackFeature, column: int, weights: np.ndarray[Any, Any] | None
    ) -> None:
        starts = [(self.columns[source], len(source.columns)) for source in feature.sources]
        node = Track(
            feature=feature,
            column=column,
            sources=tuple(slice(start, start + n) for start, n in starts),
            back=feature.back,
            ahead=feature.ahead,
            first=1 + feature.ahead + (feature.back if feature.whole_window else 0),
            state_size=feature.state_size,
            initial_state=np.resize(np.array(feature.initial_state or 0.0), feature.state_size),
            passes=feature.passes,
            row_rate=self.rate / self.spec.hop_length,
            weights=weights,
            trusted=FEATURES.get(type(feature).__name__) is type(feature),
        )
        self.program.tracks.append(node)

    def _frames(self, feature: Feature) -> Frames:
        left = left_padding(feature.length, self.spec.center) - self.spec.center_offset
        return Frames(feature.length, left, feature.pad_mode or self.spec.pad_mode)

    def _shared(
        self, key: tuple[Any, ...], make: Callable[[], N], siblings: list[N], claim: bool
    ) -> N:
        """Give the node for `key`; make one if there is none or it fills other columns already."""
        node: N | None = self.nodes.get(key)
        if node is None or (claim and node.column is not None):
            node = self.nodes[key] = make()
            siblings.append(node)
        return node

    def _looked_at(self, feature: Any) -> Spectrum:
        """Give the spectrum that a function looks at; magnitudes are the roots of its power."""
        node = self._spectrum(feature, claim=False, power=2.0)
        before = node.shared.get(feature.power, False)
        node.shared[feature.power] = before or "previous_spectrum" in feature.needs
        return node

    def _spectrum(self, feature: Any, claim: bool, power: float | None = None) -> Spectrum:
        frames = self._frames(feature)
        conditioning = (feature.preemphasis, feature.remove_dc, power or feature.power)

        def make() -> Spectrum:
            return Spectrum(frames, *self._window(feature), *conditioning, real_fft(feature.n_fft))

        win_length = feature.win_length or feature.length
        window = (win_length, feature.window, feature.window_periodic)
        key = ("spectrum", frames, feature.n_fft, *window, *conditioning)
        return self._shared(key, make, self.program.spectra, claim)

    def _window(self, feature: Any) -> tuple[np.ndarray[Any, Any], int]:
        """Give the weights of a feature's window, and its first sample in the frame."""
        win_length = feature.win_length or feature.length
        table = window_table(feature.window, win_length, feature.window_periodic)
        return table * self.spec.sample_scale, (feature.length - win_length) // 2

    def _autocorrelation(self, feature: Any) -> Autocorrelation:
        frames = self._frames(feature)
        win_length = feature.win_length or feature.length
        n_lags = min(feature.n_lags(self.rate) or win_length, win_length)
        conditioning = (feature.preemphasis, feature.remove_dc)
        length = feature.n_fft if feature.circular else 2 * fast_length((win_length + n_lags) // 2)
        named = (win_length, n_lags, length, feature.window, feature.window_periodic)
        key = ("autocorrelation", frames, *named, *conditioning)
        if key not in self.nodes:
            transform = real_fft(length)
            window = self._window(feature)
            node = Autocorrelation(frames, *window, *conditioning, n_lags, transform)
            if feature.circular:
                node.spectrum = self._spectrum(feature, claim=False, power=2.0)
                node.spectrum.shared.setdefault(2.0, False)
            self.nodes[key] = node
            self.program.autocorrelations.append(node)
        shared: Autocorrelation = self.nodes[key]
        return shared

    def _mel(self, feature: Any, claim: bool) -> Mel:
        spectrum = self._spectrum(feature, claim=False)
        bank: dict[str, Any] = {
            "n_fft": feature.n_fft,
            "n_mels": feature.n_mels,
            "fmin": feature.fmin,
            "fmax": feature.fmax,
            "htk": feature.htk,
            "mel_norm": feature.mel_norm,
            "triangle_axis": feature.triangle_axis,
            "edge_rounding": feature.edge_rounding,
            "first_bin": feature.first_bin,
            "last_bin": feature.last_bin,
        }

        def make() -> Mel:
            return Mel(filter_bank(sample_rate=self.spec.sample_rate, warn=self.warn, **bank))

        return self._shared(("mel", id(spectrum), *bank.values()), make, spectrum.mels, claim)

    def _log(self, feature: Any, claim: bool) -> Log:
        mel = self._mel(feature, claim=False)
        scale = feature.log_gain * log_scale(feature.log)
        relative = feature.ref == "max"
        ref = 1.0 if isinstance(feature.ref, str) else feature.ref
        offset = 0.0 if relative else scale * math.log(max(feature.amin, ref)) - feature.log_bias
        top = None if feature.top_db is None else feature.top_db * scale / DECIBEL
        settings = (scale, feature.amin, offset, relative, top, feature.power_offset)
        return self._shared(("log", id(mel), *settings), lambda: Log(*settings), mel.logs, claim)


_SPECTRA = {"spectrum", "previous_spectrum"}
_LAGS = "autocorrelation"
_NONE = np.empty(0)
