"""A program for compiled code: a record for each node, and one arena for all tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ...program.rows import bin_frequencies
from ..custom.faults import GUARD
from .arena import MARGIN, Arena, Tables, padded
from .framing import PAD_CODES, SUM_LANES
from .lanes import LANES

if TYPE_CHECKING:
    from ...features.catalogue import CustomFeature
    from ...program import rows as p
    from ..custom.compiling import Callback

__all__ = ["Tables", "frames_of", "packed"]

Array = np.ndarray[Any, Any]


def frames_of(program: p.Program) -> list[p.Frames]:
    """Those of every node."""
    own = (program.energies, program.crossings, program.pitches, program.spectra, program.customs)
    return [node.frames for group in own for node in group]


def packed(program: p.Program, callbacks: Mapping[CustomFeature, Callback]) -> Tables:
    """The program's nodes as records and its tables, rounded to float32, in one array."""
    return _Packer(program, callbacks).tables()


class _Packer(Arena):
    """Adds the stages; a node's place in its list is known when it is added."""

    def __init__(
        self, program: p.Program, callbacks: Mapping[CustomFeature, Callback]
    ) -> None:
        super().__init__()
        self.callbacks = callbacks
        self.grid.update(
            hop_length=program.hop_length,
            n_columns=program.n_columns,
            row_size=program.row_size,
            margin=MARGIN,
        )
        for energy in program.energies:
            self.add("energies", **_frames(energy), scale=energy.scale)
        for crossings in program.crossings:
            self.add("crossings", **_frames(crossings), threshold=crossings.threshold)
        for pitch in program.pitches:
            self.pitch(pitch)
        for spectrum in program.spectra:
            self.spectrum(spectrum)
        self.grid["first_custom"] = len(self.nodes["customs"])
        for custom in program.customs:
            self.custom(custom)
        self.grid["last_custom"] = len(self.nodes["customs"])
        for delta in program.deltas:
            self.delta(delta)
        self.need(frame_size=max(frames.length for frames in frames_of(program)))
        buffered = bool(program.deltas or self.grid["kept_size"])
        self.grid["buffered"] = buffered

    def pitch(self, node: p.Pitch) -> None:
        """YIN and its transform."""
        length = node.transform_length
        lag_area = padded(node.max_lag + 1, 16) + MARGIN
        self.add(
            "pitches",
            **_frames(node),
            min_lag=node.min_lag,
            max_lag=node.max_lag,
            real=self.real(length),
            transform_length=length,
            halves=self.put(np.full(length, 0.5)),
            lags=self.put(np.arange(1, node.max_lag + 1)),
            lag_area=lag_area,
            sample_rate=node.sample_rate,
            threshold=node.threshold,
        )
        # the power spectrum is completed to its full length
        self.need(frame_size=length, power_size=length, lag_size=3 * lag_area)

    def spectrum(self, node: p.Spectrum) -> None:
        """A spectrum, and the mel banks below it."""
        length = node.frames.length
        window = np.zeros(length)
        window[node.start : node.start + len(node.window)] = node.window
        real = self.real(length)
        if self.nodes["reals"][real]["halved"]:
            window = np.concatenate([window[::2], window[1::2]]) / 2
        first, first_custom = len(self.nodes["mels"]), len(self.nodes["customs"])
        for mel in node.mels:
            self.mel(mel)
        for custom in node.customs:
            self.custom(custom)
        held = -1
        if node.remembered:
            held = self.grid["held_size"]
            self.grid["held_size"] += padded(length // 2 + 1, 16)
        self.add(
            "spectra",
            **_frames(node),
            real=real,
            window=self.put(window),
            start=node.start,
            win_length=len(node.window),
            remove_dc=node.remove_dc,
            conditioned=node.remove_dc or node.preemphasis != 0,
            magnitude=node.power == 1,
            bins=length // 2 + 1,
            first_mel=first,
            last_mel=len(self.nodes["mels"]),
            first_custom=first_custom,
            last_custom=len(self.nodes["customs"]),
            held=held,
            preemphasis=node.preemphasis,
        )
        self.need(power_size=length // 2 + 1 + SUM_LANES)

    def mel(self, node: p.Mel) -> None:
        """A mel bank as sparse bands, in groups of eight, and the logarithms below it."""
        first_log, first_band = len(self.nodes["logs"]), len(self.nodes["bands"])
        n_mels = len(node.weights)
        for log in node.logs:
            self.log(log, n_mels)
        for m in range(padded(n_mels)):
            self.band(node.weights[m] if m < n_mels else np.zeros(1))
        self.add(
            "mels",
            n_mels=n_mels,
            column=_column(node.column),
            first_band=first_band,
            first_log=first_log,
            last_log=len(self.nodes["logs"]),
        )
        self.need(band_size=n_mels)

    def band(self, row: Array) -> None:
        """A row of the mel matrix without the zeros around its weights, in whole vectors."""
        used = np.flatnonzero(row)
        begin, end = (used[0], used[-1] + 1) if used.size else (0, 1)
        blocks = -(-(end - begin) // LANES)
        weights = np.zeros(blocks * LANES)
        weights[: end - begin] = row[begin:end]
        self.add("bands", first=begin, blocks=blocks, weights=self.put(weights))

    def log(self, node: p.Log, n_mels: int) -> None:
        """A logarithm, and the cepstra below it."""
        first = len(self.nodes["cepstra"])
        for cepstrum in node.cepstra:
            stride = padded(len(cepstrum.matrix))
            matrix = np.zeros((padded(n_mels, 4), stride))
            matrix[:n_mels, : len(cepstrum.matrix)] = cepstrum.matrix.T
            n, at = len(cepstrum.matrix), self.put(matrix)
            self.add("cepstra", column=cepstrum.column, n=n, stride=stride, matrix=at)
            self.need(band_size=stride)
        kept = self.grid["kept_size"]
        if node.whole_signal:
            self.grid["kept_size"] += padded(n_mels)
        self.add(
            "logs",
            whole=node.whole_signal,
            relative=node.relative,
            limited=node.top is not None,
            column=_column(node.column),
            n_mels=n_mels,
            kept=kept,
            first_cepstrum=first,
            last_cepstrum=len(self.nodes["cepstra"]),
            scale=node.scale,
            floor=node.amin,
            offset=node.offset,
            top=node.top or 0,
        )

    def custom(self, node: p.Custom) -> None:
        """A feature of one's own; the address of its function, and what that is given."""
        parameters = np.array(node.feature.values, dtype=np.float64)
        self.doubles.append(parameters)
        self.add(
            "customs",
            **_frames(node),
            n=len(node.feature.columns),
            address=self.callbacks[node.feature].address,
            frequencies=self.put(bin_frequencies(node)) if node.spectral else 0,
            bins=node.frames.length // 2 + 1 if node.spectral else 0,
            parameters=parameters.ctypes.data,
            sample_rate=node.sample_rate,
            scale=node.scale,
        )
        self.need(output_size=len(node.feature.columns) + 2 * GUARD)

    def delta(self, node: p.Delta) -> None:
        """A derivative; the widest one says how many rows a row waits for."""
        self.add(
            "deltas",
            source=node.source.start,
            n=node.source.stop - node.source.start,
            column=node.column,
            width=len(node.weights),
            weights=self.put(node.weights),
        )
        self.need(lookahead=len(node.weights) // 2)


def _column(column: int | None) -> int:
    return -1 if column is None else column


def _frames(node: Any) -> dict[str, int]:
    """Where a node's frames lie and its columns begin."""
    frames = node.frames
    return {
        "length": frames.length,
        "left": frames.left,
        "pad_mode": PAD_CODES[frames.pad_mode],
        "column": _column(node.column),
    }
