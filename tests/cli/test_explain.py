"""`serfast explain`: a spec in words, and why numbers aren't those of a toolkit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from serfast import presets
from serfast.cli import explain
from serfast.cli.main import main


def test_a_preset(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "kaldi_fbank"]) == 0
    text = capsys.readouterr().out
    assert "fmin             20 Hz: lower edge of the first band" in text
    assert "window           povey: window function" in text


def test_what_a_toolkit_has_otherwise(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "spec.json"
    path.write_text(presets.kaldi_fbank(low_freq=64).to_json())
    assert main(["explain", str(path), "--like", "kaldi"]) == 0
    assert capsys.readouterr().out.split("\n") == [
        "LogMel",
        "  fmin  64 Hz, kaldi has 20 Hz: lower edge of the first band",
        "",
    ]


def test_nothing_differs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "whisper", "--like", "whisper"]) == 0
    assert capsys.readouterr().out == "nothing: these are whisper's defaults\n"


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "librosa", "--like", "torchaudio", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    found = json.loads(line)
    assert found["like"] == "torchaudio"
    by_field = {(d["where"], d["field"]): d for d in found["differences"]}
    assert by_field["MFCC", "htk"]["theirs"] is True
    assert by_field["rows", "pad_mode"]["theirs"] == "reflect"


def test_a_models_spec(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "svm", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {c["where"] for c in found["constants"]} >= {"rows", "RMS", "MFCC"}


@pytest.mark.parametrize("name", explain.PRESETS)
def test_every_preset_that_is_offered(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", name]) == 0
    assert capsys.readouterr().out.startswith("rows\n")


def test_presets_of_statistics_are_not_offered(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("usual_statistics", "egemaps_statistics"):
        assert main(["explain", name]) == 1
        assert f"one of {', '.join(explain.PRESETS)}" in capsys.readouterr().err


def test_what_is_no_spec(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "whispr"]) == 1
    assert "SPEC must be the path of a file, or one of" in capsys.readouterr().err
    path = tmp_path / "spec.json"
    path.write_text("[]")
    assert main(["explain", str(path)]) == 1
    assert str(path) in capsys.readouterr().err
