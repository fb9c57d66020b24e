"""Python calls one function, which computes the rows of a signal, or of its samples so far.

A batch is a stream that gets one chunk, so both have the same bits.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from numba import types

from .autocorrelation import autocorrelation
from .compiling import part
from .energy import rms, zero_crossing_rate
from .framing import frame_at, heard_at
from .functions import computed
from .mel import finish_log, largest, logarithm, mel, relate
from .nodes import NODES
from .pitch import yin
from .pointers import FLOATS, pointer, pointer_to, records
from .spectrum import spectrum
from .tracks import track_row, tracked_count

__all__ = ["N_FAULTS", "advance"]

N_FAULTS = 3
"""So many counts of faults stand before the counts of the tracks' rows."""

DOUBLE = 8
"""A float64 has this many bytes."""

Array = Any
Pointer = Any
Record = Any
Records = Any


class Nodes(NamedTuple):
    """Inside compiled code, it is a program of :mod:`serfast.backends.numba.tables`."""

    grid: Record
    energies: Records
    crossings: Records
    pitches: Records
    spectra: Records
    mels: Records
    bands: Records
    logs: Records
    cepstra: Records
    autocorrelations: Records
    frame_inputs: Records
    computed: Records
    reads: Records
    tracks: Records
    sources: Records
    after: Records
    reals: Records
    ffts: Records
    passes: Records
    tables: Pointer


_energies, _crossings, _pitches, _spectra, _mels, _bands, _logs, _cepstra, _autocorrelations, \
    _frame_inputs, _computed, _reads, _tracks, _sources, _after, _reals, _ffts, _passes = (
    pointer_to(records(NODES[name])) for name in Nodes._fields[1:-1]
)  # fmt: skip
_tables = pointer_to(FLOATS)
_doubles = pointer_to(types.CPointer(types.float64))


@part
def nodes_of(p: Record) -> Nodes:
    """Give the program whose addresses stand in this record."""
    return Nodes(
        p, _energies(p.energies), _crossings(p.crossings), _pitches(p.pitches),
        _spectra(p.spectra), _mels(p.mels), _bands(p.bands), _logs(p.logs), _cepstra(p.cepstra),
        _autocorrelations(p.autocorrelations), _frame_inputs(p.frame_inputs),
        _computed(p.computed), _reads(p.reads), _tracks(p.tracks), _sources(p.sources),
        _after(p.after), _reals(p.reals), _ffts(p.ffts), _passes(p.passes), _tables(p.tables),
    )  # fmt: skip


class Scratch(NamedTuple):
    """It is scratch memory for the computation of a row."""

    frame: Pointer
    conditioned: Pointer
    power: Pointer
    mel: Pointer
    log_mel: Pointer
    product: Pointer
    lags: Pointer
    fft: Pointer
    outputs: Pointer
    slots: Pointer
    window: Pointer
    counts: Array
    doubles: int


@part
def parted(grid: Record, memory: Pointer, counts: Array, doubles: int) -> Scratch:
    """Give the scratch memory in its parts.

    `counts` holds the faults, see :func:`serfast.backends.numba.functions.take_outputs`, and after
    them the number of rows that have been computed of each track. `doubles` is the address of the
    tracks' states; room for a function's numbers follows them.
    """
    frame = memory + grid.margin
    conditioned = frame + grid.frame_size
    power = conditioned + grid.frame_size
    mel_row = power + grid.power_size
    log_mel = mel_row + grid.band_size
    product = log_mel + grid.band_size
    lags = product + grid.band_size
    fft = lags + grid.lag_size
    outputs = fft + grid.fft_size
    slots = outputs + grid.output_size
    return Scratch(
        frame, conditioned, power, mel_row, log_mel, product, lags, fft, outputs, slots,
        slots + grid.slot_size, counts, doubles,
    )  # fmt: skip


@part
def mel_row(
    p: Nodes, node: Record, power: Pointer, row: Pointer, kept: Pointer, s: Scratch
) -> None:
    """Compute a mel bank and everything below it."""
    mel(node, p.bands, p.tables, power, s.mel)
    if node.column >= 0:
        for i in range(node.n_mels):
            row[node.column + i] = s.mel[i]
    for j in range(node.first_log, node.last_log):
        log = p.logs[j]
        if log.whole:
            logarithm(log, s.mel, kept + log.kept)
        else:
            levels = s.log_mel if log.slot < 0 else s.slots + log.slot
            logarithm(log, s.mel, levels)
            finish_log(log, p.cepstra, p.tables, levels, row, s.product)


@part
def spectrum_row(p: Nodes, node: Record, t: int, row: Pointer, kept: Pointer, s: Scratch) -> None:
    """Compute a spectrum of s.frame and everything below it.

    If functions need the row before, two places for a row are used alternately.
    """
    power = s.power
    if node.power_slot >= 0:
        power = s.slots + (node.power_slot + t % 2 * node.power_stride)
    spectrum(node, p.reals, p.ffts, p.passes, p.tables, s.frame, power, s.conditioned, s.fft)
    if node.column >= 0:
        for k in range(node.bins):
            row[node.column + k] = power[k]
    for m in range(node.first_mel, node.last_mel):
        mel_row(p, p.mels[m], power, row, kept, s)
    if node.magnitude_slot >= 0:
        magnitude = s.slots + (node.magnitude_slot + t % 2 * node.magnitude_stride)
        for k in range(node.bins):
            magnitude[k] = math.sqrt(power[k])


@part
def computed_row(p: Nodes, node: Record, frames: Pointer, t: int, row: Pointer, s: Scratch) -> None:
    """Compute the columns of a function, from the inputs that have been computed for this row.

    No row stands before row 0, so its current spectrum takes the previous one's place.
    """
    nothing = _tables(0)
    spectrum = previous = log_mel = autocorrelation = nothing
    if node.spectrum >= 0:
        spectrum = s.slots + (node.spectrum + t % 2 * node.spectrum_stride)
        if node.previous:
            before = (t + 1) % 2 if t > 0 else t % 2
            previous = s.slots + (node.spectrum + before * node.spectrum_stride)
    if node.log_mel >= 0:
        log_mel = s.slots + node.log_mel
    if node.autocorrelation >= 0:
        autocorrelation = s.slots + node.autocorrelation
    frequencies = p.tables + node.frequencies if node.bins else nothing
    parameters = node.parameters
    if node.first_read < node.last_read:
        numbers, room = s.doubles + p.grid.n_states * DOUBLE, p.grid.n_states
        fixed, target = _doubles(parameters), _doubles(s.doubles)
        for i in range(node.n_numbers):
            target[room + i] = fixed[i]
        for i in range(node.first_read, node.last_read):
            target[room + p.reads[i].number] = row[p.reads[i].column]
        parameters = numbers
    computed(
        node, frames, spectrum, previous, frequencies, log_mel, autocorrelation, p.tables,
        parameters, t, row, s.outputs, s.counts,
    )  # fmt: skip


@part
def compute_row(
    p: Nodes, signal: Pointer, begin: int, end: int, t: int, row: Pointer, kept: Pointer,
    s: Scratch,
) -> None:  # fmt: skip
    """Compute row t without its tracks; values that need the whole recording go to `kept`."""
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
        spectrum_row(p, p.spectra[i], t, row, kept, s)
    for i in range(p.grid.n_autocorrelations):
        node = p.autocorrelations[i]
        heard_at(signal, begin, end, node, middle, s.frame)
        autocorrelation(
            node, p.reals, p.ffts, p.passes, p.tables, s.frame, s.slots + node.slot,
            s.conditioned, s.power, s.fft,
        )  # fmt: skip
    for i in range(p.grid.n_frame_inputs):
        given = s.slots + p.frame_inputs[i].slot
        frame_at(signal, begin, end, p.frame_inputs[i], middle, given)
        if p.frame_inputs[i].scale != 1:
            for k in range(p.frame_inputs[i].length):
                given[k] = p.frame_inputs[i].scale * given[k]
    for i in range(p.grid.n_computed):
        given = _tables(0)
        if p.computed[i].frame >= 0:
            given = s.slots + p.frame_inputs[p.computed[i].frame].slot
        computed_row(p, p.computed[i], given, t, row, s)


@part
def track_rows(p: Nodes, rows: Pointer, kept: int, n_rows: int, final: bool, s: Scratch) -> None:
    """Compute, in order, every row of every track for which `n_rows` rows are enough."""
    done = N_FAULTS
    for i in range(p.grid.n_tracks):
        n = n_rows
        for j in range(p.tracks[i].first_after, p.tracks[i].last_after):
            n = min(n, s.counts[done + p.after[j].track])
        stop, begin = tracked_count(p.tracks[i], n, final), s.counts[done + i]
        for k in range(p.tracks[i].passes if begin < stop else 0):
            if p.tracks[i].passes > 1:
                _doubles(s.doubles)[p.tracks[i].state] = k
            for t in range(begin, stop):
                track_row(
                    p.tracks[i], p.sources, p.tables, rows, kept, p.grid.row_size, t, n, s.doubles,
                    s.window, s.outputs, s.counts,
                )  # fmt: skip
        s.counts[done + i] = max(begin, stop)


@part
def finish_kept(p: Nodes, kept: Pointer, rows: Pointer, n_rows: int, s: Scratch) -> None:
    """Finish every log-mel row that waited for the recording's largest value."""
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
    last: int, final: bool, rows: Array, kept: Array, memory: Array, counts: Array, doubles: int,
    out: Array,
) -> int:  # fmt: skip
    """Write rows first … stop - 1 into out; give the number of rows computed, without tracks.

    signal[i] is sample begin + i, up to end - 1. `computed` rows have been computed before, and
    the latest of them are in `rows`, row t at t % len(rows). There are `last` rows so far, or in
    all if the signal has ended (`final`); tracks look at some rows after a row. If something needs
    the whole recording, it comes in one call, `rows` has room for all of its rows, and `kept` for
    the log-mel rows that wait.
    `memory` is scratch; :func:`parted` explains `counts` and `doubles`.
    """
    p = nodes_of(program[0])
    s = parted(p.grid, pointer(memory), counts, doubles)
    samples, recent, target, waiting = pointer(signal), pointer(rows), pointer(out), pointer(kept)
    size, kept_size, whole = p.grid.row_size, p.grid.kept_size, p.grid.whole
    for t in range(first, stop):
        needed = last if whole else min(max(t + p.grid.ahead + 1, p.grid.first), last)
        while computed < needed:
            row = target + (computed - first) * size
            if p.grid.buffered:
                row = recent + computed % len(rows) * size
            compute_row(p, samples, begin, end, computed, row, waiting + computed * kept_size, s)
            computed += 1
            if kept_size and computed == last:
                finish_kept(p, waiting, recent, last, s)
            if not whole:
                track_rows(p, recent, len(rows), computed, final and computed == last, s)
        if final and computed == last:
            track_rows(p, recent, len(rows), computed, True, s)
        if p.grid.buffered:
            row, given = recent + t % len(rows) * size, target + (t - first) * p.grid.n_columns
            for i in range(p.grid.n_columns):
                given[i] = row[i]
    return computed
