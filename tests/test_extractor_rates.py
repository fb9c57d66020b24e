"""A signal's rate, given to an extractor: resampled, taken as it is, or refused."""

from __future__ import annotations

import numpy as np
import pytest
import soxr

import serfast
from helpers.chunks import syllables
from helpers.recordings import tone

EXTRACTOR = serfast.Extractor(serfast.FeatureSpec(features=[serfast.MFCC(), serfast.YIN()]))


@pytest.mark.parametrize("rate", [48000, 48000.0, 8000, np.int32(44100), np.float32(22050)])
def test_another_rate_is_resampled(rate: float) -> None:
    y = tone(1.0, int(rate))
    expected = EXTRACTOR(soxr.resample(y, float(rate), 16000, quality="HQ"))
    np.testing.assert_array_equal(EXTRACTOR(y, sample_rate=rate), expected)
    mapped = EXTRACTOR.map([y, y], threads=2, sample_rate=rate)
    assert all(np.array_equal(rows, expected) for rows in mapped)


def test_the_pitch_is_right_only_with_the_rate() -> None:
    """Without it 440 Hz at 48 kHz are a third of that."""
    f0 = EXTRACTOR.columns.index("f0")
    y = tone(1.0, 48000)
    assert np.median(EXTRACTOR(y, sample_rate=48000)[:, f0]) == pytest.approx(440, rel=0.01)
    assert np.median(EXTRACTOR(y)[:, f0]) == pytest.approx(440 / 3, rel=0.01)


@pytest.mark.parametrize("rate", [None, 16000, 16000.0])
def test_the_own_rate_changes_nothing(rate: float | None) -> None:
    np.testing.assert_array_equal(EXTRACTOR(tone(), sample_rate=rate), EXTRACTOR(tone()))


def test_a_stream_and_the_batch_agree_at_another_rate() -> None:
    y = tone(1.0, 44100)
    stream = EXTRACTOR.stream(sample_rate=44100.0)
    rows = [stream.accept(part) for part in np.split(y, 90)] + [stream.flush()]
    np.testing.assert_array_equal(np.concatenate(rows), EXTRACTOR(y, sample_rate=44100))


def test_a_fraction_is_a_rate_of_a_signal() -> None:
    y = tone(1.0, 44100)
    stream = EXTRACTOR.stream(sample_rate=44099.5)
    rows = np.concatenate([stream.accept(y), stream.flush()])
    np.testing.assert_array_equal(EXTRACTOR(y, sample_rate=44099.5), rows)


@pytest.mark.parametrize("rate", [0, -1, 50, 2e7, float("nan"), "48000", True, 1j])
def test_a_rate_that_cannot_be_served(rate: object) -> None:
    with pytest.raises(serfast.ParameterError, match="sample_rate must be"):
        EXTRACTOR(tone(), sample_rate=rate)
    out = np.full((51, len(EXTRACTOR.columns)), 7, np.float32)
    with pytest.raises(serfast.ParameterError, match="sample_rate must be"):
        EXTRACTOR(tone(), out, sample_rate=rate)
    assert (out == 7).all()


def test_too_short_for_a_sample() -> None:
    with pytest.raises(serfast.ParameterError, match="signal must be at least"):
        EXTRACTOR(np.zeros(1, np.float32), sample_rate=48000)


@pytest.mark.parametrize("rate", [44100.0, np.float32(44100), np.int32(44100)])
def test_a_recognizer_takes_whole_rates_of_any_type(rate: float) -> None:
    recognizer = serfast.Recognizer("svm")
    y = syllables(13.0)
    result = recognizer.predict(y, rate)
    assert result.probabilities == recognizer.predict(y, 44100).probabilities
    events = [recognizer.stream(sample_rate=r).accept(y) for r in (rate, 44100)]
    assert events[0] == events[1] != []
