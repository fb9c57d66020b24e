"""`serfast train`, as a user runs it."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest
import soundfile

import serfast
from helpers.cli_corpus import train_nearest as run
from helpers.cli_corpus import write_corpus
from helpers.plugin_stub import install_averaging, install_nearest
from serfast.audio.augmentation import COPIES, Speed
from serfast.cli.main import main
from serfast.models.bundle.bundle import Bundle
from serfast.models.bundle.fingerprint import fingerprint


@pytest.fixture
def folder(tmp_path, monkeypatch):
    install_nearest(tmp_path, monkeypatch)
    return write_corpus(tmp_path / "wav")


def test_trains_a_bundle_that_predicts(folder, capsys):
    status, model = run(folder)
    assert status == 0
    assert "2 classes, 12 recordings of 3 speakers" in capsys.readouterr().out
    bundle = Bundle.load(model)
    assert bundle.plugin == "nearest"
    assert bundle.classes == ("anger", "sadness")
    assert bundle.spec == serfast.presets.speech()
    assert bundle.statistics == serfast.presets.speech_statistics()
    training = bundle.card["training"]
    assert training["speakers"] == ["03", "08", "09"]
    assert (training["recordings"], training["altered_copies"]) == (12, 12 * len(COPIES))
    assert set(serfast.Recognizer(model).classes) == {"anger", "sadness"}


def test_spec_statistics_seed_and_measurement_of_ones_own(folder):
    spec = serfast.FeatureSpec(features=[serfast.RMS()])
    texts = {
        "spec.json": spec.to_json(),
        "statistics.json": json.dumps({"functionals": ["mean"], "deltas": 0}),
    }
    for name, text in texts.items():
        (folder.parent / name).write_text(text)
    given = [[f"--{name[:-5]}", str(folder.parent / name)] for name in texts]
    extra = [word for pair in given for word in pair] + ["--plain", "--seed", "5"]
    measured = folder.parent / "measured.json"
    words = ["evaluate", str(folder), "--classifier", "nearest", "-o", str(measured), *extra]
    assert main(words) == 0
    extra += ["--licence", "ours"]
    status, model = run(folder, *extra, "--measured", str(measured), "--corpus", "noise")
    assert status == 0
    bundle = Bundle.load(model)
    assert bundle.spec == spec
    assert bundle.array("means", (2, 1)).ravel() == pytest.approx([0.3, 0.02], rel=0.05)
    assert bundle.card["measured"] == json.loads(measured.read_text())
    assert bundle.card["corpus"] == "noise"
    [about] = bundle.card["corpora"]
    assert (about["title"], about["licence"]) == ("EmoDB", "ours")
    assert bundle.card["training"]["altered_copies"] == 0
    assert bundle.card["training"]["chosen"] == {"seed": 5}
    assert serfast.Recognizer(model).predict([0.3] * 16000, 16000).label == "anger"


SETUP = {
    "plugin": "nearest",
    "fingerprint": fingerprint(serfast.presets.speech()),
    "statistics": serfast.presets.speech_statistics().to_dict(),
    "plain": False,
}


@pytest.mark.parametrize(
    ("figures", "message"),
    [
        ([1], "must be written by `serfast evaluate -o`"),
        ({"uar": 0.5}, "must be written by `serfast evaluate -o`"),
        ({"uar": 2, "setup": SETUP}, "uar in"),
        ({"setup": SETUP}, "uar in"),
        ({"uar": 0.5, "setup": {**SETUP, "plugin": "svm"}}, "plugin in"),
        ({"uar": 0.5, "setup": {**SETUP, "fingerprint": "0" * 64}}, "fingerprint in"),
        ({"uar": 0.5, "setup": {**SETUP, "statistics": {}}}, "statistics in"),
        ({"uar": 0.5, "setup": {**SETUP, "plain": True}}, "plain in"),
        ({"uar": 0.5, "setup": {**SETUP, "alter": ["gain=3"]}}, "alter in"),
        ({"uar": 0.5, "setup": {**SETUP, "options": {"width": 3}}}, "options in"),
    ],
)
def test_figures_of_something_else_are_refused(folder, capsys, figures, message):
    measured = folder.parent / "measured.json"
    measured.write_text(json.dumps(figures))
    status, model = run(folder, "--measured", str(measured))
    assert status == 1
    assert message in capsys.readouterr().err
    assert not model.exists()


@pytest.mark.parametrize("words", [[], ["--plain"], ["--alter", "speed=0.90"]])
def test_figures_of_the_same_arguments_are_taken(folder, words):
    measured = str(folder.parent / "measured.json")
    command = ["evaluate", str(folder), "--classifier", "nearest", "-o", measured]
    assert main([*command, *words]) == 0
    assert run(folder, *words, "--measured", measured)[0] == 0


def test_statistics_for_a_plugin_that_takes_rows(folder, capsys):
    install_averaging(folder.parent / "site")
    path = folder.parent / "statistics.json"
    path.write_text("{}")
    status, model = run(folder, "--classifier", "averaging", "--statistics", str(path))
    assert status == 1
    assert "statistics must be None for plugin 'averaging'" in capsys.readouterr().err
    assert not model.exists()


def test_alterations_of_ones_own(folder):
    status, model = run(folder, "--alter", "speed=0.9,noise=20", "--alter", "gain=-6")
    assert status == 0
    assert Bundle.load(model).card["training"]["altered_copies"] == 24


def test_alterations_are_drawn_and_kept_in_the_card(folder):
    drawn = "speed=0.9..1.1,noise=10..30|room=0.2..0.5|(telephone,loss=5),gain=-20..5"
    babble = f"babble=10..20|noises={folder}:20"
    words = ["--alter", drawn, "--alter", babble]
    status, model = run(folder, *words)
    assert status == 0
    assert Bundle.load(model).card["recipe"]["alterations"] == [drawn, babble]
    first = model.read_bytes()
    assert run(folder, *words, "--force")[0] == 0
    assert model.read_bytes() == first


def test_same_call_same_bytes(folder):
    _, model = run(folder, "--plain")
    first = model.read_bytes()
    assert run(folder, "--plain", "--force")[0] == 0
    assert model.read_bytes() == first


def test_labels_from_a_table(folder):
    table = folder / "labels.csv"
    rows = [f"{p.name},{'xy'[i % 2]},s{i % 3}" for i, p in enumerate(sorted(folder.glob("*.wav")))]
    table.write_text("\n".join(["path,label,speaker", *rows]))
    status, model = run(folder, "--labels", str(table), "--plain")
    assert status == 0
    assert Bundle.load(model).classes == ("x", "y")
    assert Bundle.load(model).card["training"]["speakers"] == ["s0", "s1", "s2"]


def test_an_existing_bundle_is_kept_without_force(folder, capsys):
    model = folder.parent / "model.zip"
    model.write_bytes(b"precious")
    assert run(folder)[0] == 1
    assert "--force" in capsys.readouterr().err
    assert model.read_bytes() == b"precious"


def test_no_folder_for_the_bundle_is_said_before_training(folder, capsys):
    assert main(["train", str(folder), "-o", str(folder / "none" / "model.zip")]) == 1
    assert "output must be in an existing folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (["--labels", "martian"], "martian"),
        (["--labels", "folders", "--pattern", "(?P<label>.)"], "--pattern must be given without"),
        (["--pattern", ""], "pattern must be a regular expression with a group"),
        (["--classifier", "cnn"], "'cnn'"),
        (["--statistics", "{folder}/03a01Wa.wav"], "03a01Wa.wav"),
        (["--measured", "{folder}/03a01Wa.wav"], "must be JSON"),
        (["--spec", "{folder}/gone.json"], "gone.json"),
        (["--alter", "echo=1"], "alteration must be NAME=NUMBER"),
        (["--alter", "speed=0.9", "--plain"], "alter must be none with --plain"),
        (["--alter", "noises={folder}/gone:10"], "noises must be a folder, got"),
        (["--alter", "none|room=0.4,rooms={folder}/gone"], "rooms must be a folder, got"),
        (["--option", "epochs=3"], "plugin 'nearest' has none"),
        (["--option", "epochs"], "option must be NAME=VALUE"),
        (["--run", "{folder}/03a01Wa.wav"], "run must be a folder"),
    ],
)
def test_bad_arguments_are_named_and_write_nothing(folder, capsys, extra, message):
    status, model = run(folder, *[word.format(folder=folder) for word in extra])
    assert status == 1
    err = capsys.readouterr().err
    assert message in err
    assert len(err.splitlines()) == 1
    assert not model.exists()


def bad_recordings(folder):
    """Add to the corpus what can't be used and what is odd; give the names of each."""
    (folder / "03a01Wc.wav").write_text("no audio")
    soundfile.write(folder / "03a01Wd.wav", np.zeros(0), 16000)
    soundfile.write(folder / "03a01We.wav", np.zeros(8000), 16000)
    soundfile.write(folder / "08a01Tc.wav", np.full(160, 0.1), 16000)
    return ["03a01Wc.wav", "03a01Wd.wav"], ["03a01We.wav", "08a01Tc.wav"]


def test_what_can_not_be_used_is_left_out_and_counted(folder, capsys):
    assert run(folder, "--plain")[0] == 0
    model = folder.parent / "model.zip"
    clean = Bundle.load(model)
    model.unlink()
    (folder / "03a01Wc.wav").write_text("no audio")
    capsys.readouterr()
    status, _ = run(folder, "--plain")
    out, err = capsys.readouterr()
    assert status == 1
    assert err.startswith(f"serfast train: left out: {folder}/03a01Wc.wav: ")
    assert err.count("\n") == 1
    assert "12 recordings of 3 speakers" in out.splitlines()[0]
    assert out.splitlines()[0].endswith(" MB, 1 failed")
    found = Bundle.load(model)
    assert found.arrays["means"].tolist() == clean.arrays["means"].tolist()
    assert found.card == clean.card


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_bad_and_odd_recordings_are_named(folder, capsys, command):
    bad, odd = bad_recordings(folder)
    words = [str(folder), "--classifier", "nearest", "--plain", "-o", str(folder.parent / "out")]
    assert main([command, *words, "--json"]) == 1
    out, err = capsys.readouterr()
    lines = [line for line in err.splitlines() if "speaker" not in line]
    begins = [f"serfast {command}: left out: {folder}/{name}: " for name in bad]
    begins += [f"serfast: warning: {folder}/{name}: y has " for name in odd]
    assert sorted(line.startswith(begin) for line, begin in zip(lines, begins, strict=True)) == (
        [True] * 4
    )
    facts = json.loads(out)
    assert facts["failed"] == 2
    assert facts.get("training", facts)["recordings"] == 14


def test_copies_that_can_not_be_made_leave_the_recording_out(folder, capsys, monkeypatch):
    real = Speed.__call__

    def change(self, y, *rest):
        if len(y) == 160:
            raise serfast.ParameterError("y must be longer")
        return real(self, y, *rest)

    monkeypatch.setattr(Speed, "__call__", change)
    soundfile.write(folder / "08a01Tc.wav", np.full(160, 0.1), 16000)
    status, model = run(folder)
    assert status == 1
    assert "left out: " in capsys.readouterr().err
    assert Bundle.load(model).card["training"]["altered_copies"] == 12 * len(COPIES)


def test_none_that_can_be_used(folder, capsys):
    for path in folder.glob("*.wav"):
        path.write_text("no audio")
    status, model = run(folder)
    assert status == 1
    assert "recordings must hold one that can be used, got 12" in capsys.readouterr().err
    assert not model.exists()


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_what_a_plugin_can_tell_is_told_before_the_work(folder, capsys, monkeypatch, command):
    monkeypatch.setattr(
        "serfast.training.recipe.Recipe.examples", lambda *a, **k: pytest.fail("it went to work")
    )
    out = folder.parent / "out"

    def refuse(plugin, labels, speakers):
        raise serfast.ParameterError(f"speakers must be 4, got {len(set(speakers))}")

    with monkeypatch.context() as patch:
        patch.setattr("serfast.training.beforehand.check_training", refuse)
        assert main([command, str(folder), "--classifier", "nearest", "-o", str(out)]) == 1
    err = capsys.readouterr().err
    assert f"speakers must be 4, got {3 if command == 'train' else 2}" in err
    assert ("without speaker '03'" in err) == (command == "evaluate")
    for path in folder.glob("*T*.wav"):
        path.unlink()
    assert main([command, str(folder), "--classifier", "nearest", "-o", str(out)]) == 1
    assert "labels must be of at least 2 classes" in capsys.readouterr().err


# ---- what is printed ----------------------------------------------------------------------------


def test_what_was_measured_is_printed(folder, capsys):
    measured = folder.parent / "measured.json"
    words = ["evaluate", str(folder), "--classifier", "nearest", "--plain", "-o", str(measured)]
    assert main(words) == 0
    capsys.readouterr()
    assert run(folder, "--plain", "--seed", "5")[0] == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "  in training: seed 5",
        "  not measured on other speakers: serfast evaluate does that",
    ]
    assert run(folder, "--plain", "--force", "--measured", str(measured))[0] == 0
    uar = 100 * json.loads(measured.read_text())["uar"]
    assert capsys.readouterr().out.splitlines()[-1] == f"  measured: UAR {uar:.1f} % ({measured})"


def test_json_is_one_line(folder, capsys):
    status, model = run(folder, "--plain", "--json")
    out = capsys.readouterr().out
    assert status == 0
    assert out.count("\n") == 1
    facts = json.loads(out)
    assert facts["training"] == Bundle.load(model).card["training"]
    assert (facts["output"], facts["bytes"]) == (str(model), model.stat().st_size)
    assert (facts["classes"], facts["failed"]) == (["anger", "sadness"], 0)


def test_a_card_that_no_bundle_holds_is_refused_before_the_work(folder, capsys, monkeypatch):
    monkeypatch.setattr(
        "serfast.training.recipe.Recipe.examples", lambda *a, **k: pytest.fail("it went to work")
    )
    status, model = run(folder, "--corpus", "\udcff")
    assert status == 1
    assert "card must be what JSON can hold" in capsys.readouterr().err
    assert not model.exists()


def test_features_that_no_bundle_may_ask_for_are_refused_before_the_work(
    folder, capsys, monkeypatch
):
    monkeypatch.setattr(
        "serfast.training.recipe.Recipe.examples", lambda *a, **k: pytest.fail("it went to work")
    )
    spec = serfast.FeatureSpec(features=[serfast.LogMel(n_fft=4096, n_mels=1025)])
    (folder.parent / "spec.json").write_text(spec.to_json())
    status, model = run(folder, "--spec", str(folder.parent / "spec.json"))
    assert status == 1
    assert "n_mels in a bundle must be <= 1024, got 1025" in capsys.readouterr().err
    assert not model.exists()


def test_what_is_passed_over_and_what_can_not_be_read_is_said(folder, capsys, monkeypatch):
    for name in ("labels.txt", ".hidden", "closed/03a01Wd.wav"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    real = os.scandir

    def scandir(path):
        if os.fspath(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return real(path)

    monkeypatch.setattr("os.scandir", scandir)
    status, model = run(folder, "--plain")
    out, err = capsys.readouterr()
    assert status == 1
    assert err.splitlines() == [
        f"serfast train: {folder}/closed: permission denied",
        f"serfast train: {folder}: 2 passed over (1 .txt, 1 hidden)",
    ]
    assert "12 recordings" in out
    assert model.exists()
    assert main(["evaluate", str(folder), "--classifier", "nearest", "--plain"]) == 1
    assert f"serfast evaluate: {folder}/closed: permission denied\n" in capsys.readouterr().err


def test_help_shows_an_example(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["train", "--help"])
    assert stop.value.code == 0
    assert "serfast train emodb/wav -o model.zip" in capsys.readouterr().out
