"""All back ends check here the array that rows are written into."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _checks as checks

__all__ = ["check_apart", "check_out"]

Rows = np.ndarray[Any, np.dtype[np.float32]]


def check_out(out: Any, n_columns: int, n_rows: int | None = None) -> Rows:
    """Give `out` back if rows fit into it.

    Parameters
    ----------
    out : object
    n_columns : int
    n_rows : int or None
        It must hold exactly this many rows; None allows any number.

    Raises
    ------
    ParameterError
        If it is anything but a writeable, aligned, C-contiguous float32 array of that shape.
    """
    size = f"{n_columns} columns" if n_rows is None else f"shape {(n_rows, n_columns)}"
    rule = f"a writeable C-contiguous float32 array of {size}"
    if not isinstance(out, np.ndarray):
        checks.fail("out", rule, out)
    fits = out.ndim == 2 and out.shape[1] == n_columns and n_rows in (None, len(out))
    if out.dtype != np.float32 or not fits:
        checks.refuse("out", rule, f"{out.dtype} of shape {out.shape}")
    if not (out.flags.c_contiguous and out.flags.writeable and out.flags.aligned):
        checks.refuse("out", rule, "one that is read-only, misaligned or not C-contiguous")
    return out


def check_apart(samples: np.ndarray[Any, Any], out: Rows) -> None:
    """Refuse rows that would be written over the samples that they are computed from."""
    if np.may_share_memory(samples, out):
        checks.refuse("out", "an array of its own", "one that shares the signal's memory")
