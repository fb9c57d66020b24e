"""Custom: a feature of one's own, called in Python for each row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...program import rows as p
from ..custom.compiling import Inputs, python_call
from ..custom.faults import warn_of_rows
from .framing import blocks
from .spectrum import power_spectrum

__all__ = ["custom"]

Array = np.ndarray[Any, np.dtype[np.float64]]


def custom(y: Array, node: p.Custom, spectrum: p.Spectrum | None, hop: int, out: Array) -> None:
    """Call a function of one's own for each row; where it raises, its columns are NaN."""
    call = python_call(node.feature)
    columns = slice(node.column, node.column + len(node.feature.columns))
    for row, inputs in zip(out[:, columns], _inputs(y, node, spectrum, hop, len(out)), strict=True):
        try:
            call(inputs, row)
        except Exception:  # the function's own
            row[:] = np.nan
    warn_of_rows(node.feature, out[:, columns])


def _inputs(
    y: Array, node: p.Custom, spectrum: p.Spectrum | None, hop: int, n_rows: int
) -> Iterator[Inputs]:
    """What each row's function is given, read-only; the first row is its own predecessor."""
    frequencies = p.bin_frequencies(node)
    before: Array | None = None
    for _, frames in blocks(y, node.frames, hop, n_rows):
        scaled = node.scale * frames
        scaled.setflags(write=False)
        if spectrum is None:
            yield from (Inputs(frame, node.sample_rate) for frame in scaled)
            continue
        powers = power_spectrum(frames, spectrum)
        powers.setflags(write=False)
        for frame, power in zip(scaled, powers, strict=True):
            previous = power if before is None else before
            yield Inputs(frame, node.sample_rate, power, previous, frequencies)
            before = power
