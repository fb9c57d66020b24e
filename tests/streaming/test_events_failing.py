"""A model that fails costs its own window or utterance, and no event of any other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import serfast
from helpers.chunks import divided, divisions, syllables
from helpers.event_streams import RATE, TALK, averaging_recognizer, events_of, spans
from helpers.plugin_stub import Averaging

Y = syllables(5.3)
WINDOWS = {"window": 0.5, "hop": 0.5, "gate_db": None}
UTTERANCES = {"window": None, "hop": 0.3, "gate_db": None}


@pytest.fixture(scope="module")
def averaging(tmp_path_factory):
    with averaging_recognizer(tmp_path_factory.mktemp("averaging")) as recognizer:
        yield recognizer


class Failing:
    """Averaging's `step` and `predict_proba`, but for the calls of these numbers."""

    def __init__(self, patch, calls):
        self.calls, self.n_calls = set(calls), 0
        for name in ("step", "predict_proba"):
            patch.setattr(Averaging, name, self.instead_of(getattr(Averaging, name)))

    def instead_of(self, method):
        def call(model, *arguments):
            self.n_calls += 1
            if self.n_calls - 1 in self.calls:
                raise ValueError(f"call {self.n_calls - 1}")
            return method(model, *arguments)

        return call


@pytest.fixture
def failing(monkeypatch):
    return lambda *calls: Failing(monkeypatch, calls)


def survived(stream, chunks):
    """All events, as a caller gets them who goes on after every error; and the errors."""
    events, errors = [], []
    for call, *argument in [*((stream.accept, chunk) for chunk in chunks), (stream.flush,)]:
        try:
            events += call(*argument)
        except serfast.ModelError as error:
            errors.append(str(error))
    return events + stream.flush(), errors


def test_events_of_the_same_chunk_come_with_the_next_call(averaging, failing):
    expected = events_of(averaging.stream(**WINDOWS), [Y])
    failing(2)
    stream = averaging.stream(**WINDOWS)
    with pytest.raises(serfast.ModelError, match=r"'averaging'.*ValueError: call 2"):
        stream.accept(Y[: 3 * RATE])
    assert stream.accept(np.empty(0, np.float32)) == expected[:2] + expected[3:5]
    assert events_of(stream, [Y[3 * RATE :]]) == expected[5:]


def test_the_same_for_an_utterance_so_far(averaging, failing):
    before = events_of(averaging.stream(**UTTERANCES), [Y[:RATE]])
    failing(50)  # step 50 is of rows 150 to 152
    stream = averaging.stream(**UTTERANCES)
    with pytest.raises(serfast.ModelError, match=r"'averaging'.*ValueError: call 50"):
        stream.accept(Y[: 3 * RATE])
    events = events_of(stream, [Y[3 * RATE :]])
    assert events[:3] == before[:3]
    hops = [(0, 0.3), (0, 0.6), (0, 0.9), (0, 1.2), (0, 1.5)]
    hops += [(1.53, pytest.approx(1.53 + 0.3 * k)) for k in range(1, 13)]
    assert spans(events) == [*hops, (1.53, 5.3)]
    rows = serfast.Extractor(averaging.spec)(Y)[153:]
    expected = Averaging(averaging.spec).predict_proba(rows)
    assert list(events[-1].probabilities.values()) == pytest.approx(expected.tolist(), abs=1e-9)


@pytest.mark.parametrize("arguments", [WINDOWS, UTTERANCES])
def test_what_fails_at_the_end_costs_nothing_else(averaging, failing, arguments):
    calls = failing()
    expected = events_of(averaging.stream(**arguments), [Y])
    calls.calls, calls.n_calls = {calls.n_calls - 1}, 0
    stream = averaging.stream(**arguments)
    found = stream.accept(Y[: 4 * RATE])
    found += stream.accept(Y[4 * RATE :])
    with pytest.raises(serfast.ModelError):
        stream.flush()
    assert (found + stream.flush())[: len(expected) - 1] == expected[:-1]
    assert stream.flush() == []


@settings(max_examples=25)
@given(
    cuts=divisions(len(TALK)),
    calls=st.sets(st.integers(0, 60), max_size=6),
    arguments=st.sampled_from([WINDOWS, UTTERANCES, {"window": None}, {"window": 1.0}]),
)
def test_the_same_events_for_every_division(averaging, cuts, calls, arguments):
    with pytest.MonkeyPatch.context() as patch:
        Failing(patch, calls)
        expected, errors = survived(averaging.stream(**arguments), [TALK])
    with pytest.MonkeyPatch.context() as patch:
        Failing(patch, calls)
        events, more = survived(averaging.stream(**arguments), divided(TALK, cuts))
    assert events == expected
    assert more[:1] == errors[:1]


def test_a_model_that_always_fails_gives_an_error_a_call_and_no_event(averaging, failing):
    failing(*range(2000))
    for arguments in (WINDOWS, UTTERANCES):
        events, errors = survived(averaging.stream(**arguments), np.array_split(Y, 5))
        assert events == []
        assert len(errors) >= 5


def test_reset_forgets_what_waits(averaging, failing):
    expected = events_of(averaging.stream(**WINDOWS), [Y])
    failing(2)
    stream = averaging.stream(**WINDOWS)
    with pytest.raises(serfast.ModelError):
        stream.accept(Y)
    stream.reset()
    assert events_of(stream, [Y]) == expected


def test_an_error_that_isnt_serfasts_costs_no_more(averaging, monkeypatch):
    """A plugin says by ImportError what to install."""
    expected = events_of(averaging.stream(**WINDOWS), [Y])
    stream = averaging.stream(**WINDOWS)
    with monkeypatch.context() as broken:

        def missing(self, x):
            raise ImportError("pip install it")

        broken.setattr(Averaging, "predict_proba", missing)
        with pytest.raises(ImportError, match="pip install it"):
            stream.accept(Y[:9000])
    assert events_of(stream, [Y[9000:]]) == expected[1:]
