"""What compiled code knows of a program: the fields of each kind of node."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["NODES", "PROGRAM"]


def _record(*fields: tuple[str, str]) -> np.dtype[Any]:
    """A record of the named fields; the types are strings of names for each type."""
    return np.dtype([(name, kind) for names, kind in fields for name in names.split()], align=True)


_FRAMES = ("length left pad_mode column", "i8")
NODES: dict[str, np.dtype[Any]] = {
    "energies": _record(_FRAMES, ("scale", "f4")),
    "crossings": _record(_FRAMES, ("threshold", "f4")),
    "pitches": _record(
        _FRAMES,
        ("min_lag max_lag real transform_length halves lags lag_area", "i8"),
        ("sample_rate", "f8"),
        ("threshold", "f4"),
    ),
    "spectra": _record(
        _FRAMES,
        ("real window start win_length remove_dc conditioned magnitude bins", "i8"),
        ("first_mel last_mel first_custom last_custom held", "i8"),
        ("preemphasis", "f4"),
    ),
    "mels": _record(("n_mels column first_band first_log last_log", "i8")),
    "bands": _record(("first blocks weights", "i8")),
    "logs": _record(
        ("whole relative limited column n_mels kept first_cepstrum last_cepstrum", "i8"),
        ("scale floor offset top", "f4"),
    ),
    "cepstra": _record(("column n stride matrix", "i8")),
    "customs": _record(
        _FRAMES,
        ("n address frequencies bins parameters", "i8"),
        ("sample_rate", "f8"),
        ("scale", "f4"),
    ),
    "deltas": _record(("source n column width weights", "i8")),
    "reals": _record(("length n halved fft area split_re split_im", "i8")),
    "ffts": _record(
        ("n rows cols row_stride col_stride first_pass turn last_pass", "i8"),
        ("twiddle area_of_twiddle inner chirp area_of_chirp kernel area_of_kernel", "i8"),
    ),
    "passes": _record(("radix blocks twiddle roots", "i8")),
}
"""What compiled code knows of each kind of node, by the name of their array."""

PROGRAM = _record(
    (f"{' '.join(NODES)} tables", "i8"),
    ("hop_length n_columns row_size lookahead buffered kept_size", "i8"),
    ("n_energies n_crossings n_pitches n_spectra n_logs n_deltas", "i8"),
    ("first_custom last_custom", "i8"),
    ("margin frame_size power_size band_size lag_size fft_size", "i8"),
    ("output_size held_size scratch_size", "i8"),
)
"""The addresses of these arrays, the grid of the rows, and how much scratch they need."""
