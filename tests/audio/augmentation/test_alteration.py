"""What holds for alterations of every kind: type, length, silence, gain, chance."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.alterations import TEXTS
from helpers.signals import voice
from serfast.audio.augmentation import KINDS, parse_alteration
from serfast.audio.augmentation.alteration import NeedsOthers, Prepares, finite

RATE = 16000
SPEECH = voice(RATE, 20000)


def altered(text: str, y: np.ndarray, seed: int = 0, rate: int = RATE) -> np.ndarray:
    return parse_alteration(text)(y, rate, np.random.default_rng(seed))


def test_there_is_a_text_of_every_kind_without_a_folder():
    names = {text.partition("=")[0] for text in TEXTS}
    assert set(KINDS) - names == {"noises", "rooms"}


@pytest.mark.parametrize("text", TEXTS)
def test_silence_stays_silence(text):
    assert not altered(text, np.zeros(5000, np.float32)).any()


@pytest.mark.parametrize("text", TEXTS)
def test_the_same_seed_gives_the_same_bits(text):
    assert np.array_equal(altered(text, SPEECH, 3), altered(text, SPEECH, 3))


@pytest.mark.parametrize("text", TEXTS)
def test_gain_before_is_gain_after(text):
    loud = altered(text, SPEECH, 1)
    quiet = altered(text, SPEECH * np.float32(1e-3), 1)
    assert np.abs(1e3 * quiet - loud).max() < 1e-5 * np.abs(loud).max()


@pytest.mark.parametrize("text", TEXTS)
def test_the_recording_itself_is_left_alone(text):
    y = SPEECH.copy()
    altered(text, y)
    assert np.array_equal(y, SPEECH)


@pytest.mark.parametrize("text", sorted(set(TEXTS) - {"none", "gain=-6", "gain=3,clip=6|gsm"}))
def test_something_happens(text):
    assert any(not np.array_equal(altered(text, SPEECH, seed), SPEECH) for seed in range(5))


@pytest.mark.parametrize("level", [1.0, 30.0])
@pytest.mark.parametrize("text", ["telephone", "mulaw", "gsm", "mp3=64", "opus=64", "room=0.3"])
def test_no_codec_and_no_room_clips(text, level):
    """A clipped tone of this level would lose 10 dB or more; none loses or wins 2 dB."""
    t = np.arange(RATE) / RATE
    tone = (level * np.sin(2 * np.pi * 700 * t)).astype(np.float32)
    spectrum = np.abs(np.fft.rfft(altered(text, tone) * np.hanning(RATE)))
    before = np.abs(np.fft.rfft(tone * np.hanning(RATE)))
    assert abs(20 * np.log10(spectrum[700] / before[700])) < (6 if "room" in text else 2)
    assert spectrum[2100] < 0.03 * spectrum[700]  # a clipped sine has a third harmonic


@given(
    text=st.sampled_from(TEXTS),
    n=st.integers(1, 700),
    rate=st.sampled_from([8000, 11025, 16000, 44100]),
    level=st.sampled_from([1e-30, 1e-3, 1.0, 1e6]),
    seed=st.integers(0, 20),
)
@settings(max_examples=150, deadline=None)
def test_any_length_rate_and_level(text, n, rate, level, seed):
    y = (level * np.random.default_rng(seed).standard_normal(n)).astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        z = altered(text, y, seed, rate)
    assert z.dtype == np.float32
    assert z.ndim == 1
    assert len(z) >= 1
    assert np.isfinite(z).all()
    if not any(name in text for name in ("speed", "tempo", "pitch")):
        assert len(z) == n


def test_what_is_beyond_float32_becomes_its_largest_number():
    largest = np.finfo(np.float32).max
    assert finite(np.array([1e300, -1e300, 0.5])).tolist() == [largest, -largest, 0.5]


def test_the_protocols_name_those_that_need_something():
    needing = {text for text in TEXTS if isinstance(parse_alteration(text), NeedsOthers)}
    assert {"babble=20", "noise=10|room=0.4|none", "gain=3,clip=6|gsm"} <= needing
    assert "noise=20" not in needing
    assert isinstance(parse_alteration("mp3=16"), Prepares)
    assert not isinstance(parse_alteration("room=0.3"), Prepares)
