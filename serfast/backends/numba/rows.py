"""The one function that Python calls: rows of a signal, or of as much of it as has arrived.

A batch is a stream that is fed once, so both have the same bits.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .compiling import part
from .custom import custom
from .delta import delta
from .energy import rms, zero_crossing_rate
from .framing import frame_at, heard_at
from .mel import finish_log, largest, logarithm, mel, relate
from .nodes import NODES
from .pitch import yin
from .pointers import FLOATS, pointer, pointer_to, records
from .spectrum import spectrum

__all__ = ["advance"]

Array = Any
Pointer = Any
Record = Any
Records = Any


class Nodes(NamedTuple):
    """A program of :mod:`serfast.backends.numba.tables` inside compiled code."""

    grid: Record
    energies: Records
    crossings: Records
    pitches: Records
    spectra: Records
    mels: Records
    bands: Records
    logs: Records
    cepstra: Records
    customs: Records
    deltas: Records
    reals: Records
    ffts: Records
    passes: Records
    tables: Pointer


_energies, _crossings, _pitches, _spectra, _mels, _bands, _logs, _cepstra, _customs, _deltas, \
    _reals, _ffts, _passes = (
    pointer_to(records(NODES[name])) for name in Nodes._fields[1:-1]
)  # fmt: skip
_tables = pointer_to(FLOATS)


@part
def nodes_of(p: Record) -> Nodes:
    """The program whose addresses stand in its record."""
    return Nodes(
        p, _energies(p.energies), _crossings(p.crossings), _pitches(p.pitches),
        _spectra(p.spectra), _mels(p.mels), _bands(p.bands), _logs(p.logs), _cepstra(p.cepstra),
        _customs(p.customs), _deltas(p.deltas), _reals(p.reals), _ffts(p.ffts),
        _passes(p.passes), _tables(p.tables),
    )  # fmt: skip


class Scratch(NamedTuple):
    """Memory for what a row needs on its way."""

    frame: Pointer
    conditioned: Pointer
    power: Pointer
    mel: Pointer
    log_mel: Pointer
    product: Pointer
    lags: Pointer
    fft: Pointer
    outputs: Pointer
    held: Pointer
    faults: Array


@part
def parted(grid: Record, memory: Pointer, faults: Array) -> Scratch:
    """The scratch memory in its parts, and where faults are counted."""
    frame = memory + grid.margin
    conditioned = frame + grid.frame_size
    power = conditioned + grid.frame_size
    mel_row = power + grid.power_size
    log_mel = mel_row + grid.band_size
    product = log_mel + grid.band_size
    lags = product + grid.band_size
    fft = lags + grid.lag_size
    outputs = fft + grid.fft_size
    return Scratch(
        frame, conditioned, power, mel_row, log_mel, product, lags, fft, outputs,
        outputs + grid.output_size, faults,
    )  # fmt: skip


@part
def mel_row(p: Nodes, node: Record, row: Pointer, kept: Pointer, s: Scratch) -> None:
    """Everything below one mel bank, from s.power."""
    mel(node, p.bands, p.tables, s.power, s.mel)
    if node.column >= 0:
        for i in range(node.n_mels):
            row[node.column + i] = s.mel[i]
    for j in range(node.first_log, node.last_log):
        log = p.logs[j]
        if log.whole:
            logarithm(log, s.mel, kept + log.kept)
        else:
            logarithm(log, s.mel, s.log_mel)
            finish_log(log, p.cepstra, p.tables, s.log_mel, row, s.product)


@part
def spectrum_customs(p: Nodes, node: Record, t: int, row: Pointer, s: Scratch) -> None:
    """The functions that look at s.power and s.frame, and at the power of row t - 1 if it is held.

    Row 0 has nothing before it and is given its own.
    """
    held, previous = s.held + max(node.held, 0), _tables(0)
    if node.held >= 0:
        previous = held if t > 0 else s.power
    for i in range(node.first_custom, node.last_custom):
        frequencies = p.tables + p.customs[i].frequencies
        custom(
            p.customs[i], s.frame, s.power, previous, frequencies, t, row, s.conditioned,
            s.outputs, s.faults,
        )  # fmt: skip
    if node.held >= 0:
        for k in range(node.bins):
            held[k] = s.power[k]


@part
def spectrum_row(p: Nodes, node: Record, row: Pointer, kept: Pointer, s: Scratch) -> None:
    """A spectrum of s.frame, and everything below it."""
    spectrum(
        node, p.reals, p.ffts, p.passes, p.tables, s.frame, s.power, s.conditioned, s.fft
    )
    if node.column >= 0:
        for k in range(node.bins):
            row[node.column + k] = s.power[k]
    for m in range(node.first_mel, node.last_mel):
        mel_row(p, p.mels[m], row, kept, s)


@part
def compute_row(
    p: Nodes, signal: Pointer, begin: int, end: int, t: int, row: Pointer, kept: Pointer,
    s: Scratch,
) -> None:  # fmt: skip
    """Row t but for its deltas; what waits for the whole recording goes to `kept`."""
    middle = t * p.grid.hop_length
    for i in range(p.grid.n_energies):
        heard_at(signal, begin, end, p.energies[i], middle, s.frame)
        rms(p.energies[i], s.frame, row)
    for i in range(p.grid.n_crossings):
        frame_at(signal, begin, end, p.crossings[i], middle, s.frame)
        zero_crossing_rate(p.crossings[i], s.frame, row)
    for i in range(p.grid.n_pitches):
        heard_at(signal, begin, end, p.pitches[i], middle, s.frame)
        yin(
            p.pitches[i], p.reals, p.ffts, p.passes, p.tables, s.frame, row, s.conditioned,
            s.power, s.lags, s.fft,
        )  # fmt: skip
    for i in range(p.grid.n_spectra):
        heard_at(signal, begin, end, p.spectra[i], middle, s.frame)
        spectrum_row(p, p.spectra[i], row, kept, s)
        if p.spectra[i].first_custom < p.spectra[i].last_custom:
            frame_at(signal, begin, end, p.spectra[i], middle, s.frame)
            spectrum_customs(p, p.spectra[i], t, row, s)
    for i in range(p.grid.first_custom, p.grid.last_custom):
        frame_at(signal, begin, end, p.customs[i], middle, s.frame)
        custom(
            p.customs[i], s.frame, _tables(0), _tables(0), _tables(0), t, row, s.conditioned,
            s.outputs, s.faults,
        )  # fmt: skip


@part
def finish_kept(p: Nodes, kept: Pointer, rows: Pointer, n_rows: int, s: Scratch) -> None:
    """What waited for the recording's largest value: every log-mel that was kept."""
    size = p.grid.kept_size
    for j in range(p.grid.n_logs):
        log = p.logs[j]
        if log.whole:
            peak = largest(log, kept + log.kept, n_rows, size)
            for t in range(n_rows):
                log_mel, row = kept + (t * size + log.kept), rows + t * p.grid.row_size
                relate(log, log_mel, peak)
                finish_log(log, p.cepstra, p.tables, log_mel, row, s.product)


def advance(
    program: Array, signal: Array, begin: int, end: int, first: int, stop: int, computed: int,
    last: int, rows: Array, kept: Array, memory: Array, faults: Array, out: Array,
) -> int:  # fmt: skip
    """Rows first … stop - 1 into out[0] …; how many rows are computed then, deltas not counted.

    signal[i] is sample begin + i, up to end - 1. `computed` rows have been computed before, and
    the last of them are in `rows`: row t at t % len(rows). There are `last` rows so far, or in
    all once the signal has ended; a row with deltas needs some of those behind it. `kept` has room
    for every row's log-mel if that waits for the whole recording, which is then given at once.
    `memory` is scratch, and holds what functions remember of the row before; `faults` counts
    theirs.
    """
    p = nodes_of(program[0])
    s = parted(p.grid, pointer(memory), faults)
    samples, recent, target, waiting = pointer(signal), pointer(rows), pointer(out), pointer(kept)
    ahead, size, kept_size = p.grid.lookahead, p.grid.row_size, p.grid.kept_size
    for t in range(first, stop):
        needed = last if kept_size else min(max(t, ahead) + ahead + 1, last)
        while computed < needed:
            row = target + (computed - first) * size
            if p.grid.buffered:
                row = recent + computed % len(rows) * size
            compute_row(p, samples, begin, end, computed, row, waiting + computed * kept_size, s)
            computed += 1
            if kept_size and computed == last:
                finish_kept(p, waiting, recent, last, s)
        if p.grid.buffered:
            row, found = recent + t % len(rows) * size, target + (t - first) * p.grid.n_columns
            for i in range(p.grid.n_columns):
                found[i] = row[i]
            for i in range(p.grid.n_deltas):
                delta(p.deltas[i], p.tables, recent, len(rows), size, t, computed, found)
    return computed
