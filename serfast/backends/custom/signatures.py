"""The C signatures of the functions that compute features and tracks are data here.

They are those of ``serfast/include/serfast.h``. Numba compiles functions to them
(``compiling.py``), and ctypes calls them (``calls.py``).
"""

from __future__ import annotations

import ctypes
from typing import Any, NamedTuple

from ...features.arguments import ARRAYS, MEL_INPUTS
from ...features.computed import Function
from ...features.track import BaseTrack

__all__ = ["Signature", "signature_of"]

WIDE_INPUTS = ("autocorrelation", "table", *MEL_INPUTS)
"""Only functions of the wide signature get these inputs."""

LENGTHS = {
    "frame": ("frame_length",),
    "spectrum": ("n_bins",),
    "previous_spectrum": ("n_bins",),
    "frequencies": ("n_bins",),
    "autocorrelation": ("n_lags",),
    "log_mel": ("n_mels",),
    "table": ("n_table",),
    "rows": ("n_rows", "n_columns"),
    "state": ("n_state",),
    "out": ("n_out",),
}
"""These arguments hold an array's length, or the lengths of its axes."""

NARROW = (
    *("frame", "frame_length", "spectrum", "previous_spectrum", "frequencies", "n_bins"),
    *("sample_rate", "parameters", "out", "n_out"),
)
WIDE = (*NARROW, "log_mel", "n_mels", "autocorrelation", "n_lags", "table", "n_table")
TRACK = (
    *("rows", "n_rows", "n_columns", "place", "state", "n_state", "row_rate"),
    *("parameters", "out", "n_out"),
)

DOUBLES = ("state", "parameters")
NUMBERS = ("sample_rate", "row_rate")


class Signature(NamedTuple):
    """A signature has the names of a C function's arguments, in order."""

    names: tuple[str, ...]

    def kind(self, name: str) -> str:
        """Give the kind of an argument: "float*", "double*", "double" or "size"."""
        if name in DOUBLES:
            return "double*"
        if name in NUMBERS:
            return "double"
        return "float*" if name in (*ARRAYS, "rows", "out") else "size"

    @property
    def kinds(self) -> tuple[str, ...]:
        """Give the kind of each argument."""
        return tuple(self.kind(name) for name in self.names)

    @property
    def c_type(self) -> Any:
        """Give the function's type for ctypes."""
        types: dict[str, Any] = {"size": ctypes.c_ssize_t, "double": ctypes.c_double}
        given = [types.get(kind, ctypes.c_void_p) for kind in self.kinds]
        return ctypes.CFUNCTYPE(ctypes.c_int, *given)


def signature_of(feature: Function) -> Signature:
    """Give the C signature of a feature's function.

    Examples
    --------
    >>> import serfast
    >>> @serfast.feature_function
    ... def first(frame, out):
    ...     out[0] = frame[0]
    >>> signature_of(first()).names[-2:]
    ('out', 'n_out')
    """
    if isinstance(feature, BaseTrack):
        return Signature(TRACK)
    return Signature(WIDE if set(feature.arguments) & set(WIDE_INPUTS) else NARROW)
