"""Codecs: bit rates, alignment in time, band, and what is said where they are missing."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from helpers.signals import noise, voice
from serfast.audio.augmentation import Gsm, Mp3, Opus, Telephone, parse_alteration
from serfast.audio.augmentation.codecs import mp3_level, opus_level

RANDOM = np.random.default_rng(0)


def size_of(y: np.ndarray, rate: int, container: str, codec: str, **options) -> float:
    """Kilobits per second of a file."""
    file = io.BytesIO()
    soundfile.write(file, y, rate, format=container, subtype=codec, **options)
    return len(file.getvalue()) * 8 / (len(y) / rate) / 1000


@pytest.mark.parametrize(
    ("rate", "kbps"), [(8000, 8), (8000, 16), (16000, 32), (16000, 64), (44100, 32), (48000, 128)]
)
def test_mp3_has_the_bit_rate(rate, kbps):
    options = {"compression_level": mp3_level(kbps, rate), "bitrate_mode": "CONSTANT"}
    size = size_of(noise(3 * rate), rate, "MP3", "MPEG_LAYER_III", **options)
    assert size == pytest.approx(kbps, rel=0.08)


@pytest.mark.parametrize("kbps", [12, 24, 64])
def test_opus_has_the_bit_rate(kbps):
    """Give or take what its variable rate needs, and a kilobit or two of the container."""
    size = size_of(noise(48000), 16000, "OGG", "OPUS", compression_level=opus_level(kbps))
    assert size == pytest.approx(kbps + 1.5, rel=0.3)


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 96000])
@pytest.mark.parametrize("text", ["gsm", "mp3=16", "mp3=64", "opus=16", "opus=64"])
def test_nothing_moves_in_time(text, rate):
    """The delay that makes the copy most like the recording is none, within a tenth of a ms."""
    y = voice(rate, rate // 2)
    coded = parse_alteration(text)(y, rate, RANDOM)
    if text == "gsm":  # it hears no fundamental
        y = Telephone()(y, rate, RANDOM)
    size = 4 * len(y)
    likeness = np.fft.irfft(np.fft.rfft(coded, size) * np.conj(np.fft.rfft(y, size)))
    lag = (int(likeness.argmax()) + size // 2) % size - size // 2
    assert abs(lag) <= max(1, 1e-4 * rate)
    assert likeness.max() > 0.7 * np.linalg.norm(y) * np.linalg.norm(coded)


@pytest.mark.parametrize(("low", "high"), [(8, 64), (16, 160)])
def test_more_bits_are_nearer_to_the_recording(low, high):
    y = noise(16000)
    errors = [np.std(Mp3(kbps)(y, 16000, RANDOM) - y) for kbps in (low, high)]
    assert errors[1] < 0.7 * errors[0]
    errors = [np.std(Opus(kbps)(y, 16000, RANDOM) - y) for kbps in (low, high)]
    assert errors[1] < 0.7 * errors[0]


def test_gsm_is_a_telephone():
    """It hears next to nothing of what is below 200 Hz, and nothing above 4 kHz."""
    y = noise(32000)
    coded = Gsm()(y, 16000, RANDOM)
    power = np.abs(np.fft.rfft(coded)) ** 2
    hertz = np.fft.rfftfreq(32000, 1 / 16000)
    assert power[hertz > 4000].sum() < 1e-5 * power.sum()
    assert power[hertz < 150].mean() < 0.1 * power[hertz < 3400].mean()


@pytest.mark.parametrize("text", ["gsm", "mp3=16", "opus=16"])
@pytest.mark.parametrize("call", ["prepare", "call"])
@pytest.mark.parametrize("error", [TypeError("unexpected keyword"), ValueError("Unknown format")])
def test_what_cant_code_says_what_to_install(monkeypatch, text, call, error):
    def old(*arguments, **options):
        raise error

    monkeypatch.setattr(soundfile, "write", old)
    codec = parse_alteration(text)
    calls = {
        "prepare": lambda: codec.prepare(16000),
        "call": lambda: codec(voice(16000, 1000), 16000, RANDOM),
    }
    with pytest.raises(ImportError, match=r"needs a soundfile >= 0.13 .*pip install --upgrade"):
        calls[call]()
