"""Training on the vectors of an embedding, alone or behind the statistics."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers.cli_corpus import write_corpus
from helpers.embeddings import Tiny, install_embeddings, install_named, measure
from helpers.plugin_stub import install_averaging, install_nearest
from serfast import presets
from serfast.audio.augmentation import Gain
from serfast.corpora import find_recordings
from serfast.errors import ModelError, ParameterError, UnknownPluginError
from serfast.models.bundle.bundle import Bundle
from serfast.models.embedding import Embedding
from serfast.statistics.statistics import Statistics
from serfast.training import Recipe
from serfast.training.measured import setup_of

SPEC = serfast.FeatureSpec(features=[serfast.RMS()])
MEAN = Statistics(functionals=("mean",), deltas=0)


@pytest.fixture
def recordings(tmp_path, monkeypatch):
    install_nearest(tmp_path, monkeypatch)
    install_embeddings(tmp_path, monkeypatch)
    return find_recordings(write_corpus(tmp_path / "wav"))


def signals_of(recordings):
    return [serfast.load(recording.path, 16000)[0] for recording in recordings]


def test_examples_are_the_vectors_of_recordings_and_copies(recordings):
    recipe = Recipe("nearest", embedding="tiny", alterations=[Gain(-6.0)])
    examples = recipe.examples(recordings)
    signals = signals_of(recordings)
    copies = [y * np.float32(10 ** (-6 / 20)) for y in signals]
    expected = [measure(y) for y in (*signals, *copies)]
    np.testing.assert_allclose(examples.inputs, expected, rtol=1e-5)
    assert examples.names == ("tiny.level", "tiny.crossings", "tiny.peak")
    assert examples.embedding == recipe.embedding == Embedding("tiny").reference
    assert examples.statistics is recipe.statistics is None
    assert recipe.spec == presets.levels(16000)


def test_statistics_come_first_if_they_are_asked_for(recordings):
    recipe = Recipe("nearest", embedding="tiny", spec=SPEC, statistics=MEAN, alterations=())
    examples = recipe.examples(recordings)
    assert examples.names == ("rms.mean", "tiny.level", "tiny.crossings", "tiny.peak")
    extractor = serfast.Extractor(SPEC)
    signals = signals_of(recordings)
    expected = [[extractor(y).astype(float).mean(), *measure(y)] for y in signals]
    np.testing.assert_allclose(examples.inputs, expected, rtol=1e-5)
    default = Recipe("nearest", embedding="tiny", statistics=presets.speech_statistics())
    assert default.spec == presets.speech()


def test_json_holds_the_embedding_with_its_hash(recordings, monkeypatch):
    recipe = Recipe("nearest", embedding="tiny+tiny-b", alterations=())
    text = recipe.to_json()
    assert Recipe.from_json(text) == recipe
    assert recipe.to_dict()["embedding"]["sha256"] == Embedding("tiny+tiny-b").sha256
    assert "embedding" not in Recipe("nearest").to_dict()
    assert recipe != Recipe("nearest", embedding="tiny", alterations=())
    monkeypatch.setattr(Tiny, "sha256", "d" * 64)
    with pytest.raises(ModelError, match=r"'tiny\+tiny-b' must be the one with the SHA-256"):
        Recipe.from_json(text)


def test_the_bundle_names_it_and_another_one_is_refused(recordings, tmp_path, monkeypatch):
    recipe = Recipe("nearest", embedding="tiny", alterations=())
    bundle = recipe.train(recordings)
    path = bundle.save(tmp_path / "model.zip")
    loaded = Bundle.load(path)
    assert loaded.embedding == bundle.embedding == recipe.embedding
    assert (loaded.statistics, loaded.vector_size) == (None, 3)
    assert Recipe.from_dict(loaded.card["recipe"]) == recipe
    recognizer = serfast.Recognizer(path)
    assert [recognizer.predict(r.path).label for r in recordings] == [r.label for r in recordings]
    with monkeypatch.context() as patch:
        patch.setattr(Tiny, "sha256", "d" * 64)
        with pytest.raises(ModelError, match="install the version that the model was trained"):
            serfast.Recognizer(path)
    with monkeypatch.context() as patch:
        patch.setattr("serfast.models.embeddings.entries.points", lambda group, name: [])
        with pytest.raises(UnknownPluginError, match=r"embedding must be an installed one"):
            serfast.models.embedding.referenced(bundle.embedding)
    assert Bundle.load(path).embedding == recipe.embedding


def test_figures_are_measured_under_conditions_too(recordings):
    recipe = Recipe("nearest", embedding="tiny", alterations=())
    evaluation = recipe.evaluate(recordings, conditions=["gain=-30"])
    assert evaluation.uar == 1.0
    figures = {one.figures.name: one.figures for one in evaluation.conditions}
    assert figures["gain, -30 dB"].recall == {"anger": 0.0, "sadness": 1.0}  # all are quiet
    assert setup_of(recipe)["embedding"] == recipe.embedding.to_dict()
    assert "embedding" not in setup_of(Recipe("nearest"))


def test_examples_of_another_embedding_are_refused(recordings):
    tiny = Recipe("nearest", embedding="tiny", alterations=())
    joined = Recipe("nearest", embedding="tiny+tiny-b", alterations=())
    plain = Recipe("nearest", spec=SPEC, statistics=MEAN, alterations=())
    for recipe, other in ((tiny, joined), (joined, tiny), (tiny, plain)):
        examples = other.examples(recordings)
        with pytest.raises(ParameterError, match=r"must be th(at|ose) of the examples"):
            recipe.train_on(examples)
        with pytest.raises(ParameterError, match=r"must be th(at|ose) of the examples"):
            recipe.evaluate_on(examples)


def test_a_plugin_may_choose_one(recordings, tmp_path, monkeypatch):
    install_named(tmp_path, monkeypatch)
    recipe = Recipe("named")
    assert recipe.embedding == Embedding("tiny").reference
    assert recipe.statistics is None
    assert Recipe("named", embedding="tiny-b").embedding.name == "tiny-b"


def test_what_cannot_be_is_refused_before_the_work(recordings, tmp_path):
    install_averaging(tmp_path / "embeddings")
    with pytest.raises(ParameterError, match=r"None for plugin 'averaging', which takes rows"):
        Recipe("averaging", embedding="tiny")
    with pytest.raises(ParameterError, match="sample_rate must be 16000, as embedding 'tiny'"):
        Recipe("nearest", embedding="tiny", spec=presets.levels(8000))
    with pytest.raises(UnknownPluginError, match="embedding must be an installed one"):
        Recipe("nearest", embedding="tinyy")
    with pytest.raises(ParameterError, match="embedding must be a name"):
        Recipe("nearest", embedding=3)


def test_the_vector_classifiers_of_ours_take_it(recordings, tmp_path):
    bundle = Recipe("svm", embedding="tiny", alterations=()).train(recordings)
    recognizer = serfast.Recognizer(bundle.save(tmp_path / "svm.zip"))
    assert recognizer.classifier.weights.shape == (2, 3)
    assert [recognizer.predict(r.path).label for r in recordings] == [r.label for r in recordings]
