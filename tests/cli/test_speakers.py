"""`serfast predict --speaker`: what was heard of a speaker is kept between calls."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

import serfast
from helpers.adaptable import install_linear
from helpers.chunks import syllables
from helpers.plugin_stub import install_nearest
from serfast.cli import _speakers
from serfast.cli.main import main

RATE = 16000


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Recordings of one speaker, and a model that can be adapted."""
    install_linear(tmp_path, monkeypatch)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    for number, level in enumerate((0.05, 0.2, 0.1, 0.3)):
        noise = np.random.default_rng(number).normal(size=RATE) * level
        soundfile.write(f"{number}.wav", noise, RATE, subtype="FLOAT")
    soundfile.write("silent.wav", np.zeros(RATE), RATE)
    loud = np.random.default_rng(9).normal(size=RATE) * 0.9
    soundfile.write("loud.wav", loud, RATE, subtype="FLOAT")
    soundfile.write("talk.wav", syllables(5.3), RATE, subtype="FLOAT")
    return tmp_path


def predict(*words: str) -> int:
    return main(["predict", "--classifier", "linear.zip", *words])


def json_of(capsys) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def expected(*files: str) -> list[dict[str, float]]:
    speaker = serfast.Recognizer("linear.zip").speaker()
    return [speaker.predict(file).probabilities for file in files]


def test_it_goes_on_where_the_call_before_ended(folder, capsys):
    whole = expected("0.wav", "1.wav", "2.wav", "3.wav")
    assert predict("--speaker", "anna", "--json", "0.wav", "1.wav") == 0
    assert predict("--speaker", "anna", "--json", "2.wav", "3.wav", "--threads", "8") == 0
    answers = json_of(capsys)
    for answer, probabilities in zip(answers, whole, strict=True):
        assert answer["probabilities"] == pytest.approx(probabilities, abs=1e-6)
    path = folder / "state" / "serfast" / "speakers" / "anna.json"
    assert json.loads(path.read_text("utf-8"))["n"] == 4
    assert path.parent.stat().st_mode & 0o077 == 0


def test_another_name_is_another_speaker_and_none_is_no_speaker(folder, capsys):
    assert predict("--speaker", "anna", "--json", "0.wav", "1.wav") == 0
    assert predict("--speaker", "bert", "--json", "0.wav") == 0
    assert predict("--json", "0.wav") == 0
    answers = json_of(capsys)
    assert answers[0]["probabilities"] == answers[2]["probabilities"]
    assert answers[0]["probabilities"] != answers[3]["probabilities"]


def test_lines_say_where_it_is_kept_and_how_much_was_heard(folder, capsys):
    path = folder / "state" / "serfast" / "speakers" / "anna.json"
    for heard in (0, 2):
        assert predict("--speaker", "anna", "0.wav", "1.wav", "--brief") == 0
        begin = f"serfast predict: speaker in {path}, "
        assert capsys.readouterr().err.splitlines() == [
            f"{begin}{heard} utterances heard so far",
            f"{begin}{heard + 2} utterances heard now",
        ]


@pytest.mark.parametrize("name", ["here.json", "./here.json", "below/here"])
def test_a_path_is_a_file(folder, capsys, name):
    (folder / "below").mkdir()
    assert predict("--speaker", name, "0.wav", "--brief") == 0
    assert json.loads(Path(name).read_text("utf-8"))["n"] == 1
    assert not (folder / "state").exists()


def test_where_names_are_kept(monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/a")
    monkeypatch.setattr(_speakers.sys, "platform", "linux")
    end = Path("serfast", "speakers", "anna b.json")
    assert _speakers.path_of("anna b") == Path("/home/a/.local/state") / end
    monkeypatch.setattr(_speakers.sys, "platform", "darwin")
    assert _speakers.path_of("anna b") == Path("/home/a/Library/Application Support") / end
    monkeypatch.setattr(_speakers.sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    assert _speakers.path_of("anna b") == Path("/local") / end
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert _speakers.path_of("anna b") == Path("/state") / end


@pytest.mark.parametrize("name", ["", ".hidden", "a\nb", "x" * 65, "a:b", "*"])
def test_what_is_no_name_is_refused(folder, capsys, name):
    assert predict("--speaker", name, "0.wav") == 1
    assert "--speaker must be up to 64 letters" in capsys.readouterr().err


def test_enrolment(folder, capsys):
    words = ["--speaker", "anna", "--enrol", "--label", "calm"]
    assert predict(*words, "0.wav", "silent.wav", "gone.wav") == 1
    out, err = capsys.readouterr()
    assert out == "0.wav: heard\nsilent.wav: not learned from\n"
    assert "silent.wav: y has no sample above" in err
    assert predict(*words, "1.wav", "loud.wav", "--json") == 0
    first, second = json_of(capsys)
    assert first == {"file": "1.wav", "learned": True, "duration_s": 1.0, "warnings": []}
    assert second["learned"] is False
    assert "unlike the training's speech (1.8)" in second["warnings"][0]
    speaker = serfast.Recognizer("linear.zip").speaker()
    for file in ("0.wav", "1.wav"):
        speaker.enrol(file, label="calm")
    assert predict("--speaker", "anna", "2.wav", "--json") == 0
    (answer,) = json_of(capsys)
    probabilities = speaker.predict("2.wav").probabilities
    assert answer["probabilities"] == pytest.approx(probabilities, abs=1e-6)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--label", "calm"], "--label must be given with --enrol"),
        (["--enrol"], "--enrol must be given with --speaker"),
        (["--speaker", "a", "--enrol", "--brief"], "--enrol must be given without"),
        (["--speaker", "a", "--enrol", "-o", "a.csv"], "--enrol must be given without"),
        (["--speaker", "a", "--enrol", "--stream"], "--enrol must be given without"),
        (["--adapt"], "--adapt must be given with --stream"),
        (["--stream", "--adapt", "--window", "utterance"], "adapt must be False without a window"),
    ],
)
def test_what_does_not_go_together(folder, capsys, words, message):
    assert predict("0.wav", *words) == 1
    assert message in capsys.readouterr().err


def test_a_wrong_label_fails_every_recording(folder, capsys):
    assert predict("--speaker", "a", "--enrol", "--label", "clam", "0.wav") == 1
    assert "label must be one of 'calm'" in capsys.readouterr().err
    assert not list((folder / "state").rglob("*.json"))


def test_a_damaged_file_stops_before_the_work_and_stays(folder, capsys):
    Path("anna.json").write_text("{", "utf-8")
    assert predict("--speaker", "anna.json", "0.wav") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "anna.json: speaker must be whole JSON text" in err
    assert Path("anna.json").read_text("utf-8") == "{"


def test_a_place_that_cant_be_written_stops_before_the_work(folder, capsys, monkeypatch):
    assert predict("--speaker", "no/folder.json", "0.wav") == 1
    Path("file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "file"))
    assert predict("--speaker", "anna", "0.wav") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "output must be in an existing folder" in err
    assert "speakers' folder can't be made" in err


def test_a_model_that_cant_be_adapted_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    spec = serfast.FeatureSpec(features=[serfast.RMS()])
    bundle = serfast.models.Bundle(
        plugin="nearest",
        classes=("a", "b"),
        spec=spec,
        statistics=serfast.Statistics(functionals=("mean",), deltas=0),
        arrays={"means": np.array([[0.3], [0.02]])},
    )
    install_nearest(tmp_path, monkeypatch, bundle.save(tmp_path / "model.zip"))
    words = ["predict", "--classifier", "nearest", "--speaker", "anna", "a.wav"]
    assert main(words) == 1
    assert "plugin 'nearest'" in capsys.readouterr().err
    assert not (tmp_path / "state").exists()


def test_what_was_heard_is_kept_when_the_program_is_stopped(folder, capsys, monkeypatch):
    real, seen = serfast.speaker.Speaker.predict, []

    def stop(self, *given):
        seen.append(given)
        if len(seen) == 3:
            raise KeyboardInterrupt
        return real(self, *given)

    monkeypatch.setattr("serfast.speaker.Speaker.predict", stop)
    assert predict("--speaker", "anna.json", "0.wav", "1.wav", "2.wav") == 130
    assert json.loads(Path("anna.json").read_text("utf-8"))["n"] == 2


def test_nothing_heard_writes_nothing(folder, capsys):
    assert predict("--speaker", "anna.json", "silent.wav") == 0
    assert not Path("anna.json").exists()


def test_a_stream_adapts_and_is_kept(folder, capsys):
    words = ["--stream", "talk.wav", "--json", "--window", "1", "--hop", "0.5"]
    for extra in ([], ["--adapt"], ["--speaker", "anna.json"]):
        assert predict(*words, *extra) == 0
    events = json_of(capsys)
    n = len(events) // 3
    plain, adapted, kept = events[:n], events[n : 2 * n], events[2 * n :]
    assert adapted == kept != plain
    heard = json.loads(Path("anna.json").read_text("utf-8"))["n"]
    assert heard == pytest.approx(n * 0.5)


# ---- uncertain answers ---------------------------------------------------------------------------


def test_uncertain_answers_are_marked_everywhere(folder, capsys):
    result = serfast.Recognizer("linear.zip").predict("loud.wav")
    assert predict("loud.wav") == 0
    head = capsys.readouterr().out.splitlines()[0]
    assert head == f"loud.wav: {result.label} (uncertain: unlike the training's speech (1.8))"
    assert predict("loud.wav", "3.wav", "--brief") == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.endswith(" % uncertain")
    assert second.endswith(" %")
    assert predict("loud.wav", "3.wav", "--json") == 0
    first, second = json_of(capsys)
    assert (first["uncertain"], second["uncertain"]) == (True, False)
    assert first["strangeness"] == pytest.approx(result.strangeness, abs=1e-6)
    assert second["reason"] is None
    assert predict("loud.wav", "3.wav", "-o", "out.csv") == 0
    with open("out.csv", newline="", encoding="utf-8") as lines:
        table = list(csv.DictReader(lines))
    assert [line["uncertain"] for line in table] == ["true", "false"]
    assert float(table[0]["strangeness"]) == pytest.approx(result.strangeness, abs=1e-6)


def test_uncertain_events_are_marked(folder, capsys, monkeypatch):
    monkeypatch.setattr("helpers.adaptable.Linear.certain_above", 1.0)
    words = ["--stream", "talk.wav", "--window", "1"]
    assert predict(*words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all(line.endswith("  uncertain") for line in lines)
    assert predict(*words, "--json") == 0
    assert all(event["uncertain"] for event in json_of(capsys))


def test_help_says_where(capsys):
    with pytest.raises(SystemExit):
        main(["predict", "--help"])
    out = capsys.readouterr().out
    assert "serfast/speakers" in " ".join(out.split())
    assert "$XDG_STATE_HOME" in out
    assert os.environ.get("HOME", "/nowhere/at/all") not in out
