"""A speaker adapts a recognizer to one voice; no error and no noise teaches it anything."""

from __future__ import annotations

import json
import pickle
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import soundfile

import serfast
from helpers import pages
from helpers.adaptable import BY_CLASS, CLASSES, NEUTRAL, Plain, bundle, install_linear, softmax
from serfast.speaker import Speaker

RATE = 16000


def voice(level: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=RATE) * level


LEVELS = (0.05, 0.2, 0.1, 0.3, 0.02)
VOICES = [voice(level, seed) for seed, level in enumerate(LEVELS)]


@pytest.fixture
def recognizer(tmp_path, monkeypatch) -> serfast.Recognizer:
    return serfast.Recognizer(install_linear(tmp_path, monkeypatch))


def scores_of(recognizer, y):
    return recognizer.classifier.scores(recognizer._model.input_of(y, RATE)[0])


def probabilities(result):
    return list(result.probabilities.values())


def test_it_follows_the_formula(recognizer):
    speaker = recognizer.speaker(prior=2.0)
    scores = np.array([scores_of(recognizer, y) for y in VOICES])
    for i, y in enumerate(VOICES):
        result = speaker.predict(y, RATE)
        n = i + 1
        centre = (n * scores[:n].mean(axis=0) + 2 * NEUTRAL) / (n + 2)
        wanted = softmax(scores[i] - centre + NEUTRAL)
        assert probabilities(result) == pytest.approx(wanted, abs=1e-12)
        assert result.label == CLASSES[int(wanted.argmax())]
        assert speaker.n == n
    assert repr(speaker) == "<Speaker for 'linear': 5 utterances heard, prior 2>"


def test_the_recognizer_itself_stays_as_it_is(recognizer):
    before = [recognizer.predict(y, RATE) for y in VOICES]
    speaker = recognizer.speaker()
    adapted = [speaker.predict(y, RATE) for y in VOICES]
    assert [recognizer.predict(y, RATE) for y in VOICES] == before
    assert adapted != before


def test_the_same_utterances_give_the_same_answers(recognizer):
    one, two = recognizer.speaker(), recognizer.speaker()
    expected = [one.predict(y, RATE) for y in VOICES]
    assert [two.predict(y, RATE) for y in VOICES] == expected
    one.reset()
    assert one.n == 0
    assert [one.predict(y, RATE) for y in VOICES] == expected


def test_a_recording_is_read(recognizer, tmp_path):
    path = tmp_path / "speech.wav"
    soundfile.write(path, VOICES[0], RATE, subtype="FLOAT")
    expected = recognizer.speaker().predict(VOICES[0].astype(np.float32), RATE)
    assert recognizer.speaker().predict(path) == expected
    assert recognizer.speaker().predict(path.read_bytes()) == expected


def test_silence_is_judged_but_not_learned(recognizer):
    speaker = recognizer.speaker()
    speaker.predict(VOICES[0], RATE)
    before = speaker.state.moments
    for nothing in (np.zeros(RATE), VOICES[0] * 1e-4, VOICES[0][:100]):
        with pytest.warns(UserWarning, match="y has") as caught:
            assert speaker.predict(nothing, RATE).label in CLASSES
        assert [warning.filename for warning in caught] == [__file__]
        with pytest.warns(UserWarning, match="y has") as caught:
            assert speaker.enrol(nothing, RATE) is False
        assert [warning.filename for warning in caught] == [__file__]
    assert speaker.state.moments is before


def test_what_is_unlike_the_training_is_judged_but_not_learned(recognizer):
    speaker = recognizer.speaker()
    before = speaker.state.moments
    loud = voice(0.9)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = speaker.predict(loud, RATE)
    assert result.uncertain
    assert result.strangeness == pytest.approx(1.8, rel=0.02)
    assert result.reason == "unlike the training's speech (1.8)"
    with pytest.warns(UserWarning, match=r"y is unlike the training's speech \(1.8\): not learned"):
        assert speaker.enrol(loud, RATE) is False
    assert speaker.state.moments is before


@pytest.mark.parametrize(
    ("y", "rate"),
    [
        (np.full(RATE, np.nan), RATE),
        (np.append(VOICES[0], np.inf), RATE),
        (np.zeros(0), RATE),
        (np.zeros((2, 2, 2)), RATE),
        (VOICES[0], None),
        (VOICES[0], -1),
        ("gone.wav", None),
    ],
)
def test_bad_input_leaves_the_state(recognizer, y, rate):
    speaker = recognizer.speaker()
    speaker.predict(VOICES[0], RATE)
    before = speaker.state.moments
    for hear in (speaker.predict, speaker.enrol):
        with pytest.raises(serfast.SerfastError):
            hear(y, rate)
    assert speaker.state.moments is before


def test_a_failing_plugin_leaves_the_state(recognizer, monkeypatch):
    speaker = recognizer.speaker()
    speaker.predict(VOICES[0], RATE)
    before = speaker.state.moments
    for name in ("scores", "probabilities", "strangeness"):
        with monkeypatch.context() as patch:
            patch.setattr(recognizer.classifier, name, lambda x: np.full(3, np.nan), raising=False)
            with pytest.raises(serfast.ModelError, match=f"{name} of plugin 'linear'"):
                speaker.predict(VOICES[1], RATE)
    assert speaker.state.moments is before


def test_enrolment(recognizer):
    speaker = recognizer.speaker()
    assert speaker.enrol(VOICES[0], RATE, label="calm") is True
    assert speaker.enrol(VOICES[1], RATE, weight=3.0) is True
    assert speaker.n == 4
    known = scores_of(recognizer, VOICES[0]) - BY_CLASS[0] + NEUTRAL
    wanted = (known + 3 * scores_of(recognizer, VOICES[1])) / 4
    assert speaker.state.moments.mean == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"label": "clam"}, "label must be one of .*did you mean 'calm'"),
        ({"weight": 0}, "weight must be"),
        ({"weight": np.nan}, "weight must be"),
    ],
)
def test_a_bad_enrolment_is_refused_before_anything_is_read(recognizer, arguments, message):
    speaker = recognizer.speaker()
    with pytest.raises(serfast.ParameterError, match=message):
        speaker.enrol("gone.wav", **arguments)
    assert speaker.n == 0


def test_save_and_load(recognizer, tmp_path):
    speaker, whole = recognizer.speaker(), recognizer.speaker()
    expected = [whole.predict(y, RATE) for y in VOICES]
    for y in VOICES[:3]:
        speaker.predict(y, RATE)
    path = speaker.save(tmp_path / "anna.json")
    assert path.stat().st_size < 700
    again = recognizer.speaker().load(path)
    assert again.n == 3
    assert [again.predict(y, RATE) for y in VOICES[3:]] == expected[3:]
    assert json.loads(path.read_text("utf-8"))["plugin"] == "linear"


def test_a_bad_file_leaves_the_state(recognizer, tmp_path):
    speaker = recognizer.speaker()
    path = speaker.save(tmp_path / "anna.json")
    speaker.predict(VOICES[0], RATE)
    before = speaker.state.moments
    path.write_bytes(path.read_bytes()[:-10])
    for bad in (path, tmp_path / "gone.json"):
        with pytest.raises(serfast.ModelError, match="speaker"):
            speaker.load(bad)
    assert speaker.state.moments is before


def test_a_speaker_of_another_model_is_refused(recognizer, tmp_path):
    path = recognizer.speaker().save(tmp_path / "anna.json")
    other = serfast.Recognizer(bundle(1.0).save(tmp_path / "other.zip"))
    with pytest.raises(serfast.ModelError, match="speaker must be of the model in use"):
        other.speaker().load(path)
    same = serfast.Recognizer(bundle().save(tmp_path / "copy.zip"))
    assert same.speaker().load(path).n == 0


def test_a_pickle_goes_on(recognizer):
    speaker = recognizer.speaker(prior=3.0)
    speaker.predict(VOICES[0], RATE)
    again = pickle.loads(pickle.dumps(speaker))
    assert isinstance(again, Speaker)
    assert (again.n, again.prior) == (1, 3.0)
    assert again.predict(VOICES[1], RATE) == speaker.predict(VOICES[1], RATE)


def test_threads_leave_a_whole_state(recognizer):
    speaker = recognizer.speaker()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda y: speaker.predict(y, RATE), VOICES * 20))
    assert 0 < speaker.n <= 100
    assert np.isfinite(speaker.state.moments.mean).all()


def test_the_examples_of_the_documentation_run(recognizer, tmp_path, monkeypatch, capsys):
    (block,) = pages.examples("docs/adaptation.md")
    monkeypatch.chdir(tmp_path)
    bundle().save("my-model.zip")
    for name, y in zip(("calm", "monday", "tuesday"), VOICES, strict=False):
        soundfile.write(f"{name}.wav", y, RATE)
    exec(compile(block.replace('"neutral"', '"calm"'), "adaptation.md", "exec"), {})
    assert capsys.readouterr().out.splitlines()[-1] == "3.0"


def test_a_model_that_cant_be_adapted_is_refused(tmp_path, monkeypatch):
    install_linear(tmp_path, monkeypatch)
    monkeypatch.setattr("helpers.adaptable.LinearPlugin.load", lambda self, bundle: Plain())
    recognizer = serfast.Recognizer(tmp_path / "linear.zip")
    message = "model must be with scores, probabilities and neutral_scores .* of plugin 'linear'"
    with pytest.raises(serfast.ParameterError, match=message):
        recognizer.speaker()
    with pytest.raises(serfast.ParameterError, match=message):
        recognizer.stream(adapt=True)
    assert recognizer.predict(VOICES[0], RATE).uncertain is False


def test_what_was_saved_can_be_loaded_however_much_was_heard(recognizer, tmp_path):
    """The count stays at the largest that a file may have."""
    y = np.random.default_rng(0).normal(0, 0.1, RATE).astype(np.float32)
    speaker = recognizer.speaker()
    for _ in range(3):
        assert speaker.enrol(y, RATE, weight=1e12)
    path = speaker.save(tmp_path / "old.json")
    assert recognizer.speaker().load(path).n == speaker.n == 1e12


def test_silence_is_told_of_once(recognizer):
    with pytest.warns(UserWarning, match="no sample above") as caught:
        assert not recognizer.speaker().enrol(np.zeros(RATE), RATE)
    assert len(caught) == 1
