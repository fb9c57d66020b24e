"""Root mean square and zero-crossing rate of frames, counted by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from serfast.backends.reference.energy import rms, zero_crossing_rate
from serfast.features.framing import SILENCE


def test_rms_is_the_root_of_the_mean_square() -> None:
    frames = np.array([[3.0, -4.0, 0.0, 0.0], [1.0, 1.0, -1.0, 1.0]])
    assert rms(frames, 2.0).tolist() == [5.0, 2.0]


def test_a_frame_below_the_last_bit_is_silent() -> None:
    loud, quiet = np.full((1, 4), SILENCE), np.full((1, 4), SILENCE * 0.99)
    assert rms(loud, 1.0)[0] == pytest.approx(SILENCE)
    assert rms(quiet, 1.0)[0] == 0.0
    quiet[0, 3] = 1.0  # one sample is enough: then all of them count
    assert rms(quiet, 1.0)[0] == pytest.approx(math.sqrt((1 + 3 * quiet[0, 0] ** 2) / 4))


@pytest.mark.parametrize(
    ("frame", "crossings"),
    [
        ([1, -1, 1, -1], 3),
        ([-1, 1, 1, 1], 1),
        ([0, 0, -1, 0], 2),  # zero is positive
        ([-0.1, 1, -0.1, 1], 0),  # within the threshold is zero
        ([-0.5, -1, -0.2, -1], 0),
    ],
)
def test_zero_crossings_are_changes_of_sign(frame: list[float], crossings: int) -> None:
    assert zero_crossing_rate(np.array([frame], float), 0.1).tolist() == [crossings / 4]
