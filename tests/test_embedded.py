"""A recognizer of an embedding: recordings, streams at every rate, and speakers."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import serfast
from helpers.adaptable import softmax
from helpers.chunks import syllables
from helpers.embeddings import Tiny, install_embeddings, install_named, measure
from helpers.event_streams import TALK, events_of, spans
from helpers.plugin_stub import install_nearest
from serfast import presets
from serfast.models.bundle.bundle import Bundle
from serfast.models.embedding import Embedding
from serfast.statistics.statistics import Statistics

RATE = 16000
Y = syllables(5.3)
MEANS = np.array([[0.05, 0.1, 0.2], [0.3, 0.2, 0.9]])
WEIGHTS = np.array([[-8.0, 1.0, 0.5], [9.0, -1.0, 0.25]])


@pytest.fixture
def site(tmp_path, monkeypatch):
    install_nearest(tmp_path, monkeypatch)
    install_embeddings(tmp_path, monkeypatch)
    return tmp_path


def bundle_of(**changes) -> Bundle:
    about = {
        "plugin": "nearest",
        "classes": ("calm", "loud"),
        "spec": presets.levels(RATE),
        "embedding": Embedding("tiny").reference,
        "arrays": {"means": MEANS},
    }
    return Bundle(**{**about, **changes})


@pytest.fixture
def recognizer(site) -> serfast.Recognizer:
    return serfast.Recognizer(bundle_of().save(site / "model.zip"))


@pytest.fixture
def svm(site) -> serfast.Recognizer:
    arrays = {"weights": WEIGHTS, "intercepts": np.array([0.5, -1.0])}
    arrays |= {"neutral_scores": np.array([0.25, -0.5]), "certain_above": np.array(0.6)}
    return serfast.Recognizer(bundle_of(plugin="svm", arrays=arrays).save(site / "svm.zip"))


def shares(y: np.ndarray) -> np.ndarray:
    """The classifier's answer about a signal, by NumPy."""
    distances = ((MEANS - np.float32(measure(y)).astype(float)) ** 2).sum(axis=1)
    return softmax(-distances)


def values(answer) -> list[float]:
    return list(answer.probabilities.values())


def test_a_prediction_is_the_classifiers_of_the_embeddings_vector(recognizer):
    y = Y[: Tiny.longest]
    assert values(recognizer.predict(y, RATE)) == pytest.approx(shares(y), abs=1e-6)
    again = pickle.loads(pickle.dumps(recognizer))
    assert again.predict(Y, RATE) == recognizer.predict(Y, RATE)


def test_one_sample_and_silence_are_answered_with_a_warning(recognizer):
    for y in (np.ones(1), np.zeros(RATE)):
        with pytest.warns(UserWarning, match="y has"):
            result = recognizer.predict(y, RATE)
        padded = np.pad(y, (0, max(0, Tiny.shortest - len(y))))
        assert values(result) == pytest.approx(shares(padded), abs=1e-6)


def test_a_long_recording_is_answered(recognizer):
    y = np.tile(Y, 20)
    result = recognizer.predict(y, RATE)
    parts = np.array_split(y, -(-len(y) // Tiny.longest))
    vector = np.mean([measure(part) for part in parts], axis=0)
    distances = ((MEANS - vector) ** 2).sum(axis=1)
    assert values(result) == pytest.approx(softmax(-distances), abs=1e-6)


@pytest.mark.parametrize("size", [1, 777, RATE, 10**6])
def test_a_stream_judges_the_samples_of_each_window(recognizer, size):
    y = Y[: 2 * RATE] if size == 1 else Y
    stream = recognizer.stream(window=1.0, hop=0.5, gate_db=None)
    events = events_of(stream, [y[i : i + size] for i in range(0, len(y), size)])
    assert len(events) == (3 if size == 1 else 10)
    for event in events:
        window = y[round(event.start * RATE) : round(event.end * RATE)]
        assert values(event) == pytest.approx(shares(window), abs=1e-6)
        assert event.voiced is None
    stream.reset()
    assert events_of(stream, [y]) == events


def test_chunks_at_another_rate_are_resampled(recognizer):
    y = np.random.default_rng(1).normal(0, 0.1, 3 * 44100).astype(np.float32)
    stream = recognizer.stream(window=1.0, hop=0.5, gate_db=None, sample_rate=44100)
    whole = events_of(stream, [y])
    stream.reset()
    assert events_of(stream, [y[i : i + 1234] for i in range(0, len(y), 1234)]) == whole
    assert spans(whole) == [(k / 2, k / 2 + 1) for k in range(5)]
    from soxr import resample

    at_rate = resample(y, 44100, RATE, quality="HQ")
    for event in whole:
        window = at_rate[round(event.start * RATE) : round(event.end * RATE)]
        assert values(event) == pytest.approx(shares(window), abs=1e-5)


def test_a_bad_chunk_leaves_the_stream_as_it_was(recognizer):
    y = np.random.default_rng(1).normal(0, 0.1, 2 * 44100).astype(np.float32)
    streams = [recognizer.stream(gate_db=None, sample_rate=44100) for _ in range(2)]
    given = [streams[0].accept(y[:5000]), streams[1].accept(y[:5000])]
    with pytest.raises(serfast.ParameterError, match="chunk must be finite"):
        streams[0].accept(np.array([0.0, np.inf]))
    rest = [s.accept(y[5000:]) + s.flush() for s in streams]
    assert given[0] + rest[0] == given[1] + rest[1]
    with pytest.raises(serfast.SerfastError, match="reset"):
        streams[0].accept(y[:10])
    assert streams[0].flush() == []


def test_the_gate_finds_speech(recognizer):
    events = events_of(recognizer.stream(window=1.0), [TALK])
    assert 3 <= len(events) < len(TALK) / RATE / 0.5 - 4


def test_statistics_stand_before_it_in_a_stream_too(site):
    spec, statistics = (
        serfast.FeatureSpec(features=[serfast.RMS()]),
        Statistics(functionals=("mean",), deltas=0),
    )
    means = np.column_stack([[0.0, 0.5], MEANS])
    bundle = bundle_of(spec=spec, statistics=statistics, arrays={"means": means})
    recognizer = serfast.Recognizer(bundle.save(site / "both.zip"))
    stream = recognizer.stream(window=1.0, hop=1.0, gate_db=None)
    rows = serfast.Extractor(spec)(Y)
    for event in events_of(stream, [Y])[:-1]:
        start = round(event.start)
        window = Y[start * RATE : (start + 1) * RATE]
        mean = rows[100 * start : 100 * (start + 1)].astype(float).mean()
        vector = [mean, *measure(window)]
        expected = softmax(-((means - vector) ** 2).sum(axis=1))
        assert values(event) == pytest.approx(expected, abs=1e-6)


def test_a_speaker_is_adapted_to(svm):
    speaker, n, total = svm.speaker(prior=2.0), 0, np.zeros(2)
    neutral = np.array([0.25, -0.5])
    for level in (0.1, 0.5, 0.9):
        y = (Y[: Tiny.longest] * level).astype(np.float32)
        scores = WEIGHTS @ measure(y) + [0.5, -1.0]
        n, total = n + 1, total + scores
        centre = (total + 2 * neutral) / (n + 2)
        result = speaker.predict(y, RATE)
        assert values(result) == pytest.approx(softmax(scores - centre + neutral), abs=1e-5)
    stream = svm.stream(adapt=speaker, window=1.0, hop=1.0)
    before = speaker.n
    events = events_of(stream, [Y])
    assert speaker.n == before + len(events)


def test_a_plugin_may_come_with_a_model_of_another_plugin(site, monkeypatch):
    path = bundle_of().save(site / "model.zip")
    install_named(site, monkeypatch, path)
    assert serfast.Recognizer("named").predict(Y, RATE) == serfast.Recognizer(path).predict(Y, RATE)
