"""Events: the same for every division and every format, smoothed by a formula, or refused."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest
import soxr
from hypothesis import given, settings

import serfast
from helpers.chunks import divided, divisions, syllables
from helpers.event_streams import RATE, events_of, spans

SVM = serfast.Recognizer("svm")
Y = syllables(5.3)

EXPECTED = events_of(SVM.stream(), [Y])


@given(divisions(len(Y)))
@settings(max_examples=25)
def test_the_same_events_for_every_division(cuts):
    assert events_of(SVM.stream(), divided(Y, cuts)) == EXPECTED


@pytest.mark.parametrize("size", [1, 160, 333])
def test_the_same_events_for_chunks_of_one_size(size):
    y = Y[:20000] if size == 1 else Y
    arguments = {"window": 0.5, "hop": 0.2, "smoothing": 1.0}
    expected = events_of(SVM.stream(**arguments), [y])
    chunks = [y[i : i + size] for i in range(0, len(y), size)]
    assert events_of(SVM.stream(**arguments), chunks) == expected
    assert len(expected) > 3


def test_16_bit_and_doubles_give_the_same_events():
    pcm = (Y * 30000).astype(np.int16)
    expected = events_of(SVM.stream(), [pcm])
    assert events_of(SVM.stream(), [pcm / 32768]) == expected
    assert events_of(SVM.stream(), [(pcm / 32768).astype(np.float32)]) == expected


def test_the_same_again_after_reset_and_other_without():
    stream = SVM.stream()
    assert stream.accept(Y[:50000]) == EXPECTED[:1]
    assert stream.accept(Y[:50000]) != EXPECTED[:1]
    stream.reset()
    assert events_of(stream, [Y]) == EXPECTED
    stream.reset()
    assert events_of(stream, [Y]) == EXPECTED


def test_smoothing_begins_anew_after_reset():
    stream = SVM.stream(smoothing=2.0)
    expected = events_of(stream, [Y])
    stream.reset()
    assert events_of(stream, [Y]) == expected


def test_two_streams_dont_touch():
    other = syllables(5.3, seed=1)
    one, two = SVM.stream(), SVM.stream()
    found = [], []
    for i in range(0, len(Y), 1000):
        found[0].extend(one.accept(Y[i : i + 1000]))
        found[1].extend(two.accept(other[i : i + 1000]))
    assert found[0] + one.flush() == EXPECTED
    assert found[1] + two.flush() == events_of(SVM.stream(), [other])


@pytest.mark.parametrize(
    "chunk", [np.array([0.1, np.nan]), np.zeros((2, 2), np.float32), np.zeros(3, complex), "abc"]
)
def test_a_bad_chunk_is_as_if_it_hadnt_come(chunk):
    stream = SVM.stream()
    found = stream.accept(Y[:40001])
    with pytest.raises(serfast.ParameterError, match="chunk must be"):
        stream.accept(chunk)
    assert found + events_of(stream, [Y[40001:]]) == EXPECTED


def test_after_the_flush_chunks_are_refused():
    stream = SVM.stream()
    assert len(stream.accept(Y[:20000]) + stream.flush()) == 1
    assert stream.flush() == []
    with pytest.raises(serfast.SerfastError, match="reset"):
        stream.accept(Y)


def test_pickling_gives_a_clear_answer():
    with pytest.raises(TypeError, match="can't be pickled"):
        pickle.dumps(SVM.stream())


def test_nothing_gives_nothing():
    assert SVM.stream().flush() == []
    assert SVM.stream().accept(np.empty(0, np.float32)) == []


@pytest.mark.parametrize("rate", [8000, 48000])
def test_chunks_at_another_rate(rate):
    y = soxr.resample(Y, RATE, rate)
    expected = events_of(SVM.stream(sample_rate=rate), [y])
    chunks = [y[i : i + 501] for i in range(0, len(y), 501)]
    assert events_of(SVM.stream(sample_rate=rate), chunks) == expected
    assert len(expected) == len(EXPECTED)
    assert expected[-1].end == pytest.approx(5.3, abs=0.01)
    if rate > RATE:  # 8 kHz lose what the model listens to
        for event, own in zip(expected[:-1], EXPECTED[:-1], strict=True):
            assert event.probabilities == pytest.approx(own.probabilities, abs=0.1)


def test_smoothing_follows_its_formula():
    plain = events_of(SVM.stream(), [Y])
    smooth = events_of(SVM.stream(smoothing=0.8), [Y])
    expected = np.array(list(plain[0].probabilities.values()))
    for before, raw, event in zip(plain, plain[1:], smooth[1:], strict=False):
        share = np.exp(-(raw.end - before.end) / 0.8)
        expected = share * expected + (1 - share) * np.array(list(raw.probabilities.values()))
        assert list(event.probabilities.values()) == pytest.approx(expected.tolist())
        assert sum(event.probabilities.values()) == pytest.approx(1)
        assert event.label == max(event.probabilities, key=event.probabilities.get)
    assert spans(smooth) == spans(plain)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"window": 0}, "window must be a finite number > 0"),
        ({"window": "3"}, "window must be"),
        ({"window": 1e9}, "window must be"),
        ({"hop": -1}, "hop must be a finite number > 0"),
        ({"hop": float("nan")}, "hop must be"),
        ({"smoothing": -0.1}, "smoothing must be a finite number >= 0"),
        ({"gate_db": 0}, "gate_db must be a finite number > 0"),
        ({"sample_rate": 0}, "sample_rate must be an int >= 1, got 0"),
        ({"sample_rate": 44100.5}, "sample_rate must be an int >= 1"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(serfast.ParameterError, match=message):
        SVM.stream(**arguments)


def test_an_event_can_be_pickled():
    event = EXPECTED[0]
    assert pickle.loads(pickle.dumps(event)) == event
    doubtful = replace(event, uncertain=True)
    assert pickle.loads(pickle.dumps(doubtful)).uncertain
