"""Streams that adapt: the same events for every division, by the formula, for one speaker."""

from __future__ import annotations

import importlib
import sys

import numpy as np
import pytest
from hypothesis import given, settings

import serfast
from helpers.adaptable import (
    CLASSES,
    NEUTRAL,
    SPEC,
    STATISTICS,
    Linear,
    LinearPlugin,
    bundle,
    softmax,
)
from helpers.chunks import divided, divisions, syllables
from helpers.event_streams import RATE, averaging_recognizer, events_of, spans

Y = syllables(5.3)
WINDOW = {"window": 1.0, "hop": 0.25}
WEIGHT = 0.25


@pytest.fixture(scope="module")
def recognizer(tmp_path_factory) -> serfast.Recognizer:
    path = bundle().save(tmp_path_factory.mktemp("model") / "linear.zip")
    return serfast.Recognizer(path, plugin=LinearPlugin())


@pytest.fixture(scope="module")
def expected(recognizer) -> list:
    return events_of(recognizer.stream(adapt=True, **WINDOW), [Y])


@given(cuts=divisions(len(Y)))
@settings(max_examples=25)
def test_the_same_events_for_every_division(recognizer, expected, cuts):
    stream = recognizer.stream(adapt=True, **WINDOW)
    assert events_of(stream, divided(Y, cuts)) == expected


@given(cuts=divisions(len(Y)))
@settings(max_examples=10)
def test_a_speaker_knows_the_same_after_every_division(recognizer, cuts):
    whole, parts = recognizer.speaker(), recognizer.speaker()
    events_of(recognizer.stream(adapt=whole, **WINDOW), [Y])
    events_of(recognizer.stream(adapt=parts, **WINDOW), divided(Y, cuts))
    assert whole.n == parts.n
    assert np.array_equal(whole.state.moments.mean, parts.state.moments.mean)


@pytest.mark.parametrize("size", [160, 333, 4000])
def test_chunks_at_another_rate(recognizer, size):
    arguments = {"adapt": True, "sample_rate": 24000, **WINDOW}
    whole = events_of(recognizer.stream(**arguments), [Y])
    chunks = [Y[i : i + size] for i in range(0, len(Y), size)]
    assert events_of(recognizer.stream(**arguments), chunks) == whole
    assert len(whole) > 5


def test_events_follow_the_formula(recognizer, expected):
    """A window counts for a quarter of an utterance, and is the last that its mean is of."""
    rows = serfast.Extractor(SPEC)(Y)
    total, n = np.zeros(3), 0.0
    assert len(expected) > 10
    for event in expected[:-1]:
        start = round(event.start * 100)
        x = STATISTICS(rows[start : start + 100], SPEC.columns)
        scores = Linear().scores(x)
        total, n = total + WEIGHT * scores, n + WEIGHT
        wanted = softmax(scores - (total + 10 * NEUTRAL) / (n + 10) + NEUTRAL)
        assert list(event.probabilities.values()) == pytest.approx(wanted, abs=1e-12)
        assert event.label == CLASSES[int(wanted.argmax())]


def test_windows_that_overlap_are_one_utterances_worth(recognizer):
    for hop, weight in ((0.25, 0.25), (1.0, 1.0), (1.5, 1.0)):
        speaker = recognizer.speaker()
        events = events_of(recognizer.stream(window=1.0, hop=hop, adapt=speaker), [Y])
        assert speaker.n == pytest.approx(weight * len(events))


def test_only_windows_that_are_judged_count(recognizer):
    quiet = np.random.default_rng(0).normal(size=3 * RATE) * 3e-4
    speaker = recognizer.speaker()
    events = events_of(recognizer.stream(adapt=speaker, **WINDOW), [quiet, Y, quiet])
    assert speaker.n == pytest.approx(WEIGHT * len(events))
    speaker.reset()
    assert events_of(recognizer.stream(adapt=speaker, **WINDOW), [quiet]) == []
    assert speaker.n == 0


def test_silence_is_judged_without_a_gate_but_not_learned(recognizer):
    speaker = recognizer.speaker()
    stream = recognizer.stream(adapt=speaker, gate_db=None, **WINDOW)
    assert len(events_of(stream, [np.zeros(3 * RATE)])) == 9
    assert speaker.n == 0


def test_what_is_unlike_the_training_is_judged_but_not_learned(recognizer):
    speaker = recognizer.speaker()
    loud = np.random.default_rng(0).normal(size=2 * RATE) * 0.9
    events = events_of(recognizer.stream(adapt=speaker, gate_db=None, **WINDOW), [loud])
    assert events
    assert all(event.uncertain for event in events)
    assert speaker.n == 0


def test_it_goes_on_with_a_speaker_and_teaches_him(recognizer, expected):
    speaker = recognizer.speaker()
    assert events_of(recognizer.stream(adapt=speaker, **WINDOW), [Y]) == expected
    heard = speaker.n
    again = events_of(recognizer.stream(adapt=speaker, **WINDOW), [Y])
    assert spans(again) == spans(expected)
    assert again != expected
    assert speaker.n == pytest.approx(2 * heard)


def test_reset_forgets_the_streams_own_speaker_but_not_the_callers(recognizer, expected):
    stream = recognizer.stream(adapt=True, **WINDOW)
    assert events_of(stream, [Y]) == expected
    stream.reset()
    assert events_of(stream, [Y]) == expected
    speaker = recognizer.speaker()
    stream = recognizer.stream(adapt=speaker, **WINDOW)
    stream.accept(Y)
    heard = speaker.n
    stream.reset()
    assert speaker.n == heard > 0


def test_it_differs_from_a_stream_that_does_not_adapt(recognizer, expected):
    plain = events_of(recognizer.stream(**WINDOW), [Y])
    assert spans(plain) == spans(expected)
    assert plain != expected
    assert events_of(recognizer.stream(adapt=False, **WINDOW), [Y]) == plain


@pytest.mark.parametrize("bad", [np.array([0.1, np.nan]), np.zeros((2, 2), np.float32)])
def test_a_bad_chunk_is_as_if_it_hadnt_come(recognizer, expected, bad):
    speaker = recognizer.speaker()
    stream = recognizer.stream(adapt=speaker, **WINDOW)
    events = stream.accept(Y[:40001])
    before = speaker.state.moments
    with pytest.raises(serfast.ParameterError):
        stream.accept(bad)
    assert speaker.state.moments is before
    assert events + stream.accept(Y[40001:]) + stream.flush() == expected


@pytest.mark.parametrize("name", ["scores", "probabilities", "strangeness"])
def test_a_window_that_fails_is_not_learned(recognizer, monkeypatch, name):
    speaker = recognizer.speaker()
    stream = recognizer.stream(adapt=speaker, **WINDOW)
    stream.accept(Y[:20000])
    before = speaker.state.moments
    with monkeypatch.context() as patch:
        patch.setattr(Linear, name, lambda self, x: x * np.nan)
        with pytest.raises(serfast.ModelError, match=f"{name} of plugin 'linear'"):
            stream.accept(Y[20000:40000])
        assert speaker.state.moments is before
    stream.accept(Y[40000:])
    assert speaker.n > before.n


def test_what_cant_be_adapted_to_is_refused(recognizer, tmp_path):
    with pytest.raises(serfast.ParameterError, match="adapt must be False without a window"):
        recognizer.stream(window=None, adapt=True)
    other = serfast.Recognizer(bundle(1.0).save(tmp_path / "o.zip"), plugin=LinearPlugin())
    for wrong in (other.speaker(), "anna", None, 1):
        with pytest.raises(serfast.ParameterError, match="adapt must be True, False or a speaker"):
            recognizer.stream(adapt=wrong)
    same = serfast.Recognizer(bundle().save(tmp_path / "s.zip"), plugin=LinearPlugin())
    assert recognizer.stream(adapt=same.speaker()) is not None


def test_a_classifier_with_a_state_has_uncertain_events_too(tmp_path, monkeypatch):
    with averaging_recognizer(tmp_path) as recognizer:
        kind = type(recognizer.classifier)
        plain = events_of(recognizer.stream(window=None), [Y])
        assert plain
        assert not any(event.uncertain for event in plain)
        monkeypatch.setattr(kind, "certain_above", 1.0, raising=False)
        monkeypatch.setattr(kind, "strangeness", lambda self, x: 0.0, raising=False)
        again = serfast.Recognizer(tmp_path / "averaging.zip")
        assert all(event.uncertain for event in events_of(again.stream(window=None), [Y]))


def test_smoothed_probabilities_are_what_is_uncertain(recognizer, monkeypatch, tmp_path):
    """What an event shows is what its doubt is about."""
    arguments = {"smoothing": 2.0, **WINDOW}
    most = [max(e.probabilities.values()) for e in events_of(recognizer.stream(**arguments), [Y])]
    bound = float(np.median(most))
    monkeypatch.setattr(Linear, "certain_above", bound)
    doubting = serfast.Recognizer(bundle().save(tmp_path / "d.zip"), plugin=LinearPlugin())
    events = events_of(doubting.stream(**arguments), [Y])
    assert [event.uncertain for event in events] == [p < bound for p in most]
    assert {event.uncertain for event in events} == {True, False}


SAMPLES = """
import numpy as np
from helpers.adaptable import CLASSES, NEUTRAL, Linear

class OfSamples(Linear):
    input = "samples"

    def scores(self, x):
        return NEUTRAL * float(np.abs(x).mean())

    def strangeness(self, x):
        return 0.0

class Plugin:
    input = "samples"

    def train(self, examples, *, seed=0):
        raise ValueError

    def load(self, bundle):
        return OfSamples()

    def default_model(self):
        return None

PLUGIN = Plugin()
"""


def test_a_classifier_of_samples_learns_no_silence_either(tmp_path, monkeypatch):
    (tmp_path / "adapting_samples.py").write_text(SAMPLES, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    plugin = importlib.import_module("adapting_samples").PLUGIN
    recognizer = serfast.Recognizer(bundle().save(tmp_path / "m.zip"), plugin=plugin)
    speaker = recognizer.speaker()
    stream = recognizer.stream(adapt=speaker, gate_db=None, **WINDOW)
    assert events_of(stream, [np.full(2 * RATE, 9e-4)])
    assert speaker.n == 0
    stream.reset()
    assert events_of(stream, [np.full(2 * RATE, 1.1e-3)])
    assert speaker.n > 0
    sys.modules.pop("adapting_samples")
