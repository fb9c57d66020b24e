"""A loaded model makes the inputs of its classifier, and says whether there is anything in them."""

from __future__ import annotations

import io
import pickle

import numpy as np
import pytest
import soundfile

import serfast
from helpers.adaptable import CLASSES, SPEC, STATISTICS, LinearPlugin, bundle
from helpers.chunks import syllables
from helpers.embeddings import Tiny, install_embeddings
from serfast.models.inputs import EmbeddedVector
from serfast.models.loaded import LoadedModel, is_recording

RATE = 16000
Y = syllables(1.0)


@pytest.fixture
def model() -> LoadedModel:
    return LoadedModel(bundle(), "native", LinearPlugin())


def test_the_input_is_the_statistics_of_the_rows(model):
    x, has_speech = model.input_of(Y, RATE)
    assert has_speech
    assert np.array_equal(x, STATISTICS(serfast.Extractor(SPEC)(Y), SPEC.columns))
    assert model.judge.classes == CLASSES


def test_a_recording_is_read(model, tmp_path):
    path = tmp_path / "speech.wav"
    soundfile.write(path, Y, RATE, subtype="FLOAT")
    expected, _ = model.input_of(Y, RATE)
    for recording in (path, str(path), path.read_bytes(), io.BytesIO(path.read_bytes())):
        assert is_recording(recording)
        assert np.array_equal(model.input_of(recording, None)[0], expected)
    assert not is_recording(Y)


@pytest.mark.parametrize("y", [Y * 1e-3, Y[5000:5100]])
def test_silence_and_scraps_hold_nothing(model, y):
    with pytest.warns(UserWarning, match="y has"):
        assert model.input_of(y, RATE)[1] is False


def test_where_the_level_is_ignored_silence_is_silence_at_any_rate(model, tmp_path, monkeypatch):
    install_embeddings(tmp_path, monkeypatch)
    monkeypatch.setattr(Tiny, "ignores_level", True, raising=False)
    model.vector = EmbeddedVector(serfast.Embedding("tiny"), None)
    loud = np.rint(syllables(0.5) * 30000).astype(np.float32) / 32768
    quiet = loud * np.float32(1e-3)
    x, has_speech = model.input_of(loud, 48000)
    assert has_speech
    with pytest.warns(UserWarning, match="y has no sample above"):
        again, has_speech = model.input_of(quiet, 48000)
    assert not has_speech
    np.testing.assert_array_equal(again, x)


def test_a_pickle_is_loaded_again(model):
    again = pickle.loads(pickle.dumps(model))
    assert again.bundle.identity() == model.bundle.identity()
    assert np.array_equal(again.input_of(Y, RATE)[0], model.input_of(Y, RATE)[0])
