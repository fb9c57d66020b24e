"""Frames of a signal: their samples, whatever the blocks that they come in."""

from __future__ import annotations

import numpy as np
import pytest

from serfast.backends.reference import framing
from serfast.features.framing import SILENCE
from serfast.program.rows import Frames

Y = np.arange(1.0, 24.0)


@pytest.mark.parametrize("block", [1, 2, 1024])
@pytest.mark.parametrize("left", [0, 3])
def test_a_frame_begins_left_of_its_moment(
    left: int, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(framing, "BLOCK", block)
    made = []
    for rows, frames in framing.blocks(Y, Frames(6, left, "constant"), 4, 5):
        assert rows.start == len(made)
        assert rows.stop - rows.start == len(frames) <= block
        made += frames.tolist()
    for t, frame in enumerate(made):
        places = range(4 * t - left, 4 * t - left + 6)
        assert frame == [Y[i] if 0 <= i < len(Y) else 0.0 for i in places]
    assert len(made) == 5


def test_a_frame_without_a_sound_is_zeros() -> None:
    frames = np.array([[SILENCE / 2, -SILENCE / 2], [SILENCE / 2, -SILENCE]])
    assert framing.heard(frames).tolist() == [[0.0, 0.0], frames[1].tolist()]
