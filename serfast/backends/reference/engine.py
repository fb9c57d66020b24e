"""A program is run here on whole recordings, stage by stage, in float64."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...audio.samples import first_nonfinite
from ...errors import BackendError
from ...program import rows as p
from ..interface import Run
from ..output import check_apart
from .delta import derivative
from .energy import rms, zero_crossing_rate
from .framing import blocks
from .functions import computed, track
from .mel import logarithm
from .mfcc import cepstrum
from .pitch import yin
from .spectrum import power_spectrum
from .trial import try_in_python

if TYPE_CHECKING:
    from ...features.spec import FeatureSpec
    from ..stream import Stream

__all__ = ["prepare"]

Array = np.ndarray[Any, np.dtype[np.float64]]
Samples = np.ndarray[Any, np.dtype[np.float32]]
Rows = np.ndarray[Any, np.dtype[np.float32]]


def prepare(program: p.Program) -> Run:
    """Give the program ready to run; see :class:`serfast.backends.Run`."""
    try_in_python(program)
    return Reference(program)


@dataclass(frozen=True, eq=False, repr=False)
class Reference:
    """It runs a program on whole recordings."""

    program: p.Program

    def __call__(self, samples: Samples, out: Rows) -> int | None:
        """Compute all rows; see :class:`serfast.backends.Run`."""
        check_apart(samples, out)
        bad = first_nonfinite(samples)
        if bad is None:
            _run(self.program, samples, out)
        return bad

    def stream(self, spec: FeatureSpec) -> Stream:
        """Raise BackendError, because this back end has no streams."""
        raise BackendError(
            "backend of a stream must be 'native' or 'numba': the reference has no streams"
        )


def _run(program: p.Program, samples: Samples, out: Rows) -> None:
    rows = np.zeros((len(out), program.row_size), dtype=np.float64)
    _features(program, samples.astype(np.float64), rows)
    for node in program.tracks:
        if node.weights is None:
            track(node, rows)
            continue
        (source,) = node.sources
        target = slice(node.column, node.column + source.stop - source.start)
        rows[:, target] = derivative(rows[:, source], node.weights)
    with np.errstate(over="ignore"):
        out[:] = rows[:, : program.n_columns]


def _features(program: p.Program, y: Array, out: Array) -> None:
    hop = program.hop_length
    with np.errstate(over="ignore"):
        for energy in program.energies:
            for rows, frames in blocks(y, energy.frames, hop, len(out)):
                out[rows, energy.column] = rms(frames, energy.scale)
        for crossings in program.crossings:
            for rows, frames in blocks(y, crossings.frames, hop, len(out)):
                out[rows, crossings.column] = zero_crossing_rate(frames, crossings.threshold)
        for pitch in program.pitches:
            for rows, frames in blocks(y, pitch.frames, hop, len(out)):
                f0, aperiodicity = yin(frames, pitch)
                out[rows, pitch.column] = f0
                out[rows, pitch.column + 1] = aperiodicity
        for spectrum in program.spectra:
            _spectrum(y, spectrum, hop, out)
    for node in program.computed:  # if numbers overflow, that is up to the function
        computed(y, node, hop, out)


def _spectrum(y: Array, node: p.Spectrum, hop: int, out: Array) -> None:
    """Fill a spectrum's columns, and those of everything that hangs below it."""
    bands = [np.empty((len(out), len(mel.weights))) for mel in node.mels]
    for rows, frames in blocks(y, node.frames, hop, len(out)):
        spectrum = power_spectrum(frames, node)
        _put(out[rows], node.column, spectrum)
        for band, mel in zip(bands, node.mels, strict=True):
            band[rows] = spectrum @ mel.weights.T
    for band, mel in zip(bands, node.mels, strict=True):
        _put(out, mel.column, band)
        for log in mel.logs:
            levels = logarithm(band, log)
            _put(out, log.column, levels)
            for transform in log.cepstra:
                _put(out, transform.column, cepstrum(levels, transform))


def _put(out: Array, column: int | None, values: Array) -> None:
    """Store values from `column` on, if these columns are wanted."""
    if column is not None:
        out[:, column : column + values.shape[1]] = values
