"""The default copies sound as their texts say, and leave some conditions to be measured unseen."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from serfast.audio.augmentation import COPIES, bound_to, parse_alteration
from serfast.training.conditions import kinds_of

RATE = 16000
UNSEEN = {"clicks", "clip", "loss", "opus"}


def recording() -> np.ndarray:
    """A second of five harmonics, loud and soft by turns."""
    t = np.arange(RATE) / RATE
    y = sum(np.sin(2 * np.pi * 130 * k * t) / k for k in range(1, 6))
    return (0.2 * y * (0.2 + np.sin(2 * np.pi * 3 * t) ** 2)).astype(np.float32)


@pytest.mark.parametrize("k", range(len(COPIES)))
def test_a_copy_is_sound_of_another_voice_by_at_most_two_semitones(k):
    y = recording()
    copies = [
        bound_to(COPIES[k], [lambda: y])(y, RATE, np.random.default_rng(seed)) for seed in range(3)
    ]
    for copy in copies:
        assert copy.dtype == np.float32
        assert np.isfinite(copy).all()
        semitones = 12 * math.log2(len(copy) / len(y))
        assert abs(semitones) < 2.1
        assert np.abs(copy).max() > 0.02
        assert not np.array_equal(copy, y)


def test_a_copy_is_another_one_for_every_recording_except_at_a_fixed_speed():
    y = recording()
    fixed = []
    for change in COPIES:
        copy, other = (
            bound_to(change, [lambda: y])(y, RATE, np.random.default_rng(seed)) for seed in (0, 1)
        )
        if np.array_equal(copy, other):
            fixed.append(str(change))
    assert fixed == [text for text in map(str, COPIES) if re.fullmatch(r"speed=\d(\.\d+)?", text)]


def test_their_texts_give_them_again():
    assert tuple(parse_alteration(str(change)) for change in COPIES) == COPIES


def test_noise_rooms_and_channels_are_among_them_and_some_are_left_unseen():
    kinds = {kind for change in COPIES for kind in kinds_of(change)}
    assert {"noise", "white", "hum", "babble", "room", "telephone", "gsm", "mp3"} <= kinds
    assert not kinds & UNSEEN
