"""Compiled code knows a program by the records here, one kind for each kind of node."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["NODES", "PROGRAM"]


def _record(*fields: tuple[str, str]) -> np.dtype[Any]:
    """Give a record type with the named fields; each type comes with a string of names."""
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
        ("first_mel last_mel power_slot power_stride magnitude_slot magnitude_stride", "i8"),
        ("preemphasis", "f4"),
    ),
    "mels": _record(("n_mels column first_band first_log last_log", "i8")),
    "bands": _record(("first blocks weights", "i8")),
    "logs": _record(
        ("whole relative limited column n_mels kept first_cepstrum last_cepstrum slot", "i8"),
        ("scale floor offset top added", "f4"),
    ),
    "cepstra": _record(("column n stride matrix", "i8")),
    "autocorrelations": _record(
        _FRAMES,
        ("real start win_length remove_dc conditioned weights halves n_lags slot", "i8"),
        ("preemphasis", "f4"),
    ),
    "frame_inputs": _record(_FRAMES, ("slot", "i8"), ("scale", "f4")),
    "computed": _record(
        _FRAMES,
        ("n address wide parameters n_numbers first_read last_read may_be_nan", "i8"),
        ("frame spectrum spectrum_stride previous log_mel autocorrelation", "i8"),
        ("frequencies bins n_mels n_lags table n_table", "i8"),
        ("sample_rate", "f8"),
    ),
    "reads": _record(("number column", "i8")),
    "tracks": _record(
        ("column n first_source last_source n_columns back ahead first", "i8"),
        ("first_after last_after weights width address parameters state n_state", "i8"),
        ("may_be_nan passes", "i8"),
        ("row_rate", "f8"),
    ),
    "sources": _record(("column n", "i8")),
    "after": _record(("track", "i8")),
    "reals": _record(("length n halved fft area split_re split_im", "i8")),
    "ffts": _record(
        ("n rows cols row_stride col_stride first_pass turn last_pass", "i8"),
        ("twiddle area_of_twiddle inner chirp area_of_chirp kernel area_of_kernel", "i8"),
    ),
    "passes": _record(("radix blocks twiddle roots", "i8")),
}
"""These are the record types of all kinds of nodes, by the name of their array."""

PROGRAM = _record(
    (f"{' '.join(NODES)} tables", "i8"),
    ("hop_length ahead first rows_kept n_columns row_size buffered kept_size whole", "i8"),
    ("n_energies n_crossings n_pitches n_spectra n_logs n_autocorrelations", "i8"),
    ("n_frame_inputs n_computed n_tracks", "i8"),
    ("margin frame_size power_size band_size lag_size fft_size", "i8"),
    ("output_size slot_size window_size scratch_size n_states n_numbers", "i8"),
)
"""It has the addresses of these arrays, the grid of the rows, and the sizes of the scratch."""
