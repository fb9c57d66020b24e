"""The model that comes with the plugin."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest

import serfast
from serfast.cli.main import main
from serfast.corpora.finding import find_recordings
from serfast.models.bundle.bundle import Bundle
from serfast_onnx import PLUGIN

SPEECH = Path(__file__).parents[3] / "examples" / "speech.flac"


@pytest.fixture(scope="module")
def model() -> Bundle:
    return Bundle.load(PLUGIN.default_model())


def test_it_says_how_it_was_made_and_measured(model):
    assert model.plugin == "onnx"
    assert len(model.classes) == 7
    assert model.spec == PLUGIN.default_spec()
    training, measured = model.card["training"], model.card["measured"]
    assert training["recordings"] == measured["recordings"] == 418
    assert len(training["speakers"]) == 8
    assert training["chosen"]["parameters"] <= 300_000
    assert training["chosen"]["float32_graphs_to_torch"] < 1e-5
    assert training["options"] == measured["setup"]["options"]
    matrix = np.array(measured["confusion_matrix"])
    assert measured["uar"] == pytest.approx(
        (matrix.diagonal() / matrix.sum(axis=1)).mean(), abs=1e-4
    )
    assert measured["uar"] >= 0.66
    assert PLUGIN.default_model().stat().st_size < 1_000_000


def test_it_knows_its_training_recordings(emodb, capsys):
    files = sorted(map(str, emodb.glob("*.wav")))[::20]
    assert main(["predict", *files, "--classifier", "onnx", "--json"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = {Path(answer["file"]).name: answer["label"] for answer in answers}
    truth = {r.path.name: r.label for r in find_recordings(emodb, "emodb")}
    assert np.mean([label == truth[name] for name, label in found.items()]) > 0.8


def test_files_of_measurements_say_what_the_readme_says(model):
    folder = Path(__file__).parents[1]
    measured = json.loads((folder / "measured.json").read_text())
    assert model.card["measured"] == measured


def test_it_doubts_by_the_bound_that_was_measured(model, emodb):
    """Cross-fitted: what the other seven speakers' bound keeps, clean and of all conditions."""
    certain = model.card["measured"]["certain"]
    network = PLUGIN.load(model)
    assert network.certain_above == certain["above"]
    assert certain["mixed"]["kept"] >= 0.1
    assert certain["mixed"]["right_of_kept"] >= 0.9
    recognizer = serfast.Recognizer("onnx")
    y = serfast.load(sorted(emodb.glob("*.wav"))[0], 16000)[0]
    result = recognizer.predict(y, 16000)
    assert result.strangeness < 1
    assert result.uncertain == (result.probability < certain["above"])


def test_it_says_that_it_does_not_know_sounds_that_are_no_speech():
    """Of whole sounds, of a stream's windows, and of its steps, from the first event on."""
    recognizer = serfast.Recognizer("onnx")
    random = np.random.default_rng(0)
    t = np.arange(48000) / 16000
    sounds = {
        "silence": 0 * t,
        "tone": np.sin(2 * np.pi * 440 * t),
        "chirp": np.sin(2 * np.pi * (100 + 500 * t) * t),
        "white noise": random.normal(size=len(t)),
        "clicks": (random.random(len(t)) < 0.001).astype(float),
        "synthetic voice": serfast.load(SPEECH, sample_rate=16000)[0],
    }
    for name, y in sounds.items():
        y = 0.3 * y / max(np.abs(y).max(), 1e-9)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # there is hardly anything to judge
            result = recognizer.predict(y, 16000)
            adapted = recognizer.speaker().predict(y, 16000)
        print(f"{name}: {result.reason}")
        assert result.strangeness > 1, name
        assert adapted.uncertain, name
        for window in (None, 3.0):
            stream = recognizer.stream(window=window, gate_db=None)
            events = [*stream.accept(y), *stream.flush()]
            assert events, name
            assert all(event.uncertain for event in events[-1:]), name


@pytest.mark.parametrize("seconds", [0.05, 0.1, 0.2, 0.3, 0.4, 0.5])
def test_sounds_of_half_a_second_and_less_are_uncertain(emodb, seconds):
    """Of its own training speakers: whole sounds, and the first events of a stream."""
    recognizer = serfast.Recognizer("onnx")
    for path in sorted(emodb.glob("*.wav"))[::40]:
        y = serfast.load(path, 16000)[0]
        short = y[8000 : 8000 + round(16000 * seconds)]
        result = recognizer.predict(short, 16000)
        assert result.uncertain
        assert result.strangeness > 1
        assert result.reason.startswith("unlike the training's speech")
        stream = recognizer.stream(window=None, hop=0.04, gate_db=None)
        early = [event for event in stream.accept(y) if event.end <= seconds]
        assert early
        assert all(event.uncertain for event in early)


@pytest.mark.parametrize("gain_db", [-30, -20, 10])
def test_no_probability_changes_with_gain(emodb, gain_db, model):
    """Of whole recordings, and of the steps of a stream."""
    recognizer = serfast.Recognizer("onnx")
    gain = np.float32(10 ** (gain_db / 20))
    whole = stepwise = 0.0
    for path in sorted(emodb.glob("*.wav"))[::60]:
        y = serfast.load(path, 16000)[0] * np.float32(0.3)  # 10 dB more don't clip
        answers = [_answers(recognizer, x) for x in (y, gain * y)]
        assert answers[0].keys() == answers[1].keys()
        changes = {k: np.abs(answers[0][k] - answers[1][k]).max() for k in answers[0]}
        whole = max(whole, changes.pop(-1.0))
        stepwise = max(stepwise, *changes.values())
    print(f"network, {gain_db} dB: probabilities change by {whole:.1e}, of steps {stepwise:.1e}")
    assert whole <= 1e-6
    assert stepwise <= 3e-6


def _answers(recognizer: serfast.Recognizer, y: np.ndarray) -> dict[float, np.ndarray]:
    """The probabilities of a recording (at -1), and after each step of a stream."""
    stream = recognizer.stream(window=None, hop=0.2, gate_db=None)
    events = [*stream.accept(y), *stream.flush()]
    whole = recognizer.predict(y, 16000)
    answers = {event.end: np.array(list(event.probabilities.values())) for event in events}
    return answers | {-1.0: np.array(list(whole.probabilities.values()))}
