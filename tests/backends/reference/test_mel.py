"""The logarithm of the power in bands: its floor, and what is relative to the largest."""

from __future__ import annotations

import numpy as np
import pytest

from serfast.backends.reference.mel import logarithm
from serfast.program.rows import Log

DECIBEL = 10 / np.log(10)
BANDS = np.array([[1.0, 100.0], [1e-3, 1e-12]])


def log(**changes: object) -> Log:
    settings = {"scale": DECIBEL, "amin": 1e-10, "offset": 0.0, "relative": False, "top": None}
    return Log(**{**settings, **changes})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [[0, 20], [-30, -100]]),
        ({"offset": 10.0}, [[-10, 10], [-40, -110]]),
        ({"relative": True}, [[-20, 0], [-50, -120]]),
        ({"top": 80.0}, [[0, 20], [-30, -60]]),
        ({"relative": True, "top": 40.0}, [[-20, 0], [-40, -40]]),
        ({"amin": 1e-2}, [[0, 20], [-20, -20]]),
    ],
)
def test_levels_in_decibels(changes: dict[str, object], expected: list[list[float]]) -> None:
    np.testing.assert_allclose(logarithm(BANDS, log(**changes)), expected, atol=1e-9)
