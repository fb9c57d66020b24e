"""`serfast evaluate A B --cross` and `--test`, as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from helpers.cli_corpus import write_corpus
from helpers.plugin_stub import install_nearest
from serfast.cli.main import main


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Write EmoDB's recordings, and the same named as RAVDESS names its own."""
    install_nearest(tmp_path, monkeypatch)
    one, two = write_corpus(tmp_path / "berlin"), write_corpus(tmp_path / "toronto")
    codes = {"W": "05", "T": "04"}
    for path in two.glob("*.wav"):
        name = path.stem
        take = {"a": "01", "b": "02"}[name[6]]
        path.rename(two / f"03-01-{codes[name[5]]}-01-01-{take}-{name[:2]}.wav")
    return [str(one), str(two)]


WORDS = ["--classifier", "nearest", "--plain"]


def test_the_matrix_is_shown_drawn_and_written(
    folders: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    plot, figures = tmp_path / "cross.png", tmp_path / "cross.json"
    words = ["evaluate", *folders, "--cross", *WORDS, "--plot", str(plot), "-o", str(figures)]
    assert main(words) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0] == "classes in common: anger, sadness"
    assert lines[2].split()[-2:] == ["emodb", "ravdess"]
    assert [line.split()[0] for line in lines[3:5]] == ["emodb", "ravdess"]
    card = json.loads(figures.read_text())
    for line, row in zip(lines[3:5], card["uar"], strict=True):
        assert all(f"{100 * share:.1f} (" in line for share in row)
    assert "trained on emodb, asked about ravdess: UAR" in err
    assert "trained on ravdess, its own speakers, left out: UAR" in err
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert card["setup"]["plugin"] == "nearest"
    assert main([*words, "--json", "--force"]) == 0
    assert json.loads(capsys.readouterr().out) == {**card, "failed": 0}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["{0}", "{1}"], "FOLDER must be one without --cross, got 2"),
        (["{0}", "--cross"], "FOLDER must be at least 2 with --cross, got 1"),
        (["{0}", "{0}", "--cross"], "FOLDER must be different ones with --cross"),
        (["{0}", "{1}", "--cross", "--conditions"], "--conditions must be given without --cross"),
        (["{0}", "{1}", "--cross", "--test", "{1}"], "--test must be given without --cross"),
        (["{0}", "{1}", "--cross", "--emotions", "anger=rage,sadness=-"], "--emotions gives"),
        (["{0}", "--test", "{1}"], "got 03, 08, 09 in both"),
        (["{0}", "--test", "{0}"], "recordings of --test must be others"),
        (["{0}", "--test", "{1}", "--folds", "2"], "--folds must be given without --test"),
        (["{0}", "--test", "{1}", "--labels", "a.csv"], "--labels must be no table with --test"),
    ],
)
def test_what_does_not_go_together(
    folders: list[str], capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert main(["evaluate", *(word.format(*folders) for word in words), *WORDS]) == 1
    out, err = capsys.readouterr()
    assert message in err
    assert out == ""


def test_a_test_set_in_a_table_is_what_is_asked_about(
    folders: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    table = tmp_path / "toronto" / "test.csv"
    paths = sorted(Path(folders[1]).glob("*-03.wav"))
    labels = ["sadness" if "-04-" in path.name else "anger" for path in paths]
    rows = [f"{path.name},{label},x" for path, label in zip(paths, labels, strict=True)]
    table.write_text("\n".join(["path,label,speaker", *rows]))
    assert main(["evaluate", folders[0], "--test", str(table), *WORDS, "--json"]) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["recordings"] == 4
    assert card["speakers"] == ["x"]
    assert card["protocol"].startswith("the given fold 'test' left out")
