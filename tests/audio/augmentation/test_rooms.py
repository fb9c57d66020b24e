"""Rooms: the direct sound stays in its place, power and length stay; measured responses too."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.recordings import wav
from helpers.signals import voice
from serfast import ParameterError
from serfast.audio.augmentation import RecordedRoom, Room
from serfast.audio.augmentation.rooms import drawn_room

RATE = 16000


def power(y: np.ndarray) -> float:
    return float(np.mean(y.astype(np.float64) ** 2))


@pytest.mark.parametrize("alteration", [Room(0.2, 0.5), Room(0.8, 1.0), Room(1.5, 0.3)])
def test_a_click_stays_where_it_is(alteration):
    y = np.zeros(8000, np.float32)
    y[3000] = 1
    for seed in range(5):
        wet = alteration(y, RATE, np.random.default_rng(seed))
        assert len(wet) == len(y)
        assert int(np.abs(wet).argmax()) == 3000
        assert np.abs(wet[:2990]).max() < 1e-6
        assert np.abs(wet[3100:]).max() > 1e-3
        assert power(wet) == pytest.approx(power(y), rel=1e-5)


def test_a_longer_time_and_distance_leave_more_reverberation():
    y = voice(RATE, RATE)
    y[RATE // 2 :] = 0

    def tail(alteration: Room) -> float:
        wets = [alteration(y, RATE, np.random.default_rng(seed)) for seed in range(5)]
        return float(np.mean([power(wet[RATE // 2 + 800 :]) / power(wet) for wet in wets]))

    assert tail(Room(0.2)) < tail(Room(0.5)) / 3 < tail(Room(1.2)) / 4
    assert tail(Room(0.5, 0.3)) < tail(Room(0.5, 1)) / 2 < tail(Room(0.5, 4)) / 3


@pytest.mark.parametrize("distance", [0.1, 1, 20])
def test_speaker_and_microphone_are_inside(distance):
    for seed in range(50):
        room = drawn_room(0.5, distance, np.random.default_rng(seed))
        assert room.distance == pytest.approx(distance)
        for place in (room.source, room.microphone):
            assert (place > 0.39).all()
            assert (place < room.size - 0.39).all()


def test_a_measured_response_is_convolved_from_its_direct_sound_on(tmp_path):
    response = np.zeros(2000, np.float32)
    response[[150, 350, 1100]] = 0.8, 0.4, -0.2
    wav(tmp_path / "hall.wav", response, RATE)
    y = voice(RATE, 6000)
    wet = RecordedRoom(str(tmp_path))(y, RATE, np.random.default_rng(0)).astype(np.float64)
    expected = 0.8 * y.astype(np.float64)
    expected[200:] += 0.4 * y[:-200]
    expected[950:] -= 0.2 * y[:-950]
    expected *= np.sqrt(power(y) / power(expected))
    np.testing.assert_allclose(wet, expected, atol=1e-6)


def test_measured_responses_may_have_another_rate(tmp_path):
    """An echo after 25 ms is one after 25 ms at any rate."""
    response = np.zeros(4000, np.float32)
    response[[480, 480 + 1200]] = 0.8, 0.4
    wav(tmp_path / "hall.wav", response, 48000)
    y = np.zeros(4000, np.float32)
    y[1000] = 1
    wet = RecordedRoom(str(tmp_path))(y, RATE, np.random.default_rng(0))
    assert int(wet.argmax()) == 1000
    wet[900:1100] = 0
    assert int(wet.argmax()) == 1000 + 400


@pytest.mark.parametrize("call", ["prepare", "call"])
def test_a_folder_of_silence_is_refused(tmp_path, call):
    wav(tmp_path / "nothing.wav", np.zeros(100, np.float32))
    room = RecordedRoom(tmp_path)
    calls = {
        "prepare": lambda: room.prepare(RATE),
        "call": lambda: room(np.ones(10, np.float32), RATE, np.random.default_rng(0)),
    }
    with pytest.raises(ParameterError, match=r"rooms must be a folder with .* where none of 1 is"):
        calls[call]()
