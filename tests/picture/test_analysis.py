"""What a picture shows: F0 and formants of a made vowel, times, events, refusals."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers.adaptable import install_linear
from helpers.chunks import syllables
from helpers.vowels import vowel
from serfast.errors import ParameterError
from serfast.picture import analysed

RATE = 16000


def test_a_vowel_has_its_f0_and_its_formants_and_silence_has_none():
    formants = (700.0, 1220.0, 2600.0)
    y = np.concatenate([np.zeros(RATE // 2), vowel(formants, 120.0, 1.0)]).astype(np.float32)
    analysis = analysed(y, RATE)
    assert len(analysis.times) == len(analysis.f0) == len(analysis.formants)
    silent, sung = analysis.times < 0.4, (analysis.times > 0.7) & (analysis.times < 1.3)
    assert np.isnan(analysis.f0[silent]).all()
    assert np.isnan(analysis.formants[silent]).all()
    assert analysis.voicing[silent].max() < 0.5 < analysis.voicing[sung].min()
    assert np.abs(analysis.f0[sung] / 120 - 1).max() < 0.02
    middle = np.nanmedian(analysis.formants[sung], axis=0)
    np.testing.assert_allclose(middle, formants, rtol=0.05)
    assert analysis.loudness[sung].min() > 3 * analysis.loudness[silent].max()


def test_the_spectrogram_has_the_level_of_a_tone_at_its_frequency():
    y = np.sin(2 * np.pi * 2000 * np.arange(RATE) / RATE).astype(np.float32)
    analysis = analysed(y, RATE)
    middle = analysis.levels[len(analysis.levels) // 2]
    assert analysis.frequencies[middle.argmax()] == pytest.approx(2000, abs=40)
    assert analysis.levels.max() <= 0
    assert middle.max() > -3
    assert middle[analysis.frequencies > 4000].max() < -40


def test_a_stretch_has_the_times_of_the_recording():
    y = syllables(6.0)
    analysis = analysed(y, RATE, begin=2.0, duration=1.5)
    assert (analysis.begin, analysis.end) == (2.0, 3.5)
    assert len(analysis.samples) == 1.5 * RATE
    assert analysis.times[0] == 2.0
    assert analysis.times[-1] == pytest.approx(3.5, abs=0.011)
    assert analysed(y, RATE, begin=5.5, duration=99).end == 6.0


def test_other_rates_and_long_recordings_keep_the_size_bounded():
    y = np.random.default_rng(0).normal(size=48000 * 30).astype(np.float32) * 0.1
    analysis = analysed(y, 48000)
    assert analysis.end == 30
    assert len(analysis.levels) <= 1510
    assert analysis.times[-1] == pytest.approx(30, abs=0.011)


def test_events_are_the_streams(tmp_path, monkeypatch):
    install_linear(tmp_path, monkeypatch)
    monkeypatch.chdir(tmp_path)
    recognizer = serfast.Recognizer("linear.zip")
    y = syllables(6.0)
    stream = recognizer.stream()
    expected = [*stream.accept(y[RATE:]), *stream.flush()]
    events = analysed(y, RATE, begin=1.0, recognizer=recognizer).events
    assert len(events) > 3
    assert [e.start for e in events] == [e.start + 1 for e in expected]
    assert [e.probabilities for e in events] == [e.probabilities for e in expected]


@pytest.mark.parametrize(
    ("y", "options", "message"),
    [
        (np.zeros(100), {"begin": -1}, "^begin must be a finite number >= 0, got -1"),
        (np.zeros(100), {"begin": 1}, "^begin must be before the end of the recording, 0.00625 s"),
        (np.zeros(100), {"duration": 0}, "^duration must be a finite number > 0, got 0"),
        (np.zeros(RATE * 601), {}, "^recording must be at most 600 s in one picture"),
        (np.zeros(0), {}, "^y must"),
        (np.full(9, np.nan), {}, "^y must"),
    ],
)
def test_what_is_refused(y, options, message):
    with pytest.raises(ParameterError, match=message):
        analysed(y, RATE, **options)


@pytest.mark.parametrize("y", [np.ones(1), np.zeros(320), np.full(4000, 0.5)])
def test_next_to_nothing_has_a_picture_too(y):
    analysis = analysed(y.astype(np.float32), RATE)
    assert np.isnan(analysis.f0).all()
    assert np.isfinite(analysis.levels).all()
    assert np.isfinite(analysis.loudness).all()


@pytest.mark.parametrize("sample_rate", [0, -1, np.nan, "16000"])
def test_a_rate_is_a_number(sample_rate):
    with pytest.raises(ParameterError, match=r"^sample_rate must be a finite number > 0, got "):
        analysed(np.zeros(100), sample_rate)


@pytest.mark.parametrize("options", [{"begin": 0.99999}, {"begin": 0.5, "duration": 1e-9}])
def test_a_stretch_shorter_than_a_sample_has_one(options):
    analysis = analysed(np.ones(RATE, np.float32), RATE, **options)
    assert len(analysis.samples) == 1


@pytest.mark.filterwarnings("error")
def test_the_loudest_samples_have_a_spectrogram():
    y = np.sin(2 * np.pi * 2000 * np.arange(RATE) / RATE)
    loud, usual = analysed(1e30 * y, RATE), analysed(y, RATE)
    np.testing.assert_allclose(loud.levels, usual.levels, atol=0.01)
    assert np.isfinite(loud.loudness).all()
