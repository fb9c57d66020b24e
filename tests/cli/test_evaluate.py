"""`serfast evaluate`, as a user runs it."""

from __future__ import annotations

import json

import pytest

from helpers.cli_corpus import write_corpus
from helpers.plugin_stub import install_nearest
from serfast.cli.main import main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    install_nearest(tmp_path, monkeypatch)
    return write_corpus(tmp_path / "wav")


def test_reports_draws_and_writes(folder, capsys):
    plot, figures = folder.parent / "confusion.png", folder.parent / "measured.json"
    extra = ["--plain", "--plot", str(plot), "-o", str(figures)]
    assert main(["evaluate", str(folder), "--classifier", "nearest", *extra]) == 0
    out, err = capsys.readouterr()
    assert "precision" in out
    assert "UAR" in out
    assert "12 recordings" in out
    assert [line.split()[1] for line in err.splitlines()] == ["03:", "08:", "09:"]
    assert plot.read_bytes().startswith(b"\x89PNG")
    card = json.loads(figures.read_text())
    assert card["recordings"] == 12
    assert card["classes"] == ["anger", "sadness"]
    matrix = card["confusion_matrix"]
    recalls = [matrix[k][k] / sum(matrix[k]) for k in range(2)]
    assert card["uar"] == pytest.approx(sum(recalls) / 2, abs=1e-4)


@pytest.mark.parametrize(
    ("extra", "message"),
    [
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
    assert "speakers must be at least 2" in capsys.readouterr().err


def test_an_empty_folder(tmp_path, capsys):
    assert main(["evaluate", str(tmp_path)]) == 1
    assert "recordings" in capsys.readouterr().err


def test_help_shows_an_example(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["evaluate", "--help"])
    assert stop.value.code == 0
    assert "serfast evaluate emodb/wav --plot confusion.png" in capsys.readouterr().out
