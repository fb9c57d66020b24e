"""From a FeatureSpec to the program that back ends run: every stage once, and its tables."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

from ..features import catalogue as f
from ..features.delta import delta_weights
from ..features.framing import left_padding
from ..features.mel import DECIBEL, filter_bank, log_scale
from ..features.mfcc import cepstrum_matrix
from ..features.pitch import lag_range
from ..features.spec import FeatureSpec
from ..features.spectrum import window_table
from .fft import fast_length
from .rows import (
    Cepstrum,
    Crossings,
    Custom,
    Delta,
    Energy,
    Frames,
    Log,
    Mel,
    Pitch,
    Program,
    Spectrum,
)

__all__ = ["program_of"]

N = TypeVar("N", Spectrum, Mel, Log)


def program_of(spec: FeatureSpec) -> Program:
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
        length = 2 * fast_length((feature.frame_length + high + 1) // 2)
        return Pitch(self._frames(feature), column, rate, low, high, feature.threshold, length)

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
