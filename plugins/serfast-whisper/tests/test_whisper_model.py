"""The model that comes with the package: what its card says, and that it predicts."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import serfast
from serfast.models.bundle.bundle import Bundle
from serfast.models.plugin import embedding_for
from serfast.testing.checks import check_classifier
from serfast_whisper import PLUGIN

HERE = Path(__file__).parents[1]
SPEECH = HERE.parents[1] / "examples" / "speech.flac"


@pytest.fixture(scope="module")
def model():
    return Bundle.load(PLUGIN.default_model())


def test_its_card_says_how_it_was_made_and_measured(model):
    assert model.plugin == "whisper"
    assert set(model.classes) == {
        *("anger", "boredom", "disgust", "fear", "happiness", "neutral", "sadness")
    }
    assert model.statistics is None
    assert model.embedding == serfast.Embedding("whisper-base-3").reference
    measured = model.card["measured"]
    assert measured["recordings"] == model.card["training"]["recordings"] == 418
    assert len(model.card["training"]["speakers"]) == 8
    matrix = np.array(measured["confusion_matrix"])
    recall = (matrix.diagonal() / matrix.sum(axis=1)).mean()
    assert measured["uar"] == pytest.approx(recall, abs=1e-4)
    assert measured["uar"] > 0.847  # the statistics, on the same speakers
    assert PLUGIN.default_model().stat().st_size < 1_000_000


def test_its_classifier_keeps_the_contract(model):
    check_classifier(PLUGIN.load(model), np.random.default_rng(0).normal(size=(3, 1024)))


def test_the_readme_has_the_measured_figures(model):
    readme = (HERE / "README.md").read_text()
    measured = json.loads((HERE / "measured.json").read_text())
    assert f"{100 * measured['uar']:.1f} %" in readme
    for name, row in zip(model.classes, measured["confusion_matrix"], strict=True):
        assert f"| {name} | " + " | ".join(map(str, row)) + " |" in readme


def test_it_knows_its_training_recordings(emodb):
    recognizer = serfast.Recognizer("whisper")
    recordings = serfast.corpora.find_recordings(emodb)[::20]
    right = [recognizer.predict(r.path).label == r.label for r in recordings]
    assert np.mean(right) > 0.9


def test_the_level_changes_no_bit_in_batch_and_stream():
    recognizer = serfast.Recognizer("whisper")
    y, sample_rate = serfast.load(SPEECH)
    y *= np.float32(0.3)  # 10 dB more don't clip
    answers = []
    for gain_db in (0, -30, -20, 10):
        louder = y * np.float32(10 ** (gain_db / 20))
        stream = recognizer.stream(sample_rate=sample_rate, window=1.0, gate_db=None)
        events = stream.accept(louder) + stream.flush()
        streamed = [event.probabilities for event in events]
        assert len(streamed) > 3
        answers.append((recognizer.predict(louder, sample_rate).probabilities, streamed))
    assert answers[1:] == answers[:1] * 3


@pytest.mark.parametrize("gain_db", [-30, -20, 10])
def test_a_gain_of_no_16_bit_samples_changes_no_label_and_moves_few_probabilities(emodb, gain_db):
    recognizer = serfast.Recognizer("whisper")
    unmoved = []
    for recording in serfast.corpora.find_recordings(emodb)[::20]:
        y, sample_rate = serfast.load(recording.path)
        y = np.convolve(y, [0.28, 0.02]).astype(np.float32)  # 10 dB more don't clip
        soft_y = y * np.float32(10 ** (gain_db / 20))
        loud, soft, again = (recognizer.predict(x, sample_rate) for x in (y, soft_y, soft_y))
        assert soft.label == loud.label
        assert soft.probabilities == again.probabilities
        moved = max(abs(soft.probabilities[c] - loud.probabilities[c]) for c in loud.probabilities)
        assert moved < 0.02  # the README has 0.007 of one processor
        unmoved.append(moved < 1e-6)
    assert np.mean(unmoved) > 0.6


def test_a_stream_gives_events():
    recognizer = serfast.Recognizer("whisper")
    y, sample_rate = serfast.load(SPEECH)
    with recognizer.stream(sample_rate=sample_rate) as stream:
        events = stream.accept(y) + stream.flush()
    assert events
    assert {event.label for event in events} <= set(recognizer.classes)


def test_a_training_takes_the_embedding_by_default():
    assert embedding_for(PLUGIN) == "whisper-base-3"
    recipe = serfast.training.Recipe("whisper")
    assert recipe.embedding == serfast.Embedding("whisper-base-3").reference
    assert recipe.statistics is None
