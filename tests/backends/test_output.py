"""Arrays that rows are written into: which ones are taken, and what is said of the others."""

from __future__ import annotations

import numpy as np
import pytest

from serfast.backends.output import check_out
from serfast.errors import ParameterError


def read_only() -> np.ndarray:
    out = np.zeros((4, 3), np.float32)
    out.flags.writeable = False
    return out


def misaligned() -> np.ndarray:
    return np.zeros(4 * 3 * 4 + 1, np.uint8)[1:].view(np.float32).reshape(4, 3)


@pytest.mark.parametrize("n_rows", [None, 4])
def test_what_fits_is_given_back(n_rows: int | None) -> None:
    out = np.zeros((4, 3), np.float32)
    assert check_out(out, 3, n_rows) is out


@pytest.mark.parametrize(
    ("out", "n_rows", "message"),
    [
        ([[0.0] * 3] * 4, None, "array of 3 columns, got "),
        (np.zeros((4, 3)), None, r"got float64 of shape \(4, 3\)"),
        (np.zeros((4, 2), np.float32), None, r"of 3 columns, got float32 of shape \(4, 2\)"),
        (np.zeros(3, np.float32), None, r"got float32 of shape \(3,\)"),
        (np.zeros((4, 3), np.float32), 5, r"of shape \(5, 3\), got float32 of shape \(4, 3\)"),
        (np.zeros((3, 4), np.float32).T, None, "got one that is read-only, misaligned or not C-"),
        (np.zeros((8, 3), np.float32)[::2], None, "got one that is read-only, misaligned or not"),
        (read_only(), None, "got one that is read-only"),
        (misaligned(), None, "got one that is read-only, misaligned"),
    ],
)
def test_what_does_not_fit_is_named(out: object, n_rows: int | None, message: str) -> None:
    with pytest.raises(ParameterError, match=f"^out must be a writeable .*{message}"):
        check_out(out, 3, n_rows)
