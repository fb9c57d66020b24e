"""A program becomes records for compiled code here, one for each node, and an arena of tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...features.computed import Function
from ...program import rows as p
from ..custom.compiling import Callback
from ..custom.faults import GUARD
from ..custom.signatures import NARROW, signature_of
from .arena import MARGIN, Arena, Tables, padded, slot_stride
from .framing import PAD_CODES, SUM_LANES
from .lanes import LANES

__all__ = ["Tables", "packed"]

N_NARROW = len(NARROW)
"""A function that isn't wide has this many arguments."""

Array = np.ndarray[Any, Any]


def packed(program: p.Program, callbacks: Mapping[Function, Callback]) -> Tables:
    """Give the program's nodes as records and its tables, rounded to float32, in one array."""
    return _Packer(program, callbacks).tables()


class _Packer(Arena):
    """It adds the stages; a node's place in its list is known when it is added."""

    def __init__(self, program: p.Program, callbacks: Mapping[Function, Callback]) -> None:
        super().__init__()
        self.callbacks = callbacks
        self.slots: dict[Any, Any] = {}
        self.grid.update(
            hop_length=program.grid.hop_length,
            ahead=program.grid.ahead,
            first=program.grid.first,
            rows_kept=program.rows_kept,
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
        for lags in program.autocorrelations:
            self.autocorrelation(lags)
        for node in program.computed:
            self.computed(node)
        for i, track in enumerate(program.tracks):
            self.track(track, {t.column: k for k, t in enumerate(program.tracks[:i])})
        self.need(frame_size=program.longest_frame)
        self.grid["whole"] = bool(self.grid["kept_size"] or program.repeats)
        self.grid["buffered"] = bool(
            program.tracks or self.grid["kept_size"] or program.row_size > program.n_columns
        )

    def pitch(self, node: p.Pitch) -> None:
        """Add YIN and its transform."""
        length = node.transform.length
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
        """Add a spectrum and the mel banks below it."""
        length = node.transform.length
        window = np.zeros(length)
        window[node.start : node.start + len(node.window)] = node.window
        real = self.real(length)
        if self.nodes["reals"][real]["halved"]:
            window = np.concatenate([window[::2], window[1::2]]) / 2
        first = len(self.nodes["mels"])
        for mel in node.mels:
            self.mel(mel)
        looked_at = {power: self.looked_at(node, power) for power in (1.0, 2.0)}
        self.add(
            "spectra",
            **_frames(node),
            real=real,
            window=self.put(window),
            start=node.start,
            win_length=len(node.window),
            remove_dc=node.remove_dc,
            conditioned=node.remove_dc or node.preemphasis != 0 or length > node.frames.length,
            magnitude=node.power == 1,
            bins=node.bins,
            first_mel=first,
            last_mel=len(self.nodes["mels"]),
            power_slot=looked_at[2.0][0],
            power_stride=looked_at[2.0][1],
            magnitude_slot=looked_at[1.0][0],
            magnitude_stride=looked_at[1.0][1],
            preemphasis=node.preemphasis,
        )
        self.need(frame_size=length, power_size=node.bins + SUM_LANES)

    def looked_at(self, node: p.Spectrum, power: float) -> tuple[int, int]:
        """Give the place of a spectrum's power for functions, and the offset of the row before."""
        if power not in node.shared:
            return -1, 0
        bins, twice = node.bins, node.shared[power]
        self.slots[node, power] = self.slot(bins, twice), slot_stride(bins) if twice else 0
        place: tuple[int, int] = self.slots[node, power]
        return place

    def autocorrelation(self, node: p.Autocorrelation) -> None:
        """Add an autocorrelation; its transform is so long that no lag wraps around."""
        length = node.transform.length
        self.slots[node] = self.slot(node.n_lags)
        self.add(
            "autocorrelations",
            **_frames(node),
            real=self.real(length),
            start=node.start,
            win_length=len(node.window),
            remove_dc=node.remove_dc,
            conditioned=node.remove_dc or node.preemphasis != 0,
            weights=self.put(node.window),
            halves=self.put(np.full(length, 0.5)),
            n_lags=node.n_lags,
            slot=self.slots[node],
            preemphasis=node.preemphasis,
        )
        self.need(frame_size=length, power_size=length)

    def mel(self, node: p.Mel) -> None:
        """Add a mel bank as sparse bands, in groups of eight, and the logarithms below it."""
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
        """Add a row of the mel matrix without the zeros around its weights, in whole vectors."""
        used = np.flatnonzero(row)
        begin, end = (used[0], used[-1] + 1) if used.size else (0, 1)
        blocks = -(-(end - begin) // LANES)
        weights = np.zeros(blocks * LANES)
        weights[: end - begin] = row[begin:end]
        self.add("bands", first=begin, blocks=blocks, weights=self.put(weights))

    def log(self, node: p.Log, n_mels: int) -> None:
        """Add a logarithm and the cepstra below it."""
        first = len(self.nodes["cepstra"])
        for cepstrum in node.cepstra:
            stride = padded(len(cepstrum.matrix))
            matrix = np.zeros((padded(n_mels, 4), stride))
            matrix[:n_mels, : len(cepstrum.matrix)] = cepstrum.matrix.T
            n, at = len(cepstrum.matrix), self.put(matrix)
            self.add("cepstra", column=cepstrum.column, n=n, stride=stride, matrix=at)
            self.need(band_size=stride)
        self.slots[node] = self.slot(n_mels) if node.shared else -1
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
            slot=self.slots[node],
            scale=node.scale,
            floor=node.amin,
            offset=node.offset,
            top=node.top or 0,
            added=node.added,
        )

    def computed(self, node: p.Computed) -> None:
        """Add a function of named inputs: its address and the places of its inputs."""
        feature = node.feature
        numbers = np.zeros(len(feature.numbers))
        read = [i for i, number in enumerate(feature.numbers) if number.name in feature.reads]
        numbers[[i for i in range(len(numbers)) if i not in read]] = feature.values
        first_read = len(self.nodes["reads"])
        for number, column in zip(read, node.columns_read, strict=True):
            self.add("reads", number=number, column=column)
        spectrum, stride = -1, 0
        if node.spectrum is not None:
            spectrum, stride = self.slots[node.spectrum, node.power]
        lags, levels = node.autocorrelation, node.log_mel
        self.add(
            "computed",
            **_frames(node),
            n=len(feature.columns),
            address=self.callbacks[feature].address,
            wide=len(signature_of(feature).names) > N_NARROW,
            may_be_nan=feature.may_be_nan,
            parameters=self.put_doubles(numbers),
            n_numbers=len(numbers),
            first_read=first_read,
            last_read=len(self.nodes["reads"]),
            frame=self.frame_input(node) if "frame" in feature.needs else -1,
            spectrum=spectrum,
            spectrum_stride=stride,
            previous="previous_spectrum" in feature.needs,
            log_mel=-1 if levels is None else self.slots[levels],
            autocorrelation=-1 if lags is None else self.slots[lags],
            frequencies=self.put(node.frequencies) if node.spectral else 0,
            bins=len(node.frequencies),
            n_mels=0 if node.mel is None else len(node.mel.weights),
            n_lags=0 if lags is None else lags.n_lags,
            table=self.put(node.table),
            n_table=len(node.table),
            sample_rate=node.sample_rate,
        )
        self.need(output_size=len(feature.columns) + 2 * GUARD, n_numbers=len(numbers))

    def frame_input(self, node: p.Computed) -> int:
        """Give the place of the frame that a function looks at; equal frames share one."""
        key = (node.frames, node.scale)
        if key not in self.slots:
            place = self.slot(node.frames.length)
            frames = {**_frames(node), "column": -1}
            self.slots[key] = self.add("frame_inputs", **frames, slot=place, scale=node.scale)
        return int(self.slots[key])

    def put_doubles(self, values: Array) -> int:
        """Keep a table of float64; give its address."""
        self.doubles.append(np.array(values, dtype=np.float64))
        return int(self.doubles[-1].ctypes.data)

    def track(self, node: p.Track, places: Mapping[int, int]) -> None:
        """Add a function of the rows around a row; `places` has earlier tracks by their column."""
        first_source, first_after = len(self.nodes["sources"]), len(self.nodes["after"])
        n_columns = 0
        for source in node.sources:
            self.add("sources", column=source.start, n=source.stop - source.start)
            n_columns += source.stop - source.start
            if source.start in places:
                self.add("after", track=places[source.start])
        delta = node.weights is not None
        self.add(
            "tracks",
            column=node.column,
            n=len(node.feature.columns),
            first_source=first_source,
            last_source=len(self.nodes["sources"]),
            n_columns=n_columns,
            back=node.back,
            ahead=node.ahead,
            first=node.first,
            first_after=first_after,
            last_after=len(self.nodes["after"]),
            weights=self.put(node.weights) if node.weights is not None else 0,
            width=len(node.weights) if node.weights is not None else 0,
            address=0 if delta else self.callbacks[node.feature].address,
            parameters=0 if delta else self.put_doubles(np.array(node.feature.values)),
            state=self.grid["n_states"],
            n_state=node.state_size,
            passes=node.passes,
            row_rate=node.row_rate,
            may_be_nan=not delta and node.feature.may_be_nan,
        )
        self.grid["n_states"] += node.state_size
        self.states.append(node.initial_state)
        self.need(
            window_size=0 if delta else (node.back + node.ahead + 1) * n_columns,
            output_size=len(node.feature.columns) + 2 * GUARD,
        )


def _column(column: int | None) -> int:
    return -1 if column is None else column


def _frames(node: Any) -> dict[str, int]:
    """Give the fields that say where a node's frames lie and its columns begin."""
    frames = node.frames
    return {
        "length": frames.length,
        "left": frames.left,
        "pad_mode": PAD_CODES[frames.pad_mode],
        "column": _column(getattr(node, "column", None)),
    }
