"""The reference statistics are plain NumPy in float64, one step after another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from ...program.vector import (
    LOG_FLOOR,
    SEMITONE_REFERENCE,
    Entry,
    Functional,
    RunVector,
    VectorProgram,
)
from . import functionals
from .functionals import Array
from .selections import select

__all__ = ["prepare_vector"]

Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]


def prepare_vector(program: VectorProgram) -> RunVector:
    """Give the program ready to run; see :class:`serfast.program.vector.RunVector`."""

    def run(rows: np.ndarray[Any, Any], out: np.ndarray[Any, Any]) -> int | None:
        bad = np.flatnonzero(~(np.abs(rows) <= np.finfo(np.float32).max))
        if len(bad):
            return int(bad[0])
        x = _trimmed(np.array(rows, dtype=np.float64).T, program)
        masks = {s.mask: x[s.mask].copy() for s in program.selections if s.mask is not None}
        voiced = _voicing(x, program)
        _transform(x, voiced, program)
        for order in range(max((e.order for e in program.entries), default=0) + 1):
            derived = functionals.delta(x, order, program.delta_width) if order else x
            for gate in (False, True):
                chosen = [e for e in program.entries if (e.order, e.voiced) == (order, gate)]
                _fill(out, chosen, derived[:, voiced] if gate else derived, program.functionals)
        if program.share is not None:
            out[program.share] = voiced.mean()
        for one in program.selections:
            mask = None if one.mask is None else masks[one.mask]
            values = select(one, x[one.column], mask, program.row_rate)
            out[one.place : one.place + len(values)] = values
        return None

    return run


def _trimmed(x: Array, program: VectorProgram) -> Array:
    if program.loudness is None:
        return x
    level = np.abs(x[program.loudness])
    loud = np.flatnonzero(level >= level.max() * program.trim)
    return x[:, loud[0] : loud[-1] + 1]


def _voicing(x: Array, program: VectorProgram) -> Mask:
    """Give a mask of the voiced rows; at least the most periodic row is voiced."""
    if program.voicing is None:
        return np.ones(x.shape[1], dtype=bool)
    aperiodicity = x[program.voicing]
    return np.asarray(aperiodicity <= max(program.max_aperiodicity, aperiodicity.min()))


def _transform(x: Array, voiced: Mask, program: VectorProgram) -> None:
    """Transform columns in place: logarithms, relative levels, semitones."""
    for column in program.logs:
        x[column] = np.log(np.maximum(x[column], LOG_FLOOR))
    for family, depth in zip(program.families, program.depths, strict=True):
        chosen = list(family)
        x[chosen] = np.maximum(x[chosen] - x[chosen].mean(axis=0).max(), -depth)
    t = np.arange(x.shape[1])
    for column in program.semitones:
        semitones = 12 * np.log2(np.maximum(x[column], 1.0) / SEMITONE_REFERENCE)
        x[column] = np.interp(t, t[voiced], semitones[voiced])


def _fill(out: Array, entries: Sequence[Entry], x: Array, wanted: tuple[Functional, ...]) -> None:
    """Write the functionals of these entries' series, x[column, row], to their places."""
    if entries:
        values = functionals.evaluate(wanted, x[[entry.column for entry in entries]])
        for entry, numbers in zip(entries, values, strict=True):
            out[entry.place : entry.place + len(wanted)] = numbers
