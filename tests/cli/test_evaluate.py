"""`serfast evaluate`, as a user runs it."""

from __future__ import annotations

import json
import re
import warnings

import numpy as np
import pytest

from helpers.cli_corpus import write_corpus
from helpers.plugin_stub import NearestPlugin, install_nearest
from serfast.cli._progress import Progress
from serfast.cli.main import main
from serfast.models.bundle.bundle import Bundle
from serfast.models.plugin import Weights
from serfast.training import CONDITIONS


@pytest.fixture
def folder(tmp_path, monkeypatch):
    install_nearest(tmp_path, monkeypatch)
    return write_corpus(tmp_path / "wav")


def test_reports_draws_and_writes(folder, capsys):
    plot, figures = folder.parent / "confusion.png", folder.parent / "measured.json"
    curve = folder.parent / "calibration.png"
    extra = ["--plain", "--plot", str(plot), "-o", str(figures), "--plot-calibration", str(curve)]
    assert main(["evaluate", str(folder), "--classifier", "nearest", *extra]) == 0
    out, err = capsys.readouterr()
    assert "precision" in out
    assert "UAR" in out
    assert "12 recordings" in out
    assert [line.split()[1] for line in err.splitlines()] == ["03:", "08:", "09:"]
    assert curve.read_bytes().startswith(b"\x89PNG")
    assert plot.read_bytes().startswith(b"\x89PNG")
    card = json.loads(figures.read_text())
    assert card["recordings"] == 12
    assert card["classes"] == ["anger", "sadness"]
    matrix = card["confusion_matrix"]
    lines = out.splitlines()
    assert lines[0].split() == ["true", "/", "predicted", "anger", "sadness"]
    assert lines[1].split() == ["anger", *map(str, matrix[0])]
    assert "  (bootstrap over 3 speakers)" in lines
    assert card["intervals"]["over"] == "3 speakers"
    assert f"weighted F1 {100 * card['weighted_f1']:.1f} %" in out
    assert f"ECE, 15 bins): {card['calibration']['clean']:.3f}" in out
    recalls = [matrix[k][k] / sum(matrix[k]) for k in range(2)]
    assert card["uar"] == pytest.approx(sum(recalls) / 2, abs=1e-4)


def test_conditions_are_reported_drawn_and_written(folder, capsys):
    plot, figures = folder.parent / "conditions.png", folder.parent / "measured.json"
    words = ["evaluate", str(folder), "--classifier", "nearest", "--alter", "gain=3"]
    words += ["--conditions", "noise=10,gain=-20", "gain=-6"]
    assert main([*words, "--plot-conditions", str(plot), "-o", str(figures)]) == 0
    lines = capsys.readouterr().out.splitlines()
    begin = next(i for i, line in enumerate(lines) if line.split()[:2] == ["UAR", "%"])
    card = json.loads(figures.read_text())
    names = ["clean", "pink noise, 10 dB + gain, -20 dB", "gain, -6 dB"]
    assert [one["name"] for one in card["conditions"]] == names
    for line, one in zip(lines[begin + 1 :], card["conditions"], strict=False):
        mark = "" if one["trained"] else " †"
        assert line.startswith(f"{one['name']}{mark}  ")
        assert f"  {100 * one['uar']:.1f}  " in line
        assert line.endswith(f"  {one['ece']:.3f}")
    assert [one["trained"] for one in card["conditions"]] == [True, False, True]
    assert lines[begin + 4] == "† never trained on"
    shown = re.fullmatch(r"calibration error .*: (0\.\d+) clean, (0\.\d+) all together", lines[-1])
    assert float(shown[1]) == pytest.approx(card["calibration"]["clean"], abs=6e-4)
    assert float(shown[2]) == pytest.approx(card["calibration"]["mixed"], abs=6e-4)
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_conditions_without_any_are_those_of_the_list(folder, capsys):
    words = ["evaluate", str(folder), "--classifier", "nearest", "--plain", "--json"]
    assert main([*words, "--conditions"]) == 0
    card = json.loads(capsys.readouterr().out)
    assert [one["alter"] for one in card["conditions"]] == [None, *CONDITIONS]
    assert {one["trained"] for one in card["conditions"][1:]} == {False}
    assert main(words) == 0
    assert "conditions" not in json.loads(capsys.readouterr().out)


def test_the_figures_of_conditions_go_into_the_card_of_a_model(folder, capsys):
    figures, model = folder.parent / "measured.json", folder.parent / "model.zip"
    words = [str(folder), "--classifier", "nearest", "--plain"]
    assert main(["evaluate", *words, "--conditions", "gain=-6", "-o", str(figures)]) == 0
    assert main(["train", *words, "--measured", str(figures), "-o", str(model)]) == 0
    measured = Bundle.load(model).card["measured"]
    assert measured["conditions"] == json.loads(figures.read_text())["conditions"]
    capsys.readouterr()
    assert main(["info", str(model)]) == 0
    assert "gain, -6 dB †" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_plain_is_without_copies_whatever_the_plugin_wants(folder, monkeypatch, command):
    shown = []
    train = NearestPlugin.train
    monkeypatch.setattr(
        NearestPlugin, "train", lambda self, x, **more: shown.append(x) or train(self, x, **more)
    )
    words = [command, str(folder), "--classifier", "nearest"]
    words += ["-o", str(folder.parent / "output.zip"), "--force"]
    assert main(words) == 0
    assert all(examples.altered.any() for examples in shown)
    shown.clear()
    assert main([*words, "--plain"]) == 0
    assert shown
    assert not any(examples.altered.any() for examples in shown)
    sizes = [len(examples) for examples in shown]
    assert sizes == ([12] if command == "train" else [8, 8, 8])


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (["--conditions", "nose=3"], "condition 'nose=3': alteration must be NAME=NUMBER"),
        (["--conditions", "noise=3", "noise=3"], "conditions must be of different names"),
        (["--plot-conditions", "{folder}/c.doc"], "plot must end in .png, .svg, .pdf"),
        (["--plot", "{folder}/a.png", "--plot-conditions", "{folder}/a.png"], "different files"),
        (["--plot", "{folder}/matrix.doc"], "plot must end in .png, .svg, .pdf"),
        (["--plot", "{folder}/none/matrix.png"], "output must be in an existing folder"),
        (["-o", "{folder}"], "output must be a file, got the folder"),
        (["-o", "{folder}/a", "--plot", "{folder}/../wav/a"], "must be different files"),
        (["-o", "{folder}/03a01Wa.wav"], "output must be a new file (or use --force)"),
        (["-o", "/dev/null", "--force"], "got the device or pipe"),
        (["--spec", "{folder}/03a01Wa.wav"], "03a01Wa.wav: spec must be JSON text"),
    ],
)
def test_outputs_are_checked_before_the_work(folder, capsys, extra, message):
    words = [word.format(folder=folder) for word in extra]
    assert main(["evaluate", str(folder), "--classifier", "nearest", *words]) == 1
    out, err = capsys.readouterr()
    assert message in err
    assert out == ""
    assert "speaker" not in err


def test_json_goes_to_standard_output_and_a_file_gets_the_same_figures(folder, capsys):
    figures = folder.parent / "measured.json"
    words = ["evaluate", str(folder), "--classifier", "nearest", "--plain", "-o", str(figures)]
    assert main([*words, "--json"]) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out) == {**json.loads(figures.read_text()), "failed": 0}


def test_one_speaker_is_too_few(folder, capsys):
    for path in folder.glob("0[89]*.wav"):
        path.unlink()
    assert main(["evaluate", str(folder), "--classifier", "nearest", "--plain"]) == 1
    err = capsys.readouterr().err
    assert "one speaker alone: texts are left out, and no speakers" in err
    assert "texts must be at least 2 to leave one out, got a01" in err


def test_one_speaker_is_measured_by_text(folder, capsys):
    for path in folder.glob("0[89]*.wav"):
        path.rename(folder / path.name.replace("a01", "b02").replace("08", "03"))
    for path in folder.glob("09*.wav"):
        path.unlink()
    words = ["evaluate", str(folder), "--classifier", "nearest", "--plain", "--json"]
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert "says nothing of strangers" in err
    card = json.loads(out)
    assert card["protocol"].startswith(
        "leave one text (of more than 10: one of 10 groups of texts) out;"
    )
    assert list(card["chosen_by_fold"]) == ["a01", "b02"]
    assert card["intervals"]["over"] == "2 texts"


def test_what_every_fold_warns_of_is_shown_once(folder, capsys, monkeypatch):
    train = NearestPlugin.train

    def warns(plugin, examples, **more):
        warnings.warn("much the same", stacklevel=1)
        return train(plugin, examples, **more)

    monkeypatch.setattr(NearestPlugin, "train", warns)
    assert main(["evaluate", str(folder), "--plain", "--classifier", "nearest"]) == 0
    assert capsys.readouterr().err.count("serfast: warning: much the same") == 1


def test_two_speakers_are_measured_one_against_the_other(folder, capsys):
    for path in folder.glob("09*.wav"):
        path.unlink()
    assert main(["evaluate", str(folder), "--plain", "--json", "--classifier", "nearest"]) == 0
    card = json.loads(capsys.readouterr().out)
    assert list(card["uar_by_speaker"]) == ["03", "08"]


def test_an_empty_folder(tmp_path, capsys):
    assert main(["evaluate", str(tmp_path)]) == 1
    assert "recordings" in capsys.readouterr().err


def test_help_shows_an_example(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["evaluate", "--help"])
    assert stop.value.code == 0
    assert "serfast evaluate emodb/wav --plot confusion.png" in capsys.readouterr().out


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_an_interrupted_evaluation_goes_on_by_the_same_command(folder, capsys, monkeypatch, kept):
    """Ctrl-C after some folds: the same command does the others, and reports the same."""
    words = ["evaluate", str(folder), "--classifier", "nearest", "--alter", "gain=3", "--json"]
    assert main(words) == 0
    expected = capsys.readouterr().out
    runs = folder.parent / "run"
    write, trained, lines = Progress.write, [], []

    def interrupted(self: Progress, text: str) -> None:
        write(self, text)
        lines.append(text)
        if len(lines) == kept:
            raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "write", interrupted)
    if kept:
        assert main([*words, "--run", str(runs)]) == 130
        hint = f"serfast: interrupted; {runs} keeps what is done, the same command goes on"
        assert capsys.readouterr().err.splitlines()[-1] == hint
    monkeypatch.setattr(Progress, "write", write)
    train = NearestPlugin.train

    def counted(self: NearestPlugin, examples, *, seed=0):
        trained.append(len(examples))
        return train(self, examples, seed=seed)

    monkeypatch.setattr(NearestPlugin, "train", counted)
    assert main([*words, "--run", str(runs)]) == 0
    assert capsys.readouterr().out == expected
    assert len(trained) == 3 - kept
    other = [*words[:-2], "gain=4", "--json"]
    assert main([*other, "--run", str(runs)]) == 1
    assert "give another folder" in capsys.readouterr().err


def test_train_takes_bound_and_sharpness_from_what_evaluate_wrote(folder, capsys, monkeypatch):
    """Only of a plugin that takes them; `train` gives them on as they stand in the file."""
    for name in ("bound", "sharpness"):
        monkeypatch.setattr(NearestPlugin, f"with_{name}", keeping(name), raising=False)
    figures, model = folder.parent / "measured.json", folder.parent / "model.zip"
    words = [str(folder), "--classifier", "nearest", "--plain"]
    assert main(["evaluate", *words, "-o", str(figures)]) == 0
    card = json.loads(figures.read_text())
    sharpness = card["calibration"]["sharpness"]
    out = capsys.readouterr().out
    assert f"probabilities sharpened by {sharpness:.3f}\n" in out
    assert f"certain from probability {card['certain']['above']:.3f} on" in out
    assert main(["train", *words, "--measured", str(figures), "-o", str(model)]) == 0
    arrays = Bundle.load(model).arrays
    assert arrays["sharpness"] == sharpness
    assert arrays["bound"] == card["certain"]["above"]


def keeping(name):
    """A plugin's method that keeps a number in the weights."""

    def kept(self, weights, number):
        return Weights(arrays={**weights.arrays, name: np.array(number)}, card=weights.card)

    return kept
