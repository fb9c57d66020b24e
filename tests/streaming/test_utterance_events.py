"""Events without a window: the state goes on through an utterance and begins anew after it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

import serfast
from helpers.chunks import divided, divisions, syllables
from helpers.event_streams import QUIET, RATE, SPEC, TALK, averaging_recognizer, events_of
from helpers.plugin_stub import Averaging, Doubtful
from serfast.models.judge import Judge
from serfast.streaming.events import Plan
from serfast.streaming.utterance_events import UtteranceStream

Y = syllables(5.3)


@pytest.fixture(scope="module")
def averaging(tmp_path_factory):
    with averaging_recognizer(tmp_path_factory.mktemp("averaging")) as recognizer:
        yield recognizer


def test_every_event_is_what_predict_says_of_the_signal_so_far(averaging):
    events = events_of(averaging.stream(window=None, hop=0.03, gate_db=None), [Y])
    rows = serfast.Extractor(SPEC)(Y)
    assert len(events) == len(rows) // 3
    for i, event in enumerate(events):
        so_far = rows[: 3 * (i + 1)]
        expected = Averaging(SPEC).predict_proba(so_far)
        assert list(event.probabilities.values()) == pytest.approx(expected.tolist(), abs=1e-9)
        assert (event.start, event.end) == (0.0, pytest.approx(min(0.03 * (i + 1), 5.3)))
        assert event.voiced == pytest.approx((so_far[:, 2] <= 0.3).mean())


@pytest.mark.filterwarnings("ignore:y has 300 samples")
def test_the_last_event_is_what_predict_says(averaging):
    for n in (2 * RATE + 777, RATE // 4, 1100):
        events = events_of(averaging.stream(window=None, gate_db=None), [Y[:n]])
        expected = averaging.predict(Y[:n], RATE).probabilities
        assert events[-1].probabilities == pytest.approx(expected, abs=1e-9)
        assert events[-1].end == pytest.approx(n / RATE, abs=0.03)


@pytest.mark.parametrize("arguments", [{}, {"gate_db": None}, {"hop": 0.01, "smoothing": 0.3}])
@pytest.mark.parametrize("size", [1, 160, 333, 48000])
def test_the_same_events_for_chunks_of_one_size(averaging, arguments, size):
    y = TALK[RATE : 5 * RATE] if size == 1 else TALK
    expected = events_of(averaging.stream(window=None, **arguments), [y])
    chunks = [y[i : i + size] for i in range(0, len(y), size)]
    assert events_of(averaging.stream(window=None, **arguments), chunks) == expected
    assert len(expected) >= 4


@given(divisions(len(TALK)))
@settings(max_examples=25)
def test_the_same_events_for_every_division(averaging, cuts):
    expected = events_of(averaging.stream(window=None), [TALK])
    assert events_of(averaging.stream(window=None), divided(TALK, cuts)) == expected


def test_utterances_begin_with_the_speech_and_end_a_second_after_it(averaging):
    """Syllables are the positive halves of a sine: of 2.5 Hz from 3 s on, of 3.1 Hz from 7.5 s."""
    events = events_of(averaging.stream(window=None, hop=0.03), [TALK])
    starts = sorted({event.start for event in events})
    assert starts == [pytest.approx(3.0, abs=0.05), pytest.approx(7.5, abs=0.05)]
    ends = [max(event.end for event in events if event.start == start) for start in starts]
    last = 3.0 + 4 / 2.5 + 0.5 / 2.5, 7.5 + 3 / 3.1 + 0.5 / 3.1
    assert ends == [pytest.approx(last[0] + 1, abs=0.05), pytest.approx(last[1] + 1, abs=0.05)]


def test_events_come_every_hop_in_whole_steps_and_at_the_end(averaging):
    events = events_of(averaging.stream(window=None, hop=0.5), [TALK])
    durations = [event.end - event.start for event in events if event.start > 7]
    assert durations == pytest.approx([0.51, 1.02, 1.53, 2.04])  # the end is within half a hop
    longer = events_of(averaging.stream(window=None, hop=0.8), [TALK])
    durations = [event.end - event.start for event in longer if event.start > 7]
    assert durations == pytest.approx([0.81, 1.62, 2.13], abs=0.02)


def test_an_utterances_state_has_nothing_of_the_one_before(averaging):
    events = events_of(averaging.stream(window=None), [TALK])
    start = events[-1].start
    rows = serfast.Extractor(SPEC)(TALK)[round(start * 100) : round(events[-1].end * 100)]
    expected = Averaging(SPEC).predict_proba(rows)
    assert list(events[-1].probabilities.values()) == pytest.approx(expected.tolist(), abs=1e-9)


def test_silence_gives_no_events(averaging):
    for y in (np.zeros(10 * RATE), np.tile(QUIET, 3)):
        assert events_of(averaging.stream(window=None), [y]) == []
    assert averaging.stream(window=None).flush() == []


def test_the_same_again_after_reset(averaging):
    stream = averaging.stream(window=None)
    expected = events_of(averaging.stream(window=None), [TALK])
    stream.accept(TALK[: 4 * RATE])
    stream.reset()
    assert events_of(stream, [TALK]) == expected


def test_two_streams_dont_touch(averaging):
    one, two = (averaging.stream(window=None, gate_db=None) for _ in range(2))
    other, found = syllables(5.3, seed=1), ([], [])
    for i in range(0, len(Y), 1000):
        found[0].extend(one.accept(Y[i : i + 1000]))
        found[1].extend(two.accept(other[i : i + 1000]))
    for events, stream, y in ((found[0], one, Y), (found[1], two, other)):
        alone = averaging.stream(window=None, gate_db=None)
        assert events + stream.flush() == events_of(alone, [y])


def test_a_bad_chunk_is_as_if_it_hadnt_come(averaging):
    stream = averaging.stream(window=None)
    found = stream.accept(TALK[:70001])
    with pytest.raises(serfast.ParameterError, match="chunk must be"):
        stream.accept(np.array([0.1, np.nan]))
    expected = events_of(averaging.stream(window=None), [TALK])
    assert found + events_of(stream, [TALK[70001:]]) == expected


def test_a_model_that_fails_begins_a_new_utterance(averaging, monkeypatch):
    step = Averaging.step

    def fails_at_two_seconds(self, rows, state):
        if state.n == 66:
            raise ValueError("enough")
        return step(self, rows, state)

    monkeypatch.setattr(Averaging, "step", fails_at_two_seconds)
    stream = averaging.stream(window=None, gate_db=None)
    failures, events = 0, []
    for i in range(0, len(Y), 160):
        try:
            events += stream.accept(Y[i : i + 160])
        except serfast.ModelError:
            failures += 1
    assert failures == 2
    starts = sorted({event.start for event in events})
    assert starts == [0.0, pytest.approx(2.01), pytest.approx(4.02)]


def test_a_classifier_without_a_state_needs_a_window():
    message = "window must be given for a classifier without a state, got None"
    with pytest.raises(serfast.ParameterError, match=message):
        serfast.Recognizer("svm").stream(window=None)


def doubtful_stream(classifier: Doubtful) -> UtteranceStream:
    times = {"window": 1.0, "hop": 0.03, "gate_db": None, "smoothing": 0.0}
    plan = Plan.for_rows(SPEC, **times, sample_rate=RATE)
    stream = serfast.Extractor(SPEC).stream()
    return UtteranceStream(classifier, Judge(classifier, "doubtful"), stream, plan)


def test_events_are_uncertain_as_long_as_the_utterance_is_strange():
    """Of 30 rows the strangeness is 1, and not above it."""
    events = events_of(doubtful_stream(Doubtful(SPEC)), [Y])
    assert [event.uncertain for event in events[:20]] == 9 * [True] + 11 * [False]
    assert not any(event.uncertain for event in events[20:])


def test_strangeness_that_fails_costs_its_event_alone():
    class Failing(Doubtful):
        def strangeness_so_far(self, state):
            if state.n == 5:
                raise RuntimeError("no idea")
            return super().strangeness_so_far(state)

    stream = doubtful_stream(Failing(SPEC))
    with pytest.raises(serfast.ModelError, match="strangeness_so_far: RuntimeError: no idea"):
        stream.accept(Y)
    events = [*stream.accept(Y[:0]), *stream.flush()]
    expected = events_of(doubtful_stream(Doubtful(SPEC)), [Y])
    assert events == expected[:4] + expected[5:]
