"""Alterations: what each does to pitch, length and level, measured by other means."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import serfast
from helpers.alterations import SINGLE
from serfast import ParameterError
from serfast.audio.augmentation import (
    SPEEDS,
    Chain,
    Gain,
    Noise,
    Pitch,
    Speed,
    Tempo,
    alteration_text,
    parse_alteration,
)
from serfast.audio.tempo import change_tempo

RATE = 16000


def tone(hertz: float, seconds: float = 1.0) -> np.ndarray:
    """A sum of five harmonics, as a vowel has."""
    t = np.arange(round(seconds * RATE)) / RATE
    parts = [np.sin(2 * np.pi * k * hertz * t) / k for k in range(1, 6)]
    return (0.2 * np.sum(parts, axis=0)).astype(np.float32)


def pitch_of(y: np.ndarray) -> float:
    """Frequency of the first harmonic, by the spectrum's peak below 1.5 times 300 Hz."""
    middle = y[len(y) // 4 : -len(y) // 4]
    size = 1 << 18
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle)), size))
    return float(spectrum[: int(450 / RATE * size)].argmax() * RATE / size)


def generator() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_speed_moves_pitch_and_length(factor):
    y = Speed(factor)(tone(200), RATE, generator())
    assert len(y) == pytest.approx(RATE / factor, abs=2)
    assert pitch_of(y) == pytest.approx(200 * factor, rel=2e-3)


@pytest.mark.parametrize("factor", [0.5, 0.8, 1.25, 2.0])
def test_tempo_moves_length_alone(factor):
    y = Tempo(factor)(tone(200), RATE, generator())
    assert len(y) == round(RATE / factor)
    assert pitch_of(y) == pytest.approx(200, rel=5e-3)
    assert np.std(y) == pytest.approx(np.std(tone(200)), rel=0.03)


@pytest.mark.parametrize("semitones", [-4, 3])
def test_pitch_moves_pitch_alone(semitones):
    y = Pitch(semitones)(tone(200), RATE, generator())
    assert len(y) == pytest.approx(RATE, abs=3)
    assert pitch_of(y) == pytest.approx(200 * 2 ** (semitones / 12), rel=5e-3)


def test_gain_is_exact():
    y = tone(200)
    np.testing.assert_allclose(Gain(-6)(y, RATE, generator()), y * 10 ** (-6 / 20), rtol=1e-6)


@pytest.mark.parametrize("snr", [-5, 10, 40])
def test_noise_has_the_ratio_asked_for(snr):
    y = tone(200)
    noise = Noise(snr)(y, RATE, generator()).astype(np.float64) - y
    found = 10 * np.log10(np.mean(y.astype(np.float64) ** 2) / np.mean(noise**2))
    assert found == pytest.approx(snr, abs=0.01)


def test_noise_is_pink():
    """Octaves above 50 Hz have the same power."""
    y = np.ones(2**17, np.float32)
    noise = Noise(0)(y, RATE, generator()) - y
    power = np.abs(np.fft.rfft(noise)) ** 2
    edges = [int(hertz / RATE * len(y)) for hertz in (100, 200, 400, 800, 1600, 3200)]
    octaves = [power[a:b].sum() for a, b in itertools.pairwise(edges)]
    assert max(octaves) < 1.15 * min(octaves)


def test_silence_stays_silent():
    silent = np.zeros(8000, np.float32)
    for alteration in (Noise(10), Gain(20), Tempo(0.9), Pitch(2), Speed(1.1)):
        assert not alteration(silent, RATE, generator()).any()


def test_noise_depends_on_the_generator_alone():
    y = tone(200)
    same = [Noise(10)(y, RATE, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert np.array_equal(same[0], same[1])
    assert not np.array_equal(same[0], same[2])


def test_chain_is_one_after_the_other():
    y = tone(200)
    expected = Gain(3)(Speed(0.9)(y, RATE, generator()), RATE, generator())
    assert np.array_equal(Chain((Speed(0.9), Gain(3)))(y, RATE, generator()), expected)


CHAINS = st.builds(Chain, st.lists(SINGLE, min_size=2, max_size=4).map(tuple))


@given(SINGLE | CHAINS | st.builds(lambda *parts: Chain(parts), CHAINS, SINGLE, CHAINS))
def test_every_alterations_text_is_read_as_itself(alteration):
    assert parse_alteration(str(alteration)) == alteration
    assert alteration_text(alteration) == str(alteration)


@pytest.mark.parametrize(
    ("alteration", "text"),
    [
        (Speed(0.9), "speed=0.9"),
        (Tempo(1), "tempo=1"),
        (Pitch(-2.0), "pitch=-2"),
        (Gain(np.float32(0.1)), "gain=0.10000000149011612"),
        (Noise(1e-7), "noise=1e-07"),
        (Chain((Speed(0.9), Chain((Gain(3), Noise(20))))), "speed=0.9,gain=3,noise=20"),
        (Chain((Gain(3),)), "gain=3"),
    ],
)
def test_the_text_is_the_command_lines(alteration, text):
    assert str(alteration) == text
    assert alteration_text(alteration) == text


@pytest.mark.parametrize("alteration", [abs, Chain(()), Chain((Speed(0.9), abs)), "speed=0.9"])
def test_what_has_no_text_is_refused(alteration):
    with pytest.raises(ParameterError, match=r"alteration must be one of speed, tempo, .* got "):
        alteration_text(alteration)


def test_default_speeds_are_semitones():
    factors = [s.factor for s in SPEEDS if isinstance(s, Speed)]
    np.testing.assert_allclose(12 * np.log2(factors), [-2, -1, 1, 2])


@given(
    length=st.integers(1, 3000),
    factor=st.floats(0.5, 2),
    rate=st.sampled_from([8000, 16000, 48000]),
    seed=st.integers(0, 9),
)
@settings(max_examples=60, deadline=None)
def test_tempo_takes_any_length(length, factor, rate, seed):
    y = np.random.default_rng(seed).normal(size=length).astype(np.float32)
    found = change_tempo(y, factor, rate)
    assert found.shape == (round(length / factor),)
    assert np.isfinite(found).all()


def test_tempo_of_one_is_the_same():
    y = tone(200)
    np.testing.assert_allclose(change_tempo(y, 1.0, RATE), y, atol=1e-6)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("noise=15", Noise(15.0)),
        ("pitch=-2", Pitch(-2.0)),
        ("speed=0.9, gain=3", Chain((Speed(0.9), Gain(3.0)))),
    ],
)
def test_text(text, expected):
    assert parse_alteration(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("speed=3", "speed must be a finite number >= 0.5 and <= 2, got 3.0"),
        ("speed=nan", "speed must be a finite number"),
        ("echo=1", "alteration must be NAME=NUMBER with a name of speed, tempo"),
        ("speed", "alteration must be NAME=NUMBER"),
        ("speed=fast", "alteration must be NAME=NUMBER"),
        ("", "alteration must be NAME=NUMBER"),
    ],
)
def test_bad_text(text, message):
    with pytest.raises(serfast.ParameterError, match=message):
        parse_alteration(text)
