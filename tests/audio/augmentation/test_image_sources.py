"""Impulse responses of rooms, against Allen and Berkley's sum, Eyring's and Sabine's formulas."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from serfast.audio.augmentation.image_sources import (
    BEGIN,
    EARLY,
    SOUND,
    Shoebox,
    _early_images,
    impulse_response,
)

RATE = 16000
ROOM = Shoebox(
    np.array([5.2, 3.9, 2.7]), np.array([1.1, 2.0, 1.4]), np.array([3.0, 1.5, 1.6]), rt60=0.5
)


def octave(y: np.ndarray, hertz: float) -> np.ndarray:
    """Filter by a smooth band, which rings for a shorter time than rooms do.

    White noise has the same power afterwards.
    """
    size = 2 * len(y)
    away = np.log2(np.maximum(np.fft.rfftfreq(size, 1 / RATE), 1) / hertz)
    gain = np.cos(np.pi / 2 * np.clip(away, -1, 1)) ** 2
    gain /= np.sqrt(np.mean(gain**2))
    return np.fft.irfft(np.fft.rfft(y, size) * gain, size)[: len(y)]


def measured_rt60(responses: list[np.ndarray], hertz: float) -> float:
    """Schroeder's backward integration of their mean energy, from -5 to -25 dB (ISO 3382, T20)."""
    power = np.mean([octave(response, hertz) ** 2 for response in responses], axis=0)
    energy = np.cumsum(power[::-1])[::-1]
    decay = 10 * np.log10(energy / energy[0])
    chosen = np.flatnonzero((decay < -5) & (decay > -25))
    slope = np.polyfit(chosen / RATE, decay[chosen], 1)[0]
    return float(-60 / slope)


def test_early_images_are_allen_and_berkleys():
    """Their eight permutations and three orders, one by one (JASA 1979)."""
    beta, expected = ROOM.reflection, []
    for p in itertools.product((0, 1), repeat=3):
        for m in itertools.product(range(-9, 10), repeat=3):
            image = (1 - 2 * np.array(p)) * ROOM.source + 2 * np.array(m) * ROOM.size
            distance = np.linalg.norm(image - ROOM.microphone)
            bounces = sum(abs(m_ - p_) + abs(m_) for m_, p_ in zip(m, p, strict=True))
            if distance < ROOM.distance + EARLY and bounces:
                level = beta**bounces * ROOM.distance / distance
                expected.append(((distance - ROOM.distance) / SOUND, level))
    images = sorted(zip(*_early_images(ROOM), strict=True))
    np.testing.assert_allclose(images, sorted(expected), rtol=1e-9)
    assert len(images) > 200


def test_walls_absorb_what_eyring_asks_for():
    length, width, height = ROOM.size
    surface = 2 * (length * width + length * height + width * height)
    absorption = 1 - ROOM.reflection**2
    volume = length * width * height
    assert 0.161 * volume / (-surface * np.log(1 - absorption)) == pytest.approx(0.5, rel=1e-6)


@pytest.mark.parametrize("rt60", [0.3, 0.6, 1.2])
def test_the_reverberation_time_is_the_one_asked_for(rt60):
    room = Shoebox(ROOM.size, ROOM.microphone, ROOM.source, rt60)
    responses = [impulse_response(room, RATE, np.random.default_rng(seed)) for seed in range(40)]
    for response in responses:
        response[: BEGIN + round(0.045 * RATE)] = 0  # the decay of the diffuse field
    high = measured_rt60(responses, 6000)
    assert measured_rt60(responses, 500) == pytest.approx(rt60, rel=0.05)
    assert measured_rt60(responses, 1000) == pytest.approx(rt60, rel=0.05)
    assert 0.5 * rt60 < high < 0.85 * rt60


def test_the_direct_sound_comes_first_and_is_one():
    response = impulse_response(ROOM, RATE, np.random.default_rng(0))
    assert int(np.abs(response).argmax()) == BEGIN
    assert response[BEGIN] == pytest.approx(1, abs=0.05)
    # The first reflection comes from the floor or the ceiling, some milliseconds later.
    first = _early_images(ROOM)[0].min()
    assert np.abs(response[: BEGIN - 1]).max() < 0.05
    assert np.abs(response[BEGIN + 2 : BEGIN + int(first * RATE) - 8]).max() < 0.1


@pytest.mark.parametrize("distance", [0.5, 1.0, 3.0])
def test_direct_to_reverberant_ratio_follows_the_critical_distance(distance):
    """Critical distance 0.057 sqrt(V / T) m: there both are equal."""
    way = distance * np.array([0.9, 0.4, np.sqrt(1 - 0.9**2 - 0.4**2)])
    size, microphone = np.array([7.0, 5.0, 3.2]), np.array([2.0, 1.7, 1.2])
    room = Shoebox(size, microphone, microphone + way, 0.6)
    responses = [impulse_response(room, RATE, np.random.default_rng(seed)) for seed in range(4)]
    powers = []
    for response in responses:
        response[BEGIN] -= 1
        powers.append(np.sum(octave(response, 1000) ** 2))
    ratio = -10 * np.log10(np.mean(powers))
    critical = 0.057 * np.sqrt(np.prod(size) / 0.6)
    assert ratio == pytest.approx(20 * np.log10(critical / distance), abs=2)


def test_early_and_late_join():
    """In the octave around 1 kHz neither side of the joint is louder by 3 dB."""
    room = Shoebox(ROOM.size, ROOM.microphone, ROOM.source, 1.0)
    joint = BEGIN + round(EARLY / SOUND * RATE)
    span = round(0.015 * RATE)
    levels = []
    for seed in range(20):
        random = np.random.default_rng(seed)
        moved = Shoebox(room.size, room.microphone + random.uniform(-0.3, 0.3, 3), room.source, 1)
        response = octave(impulse_response(moved, RATE, random), 1000) / moved.distance
        before = np.sum(response[joint - span : joint] ** 2)
        levels.append([before, np.sum(response[joint : joint + span] ** 2)])
    early, late = np.mean(levels, axis=0)
    expected = 10 ** (6 * 0.015 / 1.0)  # what the decay takes within the span
    assert abs(10 * np.log10(early / late / expected)) < 3
