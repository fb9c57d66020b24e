"""The models that come with the package: what their cards say, and that they predict."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import serfast
from serfast.models.bundle.bundle import Bundle
from serfast.models.plugin import embedding_for
from serfast.testing.checks import check_classifier
from serfast_campplus import BOTH, PLUGIN

HERE = Path(__file__).parents[1]
SPEECH = HERE.parents[1] / "examples" / "speech.flac"
MODELS = {
    "campplus": (PLUGIN, "campplus-2", "measured.json"),
    "whisper-campplus": (BOTH, "whisper-base-3+campplus-2", "measured-both.json"),
}


@pytest.fixture(scope="module", params=MODELS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def model(name):
    return Bundle.load(MODELS[name][0].default_model())


def test_its_card_says_how_it_was_made_and_measured(name, model):
    assert model.plugin == name
    assert set(model.classes) == {
        *("anger", "boredom", "disgust", "fear", "happiness", "neutral", "sadness")
    }
    assert model.statistics is None
    assert model.embedding == serfast.Embedding(MODELS[name][1]).reference
    measured = model.card["measured"]
    assert measured["recordings"] == model.card["training"]["recordings"] == 418
    assert len(model.card["training"]["speakers"]) == 8
    matrix = np.array(measured["confusion_matrix"])
    recall = (matrix.diagonal() / matrix.sum(axis=1)).mean()
    assert measured["uar"] == pytest.approx(recall, abs=1e-4)
    assert measured["uar"] > 0.847  # the statistics, on the same speakers
    assert MODELS[name][0].default_model().stat().st_size < 1_000_000


def test_its_classifier_keeps_the_contract(name, model):
    inputs = np.random.default_rng(0).normal(size=(3, model.embedding.dimension))
    check_classifier(MODELS[name][0].load(model), inputs)


def test_the_readme_has_the_measured_figures(name, model):
    readme = (HERE / "README.md").read_text()
    measured = json.loads((HERE / MODELS[name][2]).read_text())
    assert f"{100 * measured['uar']:.1f} %" in readme
    if name == "whisper-campplus":
        for label, row in zip(model.classes, measured["confusion_matrix"], strict=True):
            assert f"| {label} | " + " | ".join(map(str, row)) + " |" in readme


def test_it_knows_its_training_recordings(name, emodb):
    recognizer = serfast.Recognizer(name)
    recordings = serfast.corpora.find_recordings(emodb)[::20]
    right = [recognizer.predict(r.path).label == r.label for r in recordings]
    assert np.mean(right) > 0.9


@pytest.mark.parametrize("sample_rate", [16000, 44100])
def test_the_level_changes_no_bit(name, sample_rate):
    recognizer = serfast.Recognizer(name)
    y = np.rint(serfast.load(SPEECH, sample_rate)[0] * 32768).astype(np.float32) / 32768
    y *= np.float32(0.3)  # 10 dB more don't clip
    louder = [y * np.float32(10 ** (gain_db / 20)) for gain_db in (0, -30, -20, 10)]
    answers = [recognizer.predict(x, sample_rate).probabilities for x in louder]
    assert answers[1:] == answers[:1] * 3


def test_a_stream_gives_events(name):
    recognizer = serfast.Recognizer(name)
    y, sample_rate = serfast.load(SPEECH)
    with recognizer.stream(sample_rate=sample_rate) as stream:
        events = stream.accept(y) + stream.flush()
    assert events
    assert {event.label for event in events} <= set(recognizer.classes)


def test_a_training_takes_its_embedding_by_default(name):
    plugin, embedding, _ = MODELS[name]
    assert embedding_for(plugin) == embedding
    recipe = serfast.training.Recipe(name)
    assert recipe.embedding == serfast.Embedding(embedding).reference
    assert recipe.statistics is None
